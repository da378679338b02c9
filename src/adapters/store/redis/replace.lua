-- Replaces a delivery that is still as it was read, and adds an event about it. What becomes of it is decided elsewhere.
--
-- KEYS: 1 alert, 2 outbox; and, if the tenant is to be told, 3 event, 4 all that waits to be posted.
-- ARGV: 1 id; as it was read: 2 state, 3 attempts, 4 due time, 5 end; from now on, in the order of FIELDS: 6 to 13; and
--   14 event's id, 15 its record, 16 when it is due. What there is none of is ''.
-- Returns 0 if the delivery has changed since it was read, and then nothing has changed.

local SEEN = { 'state', 'attempts', 'due_at', 'settled_at' }
local FIELDS = {
  'state', 'suppressed', 'recipient', 'uncounted', 'resent_at', 'due_at', 'last_error', 'settled_at',
}

local is = redis.call('HMGET', KEYS[1], unpack(SEEN))
for at = 1, #SEEN do
  if (is[at] or '') ~= ARGV[1 + at] then return 0 end
end
for at, name in ipairs(FIELDS) do
  local value = ARGV[5 + at]
  if value == '' then redis.call('HDEL', KEYS[1], name) else redis.call('HSET', KEYS[1], name, value) end
end
local due_at = ARGV[11]
if due_at == '' then redis.call('ZREM', KEYS[2], ARGV[1]) else redis.call('ZADD', KEYS[2], due_at, ARGV[1]) end
-- An event that waits already stays as it is: somebody may hold its lease.
if KEYS[3] and redis.call('EXISTS', KEYS[3]) == 0 then
  redis.call('HSET', KEYS[3], 'record', ARGV[15], 'body', '', 'attempts', 0, 'fence', 0)
  redis.call('ZADD', KEYS[4], ARGV[16], ARGV[14])
end
return 1
