-- One decision, stored whole or not at all: every check comes before the first write. Begins with `leaves.lua`.
--
-- KEYS: 1 user, 2 log, 3 index by time, 4 index by user, 5 alerts, 6 alerts of the tenant, 7 outbox, 8 alerts of the user,
--   9 all that waits to be posted, 10 salts, 11 order of commits and 12 the number of the latest,
--   13 browsers of the user, 14 users who have browsers, 15 users who have such as are kept for a shorter time,
--   16 what waits to be counted; then for each login 6
--   more: the hash that it is in, its key of earlier versions, index by prefix, index by fingerprint,
--   idempotency record, alert; then the alert of each answer; then each event; then the set of
--   each clue. All lie in the user's partition, and so in one slot.
--   A login without idempotency key or alert names its hash in their place, and their arguments are empty.
-- ARGV: 1 now, 2 version loaded, 3 next version and profile or '', 4 upper bound of what the indexes of logins forget, 5
--   life of those indexes, 6 and 7 the same of the index of a user's alerts, 8 number of logins, 9 number of answers, 10 the
--   user's hash and 11 salt, 12 tenant, 13 how long and 14 how many commits are kept, 15 how many browsers are kept of a user,
--   16 the bound of 4 for the index by time, 17 number of clues; then for each login 16 more: id, record, life of its hash, idempotency value, its life, alert's id, the alert's fields in the
--   order of FIELDS, and what stands in the clear of the login; then each answer; then for each event 3 more: id, record, when it is due; then for
--   each clue 2 more: member, life of its set; then for each browser 3 more: fingerprint, week, and value: flags, week and record. Lives and times are milliseconds.
-- Returns 'ok', 'duplicate' or 'stale'.

local FIELDS = {
  'record', 'state', 'suppressed', 'recipient', 'attempts', 'due_at', 'last_error', 'settled_at', 'answer',
}
local n_logins, n_answers = tonumber(ARGV[8]), tonumber(ARGV[9])
-- Where the parts after the logins begin.
local FIRST_KEY, FIRST_ARG = 17, 18
local answer_key, answer_arg = FIRST_KEY + 6 * n_logins, FIRST_ARG + 16 * n_logins
local event_key, event_arg = answer_key + n_answers, answer_arg + n_answers
local n_clues = tonumber(ARGV[17])
local clue_key = #KEYS - n_clues + 1
local clue_arg = event_arg + 3 * (clue_key - event_key)
local browser_arg = clue_arg + 2 * n_clues

-- See `keys.rs`: a login is called by its id without the first two bytes and the partition.
local function field_of(id) return string.sub(id, 3, 6) .. string.sub(id, 8) end

-- Whether a login of this partition is stored, from the bytes of its id.
local function is_stored(id)
  local a, b, c, d, e, f = string.byte(id, 1, 6)
  local ms = ((((a * 256 + b) * 256 + c) * 256 + d) * 256 + e) * 256 + f
  local prefix = string.sub(KEYS[2], 1, -4)
  if redis.call('HEXISTS', prefix .. 'logins:' .. math.floor(ms / 134217728), field_of(id)) == 1 then return true end
  local digits = string.gsub(id, '.', function(byte) return string.format('%02x', string.byte(byte)) end)
  return redis.call('EXISTS', prefix .. 'login:' .. digits) == 1
end

-- An idempotency value is 32 bytes (body, login) and the time when it expires, in decimal. A login that is gone, because
-- its user was forgotten, holds no key.
local function taken(key)
  local value = redis.call('GET', key)
  return value and tonumber(string.sub(value, 33)) > tonumber(ARGV[1])
    and is_stored(string.sub(value, 17, 32))
end

-- Before the first space of the user's string. Stores of the first form had a hash, which the next SET replaces.
local function version_of(key)
  local start = redis.pcall('GETRANGE', key, 0, 20)
  if type(start) == 'table' then return redis.call('HGET', key, 'version') end
  return string.match(start, '^(%d+) ') or '0'
end

-- Twice a day an index forgets what is old and has its life renewed, which is a day longer than logins live: doing
-- so at every login would double what is written to the append-only file.
local HALF_A_DAY = 12 * 60 * 60 * 1000
local INDEX_LIFE = tonumber(ARGV[5])

local function add_to_index(set, member, forgotten, life)
  local leaf, left = add(set, member)
  if left < life - HALF_A_DAY then
    remove_below(set, forgotten)
    redis.call('PEXPIRE', leaf, life)
    if leaf ~= set then redis.call('PEXPIRE', set .. '/', life) end
  end
end

local function add_to_plain_index(set, member, forgotten, life)
  redis.call('ZADD', set, 0, member)
  if redis.call('PTTL', set) < life - HALF_A_DAY then
    redis.call('ZREMRANGEBYLEX', set, '-', forgotten)
    redis.call('PEXPIRE', set, life)
  end
end

-- An alert that is there already stays as it is: its mail may have left.
local function add_alert(key, id, first_field)
  if redis.call('EXISTS', key) == 1 then return end
  local fields = {}
  for at, name in ipairs(FIELDS) do
    local value = ARGV[first_field + at - 1]
    if value ~= '' then fields[#fields + 1], fields[#fields + 2] = name, value end
  end
  redis.call('HSET', key, unpack(fields))
  redis.call('ZADD', KEYS[5], 0, id)
  redis.call('ZADD', KEYS[6], 0, id)
  add_to_plain_index(KEYS[8], id, ARGV[6], tonumber(ARGV[7]))
  local due_at = ARGV[first_field + 5]
  if due_at ~= '' then redis.call('ZADD', KEYS[7], due_at, id) end
end

local function add_login(key, arg)
  local id, logins = ARGV[arg], KEYS[key]
  redis.call('HSET', logins, field_of(id), ARGV[arg + 1])
  if redis.call('PTTL', logins) < 0 then redis.call('PEXPIRE', logins, ARGV[arg + 2]) end
  add(KEYS[2], id, true)
  -- What stands in the clear is counted from here.
  local entry = id .. ARGV[arg + 15]
  redis.call('XADD', KEYS[16], '*', '+' .. ARGV[12], entry)
  add_to_index(KEYS[3], entry, ARGV[16], INDEX_LIFE)
  add_to_index(KEYS[4], id, ARGV[4], INDEX_LIFE)
  add_to_plain_index(KEYS[key + 2], id, ARGV[4], INDEX_LIFE)
  add_to_plain_index(KEYS[key + 3], id, ARGV[4], INDEX_LIFE)
  if ARGV[arg + 3] ~= '' then
    redis.call('SET', KEYS[key + 4], ARGV[arg + 3], 'PX', ARGV[arg + 4])
  end
  if ARGV[arg + 5] ~= '' then add_alert(KEYS[key + 5], ARGV[arg + 5], arg + 6) end
end

-- Redis forgets only whole blocks of about a hundred here, which costs next to nothing; `trim_commits` in `commits.rs`
-- forgets the rest.
local function note_commit(id)
  local number = redis.call('INCR', KEYS[12])
  redis.call('XADD', KEYS[11], '*', 't', ARGV[12], 'i', id, 'n', number)
  if number % 64 > 0 then return end
  local time = redis.call('TIME')
  redis.call('XTRIM', KEYS[11], 'MINID', '~', tonumber(time[1]) * 1000 - tonumber(ARGV[13]))
  redis.call('XTRIM', KEYS[11], 'MAXLEN', '~', ARGV[14])
end

-- An event that waits already stays as it is: somebody may hold its lease.
local function add_event(key, id, record, due_at)
  if redis.call('EXISTS', key) == 1 then return end
  redis.call('HSET', key, 'record', record, 'body', '', 'attempts', 0, 'fence', 0)
  redis.call('ZADD', KEYS[9], due_at, id)
end

local BROWSERS, FULL_BROWSERS, BRIEF_BROWSERS = KEYS[13], KEYS[14], KEYS[15]

-- The flags of a browser: 1 it is kept for a shorter time, 2 somebody got in with it. The week follows in four bytes, the highest first.
local function read_browser(value)
  local flags, a, b, c, d = string.byte(value, 1, 5)
  return flags, ((a * 256 + b) * 256 + c) * 256 + d
end

-- Deletes the browsers that are too many: those first that nobody got in with, then the longest unseen.
local function forget_browsers(too_many)
  local all, kept = {}, redis.call('HGETALL', BROWSERS)
  for at = 1, #kept, 2 do
    local flags, week = read_browser(kept[at + 1])
    all[#all + 1] = {kept[at], flags >= 2, week}
  end
  table.sort(all, function(a, b)
    if a[2] ~= b[2] then return b[2] end
    return a[3] < b[3]
  end)
  for at = 1, too_many do redis.call('HDEL', BROWSERS, all[at][1]) end
end

-- A browser that is kept already stays in the later week, and as one that somebody got in with.
local function keep_browser(fingerprint, week, value)
  local before = redis.call('HGET', BROWSERS, fingerprint)
  if before then
    local flags_before, week_before = read_browser(before)
    local flags = string.byte(value, 1)
    local is_first_success = flags >= 2 and flags_before < 2
    if week <= week_before and not is_first_success then return end
    if flags_before >= 2 and flags < 2 then value = string.char(flags + 2) .. string.sub(value, 2) end
    if week < week_before then value = string.sub(value, 1, 1) .. string.sub(before, 2, 5) .. string.sub(value, 6) end
  end
  redis.call('HSET', BROWSERS, fingerprint, value)
  local by_week = string.byte(value, 1) % 2 == 1 and BRIEF_BROWSERS or FULL_BROWSERS
  redis.call('ZADD', by_week, 'LT', week, ARGV[10])
  if redis.call('PTTL', BROWSERS) < INDEX_LIFE - HALF_A_DAY then redis.call('PEXPIRE', BROWSERS, ARGV[5]) end
  local too_many = redis.call('HLEN', BROWSERS) - tonumber(ARGV[15])
  if too_many > 0 then forget_browsers(too_many) end
end

for login = 0, n_logins - 1 do
  local key, arg = FIRST_KEY + 6 * login, FIRST_ARG + 16 * login
  if redis.call('HEXISTS', KEYS[key], field_of(ARGV[arg])) == 1 then return 'duplicate' end
  if redis.call('EXISTS', KEYS[key + 1]) == 1 then return 'duplicate' end
  if ARGV[arg + 3] ~= '' and taken(KEYS[key + 4]) then return 'duplicate' end
end
if version_of(KEYS[1]) ~= ARGV[2] then return 'stale' end
-- What was sealed with a salt that was destroyed since could never be read.
if redis.call('HGET', KEYS[10], ARGV[10]) ~= ARGV[11] then return 'stale' end

if ARGV[3] ~= '' then redis.call('SET', KEYS[1], ARGV[3]) end
for login = 0, n_logins - 1 do
  add_login(FIRST_KEY + 6 * login, FIRST_ARG + 16 * login)
  note_commit(ARGV[FIRST_ARG + 16 * login])
end
for answer = 0, n_answers - 1 do
  local key = KEYS[answer_key + answer]
  if redis.call('EXISTS', key) == 1 then redis.call('HSET', key, 'answer', ARGV[answer_arg + answer]) end
end
for event = 0, clue_key - event_key - 1 do
  local arg = event_arg + 3 * event
  add_event(KEYS[event_key + event], ARGV[arg], ARGV[arg + 1], ARGV[arg + 2])
end
for clue = 0, n_clues - 1 do
  local set, life = KEYS[clue_key + clue], ARGV[clue_arg + 2 * clue + 1]
  local leaf, left = add(set, ARGV[clue_arg + 2 * clue])
  -- A set lives as long as its stretch, whichever clue is the first.
  if left < 0 then
    redis.call('PEXPIRE', leaf, life)
    if leaf ~= set then redis.call('PEXPIRE', set .. '/', life) end
  end
end
for arg = browser_arg, #ARGV, 3 do
  keep_browser(ARGV[arg], tonumber(ARGV[arg + 1]), ARGV[arg + 2])
end
return 'ok'
