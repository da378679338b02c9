-- Claims an idempotency key for the users of a partition, where somebody has claimed it before.
--
-- KEYS: 1 claim. ARGV: 1 now, 2 the value that is to stand there, 3 its life in milliseconds.
-- Returns 0 if it is claimed for another partition, and then nothing has changed.
--
-- A value is 32 bytes (body, login) and the time when it expires, in decimal. The login's seventh byte is its partition.

local claim = redis.call('GET', KEYS[1])
if not claim or tonumber(string.sub(claim, 33)) <= tonumber(ARGV[1]) then
  redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
  return 1
end
if string.byte(claim, 23) ~= string.byte(ARGV[2], 23) then return 0 end
-- It has to outlast the record that this commit writes: else another partition could claim the key meanwhile.
if tonumber(string.sub(ARGV[2], 33)) > tonumber(string.sub(claim, 33)) then
  redis.call('SET', KEYS[1], string.sub(claim, 1, 32) .. string.sub(ARGV[2], 33), 'PX', ARGV[3])
end
return 1
