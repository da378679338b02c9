-- Adds to a counter, which lives as long as is told with the first that is added.
--
-- KEYS: 1 counter. ARGV: 1 how many more, 2 life in milliseconds.
-- Returns what it then stands at.

local value = redis.call('INCRBY', KEYS[1], ARGV[1])
if redis.call('PTTL', KEYS[1]) < 0 then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return value
