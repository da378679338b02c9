-- The hashes that the logins of a partition are in: see `hashes.rs`. KEYS: 1 the numbers of these hashes.

local prefix, partition = string.match(KEYS[1], '^(wl:{p(%d+)}:)')

local function name_of(number) return prefix .. 'logins:' .. number end

-- When a login happened, in Unix milliseconds, and its id: see `keys.rs`.
local function time_of(number, field)
  local a, b, c, d = string.byte(field, 1, 4)
  return math.floor(number / 32) * 4294967296 + ((a * 256 + b) * 256 + c) * 256 + d
end

local function id_of(number, field)
  local high = math.floor(number / 32)
  local start = string.char(math.floor(high / 256), high % 256)
  return start .. string.sub(field, 1, 4) .. string.char(tonumber(partition)) .. string.sub(field, 5)
end
