-- Reads a user's devices, compares, and writes the device, the login and the event.
-- KEYS: devices, logins, events. ARGV: device, login, event, now (ms), devices of a user, last rank to go, kept events.
local known = redis.call("HGETALL", KEYS[1])
local slot, same = 0, 0
if #known == 0 then
    -- The others differ from this one.
    for number = 1, ARGV[5] - 1 do
        redis.call("HSET", KEYS[1], number, string.char(number) .. string.sub(ARGV[1], 2))
    end
end
local fingerprint = string.sub(ARGV[1], 1, 32)
for at = 2, #known, 2 do
    if string.sub(known[at], 1, 32) == fingerprint then
        slot, same = known[at - 1], 1
        break
    end
end
redis.call("HSET", KEYS[1], slot, ARGV[1])
redis.call("ZADD", KEYS[2], ARGV[4], ARGV[2])
redis.call("ZREMRANGEBYRANK", KEYS[2], 0, ARGV[6])
redis.call("XADD", KEYS[3], "MAXLEN", "~", ARGV[7], "*", "e", ARGV[3])
return same
