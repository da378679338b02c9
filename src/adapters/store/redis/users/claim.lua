-- Claims an idempotency key for the users of a partition, where somebody has claimed it before.
--
-- KEYS: 1 the claim with a key of its own, 2 the hash of the day on which the new one expires, then those of other days.
-- ARGV: 1 now, 2 what the key is called in hashes, 3 the claim as it is to stand there, 4 the same with a key of its own, if it is to
--   have one, or '', 5 the life in milliseconds of that key, or of the hash.
-- Returns 0 if it is claimed for another partition, and then nothing has changed.
--
-- In a hash a claim is the partition and when of the day it expires, which is in four bytes. With a key of its own it is 32 bytes (body,
-- login) and the time when it expires, in decimal. The login's seventh byte is its partition.

local now, partition = tonumber(ARGV[1]), string.byte(ARGV[3])
-- When the last of the claims expires that this partition has.
local latest = 0

-- Returns whether a claim is another partition's.
local function is_anothers(of, expires_at)
  if expires_at <= now then return false end
  if of == partition then latest = math.max(latest, expires_at) end
  return of ~= partition
end

local function expires_at(hash, claim)
  local _, a, b, c, d = string.byte(claim, 1, 5)
  return tonumber(string.match(hash, '%d+$')) * 86400000 + ((a * 256 + b) * 256 + c) * 256 + d
end

local single = redis.call('GET', KEYS[1])
if single and is_anothers(string.byte(single, 23), tonumber(string.sub(single, 33))) then return 0 end
for at = 2, #KEYS do
  local claim = redis.call('HGET', KEYS[at], ARGV[2])
  if claim and is_anothers(string.byte(claim), expires_at(KEYS[at], claim)) then return 0 end
end
-- It has to outlast the record that this commit writes: else another partition could claim the key meanwhile.
if latest >= expires_at(KEYS[2], ARGV[3]) then return 1 end
if ARGV[4] ~= '' then
  redis.call('SET', KEYS[1], ARGV[4], 'PX', ARGV[5])
else
  redis.call('HSET', KEYS[2], ARGV[2], ARGV[3])
  if redis.call('PTTL', KEYS[2]) < 0 then redis.call('PEXPIRE', KEYS[2], ARGV[5]) end
end
return 1
