-- Forgets a user's browsers that were last seen before a week.
--
-- KEYS: 1 browsers of the user, 2 the users who have browsers of this kind, by the week of the longest unseen.
-- ARGV: 1 the user's hash, 2 the first week that is kept, 3 1 for those that are kept for a shorter time, 0 for the others.
-- A value begins with a byte of flags, of which the lowest says of which kind it is, and the week in four bytes, the highest first.

local longest_unseen
local browsers = redis.call('HGETALL', KEYS[1])
for at = 1, #browsers, 2 do
  local flags, a, b, c, d = string.byte(browsers[at + 1], 1, 5)
  local week = ((a * 256 + b) * 256 + c) * 256 + d
  if flags % 2 == tonumber(ARGV[3]) then
    if week < tonumber(ARGV[2]) then
      redis.call('HDEL', KEYS[1], browsers[at])
    elseif not longest_unseen or week < longest_unseen then
      longest_unseen = week
    end
  end
end
if longest_unseen then
  redis.call('ZADD', KEYS[2], longest_unseen, ARGV[1])
else
  redis.call('ZREM', KEYS[2], ARGV[1])
end
