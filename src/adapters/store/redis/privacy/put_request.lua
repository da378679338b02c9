-- Replaces a request of a version, or adds it, and tells the tenant with it; or does neither.
--
-- KEYS: 1 request, 2 the tenant's, 3 the user's, 4 those with a step, 5 those that are owed an answer, 6 the one that is open
--   of this user and kind; and, if the tenant is to be told, 7 event, 8 all that waits to be posted. All in one slot.
-- ARGV: 1 id, 2 the version that was read, 0 for none, 3 record, 4 '1' if it is open, 5 when its step is due, 6 when its answer
--   is due or '', 7 event's name or '', 8 its record, 9 when it is due.
-- Returns 1, or 0 if it is of another version, or another one is open.

local version = redis.call('HGET', KEYS[1], 'version') or '0'
if version ~= ARGV[2] then return 0 end
local open = redis.call('GET', KEYS[6])
if ARGV[4] == '1' and open and open ~= ARGV[1] then return 0 end

redis.call('HSET', KEYS[1], 'version', string.format('%d', version + 1), 'record', ARGV[3])
redis.call('ZADD', KEYS[2], 0, ARGV[1])
redis.call('ZADD', KEYS[3], 0, ARGV[1])
redis.call('ZADD', KEYS[4], ARGV[5], ARGV[1])
if ARGV[6] ~= '' then
  redis.call('ZADD', KEYS[5], ARGV[6], ARGV[1])
else
  redis.call('ZREM', KEYS[5], ARGV[1])
end
if ARGV[4] == '1' then
  redis.call('SET', KEYS[6], ARGV[1])
elseif open == ARGV[1] then
  redis.call('DEL', KEYS[6])
end
-- An event that waits already stays as it is: somebody may hold its lease.
if ARGV[7] ~= '' and redis.call('EXISTS', KEYS[7]) == 0 then
  redis.call('HSET', KEYS[7], 'record', ARGV[8], 'body', '', 'attempts', 0, 'fence', 0)
  redis.call('ZADD', KEYS[8], ARGV[9], ARGV[7])
end
return 1
