-- Adds an entry to the ledger of erasures. Both keys are in the user's partition.
--
-- KEYS: 1 the ledger, 2 the latest receipts.
-- ARGV: 1 the user's hash, 2 the receipt, 3 the record.

-- Receipts sort by time as bytes, and so do their digits; what order strings have depends on the server's locale.
local function digits(bytes)
  return (string.gsub(bytes, '.', function(byte) return string.format('%02x', string.byte(byte)) end))
end

redis.call('HSET', KEYS[1], ARGV[2], ARGV[3])
local latest = redis.call('HGET', KEYS[2], ARGV[1])
if not latest or digits(latest) < digits(ARGV[2]) then
  redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
end
return redis.status_reply('OK')
