-- Ends the lease of something that waits to be posted.
--
-- KEYS: 1 what waits, 2 all that waits; then a message for each webhook that an event is taken up for.
-- ARGV: 1 its name, 2 fence, 3 attempts counted, 4 when it is due again or '' if it is over, 5 now, 6 body of the messages;
--   then the name of each message.
-- Returns 0 if the lease is not the caller's, and then nothing has changed.

if redis.call('HGET', KEYS[1], 'fence') ~= ARGV[2] then return 0 end
if ARGV[4] ~= '' then
  redis.call('HSET', KEYS[1], 'attempts', ARGV[3])
  redis.call('HDEL', KEYS[1], 'leased')
  redis.call('ZADD', KEYS[2], ARGV[4], ARGV[1])
  return 1
end
local record = redis.call('HGET', KEYS[1], 'record')
redis.call('DEL', KEYS[1])
redis.call('ZREM', KEYS[2], ARGV[1])
for message = 3, #KEYS do
  redis.call('HSET', KEYS[message], 'record', record, 'body', ARGV[6], 'attempts', 0, 'fence', 0)
  redis.call('ZADD', KEYS[2], ARGV[5], ARGV[message + 4])
end
return 1
