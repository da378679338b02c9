-- What waits in a partition and is due: of each tenant, or of each webhook, no more than there is room for. Changes nothing.
--
-- KEYS: 1 all that waits. Reads besides the records of what waits, which lie in the same partition.
-- ARGV: 1 now, 2 what their keys begin with after the partition, 3 how many of one tenant, 4 how many of one webhook, 5 how many
--   are looked at, 6 number of tenants of whom there is no room; then those tenants, then the webhooks of which there is none.
-- Returns name, time and tenant of each, one after the other; the tenant is empty where none can be read.

local PAGE = 500
local prefix = string.match(KEYS[1], '^(.*:)') .. ARGV[2]
local of_tenant, of_webhook, most = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local n_tenants = tonumber(ARGV[6])
local full = {}
for at = 7, #ARGV do
  full[(at < 7 + n_tenants and 'tenant ' or 'webhook ') .. ARGV[at]] = true
end

local HEX = string.rep('%02x', 16)

local function hex(name, first)
  return string.format(HEX, string.byte(name, first, first + 15))
end

-- Every record begins with its form and 16 bytes of name; then comes the tenant, at most 64 bytes, behind its length. What
-- cannot be read holds up nobody: it counts as of a tenant of its own.
local function read_tenant(name)
  if #name ~= 16 and #name ~= 32 then return '' end
  local key = prefix .. hex(name, 1)
  if #name == 32 then key = key .. ':' .. hex(name, 17) end
  local record = redis.call('HGET', key, 'record')
  if not record or #record < 18 then return '' end
  return string.sub(record, 19, 18 + string.byte(record, 18))
end

local tenants, counts, found = {}, {}, {}

local function look_at(name, due_at)
  local webhook = string.sub(name, 17)
  if webhook ~= '' and full['webhook ' .. webhook] then return end
  local tenant = tenants[webhook] or read_tenant(name)
  if webhook ~= '' then tenants[webhook] = tenant end
  if full['tenant ' .. tenant] then return end
  local group, limit = 'tenant ' .. tenant, of_tenant
  if webhook ~= '' then group, limit = 'webhook ' .. webhook, of_webhook end
  local count = counts[group] or 0
  if count >= limit then return end
  counts[group] = count + 1
  found[#found + 1] = name
  found[#found + 1] = due_at
  found[#found + 1] = tenant
end

for first = 0, most - 1, PAGE do
  local page = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'WITHSCORES', 'LIMIT', first, PAGE)
  for at = 1, #page, 2 do look_at(page[at], page[at + 1]) end
  if #page < 2 * PAGE then break end
end
return found
