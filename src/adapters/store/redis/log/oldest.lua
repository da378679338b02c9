-- reads
local set, from, below, limit = KEYS[1], ARGV[1], ARGV[2], tonumber(ARGV[3])
local first = from ~= '-' and string.sub(from, 2)
local start = first and redis.call('ZREVRANGEBYLEX', set .. '/', '[' .. first, '-', 'LIMIT', 0, 1)[1]
local found, after = {}, first and '(' .. first or '-'
while true do
  local leaf = start and set .. '/' .. start or set
  local members = redis.call('ZRANGEBYLEX', leaf, from, below, 'LIMIT', 0, limit - #found)
  for at = 1, #members do found[#found + 1] = members[at] end
  if #found >= limit then return found end
  start = redis.call('ZRANGEBYLEX', set .. '/', after, below, 'LIMIT', 0, 1)[1]
  if not start then return found end
  after = '(' .. start
end
