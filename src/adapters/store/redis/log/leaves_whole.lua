-- Whole sorted sets in leaves.

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
