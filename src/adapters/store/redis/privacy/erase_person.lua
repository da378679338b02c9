-- The last step of forgetting a user: destroys the salt, and deletes what is left. All keys are in the user's partition. Begins with
-- `leaves_whole.lua`.
--
-- KEYS: 1 logins of the user, 2 alerts of the user, 3 user, 4 salts, 5 the erasure, 6 sessions of the user, 7 browsers of
--   the user, 8 and 9 users who have browsers.
-- ARGV: 1 the user's hash, 2 devices, 3 the key of a session of which only the last 32 digits differ.
-- Returns the fields of the erasure; or nothing, and nothing has changed, if there are logins or alerts, or it was not begun.

if card(KEYS[1]) > 0 or redis.call('ZCARD', KEYS[2]) > 0 then return false end
if redis.call('EXISTS', KEYS[5]) == 0 then return false end
local sessions = redis.call('SMEMBERS', KEYS[6])
for _, session in ipairs(sessions) do
  local digits = string.gsub(session, '.', function(byte) return string.format('%02x', string.byte(byte)) end)
  redis.call('UNLINK', string.sub(ARGV[3], 1, -33) .. digits)
end
local profiles = redis.call('DEL', KEYS[3])
drop(KEYS[1])
redis.call('UNLINK', KEYS[2], KEYS[6], KEYS[7])
redis.call('ZREM', KEYS[8], ARGV[1])
redis.call('ZREM', KEYS[9], ARGV[1])
local salts = redis.call('HDEL', KEYS[4], ARGV[1])
redis.call('HINCRBY', KEYS[5], 'people', math.max(profiles, salts))
redis.call('HINCRBY', KEYS[5], 'sessions', #sessions)
-- Another process may have been quicker, and has counted the devices then.
if profiles > 0 then redis.call('HINCRBY', KEYS[5], 'devices', ARGV[2]) end
return redis.call('HGETALL', KEYS[5])
