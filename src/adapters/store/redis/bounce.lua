-- Has an alert that was sent counted as failed. The same rules as `prepared::bounced`.
--
-- KEYS: 1 alert, 2 event, 3 all that waits to be posted.
-- ARGV: 1 now, 2 error, 3 event's id, 4 its record, 5 when it is due.
-- Returns 0 if it is not one that was sent, and then nothing has changed.

if redis.call('HGET', KEYS[1], 'state') ~= 'sent' then return 0 end

redis.call('HSET', KEYS[1], 'state', 'failed', 'last_error', ARGV[2], 'settled_at', ARGV[1])
if redis.call('EXISTS', KEYS[2]) == 0 then
  redis.call('HSET', KEYS[2], 'record', ARGV[4], 'body', '', 'attempts', 0, 'fence', 0)
  redis.call('ZADD', KEYS[3], ARGV[5], ARGV[3])
end
return 1
