-- Adds a note, unless there is one of this id.
--
-- KEYS: 1 note, 2 notes of the user, 3 all notes of the partition. All lie in the user's partition.
-- ARGV: 1 id, 2 record, 3 user's hash and id, 4 when it was written, in Unix milliseconds.
-- Returns 0 if there is one, and then nothing has changed.

if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
redis.call('ZADD', KEYS[2], 0, ARGV[1])
redis.call('ZADD', KEYS[3], ARGV[4], ARGV[3])
return 1
