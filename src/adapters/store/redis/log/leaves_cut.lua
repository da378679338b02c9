-- Takes members out of sorted sets in leaves. Begins with `leaves.lua`.

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
