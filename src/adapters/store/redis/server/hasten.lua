-- Has something due now that waits, unless it has changed since it was looked at.
--
-- KEYS: 1 alert or what waits to be posted, 2 all that waits. ARGV: 1 its name, 2 when it was due, 3 now.
-- Returns 1 if it is due now.

local due_at = redis.call('ZSCORE', KEYS[2], ARGV[1])
if not due_at or tonumber(due_at) ~= tonumber(ARGV[2]) then return 0 end
redis.call('ZADD', KEYS[2], ARGV[3], ARGV[1])
if redis.call('HEXISTS', KEYS[1], 'due_at') == 1 then redis.call('HSET', KEYS[1], 'due_at', ARGV[3]) end
return 1
