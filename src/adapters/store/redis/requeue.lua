-- Has an alert sent again that was given up or suppressed. The same rules as `prepared::requeued`.
--
-- KEYS: 1 alert, 2 outbox. ARGV: 1 id, 2 now, 3 recipient or ''.
-- Returns 'queued', 'no recipient', 'not over' or 'unknown'.

local alert = redis.call('HMGET', KEYS[1], 'state', 'recipient', 'attempts')
if not alert[1] then return 'unknown' end
if alert[1] ~= 'failed' and alert[1] ~= 'suppressed' then return 'not over' end
if ARGV[3] == '' and not alert[2] then return 'no recipient' end

if ARGV[3] ~= '' then redis.call('HSET', KEYS[1], 'recipient', ARGV[3]) end
redis.call('HDEL', KEYS[1], 'suppressed', 'last_error', 'settled_at')
redis.call('HSET', KEYS[1], 'state', 'queued', 'due_at', ARGV[2], 'resent_at', ARGV[2], 'uncounted', alert[3] or '0')
redis.call('ZADD', KEYS[2], ARGV[2], ARGV[1])
return 'queued'
