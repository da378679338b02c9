-- Ends a lease. The same rules as `prepared::claim_of` and `prepared::settled`.
--
-- KEYS: 1 alert, 2 outbox; and, if the tenant is to be told, 3 event, 4 all that waits to be posted.
-- ARGV: 1 id, 2 fence, 3 next state, 4 next due time or '', 5 error or '', 6 settled at, 7 why it is suppressed or '',
--   8 '1' to keep the recipient, 9 '1' if the attempt does not count; and 10 event's id, 11 its record, 12 when it is due.
-- Returns 0 if the lease is not the caller's, and then nothing has changed.

local alert = redis.call('HMGET', KEYS[1], 'attempts', 'state')
if alert[1] ~= ARGV[2] or ARGV[2] == '0' then return 0 end
if alert[2] ~= 'sending' then return 1 end

redis.call('HSET', KEYS[1], 'state', ARGV[3])
if ARGV[5] ~= '' then redis.call('HSET', KEYS[1], 'last_error', ARGV[5]) end
if ARGV[7] ~= '' then redis.call('HSET', KEYS[1], 'suppressed', ARGV[7]) end
if ARGV[9] == '1' then redis.call('HINCRBY', KEYS[1], 'uncounted', 1) end
if ARGV[4] ~= '' then
  redis.call('HSET', KEYS[1], 'due_at', ARGV[4])
  redis.call('ZADD', KEYS[2], ARGV[4], ARGV[1])
else
  redis.call('HSET', KEYS[1], 'settled_at', ARGV[6])
  redis.call('HDEL', KEYS[1], 'due_at')
  if ARGV[8] ~= '1' then redis.call('HDEL', KEYS[1], 'recipient') end
  redis.call('ZREM', KEYS[2], ARGV[1])
end
if KEYS[3] and redis.call('EXISTS', KEYS[3]) == 0 then
  redis.call('HSET', KEYS[3], 'record', ARGV[11], 'body', '', 'attempts', 0, 'fence', 0)
  redis.call('ZADD', KEYS[4], ARGV[12], ARGV[10])
end
return 1
