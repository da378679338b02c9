-- Ends the removal of a tenant, and adds its entry to the ledger. Both keys have one hash tag.
--
-- KEYS: 1 the tenants that are being removed, 2 the ledger.
-- ARGV: 1 the tenant, 2 what stands for it there, 3 the receipt, 4 the record. Returns 1 if it was under way.

if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('HSET', KEYS[2], ARGV[3], ARGV[4])
return 1
