-- Removes a user's profile, browsers and salt, unless the profile has changed.
--
-- KEYS: 1 user, 2 salts of the partition, 3 browsers of the user, 4 and 5 users who have browsers. ARGV: 1 version, 2 the user's hash. Returns 1 if it did.

local user = redis.call('GET', KEYS[1])
if not user or string.match(user, '^(%d+) ') ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
redis.call('UNLINK', KEYS[3])
redis.call('ZREM', KEYS[4], ARGV[2])
redis.call('ZREM', KEYS[5], ARGV[2])
redis.call('HDEL', KEYS[2], ARGV[2])
return 1
