-- Deletes a request of a version.
--
-- KEYS: 1 request, 2 the tenant's, 3 the user's, 4 those with a step, 5 those that are owed an answer, 6 the one that is open of
--   this user and kind. All in one slot. ARGV: 1 id, 2 the version that was read.
-- Returns 1, or 0 if it is of another version.

if redis.call('HGET', KEYS[1], 'version') ~= ARGV[2] then return 0 end
redis.call('DEL', KEYS[1])
for set = 2, 5 do
  redis.call('ZREM', KEYS[set], ARGV[1])
end
if redis.call('GET', KEYS[6]) == ARGV[1] then redis.call('DEL', KEYS[6]) end
return 1
