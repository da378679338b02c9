-- Adds a note, unless there is one of this id, and tells the tenant with it.
--
-- KEYS: 1 note, 2 notes of the user, 3 all notes of the partition; and, if the tenant is to be told, 4 event, 5 all that waits
--   to be posted. All lie in the user's partition.
-- ARGV: 1 id, 2 record, 3 user's hash and id, 4 when it was written, in Unix milliseconds; 5 event's name, 6 its record, 7 when
--   it is due.
-- Returns 0 if there is one, and then nothing has changed.

if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
redis.call('ZADD', KEYS[2], 0, ARGV[1])
redis.call('ZADD', KEYS[3], ARGV[4], ARGV[3])
-- An event that waits already stays as it is: somebody may hold its lease.
if KEYS[4] and redis.call('EXISTS', KEYS[4]) == 0 then
  redis.call('HSET', KEYS[4], 'record', ARGV[6], 'body', '', 'attempts', 0, 'fence', 0)
  redis.call('ZADD', KEYS[5], ARGV[7], ARGV[5])
end
return 1
