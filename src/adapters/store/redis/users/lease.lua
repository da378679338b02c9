-- Leases one alert, unless somebody else has just done so.
--
-- KEYS: 1 alert, 2 outbox. ARGV: 1 id, 2 now, 3 end of the lease, 4 'held' to lease it only if it is held for a reason.
-- Returns the fields of the alert as they are then, or nothing.

local due_at = redis.call('ZSCORE', KEYS[2], ARGV[1])
if not due_at or tonumber(due_at) > tonumber(ARGV[2]) then return {} end
if redis.call('EXISTS', KEYS[1]) == 0 then
  redis.call('ZREM', KEYS[2], ARGV[1])
  return {}
end
if ARGV[4] == 'held' and redis.call('HEXISTS', KEYS[1], 'suppressed') == 0 then return {} end
redis.call('HINCRBY', KEYS[1], 'attempts', 1)
redis.call('HSET', KEYS[1], 'state', 'sending', 'due_at', ARGV[3])
redis.call('ZADD', KEYS[2], ARGV[3], ARGV[1])
return redis.call('HGETALL', KEYS[1])
