-- Takes members out of sorted sets in leaves. Begins with `leaves.lua`.

local function forget_if_empty(set, leaf)
  if leaf ~= set and redis.call('EXISTS', leaf) == 0 then redis.call('ZREM', set .. '/', string.sub(leaf, #set + 2)) end
end

-- Returns how many members were taken out: 1 or 0.
local function remove(set, member)
  local leaf = leaf_of(set, member)
  local count = redis.call('ZREM', leaf, member)
  if count > 0 then forget_if_empty(set, leaf) end
  return count
end

-- So many members of a set are looked at, at most, before what is left waits for another time.
local MOST_LOOKED_AT = 1000

-- Takes out the lowest members below a bound that nothing keeps any more, up to the first that `is_kept` says is kept.
local function remove_gone(set, bound, is_kept)
  local left = MOST_LOOKED_AT
  -- Returns whether nothing below the bound is left in this leaf.
  local function cut(leaf)
    local members, gone = call('ZRANGEBYLEX', leaf, '-', bound, 'LIMIT', '0', left), 0
    while gone < #members and not is_kept(members[gone + 1]) do gone = gone + 1 end
    if gone > 0 then call('ZREMRANGEBYRANK', leaf, '0', gone - 1) end
    left = left - gone
    return left > 0 and gone == #members
  end

  if not cut(set) then return end
  for _, start in ipairs(call('ZRANGEBYLEX', set .. '/', '-', bound)) do
    local is_through = cut(set .. '/' .. start)
    forget_if_empty(set, set .. '/' .. start)
    if not is_through then return end
  end
end
