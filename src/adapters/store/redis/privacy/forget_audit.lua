-- Deletes the oldest entries of a tenant's chain, unless that was done already.
--
-- KEYS: 1 ends of the chain, 2 entries, 3 and on: the indexes of the users that the entries are about.
-- ARGV: 1 number of the newest entry that goes, 2 the number after it, 3 record of where the chain begins.

local base = tonumber(redis.call('HGET', KEYS[1], 'base_number') or '0')
if base >= tonumber(ARGV[1]) then return 0 end
redis.call('HSET', KEYS[1], 'base_number', ARGV[1], 'base', ARGV[3])
redis.call('XTRIM', KEYS[2], 'MINID', ARGV[2])
for at = 3, #KEYS do redis.call('ZREMRANGEBYSCORE', KEYS[at], '-inf', ARGV[1]) end
return 1
