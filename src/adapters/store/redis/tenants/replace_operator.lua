-- Replaces the record of an operator, or deletes it, if it was written so many times.
-- KEYS: the operators. ARGV: the identifier, how many times it was written, the record; an empty one deletes.
local stored = redis.call('HGET', KEYS[1], ARGV[1])
local times = stored and string.match(stored, '^(%d+):') or '0'
if times ~= ARGV[2] then
    return 0
end
if ARGV[3] == '' then
    return redis.call('HDEL', KEYS[1], ARGV[1])
end
redis.call('HSET', KEYS[1], ARGV[1], string.format('%.0f:', tonumber(times) + 1) .. ARGV[3])
return 1
