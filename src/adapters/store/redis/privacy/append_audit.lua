-- Appends entries to a tenant's chain, if nobody else has appended meanwhile.
--
-- KEYS: 1 ends of the chain, 2 entries, 3 and on: the indexes of the users that the entries are about.
-- ARGV: 1 number and 2 hash of the newest entry as it was read, 3 number and 4 hash of the last new one; then for each
-- entry its number, which of KEYS its user's index is (0 for none), the user's hash (empty for none), and its record.
-- Returns nothing, or number and hash of the newest entry if that is another.

local newest = redis.call('HMGET', KEYS[1], 'number', 'hash')
local number, hash = newest[1] or '0', newest[2] or string.rep('\0', 32)
if number ~= ARGV[1] or hash ~= ARGV[2] then return {number, hash} end
for at = 5, #ARGV, 4 do
  redis.call('XADD', KEYS[2], ARGV[at] .. '-0', 'user', ARGV[at + 2], 'record', ARGV[at + 3])
  local index = tonumber(ARGV[at + 1])
  if index > 0 then redis.call('ZADD', KEYS[index], ARGV[at], ARGV[at]) end
end
redis.call('HSET', KEYS[1], 'number', ARGV[3], 'hash', ARGV[4])
return {}
