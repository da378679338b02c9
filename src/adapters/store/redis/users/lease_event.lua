-- Leases something that waits to be posted, unless somebody else has just done so.
--
-- KEYS: 1 what waits, 2 all that waits. ARGV: 1 its name, 2 now, 3 end of the lease.
-- Returns record, body, attempts and fence, or nothing.

local due_at = redis.call('ZSCORE', KEYS[2], ARGV[1])
if not due_at or tonumber(due_at) > tonumber(ARGV[2]) then return false end
if redis.call('EXISTS', KEYS[1]) == 0 then
  redis.call('ZREM', KEYS[2], ARGV[1])
  return false
end
redis.call('HINCRBY', KEYS[1], 'fence', 1)
redis.call('HSET', KEYS[1], 'leased', 1)
redis.call('ZADD', KEYS[2], ARGV[3], ARGV[1])
return redis.call('HMGET', KEYS[1], 'record', 'body', 'attempts', 'fence')
