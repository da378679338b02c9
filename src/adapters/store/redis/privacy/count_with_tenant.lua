-- Adds what an erasure has deleted to what the removal of the tenant has deleted in this partition, and ends the erasure.
--
-- KEYS: 1 the erasure, 2 the counts of the removal, 3 the users of the partition who are being forgotten.
-- ARGV: 1 the user's hash, 2 for how many milliseconds the counts are kept at most.

local fields = redis.call('HGETALL', KEYS[1])
for at = 1, #fields, 2 do
  local name, value = fields[at], fields[at + 1]
  if name ~= 'tenant' and name ~= 'begun_at' and name ~= 'with_tenant' then
    redis.call('HINCRBY', KEYS[2], name, value)
  end
end
if #fields > 0 then redis.call('PEXPIRE', KEYS[2], ARGV[2]) end
redis.call('DEL', KEYS[1])
redis.call('SREM', KEYS[3], ARGV[1])
return redis.status_reply('OK')
