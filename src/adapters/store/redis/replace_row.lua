
-- Replaces what a row has by what it is to have, and leaves how long it lives as it is. Returns 0, and nothing has changed, if it
-- is not as it was read, or its user has another salt or is being forgotten. Without a salt it is no user's.

if salt ~= '' and (redis.call('HGET', KEYS[2], ARGV[1]) ~= salt or is_being_erased()) then return 0 end
if not is_as_read() then return 0 end
for at = 4, 1 + 3 * n_fields, 3 do
  local field, next = ARGV[at], string.sub(ARGV[at + 2], 2)
  if ARGV[2] == 'profile' then
    local version = profile_of(KEYS[1])
    redis.call('SET', KEYS[1], version .. ' ' .. next)
  elseif ARGV[2] ~= 'login' then
    if ARGV[at + 2] ~= ARGV[at + 1] then redis.call('HSET', KEYS[1], field, next) end
  elseif redis.call('EXISTS', KEYS[1]) == 1 then
    redis.call('SET', KEYS[1], next, 'KEEPTTL')
  else
    redis.call('HSET', KEYS[5], field, next)
  end
end
return 1
