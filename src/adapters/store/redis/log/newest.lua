-- reads
local function newest(set, below, from, limit)
  local first = from ~= '-' and string.sub(from, 2)
  local found, bound, lowest = {}, below, first and '(' .. first or '-'
  while true do
    local start = redis.call('ZREVRANGEBYLEX', set .. '/', bound, lowest, 'LIMIT', 0, 1)[1]
    local last = not start
    if last and first then start = redis.call('ZREVRANGEBYLEX', set .. '/', '[' .. first, '-', 'LIMIT', 0, 1)[1] end
    local leaf = start and set .. '/' .. start or set
    local members = redis.call('ZREVRANGEBYLEX', leaf, below, from, 'LIMIT', 0, limit - #found)
    for at = 1, #members do found[#found + 1] = members[at] end
    if last or #found >= limit then return found end
    bound = '(' .. start
  end
end
