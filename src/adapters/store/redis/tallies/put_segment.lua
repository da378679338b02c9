-- Puts a segment that is to be made, unless it has changed since its mark was read.
--
-- KEYS: 1 segments to be made, 2 their marks, 3 the segment, 4 the segments of its tenant.
-- ARGV: 1 its name among those to be made, 2 the mark that was read, 3 its number; then each field and its bytes, if any.
-- Returns 0 if it has changed, and then nothing is put.

if redis.call('HGET', KEYS[2], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('HDEL', KEYS[2], ARGV[1])
redis.call('ZREM', KEYS[1], ARGV[1])
for arg = 4, #ARGV, 2 do
  redis.call('HSET', KEYS[3], ARGV[arg], ARGV[arg + 1])
end
if #ARGV > 3 then redis.call('ZADD', KEYS[4], ARGV[3], ARGV[3]) end
return 1
