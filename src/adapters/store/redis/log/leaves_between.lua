-- Reads sorted sets in leaves. Begins with `leaves.lua`.

-- The members from a bound that is given by bytes, `[` before them, to another.
local function between(set, from, below)
  local members = {}
  local function read(leaf)
    for _, member in ipairs(redis.call('ZRANGEBYLEX', leaf, from, below)) do members[#members + 1] = member end
  end
  local first = string.sub(from, 2)
  read(leaf_of(set, first))
  for _, start in ipairs(redis.call('ZRANGEBYLEX', set .. '/', '(' .. first, below)) do read(set .. '/' .. start) end
  return members
end
