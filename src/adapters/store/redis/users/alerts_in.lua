-- reads
-- Finds alerts by their state and answer, newest first.
--
-- KEYS: 1 alerts of the tenant in a partition.
-- ARGV: 1 upper and 2 lower bound of ids, 3 what the key of an alert begins with, 4 how many are looked at, 5 how many are
--   found, at most, 6 states, 7 answers, each a list of words.
-- Returns the ids that were found, and the last one looked at, or '' if there are no more.

local function set_of(words)
  local set = {}
  for word in string.gmatch(words, '%S+') do set[word] = true end
  return set
end

local function hex(byte) return string.format('%02x', string.byte(byte)) end

local states, answers = set_of(ARGV[6]), set_of(ARGV[7])
local limit, most = tonumber(ARGV[4]), tonumber(ARGV[5])
local ids = redis.call('ZREVRANGEBYLEX', KEYS[1], ARGV[1], ARGV[2], 'LIMIT', 0, limit)
local found = {}
for at, id in ipairs(ids) do
  local alert = redis.call('HMGET', ARGV[3] .. string.gsub(id, '.', hex), 'state', 'answer')
  if states[alert[1]] and answers[alert[2]] then found[#found + 1] = id end
  if #found == most and at < #ids then return {found, id} end
end
return {found, #ids == limit and ids[limit] or ''}
