-- Replaces a store's identity, or gives it one.
--
-- KEYS: 1 the identity. ARGV: 1 what was read, empty for none, 2 what is to stand there. Returns 1, or 0 if it is another.

if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1
