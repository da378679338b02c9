-- Replaces what changes about an alert, unless it is another by now than was read; and tells the tenant with it.
-- What the next delivery is has been computed before: no rule stands here.
--
-- KEYS: 1 alert, 2 outbox; and, if the tenant is to be told, 3 event, 4 all that waits to be posted.
-- ARGV: 1 id, 2 attempts and 3 state as they were read, 4 when it is due next or '', 5 event's id, 6 its record, 7 when it is
--   due; 8 how many fields are set, then name and value of each, then the names of the fields that are deleted.
-- Returns 0 if it is another by now, and then nothing has changed.

local alert = redis.call('HMGET', KEYS[1], 'attempts', 'state')
if alert[2] ~= ARGV[3] or (alert[1] or '0') ~= ARGV[2] then return 0 end

local set, deleted = {}, {}
local first_deleted = 9 + 2 * tonumber(ARGV[8])
for at = 9, #ARGV do
  local fields = at < first_deleted and set or deleted
  fields[#fields + 1] = ARGV[at]
end
if #set > 0 then redis.call('HSET', KEYS[1], unpack(set)) end
if #deleted > 0 then redis.call('HDEL', KEYS[1], unpack(deleted)) end
if ARGV[4] ~= '' then
  redis.call('ZADD', KEYS[2], ARGV[4], ARGV[1])
else
  redis.call('ZREM', KEYS[2], ARGV[1])
end
if KEYS[3] and redis.call('EXISTS', KEYS[3]) == 0 then
  redis.call('HSET', KEYS[3], 'record', ARGV[6], 'body', '', 'attempts', 0, 'fence', 0)
  redis.call('ZADD', KEYS[4], ARGV[7], ARGV[5])
end
return 1
