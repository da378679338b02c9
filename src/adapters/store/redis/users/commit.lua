-- One decision, stored whole or not at all: every check comes before the first write. Begins with `leaves.lua`, `leaves_cut.lua`, and
-- the numbers COMMITS_KEPT_MS, MAX_COMMITS and MAX_BROWSERS.
--
-- KEYS: 1 user, 2 salts, 3 index by time, 4 index by user, 5 what waits to be counted, 6 order of commits and 7 the number of the
--   latest; 8 numbers of hashes of logins, if lives are to be looked at. Then for each login 4 more: the hash that it is in, index by
--   prefix, index by fingerprint, the hash of the day's idempotency records, or that of the login once more if it has no key. Then the
--   set of each clue. Then those of what comes besides. All lie in the user's partition, and so in one slot.
-- ARGV: 1 version loaded, 2 next version and profile or '', 3 the user's hash and 4 salt, 5 tenant, 6 in bytes: number of logins
--   (2), of clues (2), and flags: 1 lives are to be looked at, 2 there may be logins of earlier versions, which have a key of their own,
--   4 the same of idempotency records, 8 those of this commit are to have one; then for each login two, how many bytes stand behind its
--   entry by prefix (0 or 1), and that byte.
--   With lives 7 the life of the indexes of logins, and 8 the upper bound of what indexes forget. Then for each login its id, record,
--   what stands in the clear of it, what `is_taken_that_day` reads of its idempotency key, '' if it has none; with lives those of its hash and
--   of that of the records. Then for each clue its member; with lives that of its set. Then what comes besides, each behind its kind:
--   see `add_besides`. Lives and times are milliseconds.
-- Returns 'ok', 'duplicate', 'stale', or 'lives' if these must be looked at.

local KEYS, ARGV = KEYS, ARGV
local tenant, index_life = ARGV[5], nil
local n_logins, n_clues, looks, has_old, has_single, is_single
do
  local a, b, c, d, flags = string.byte(ARGV[6], 1, 5)
  n_logins, n_clues, looks, has_old = a * 256 + b, c * 256 + d, flags % 2 == 1, flags % 4 >= 2
  has_single, is_single = flags % 8 >= 4, flags >= 8
end
-- Those behind which the keys and arguments of logins stand, and then those of clues; and how many arguments each of these has.
local login_key, login_arg, login_args, clue_args = 7, 6, 4, 1
if looks then
  index_life = tonumber(ARGV[7])
  login_key, login_arg, login_args, clue_args = 8, 8, 6, 2
end
local clue_key, clue_arg = login_key + 4 * n_logins, login_arg + login_args * n_logins

-- See `keys.rs`: a login is called by its id without the first two bytes and the partition.
local function field_of(id) return string.sub(id, 3, 6) .. string.sub(id, 8) end

local function hex(bytes)
  return (string.gsub(bytes, '.', function(byte) return string.format('%02x', string.byte(byte)) end))
end

-- Whether a key of the partition is there: this word and the bytes of an id.
local function has_key(word, id) return call('EXISTS', string.sub(KEYS[2], 1, -6) .. word .. hex(id)) == 1 end

-- Whether a login is stored, from the first bytes of what an index says of it. One of an earlier version has a key of its own.
local function is_stored(entry)
  local id = string.sub(entry, 1, 16)
  local a, b, c, d, e, f = string.byte(id, 1, 6)
  local ms = ((((a * 256 + b) * 256 + c) * 256 + d) * 256 + e) * 256 + f
  local logins = string.sub(KEYS[2], 1, -6) .. 'logins:' .. math.floor(ms / 134217728)
  return call('HEXISTS', logins, field_of(id)) == 1 or has_key('login:', id)
end

-- Whether somebody has the key among the records of a day. `word` is the idempotency key (16 bytes), its record (35), the time now (6),
-- and how the hashes of other days end whose records are looked at, in eight bytes each. A record is the body's hash (16), the login without its
-- partition (15), and when of the day it expires (4). A login that is gone, because its user was forgotten, holds no key; nor does this
-- one if it `is_new`, and so was gone until just now.
local function is_taken_that_day(records, word, id, is_new)
  local stored = call('HGET', records, string.sub(word, 3, 10))
  if not stored then return false end
  local a, b, c, d = string.byte(stored, 32, 35)
  local expires_at = tonumber(string.sub(records, -5)) * 86400000 + ((a * 256 + b) * 256 + c) * 256 + d
  local now = 0
  for at = 52, 57 do now = now * 256 + string.byte(word, at) end
  if expires_at <= now then return false end
  local login = string.sub(stored, 17, 22) .. string.sub(id, 7, 7) .. string.sub(stored, 23, 31)
  return not (is_new and login == id) and is_stored(login)
end

-- Earlier versions have a key of its own for each: body, login (32 bytes) and when it expires, in decimal.
local is_taken_single, remember_single
if has_single then
  local function name_of(word) return string.sub(KEYS[2], 1, -6) .. 'once:' .. hex(string.sub(word, 1, 16)) end

  local function number_of(word, from, to)
    local number = 0
    for at = from, to do number = number * 256 + string.byte(word, at) end
    return number
  end

  function is_taken_single(word)
    local stored = call('GET', name_of(word))
    if not stored or tonumber(string.sub(stored, 33)) <= number_of(word, 52, 57) then return false end
    return is_stored(string.sub(stored, 17, 32))
  end

  function remember_single(records, word, id)
    local expires_at = tonumber(string.sub(records, -5)) * 86400000 + number_of(word, 48, 51)
    local value = string.sub(word, 17, 32) .. id .. string.format('%.0f', expires_at)
    call('SET', name_of(word), value, 'PX', math.max(expires_at - number_of(word, 52, 57), 1))
  end
end

-- Before the first space of the user's string. Stores of the first form had a hash, which the next SET replaces.
local function version_of(user)
  local start = redis.pcall('GETRANGE', user, '0', '20')
  if type(start) == 'table' then return call('HGET', user, 'version') end
  return string.match(start, '^(%d+) ') or '0'
end

-- Twice a day an index forgets what is old and has its life renewed, which is a day longer than logins live: doing
-- so at every login would double what is written to the append-only file.
local HALF_A_DAY = 12 * 60 * 60 * 1000

-- Of a set without leaves the only leaf is the set. Some of what a trim has passed is there all the same: it came later, or it waited.
-- It stays in its indexes, by which it is found when its user is forgotten.
local function renew(set, leaf, forgotten, life, is_kept)
  if call('PTTL', leaf) >= life - HALF_A_DAY then return end
  remove_gone(set, forgotten, is_kept)
  call('PEXPIRE', leaf, life)
  if leaf ~= set then call('PEXPIRE', set .. '/', life) end
end

-- Returns whether it was not there before.
local function add_record(key, arg)
  local logins = KEYS[key + 1]
  if call('HSETNX', logins, field_of(ARGV[arg + 1]), ARGV[arg + 2]) == 0 then return false end
  if looks then
    if call('PTTL', logins) < 0 then call('PEXPIRE', logins, ARGV[arg + 5]) end
    -- An earlier version may have made it.
    local number = string.match(logins, '%d+$')
    call('ZADD', KEYS[8], number, number)
  end
  return true
end

local function add_login(number, key, arg, by_time, by_user)
  local id, prefix, fingerprint = ARGV[arg + 1], KEYS[key + 2], KEYS[key + 3]
  local entry = id .. ARGV[arg + 3]
  -- What stands in the clear is counted from here.
  call('XADD', KEYS[5], '*', '+' .. tenant, entry)
  by_time, by_user = add(KEYS[3], entry, by_time), add(KEYS[4], id, by_user)
  local at = 6 + 2 * number
  call('ZADD', prefix, '0', id .. string.sub(ARGV[6], at + 1, at + string.byte(ARGV[6], at)))
  call('ZADD', fingerprint, '0', id)
  if looks then
    renew(KEYS[3], by_time, ARGV[8], index_life, is_stored)
    renew(KEYS[4], by_user, ARGV[8], index_life, is_stored)
    renew(prefix, prefix, ARGV[8], index_life, is_stored)
    renew(fingerprint, fingerprint, ARGV[8], index_life, is_stored)
  end
end

-- Redis forgets only whole blocks of about a hundred here, which costs next to nothing; `trim_commits` in `commits.rs`
-- forgets the rest.
local function note_commit(id)
  local number = call('INCR', KEYS[7])
  call('XADD', KEYS[6], '*', 't', tenant, 'i', id, 'n', string.format('%d', number))
  if number % 64 > 0 then return end
  local time = call('TIME')
  call('XTRIM', KEYS[6], 'MINID', '~', tonumber(time[1]) * 1000 - COMMITS_KEPT_MS)
  call('XTRIM', KEYS[6], 'MAXLEN', '~', MAX_COMMITS)
end

-- A set lives as long as its stretch, whichever clue is the first.
local function add_clue(set, arg)
  local leaf = add(set, ARGV[arg + 1])
  if not looks or call('PTTL', leaf) >= 0 then return end
  call('PEXPIRE', leaf, ARGV[arg + 2])
  if leaf ~= set then call('PEXPIRE', set .. '/', ARGV[arg + 2]) end
end

-- What few logins have, from behind this key and this argument.
local function add_besides(key, arg)
  local function next_key()
    key = key + 1
    return KEYS[key]
  end

  local function next_arg()
    arg = arg + 1
    return ARGV[arg]
  end

  -- KEYS: alert, all alerts, alerts of the tenant, alerts of the user, outbox. ARGV: id, the fields in this order, upper bound of
  -- what the index of the user's alerts forgets, and its life. An alert that is there already stays as it is: its mail may have left.
  local function add_alert()
    local alert, all, of_tenant, of_user, outbox = next_key(), next_key(), next_key(), next_key(), next_key()
    local id, fields, due_at = next_arg(), {}, ''
    for _, name in ipairs({
      'record', 'state', 'suppressed', 'recipient', 'attempts', 'due_at', 'last_error', 'settled_at', 'answer',
    }) do
      local value = next_arg()
      if name == 'due_at' then due_at = value end
      if value ~= '' then fields[#fields + 1], fields[#fields + 2] = name, value end
    end
    local forgotten, life = next_arg(), tonumber(next_arg())
    if call('EXISTS', alert) == 1 then return end
    call('HSET', alert, unpack(fields))
    call('ZADD', all, 0, id)
    call('ZADD', of_tenant, 0, id)
    call('ZADD', of_user, 0, id)
    renew(of_user, of_user, forgotten, life, function(of_alert) return has_key('alert:', of_alert) end)
    if due_at ~= '' then call('ZADD', outbox, due_at, id) end
  end

  -- KEYS: alert. ARGV: answer, whose it is, when it was given, and which colleague gave it. It takes the place of what the same side
  -- has said, the user or a colleague, unless that is the same; a colleague's stands beside the user's own (DeliveryRow::hear).
  local function add_answer()
    local alert, said = next_key(), { next_arg(), next_arg(), next_arg(), next_arg() }
    local first = { 'answer', 'answered_by', 'answered_at', 'answered_author' }
    local beside = { 'beside', 'beside_by', 'beside_at', 'beside_author' }
    local function keep(names, values)
      for n, name in ipairs(names) do
        if values[n] and values[n] ~= '' then call('HSET', alert, name, values[n]) else call('HDEL', alert, name) end
      end
    end
    local function is_colleague(by) return by == 'operator' or by == 'api_verdict' end
    local was = call('HMGET', alert, unpack(first))
    if not was[1] then return end
    if was[1] == 'none' or is_colleague(was[2]) == is_colleague(said[2]) then
      if was[1] ~= said[1] then keep(first, said) end
    elseif is_colleague(said[2]) then
      if call('HGET', alert, 'beside') ~= said[1] then keep(beside, said) end
    else
      keep(beside, was)
      keep(first, said)
    end
  end

  -- KEYS: event, all that waits to be posted. ARGV: name there, record, when it is due. An event that waits already stays as it is:
  -- somebody may hold its lease.
  local function add_event()
    local event, all, name, record, due_at = next_key(), next_key(), next_arg(), next_arg(), next_arg()
    if call('EXISTS', event) == 1 then return end
    call('HSET', event, 'record', record, 'body', '', 'attempts', 0, 'fence', 0)
    call('ZADD', all, due_at, name)
  end

  -- The flags of a browser: 1 it is kept for a shorter time, 2 somebody got in with it. The week follows in four bytes, the highest first.
  local function read_browser(value)
    local flags, a, b, c, d = string.byte(value, 1, 5)
    return flags, ((a * 256 + b) * 256 + c) * 256 + d
  end

  -- Deletes the browsers that are too many: those first that nobody got in with, then the longest unseen.
  local function forget_browsers(browsers, too_many)
    local all, kept = {}, call('HGETALL', browsers)
    for at = 1, #kept, 2 do
      local flags, week = read_browser(kept[at + 1])
      all[#all + 1] = {kept[at], flags >= 2, week}
    end
    table.sort(all, function(a, b)
      if a[2] ~= b[2] then return b[2] end
      return a[3] < b[3]
    end)
    for at = 1, too_many do call('HDEL', browsers, all[at][1]) end
  end

  -- KEYS: browsers of the user, users who have such ones by week. ARGV: fingerprint, week, and value: flags, week and record; life of
  -- the browsers. One that is kept already stays in the later week, and as one that somebody got in with.
  local function add_browser()
    local browsers, by_week, fingerprint, week = next_key(), next_key(), next_arg(), tonumber(next_arg())
    local value, life = next_arg(), tonumber(next_arg())
    local before = call('HGET', browsers, fingerprint)
    if before then
      local flags_before, week_before = read_browser(before)
      local flags = string.byte(value, 1)
      local is_first_success = flags >= 2 and flags_before < 2
      if week <= week_before and not is_first_success then return end
      if flags_before >= 2 and flags < 2 then value = string.char(flags + 2) .. string.sub(value, 2) end
      if week < week_before then value = string.sub(value, 1, 1) .. string.sub(before, 2, 5) .. string.sub(value, 6) end
    end
    call('HSET', browsers, fingerprint, value)
    call('ZADD', by_week, 'LT', week, ARGV[3])
    if call('PTTL', browsers) < life - HALF_A_DAY then call('PEXPIRE', browsers, life) end
    local too_many = call('HLEN', browsers) - MAX_BROWSERS
    if too_many > 0 then forget_browsers(browsers, too_many) end
  end

  local kinds = {alert = add_alert, answer = add_answer, event = add_event, browser = add_browser}
  while arg < #ARGV do kinds[next_arg()]() end
end

for login = 0, n_logins - 1 do
  local key, arg = login_key + 4 * login, login_arg + login_args * login
  local id, word = ARGV[arg + 1], ARGV[arg + 4]
  -- The day on which its record will expire comes later.
  for at = 58, #word, 8 do
    local records = string.sub(KEYS[key + 4], 1, -9) .. string.sub(word, at, at + 7)
    if is_taken_that_day(records, word, id) then return 'duplicate' end
  end
  if has_single and word ~= '' and is_taken_single(word) then return 'duplicate' end
  if has_old and has_key('login:', id) then return 'duplicate' end
end
local is_stale = version_of(KEYS[1]) ~= ARGV[1]
-- A single login, and its record, are looked for by writing them, before anything else is written.
if is_stale or n_logins > 1 then
  for login = 0, n_logins - 1 do
    local key, arg = login_key + 4 * login, login_arg + login_args * login
    local id, word = ARGV[arg + 1], ARGV[arg + 4]
    if call('HEXISTS', KEYS[key + 1], field_of(id)) == 1 then return 'duplicate' end
    if word ~= '' and is_taken_that_day(KEYS[key + 4], word, id) then return 'duplicate' end
  end
end
if is_stale then return 'stale' end
-- What was sealed with a salt that was destroyed since could never be read.
if call('HGET', KEYS[2], ARGV[3]) ~= ARGV[4] then return 'stale' end

-- What is there has had a life since it was made, and a hash is listed: so nothing of that need be looked at if nothing is new, and it
-- was lately.
local by_time, by_user
if not looks then
  for login = 0, n_logins - 1 do
    local key, id = login_key + 4 * login, ARGV[login_arg + login_args * login + 1]
    by_time, by_user = leaf_of(KEYS[3], id), leaf_of(KEYS[4], id)
    -- The sets of clues are asked for with the first.
    local sets = login == 0 and n_clues or 0
    if call('EXISTS', KEYS[key + 1], KEYS[key + 2], KEYS[key + 3], KEYS[key + (is_single and 1 or 4)], by_time, by_user,
      unpack(KEYS, clue_key + 1, clue_key + sets)) < 6 + sets then return 'lives' end
  end
  if n_logins > 1 then by_time, by_user = nil, nil end
end

for login = 0, n_logins - 1 do
  local key, arg = login_key + 4 * login, login_arg + login_args * login
  if not add_record(key, arg) then return 'duplicate' end
  local id, word, records = ARGV[arg + 1], ARGV[arg + 4], KEYS[key + 4]
  if is_single and word ~= '' then
    remember_single(records, word, id)
  elseif word ~= '' then
    local field, value = string.sub(word, 3, 10), string.sub(word, 17, 51)
    if call('HSETNX', records, field, value) == 0 then
      if is_taken_that_day(records, word, id, true) then
        call('HDEL', KEYS[key + 1], field_of(id))
        return 'duplicate'
      end
      call('HSET', records, field, value)
    end
    if looks and call('PTTL', records) < 0 then call('PEXPIRE', records, ARGV[arg + 6]) end
  end
end
if ARGV[2] ~= '' then call('SET', KEYS[1], ARGV[2]) end
for login = 0, n_logins - 1 do
  local key, arg = login_key + 4 * login, login_arg + login_args * login
  add_login(login, key, arg, by_time, by_user)
  note_commit(ARGV[arg + 1])
end
for clue = 0, n_clues - 1 do add_clue(KEYS[clue_key + 1 + clue], clue_arg + clue_args * clue) end
if clue_arg + clue_args * n_clues < #ARGV then add_besides(clue_key + n_clues, clue_arg + clue_args * n_clues) end
return 'ok'
