-- Replaces a record of a version, or adds it.
--
-- KEYS: 1 the record. ARGV: 1 the version that was read, 0 for none, 2 record, 3 life in milliseconds, 0 for ever.
-- Returns 1, or 0 if it is of another version.

local version = redis.call('HGET', KEYS[1], 'version') or '0'
if version ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'version', string.format('%d', version + 1), 'record', ARGV[2])
if ARGV[3] ~= '0' then redis.call('PEXPIRE', KEYS[1], ARGV[3]) end
return 1
