//! The logins of a partition, of all tenants: those of a day and a half are one hash, and a sorted set has the numbers of these hashes. So
//! every login is found, without an entry of its own. Earlier versions had one, in leaves (`log`): what is listed there and lies in a
//! hash is found by the hash from the first trim of this version on, and the rest has a key of its own.

use redis::Cmd;

use crate::{
    adapters::store::{
        backend::Reply,
        redis::{
            log::leaves::{self, Bounds},
            server::{
                keys,
                link::{Batch, Link, WIDE},
            },
        },
    },
    domain::{
        ids::{LoginId, Partition},
        time::Timestamp,
    },
};

/// Entries of a partition's log that are looked at in one round trip.
const STEP: usize = 500;
/// Partitions whose entries are looked at in one round trip.
const PARTITIONS_AT_ONCE: usize = 16;

/// Logins before a time. Of a large hash in which all are, any will do.
const LOWEST: &str = concat!(
    "-- reads\n",
    include_str!("hashes.lua"),
    "local before, limit, found = tonumber(ARGV[1]), tonumber(ARGV[2]), {}
    local last = math.floor(before / 134217728)
    for _, number in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', last)) do
      local hash = name_of(number)
      local fields, step = {}, 1
      if tonumber(number) < last and redis.call('HLEN', hash) > 2 * limit then
        fields, step = redis.call('HSCAN', hash, 0, 'COUNT', limit)[2], 2
      else
        fields = redis.call('HKEYS', hash)
      end
      for at = 1, #fields, step do
        if time_of(number, fields[at]) < before then found[#found + 1] = id_of(number, fields[at]) end
      end
      if #found >= limit then break end
    end
    return found"
);
/// When the oldest login happened; -1 if there is none.
const OLDEST: &str = concat!(
    "-- reads\n",
    include_str!("hashes.lua"),
    "for _, number in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
      local oldest
      for _, field in ipairs(redis.call('HKEYS', name_of(number))) do
        local time = time_of(number, field)
        if not oldest or time < oldest then oldest = time end
      end
      if oldest then return oldest end
    end
    return -1"
);
/// The logins of the latest hashes, until there are so many.
const NEWEST: &str = concat!(
    "-- reads\n",
    include_str!("hashes.lua"),
    "local found = {}
    for _, number in ipairs(redis.call('ZREVRANGE', KEYS[1], 0, -1)) do
      if #found >= tonumber(ARGV[1]) then break end
      for _, field in ipairs(redis.call('HKEYS', name_of(number))) do found[#found + 1] = id_of(number, field) end
    end
    return found"
);
/// How many logins happened before a time, how many did not, and when the newest did; -1 if there is none.
const STOCK: &str = concat!(
    "-- reads\n",
    include_str!("hashes.lua"),
    "local first_kept, older, kept, newest = tonumber(ARGV[1]), 0, 0, -1
    local limit = math.floor(first_kept / 134217728)
    local numbers = redis.call('ZRANGE', KEYS[1], 0, -1)
    for at = #numbers, 1, -1 do
      local number = tonumber(numbers[at])
      local count = redis.call('HLEN', name_of(number))
      if number == limit or (newest < 0 and count > 0) then
        for _, field in ipairs(redis.call('HKEYS', name_of(number))) do
          local time = time_of(number, field)
          if time < first_kept then older = older + 1 else kept = kept + 1 end
          if time > newest then newest = time end
        end
      elseif number < limit then
        older = older + count
      else
        kept = kept + count
      end
    end
    return {older, kept, newest}"
);
/// Forgets the numbers of hashes that are empty, up to one.
const FORGET_EMPTY: &str = concat!(
    include_str!("hashes.lua"),
    "for _, number in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1])) do
      if redis.call('EXISTS', name_of(number)) == 0 then redis.call('ZREM', KEYS[1], number) end
    end"
);
/// Takes entries out of the log whose logins lie in hashes, or are gone, and lists these hashes.
const SETTLE: &str = concat!(
    include_str!("leaves.lua"),
    include_str!("leaves_cut.lua"),
    include_str!("hashes.lua"),
    "for at = 1, #ARGV, 2 do
      local id, digits = ARGV[at], ARGV[at + 1]
      local a, b, c, d, e, f = string.byte(id, 1, 6)
      local ms = ((((a * 256 + b) * 256 + c) * 256 + d) * 256 + e) * 256 + f
      local number = math.floor(ms / 134217728)
      if redis.call('HEXISTS', name_of(number), string.sub(id, 3, 6) .. string.sub(id, 8)) == 1 then
        redis.call('ZADD', KEYS[1], number, number)
        remove(KEYS[2], id)
      elseif redis.call('EXISTS', prefix .. 'login:' .. digits) == 0 then
        remove(KEYS[2], id)
      end
    end"
);

fn ask(script: &str, partition: Partition) -> Cmd {
    let mut ask = redis::cmd("EVAL");
    ask.arg(script).arg(1).arg(keys::numbers_of_logins(partition));
    ask
}

/// Asks for logins before a time: mostly at most `limit`, and all that there are if those are fewer.
#[must_use]
pub fn lowest(partition: Partition, before: Timestamp, limit: usize) -> Cmd {
    let mut ask = ask(LOWEST, partition);
    ask.arg(before.unix_ms()).arg(limit);
    ask
}

/// Asks when the oldest login happened, in Unix milliseconds; -1 if there is none.
#[must_use]
pub fn oldest(partition: Partition) -> Cmd {
    ask(OLDEST, partition)
}

/// Asks for the newest logins, in no order: at least `limit`, or all.
#[must_use]
pub fn newest(partition: Partition, limit: usize) -> Cmd {
    let mut ask = ask(NEWEST, partition);
    ask.arg(limit);
    ask
}

/// Asks how many logins happened before a time, and how many others there are, and when the newest happened, in Unix milliseconds; -1 if
/// there is none.
#[must_use]
pub fn stock(partition: Partition, first_kept: Timestamp) -> Cmd {
    let mut ask = ask(STOCK, partition);
    ask.arg(first_kept.unix_ms());
    ask
}

/// Has hashes forgotten that are empty, up to that of this time.
#[must_use]
pub fn forget_empty(partition: Partition, until: Timestamp) -> Cmd {
    let mut run = ask(FORGET_EMPTY, partition);
    run.arg(keys::number_of_logins(LoginId::first_at(until)));
    run
}

/// Has what logs of earlier versions list be found by the hashes that it lies in. What has a key of its own stays listed there: returns
/// whether there is any.
///
/// # Errors
/// The server does not answer in time. What was settled by then stays so.
pub async fn settle_logs(link: &Link) -> Reply<bool> {
    for some in logs(link).await?.chunks(PARTITIONS_AT_ONCE) {
        let mut left: Vec<(Partition, Vec<u8>)> = some.iter().map(|it| (*it, b"-".to_vec())).collect();
        while !left.is_empty() {
            left = settle_some(link, left).await?;
        }
    }
    Ok(!logs(link).await?.is_empty())
}

/// The partitions that have a log of an earlier version.
///
/// # Errors
/// The server does not answer in time.
pub async fn logs(link: &Link) -> Reply<Vec<Partition>> {
    let mut ask = Batch::new();
    for partition in keys::partitions() {
        let log = keys::log(partition);
        ask.cmd("EXISTS").arg(format!("{log}/")).arg(log);
    }
    let counts: Vec<u64> = link.ask(WIDE, &ask).await?;
    Ok(keys::partitions().zip(counts).filter(|(_, it)| *it > 0).map(|(it, _)| it).collect())
}

/// Settles the next entries of each partition from a bound; where it goes on.
async fn settle_some(link: &Link, logs: Vec<(Partition, Vec<u8>)>) -> Reply<Vec<(Partition, Vec<u8>)>> {
    let mut ask = Batch::new();
    for (partition, from) in &logs {
        ask.add_command(leaves::oldest(&keys::log(*partition), Bounds { from, below: b"+" }, STEP));
    }
    let found: Vec<Vec<Vec<u8>>> = link.ask(WIDE, &ask).await?;
    let (mut settle, mut left) = (Batch::new(), Vec::new());
    for ((partition, _), ids) in logs.into_iter().zip(found) {
        let is_full = ids.len() == STEP;
        let ids: Vec<LoginId> = ids.into_iter().filter_map(|it| it.try_into().ok()).map(LoginId).collect();
        let Some(last) = ids.last() else { continue };
        if is_full {
            left.push((partition, keys::from(&last.next().0)));
        }
        let mut run = redis::cmd("EVAL");
        run.arg(SETTLE).arg(2).arg(keys::numbers_of_logins(partition)).arg(keys::log(partition));
        for id in &ids {
            let mut digits = String::new();
            keys::push_hex(&mut digits, &id.0);
            run.arg(&id.0[..]).arg(digits);
        }
        settle.add_command(run).ignore();
    }
    if !settle.is_empty() {
        link.ask::<()>(WIDE, &settle).await?;
    }
    Ok(left)
}
