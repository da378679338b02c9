-- Changes tallies, and how far partitions are counted, unless somebody else has changed them meanwhile.
--
-- KEYS: 1 version, 2 offsets; then for each row the hash of its day, and the days of its tenant.
-- ARGV: 1 the version that was read, 2 number of offsets; then each partition and its offset; then for each row its field, its
--   bytes or '' to delete it, and its day.
-- Returns 0 if somebody else was faster, and then nothing has changed.

if (redis.call('GET', KEYS[1]) or '0') ~= ARGV[1] then return 0 end
redis.call('INCR', KEYS[1])
local arg = 3
for _ = 1, tonumber(ARGV[2]) do
  redis.call('HSET', KEYS[2], ARGV[arg], ARGV[arg + 1])
  arg = arg + 2
end
for key = 3, #KEYS, 2 do
  local day, days = KEYS[key], KEYS[key + 1]
  if ARGV[arg + 1] ~= '' then
    redis.call('HSET', day, ARGV[arg], ARGV[arg + 1])
    redis.call('ZADD', days, ARGV[arg + 2], ARGV[arg + 2])
  else
    redis.call('HDEL', day, ARGV[arg])
    if redis.call('EXISTS', day) == 0 then redis.call('ZREM', days, ARGV[arg + 2]) end
  end
  arg = arg + 3
end
return 1
