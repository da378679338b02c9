-- Sorted sets in leaves: see `leaves.rs`. What every login runs makes few tables and functions, names numbers as words (Redis writes
-- each number of Lua as one with a point), and finds this function in one step: that takes as long as many a command.

local call = redis.call

-- Redis keeps 128 members in one piece, and walks through half of it to find the place of one more. Whether a leaf is full is looked
-- at with every fourth member alone, as the last byte of an id has it.
local FULL = 64

-- Whether this script has split a leaf: whoever has looked before where a member belongs must look again.
local has_split = false

-- The leaf that a member is in, if it is in the set.
local function leaf_of(set, member)
  local start = call('ZREVRANGEBYLEX', set .. '/', '[' .. member, '-', 'LIMIT', '0', '1')[1]
  return start and set .. '/' .. start or set
end

-- Makes room in a full leaf. Mostly the member is the highest there, as that of a login is that comes in its time, and then
-- the next leaf begins with it. Returns the leaf that the member belongs in then.
local function split(set, leaf, member)
  has_split = true
  -- As few bytes as tell where a leaf begins: a whole member would tell of a login after it was deleted.
  local function start_between(lower, upper)
    for at = 1, #upper do
      if string.byte(lower, at) ~= string.byte(upper, at) then return string.sub(upper, 1, at) end
    end
  end
  -- A new leaf lives as long as the one that it was a part of.
  local function live_on(next)
    local life = call('PTTL', leaf)
    if life <= 0 then return end
    call('PEXPIRE', next, life)
    if call('PTTL', set .. '/') < life then call('PEXPIRE', set .. '/', life) end
  end
  if call('ZLEXCOUNT', leaf, '(' .. member, '+') == 0 then
    local start = start_between(call('ZREVRANGE', leaf, 0, 0)[1], member)
    local next = set .. '/' .. start
    call('ZADD', set .. '/', 0, start)
    call('ZADD', next, 0, member)
    live_on(next)
    return next
  end
  -- One from before there were leaves may have more than a script may move.
  local count = call('ZCARD', leaf)
  if count > 4 * FULL then return leaf end
  local half = math.floor(count / 2)
  local lower, upper, scored = call('ZRANGE', leaf, half - 1, half - 1)[1], call('ZRANGE', leaf, half, -1), {}
  local start = start_between(lower, upper[1])
  for at, moved in ipairs(upper) do scored[2 * at - 1], scored[2 * at] = 0, moved end
  local next = set .. '/' .. start
  call('ZADD', next, unpack(scored))
  call('ZREMRANGEBYRANK', leaf, half, -1)
  call('ZADD', set .. '/', 0, start)
  live_on(next)
  return leaf_of(set, member)
end

-- Adds a member, to this leaf if whoever calls has looked already. Returns its leaf. One that was not there has no life yet, unless
-- another was split.
local function add(set, member, leaf)
  if not leaf or has_split then leaf = leaf_of(set, member) end
  if string.byte(member, 16) % 4 == 0 and call('ZCARD', leaf) >= FULL and not call('ZSCORE', leaf, member) then
    leaf = split(set, leaf, member)
  end
  call('ZADD', leaf, '0', member)
  return leaf
end
