-- What the scripts about a row have in common; one of them follows.
--
-- KEYS: 1 row, 2 salts of the partition, 3 the erasure of the user, 4 the user's profile; of a login, 5 the
--   hash that it is in, unless it has a key of its own. All lie in the row's partition.
-- ARGV: 1 the user's hash, 2 'profile' or 'login' if the row is one, 3 number of fields; then for each field its name, '' of a
--   profile, what was read there and what is to stand there, each '' for nothing or behind a '='; and at the end a salt.

local n_fields = tonumber(ARGV[3])
local salt = ARGV[4 + 3 * n_fields]

-- A user's version and profile. Stores of the first form had a hash.
local function profile_of(key)
  local kind = redis.call('TYPE', key).ok
  if kind == 'hash' then return redis.call('HGET', key, 'version'), redis.call('HGET', key, 'profile') end
  local user = kind == 'string' and redis.call('GET', key)
  local space = user and string.find(user, ' ', 1, true)
  if not space then return false, false end
  return string.sub(user, 1, space - 1), string.sub(user, space + 1)
end

local function value_of(field)
  if ARGV[2] == 'profile' then
    local _, profile = profile_of(KEYS[1])
    return profile
  end
  if ARGV[2] == 'login' then return redis.call('GET', KEYS[1]) or redis.call('HGET', KEYS[5], field) end
  return redis.call('HGET', KEYS[1], field)
end

local function is_as_read()
  for at = 4, 1 + 3 * n_fields, 3 do
    local value = value_of(ARGV[at])
    if (value and '=' .. value or '') ~= ARGV[at + 1] then return false end
  end
  return true
end

local function is_being_erased()
  return redis.call('EXISTS', KEYS[3]) == 1
end
