-- Sorted sets in leaves: see `leaves.rs`.

-- Redis keeps 128 members in one piece. Whether a leaf is full is looked at with every fourth member alone, as the last byte of
-- an id has it: so it is full before.
local FULL = 112

-- The leaf that a member is in, if it is in the set.
local function leaf_of(set, member)
  local start = redis.call('ZREVRANGEBYLEX', set .. '/', '[' .. member, '-', 'LIMIT', 0, 1)[1]
  return start and set .. '/' .. start or set
end

-- As few bytes as tell where a leaf begins: a whole member would tell of a login after it was deleted.
local function start_between(lower, member)
  for at = 1, #member do
    if string.byte(lower, at) ~= string.byte(member, at) then return string.sub(member, 1, at) end
  end
end

-- Makes room in a full leaf. Mostly the member is the highest there, as that of a login is that comes in its time, and then
-- the next leaf begins with it. Returns the leaf that the member belongs in then.
local function split(set, leaf, member)
  if redis.call('ZLEXCOUNT', leaf, '(' .. member, '+') == 0 then
    local start = start_between(redis.call('ZREVRANGE', leaf, 0, 0)[1], member)
    redis.call('ZADD', set .. '/', 0, start)
    return set .. '/' .. start
  end
  -- One from before there were leaves may have more than a script may move.
  local count = redis.call('ZCARD', leaf)
  if count > 2 * FULL then return leaf end
  local half = math.floor(count / 2)
  local lower, upper, scored = redis.call('ZRANGE', leaf, half - 1, half - 1)[1], redis.call('ZRANGE', leaf, half, -1), {}
  local start = start_between(lower, upper[1])
  for at, moved in ipairs(upper) do scored[2 * at - 1], scored[2 * at] = 0, moved end
  local next = set .. '/' .. start
  redis.call('ZADD', next, unpack(scored))
  redis.call('ZREMRANGEBYRANK', leaf, half, -1)
  redis.call('ZADD', set .. '/', 0, start)
  local life = redis.call('PTTL', leaf)
  if life > 0 then
    redis.call('PEXPIRE', next, life)
    if redis.call('PTTL', set .. '/') < life then redis.call('PEXPIRE', set .. '/', life) end
  end
  return leaf_of(set, member)
end

-- Returns the leaf that the member is in then, and for how many milliseconds it lives; if it is new or has no end, -2 or -1.
local function add(set, member, is_endless)
  local leaf = leaf_of(set, member)
  local life = is_endless and -1 or redis.call('PTTL', leaf)
  if life ~= -2 and string.byte(member, 16) % 4 == 0 and redis.call('ZCARD', leaf) >= FULL
    and not redis.call('ZSCORE', leaf, member) then
    leaf = split(set, leaf, member)
    life = redis.call('PTTL', leaf)
  end
  redis.call('ZADD', leaf, 0, member)
  return leaf, life
end

local function forget_if_empty(set, leaf)
  if leaf ~= set and redis.call('EXISTS', leaf) == 0 then redis.call('ZREM', set .. '/', string.sub(leaf, #set + 2)) end
end

-- Returns how many members were taken out: 1 or 0.
local function remove(set, member)
  local leaf = leaf_of(set, member)
  local count = redis.call('ZREM', leaf, member)
  if count > 0 then forget_if_empty(set, leaf) end
  return count
end

-- Takes out everything below a bound.
local function remove_below(set, bound)
  redis.call('ZREMRANGEBYLEX', set, '-', bound)
  for _, start in ipairs(redis.call('ZRANGEBYLEX', set .. '/', '-', bound)) do
    redis.call('ZREMRANGEBYLEX', set .. '/' .. start, '-', bound)
    forget_if_empty(set, set .. '/' .. start)
  end
end

local function card(set)
  local count = redis.call('ZCARD', set)
  for _, start in ipairs(redis.call('ZRANGE', set .. '/', 0, -1)) do
    count = count + redis.call('ZCARD', set .. '/' .. start)
  end
  return count
end

-- Deletes a set.
local function drop(set)
  for _, start in ipairs(redis.call('ZRANGE', set .. '/', 0, -1)) do redis.call('UNLINK', set .. '/' .. start) end
  redis.call('UNLINK', set, set .. '/')
end

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
