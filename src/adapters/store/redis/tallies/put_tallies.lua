-- Changes tallies, and how far partitions are counted, unless somebody else has changed them meanwhile. Drops the segments of
-- what has changed, and notes that they are to be made.
--
-- KEYS: 1 version, 2 offsets, 3 segments to be made, 4 their marks; then for each row the hash of its day, and the days of its
--   tenant; then for each segment its hash, and the segments of its tenant.
-- ARGV: 1 the version that was read, 2 number of offsets, 3 number of rows; then each partition and its offset; then for each row
--   its field, its bytes or '' to delete it, and its day; then for each segment its number, and its name among those to be made.
-- Returns 0 if somebody else was faster, and then nothing has changed.

if (redis.call('GET', KEYS[1]) or '0') ~= ARGV[1] then return 0 end
local version = redis.call('INCR', KEYS[1])
local arg, key = 4, 5
for _ = 1, tonumber(ARGV[2]) do
  redis.call('HSET', KEYS[2], ARGV[arg], ARGV[arg + 1])
  arg = arg + 2
end
for _ = 1, tonumber(ARGV[3]) do
  local day, days = KEYS[key], KEYS[key + 1]
  if ARGV[arg + 1] ~= '' then
    redis.call('HSET', day, ARGV[arg], ARGV[arg + 1])
    redis.call('ZADD', days, ARGV[arg + 2], ARGV[arg + 2])
  else
    redis.call('HDEL', day, ARGV[arg])
    if redis.call('EXISTS', day) == 0 then redis.call('ZREM', days, ARGV[arg + 2]) end
  end
  key, arg = key + 2, arg + 3
end
while KEYS[key] do
  redis.call('UNLINK', KEYS[key])
  redis.call('ZREM', KEYS[key + 1], ARGV[arg])
  redis.call('ZADD', KEYS[3], ARGV[arg], ARGV[arg + 1])
  redis.call('HSET', KEYS[4], ARGV[arg + 1], version)
  key, arg = key + 2, arg + 2
end
return 1
