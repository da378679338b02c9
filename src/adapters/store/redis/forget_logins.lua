-- Deletes logins of a partition, and has them taken out of the tallies. Begins with `leaves.lua` and `leaves_cut.lua`.
--
-- KEYS: 1 what waits to be counted, 2 log, 3 logins that are kept for a shorter time, 4 numbers of
--   hashes of logins; then for each login the hash that it is in, its
--   key of earlier versions, and its tenant's index by time.
-- ARGV: for each login its id, its field in the hash, the next id, and its tenant.

-- A login has one entry by time, its id with what stands in the clear behind it.
local function entry_of(set, id, next_id)
  local start = redis.call('ZREVRANGEBYLEX', set .. '/', '(' .. next_id, '-', 'LIMIT', 0, 1)[1]
  local leaf = start and set .. '/' .. start or set
  return redis.call('ZRANGEBYLEX', leaf, '[' .. id, '(' .. next_id, 'LIMIT', 0, 1)[1]
end

for at = 0, (#KEYS - 4) / 3 - 1 do
  local logins, old, time = KEYS[5 + 3 * at], KEYS[6 + 3 * at], KEYS[7 + 3 * at]
  local id, field, next_id, tenant = ARGV[1 + 4 * at], ARGV[2 + 4 * at], ARGV[3 + 4 * at], ARGV[4 + 4 * at]
  local entry = entry_of(time, id, next_id)
  if entry then
    remove(time, entry)
    -- Whoever takes the entry away takes the login out of the tallies. One without facets was not counted.
    if #entry > 16 then redis.call('XADD', KEYS[1], '*', '-' .. tenant, entry) end
  end
  redis.call('HDEL', logins, field)
  if redis.call('EXISTS', logins) == 0 then redis.call('ZREM', KEYS[4], string.match(logins, '%d+$')) end
  redis.call('UNLINK', old)
  remove(KEYS[2], id)
  redis.call('ZREM', KEYS[3], id)
end
