-- Deletes logins of a partition, and has them taken out of the tallies.
--
-- KEYS: 1 what waits to be counted, 2 log, 3 logins that are kept for a shorter time; then for each login its key and its
--   tenant's index by time.
-- ARGV: for each login its id, the next id, and its tenant.

for at = 0, (#KEYS - 3) / 2 - 1 do
  local login, time = KEYS[4 + 2 * at], KEYS[5 + 2 * at]
  local id, next_id, tenant = ARGV[1 + 3 * at], ARGV[2 + 3 * at], ARGV[3 + 3 * at]
  local entries = redis.call('ZRANGEBYLEX', time, '[' .. id, '(' .. next_id)
  for _, entry in ipairs(entries) do
    redis.call('ZREM', time, entry)
    -- Whoever takes the entry away takes the login out of the tallies. One without facets was not counted.
    if #entry > 16 then redis.call('XADD', KEYS[1], '*', '-' .. tenant, entry) end
  end
  redis.call('UNLINK', login)
  redis.call('ZREM', KEYS[2], id)
  redis.call('ZREM', KEYS[3], id)
end
