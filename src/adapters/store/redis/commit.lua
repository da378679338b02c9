-- One decision, stored whole or not at all: every check comes before the first write.
--
-- KEYS: 1 user, 2 log, 3 index by time, 4 index by user, 5 alerts, 6 alerts of the tenant, 7 outbox; then for each login
--   6 more: login, index by prefix, index by fingerprint, idempotency record, claim, alert; then the alert of each answer.
--   A login without idempotency key or alert names its own key in their place, and their arguments are empty.
-- ARGV: 1 now, 2 version loaded, 3 next version and profile or '', 4 upper bound of what the indexes forget, 5 life of the
--   indexes, 6 number of logins; then for each login 15 more: id, record, its life, idempotency value, its life, alert's
--   id, and the alert's fields in the order of FIELDS; then each answer. Lives and times are milliseconds.
-- Returns 'ok', 'duplicate' or 'stale'.

local FIELDS = {
  'record', 'state', 'suppressed', 'recipient', 'attempts', 'due_at', 'last_error', 'settled_at', 'answer',
}
local n_logins = tonumber(ARGV[6])

-- An idempotency value is 32 bytes (body, login) and the time when it expires, in decimal.
local function taken(key)
  local value = redis.call('GET', key)
  return value and tonumber(string.sub(value, 33)) > tonumber(ARGV[1])
end

-- Before the first space of the user's string. Stores of the first form had a hash, which the next SET replaces.
local function version_of(key)
  if redis.call('TYPE', key).ok == 'hash' then return redis.call('HGET', key, 'version') end
  local user = redis.call('GET', key)
  return user and string.match(user, '^(%d+) ') or '0'
end

-- Twice a day an index forgets what is old and has its life renewed, which is a day longer than logins are kept: doing
-- so at every login would double what is written to the append-only file.
local HALF_A_DAY = 12 * 60 * 60 * 1000

local function add_to_index(key, id)
  redis.call('ZADD', key, 0, id)
  if redis.call('PTTL', key) < tonumber(ARGV[5]) - HALF_A_DAY then
    redis.call('ZREMRANGEBYLEX', key, '-', ARGV[4])
    redis.call('PEXPIRE', key, ARGV[5])
  end
end

-- An alert that is there already stays as it is: its mail may have left.
local function add_alert(key, id, first_field)
  if redis.call('EXISTS', key) == 1 then return end
  for at, name in ipairs(FIELDS) do
    local value = ARGV[first_field + at - 1]
    if value ~= '' then redis.call('HSET', key, name, value) end
  end
  redis.call('ZADD', KEYS[5], 0, id)
  redis.call('ZADD', KEYS[6], 0, id)
  local due_at = ARGV[first_field + 5]
  if due_at ~= '' then redis.call('ZADD', KEYS[7], due_at, id) end
end

local function add_login(key, arg)
  local id = ARGV[arg]
  redis.call('SET', KEYS[key], ARGV[arg + 1], 'PX', ARGV[arg + 2])
  redis.call('ZADD', KEYS[2], 0, id)
  add_to_index(KEYS[3], id)
  add_to_index(KEYS[4], id)
  add_to_index(KEYS[key + 1], id)
  add_to_index(KEYS[key + 2], id)
  if ARGV[arg + 3] ~= '' then
    redis.call('SET', KEYS[key + 3], ARGV[arg + 3], 'PX', ARGV[arg + 4])
    redis.call('SET', KEYS[key + 4], ARGV[arg + 3], 'PX', ARGV[arg + 4])
  end
  if ARGV[arg + 5] ~= '' then add_alert(KEYS[key + 5], ARGV[arg + 5], arg + 6) end
end

for login = 0, n_logins - 1 do
  local key, arg = 8 + 6 * login, 7 + 15 * login
  if redis.call('EXISTS', KEYS[key]) == 1 then return 'duplicate' end
  if ARGV[arg + 3] ~= '' and (taken(KEYS[key + 3]) or taken(KEYS[key + 4])) then return 'duplicate' end
end
if version_of(KEYS[1]) ~= ARGV[2] then return 'stale' end

if ARGV[3] ~= '' then redis.call('SET', KEYS[1], ARGV[3]) end
for login = 0, n_logins - 1 do
  add_login(8 + 6 * login, 7 + 15 * login)
end
for answer = 0, #ARGV - (7 + 15 * n_logins) do
  local key = KEYS[8 + 6 * n_logins + answer]
  if redis.call('EXISTS', key) == 1 then redis.call('HSET', key, 'answer', ARGV[7 + 15 * n_logins + answer]) end
end
return 'ok'
