
-- Adds the salt of a user who has none. Returns the one that is kept; or nothing, and nothing has changed, if the row is not
-- as it was read, the user is being forgotten, or there is a sealed profile, which had a salt.

local _, profile = profile_of(KEYS[4])
if (profile and string.byte(profile) == 255) or is_being_erased() or not is_as_read() then return false end
redis.call('HSETNX', KEYS[2], ARGV[1], salt)
return redis.call('HGET', KEYS[2], ARGV[1])
