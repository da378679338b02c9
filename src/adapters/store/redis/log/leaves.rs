//! Sorted sets without scores, in leaves of some hundred members: Redis keeps so small a set in one piece, where a member
//! takes a quarter of the memory that it takes in a large one.
//!
//! The first leaf is called as the set. Another is called by the set, a `/` and its start, the lowest bytes that a member of
//! it may have: as few of a member as tell it from the leaf before, mostly some of a time. The sorted set `SET/` lists the
//! starts. A set from before there were leaves is one first leaf, however large: what comes later goes to further ones. So
//! none was ever converted, and none must be.
//!
//! Scripts that change nothing begin with `-- reads`, by which they are known. Scripts that change a set begin with `leaves.lua`, and
//! `leaves_cut.lua` if they take members out. All keys of a set carry its partition's tag.

use redis::Cmd;

/// Reads the highest members of several sets below a bound.
const NEWEST_OF_EACH: &str = concat!(
    include_str!("newest.lua"),
    "local found = {}
    for at, set in ipairs(KEYS) do found[at] = newest(set, ARGV[1], ARGV[2], tonumber(ARGV[3])) end
    return found"
);
/// Reads the highest members below a bound.
const NEWEST: &str = concat!(include_str!("newest.lua"), "return newest(KEYS[1], ARGV[1], ARGV[2], tonumber(ARGV[3]))");
/// Reads the lowest members from a bound.
const OLDEST: &str = include_str!("oldest.lua");
/// Counts members below a bound, and those that are not; and reads the highest one.
const STOCK: &str = "-- reads
    local older, all, newest = 0, 0, {}
    local starts = redis.call('ZRANGE', KEYS[1] .. '/', 0, -1)
    for at = 0, #starts do
      local leaf = starts[at] and KEYS[1] .. '/' .. starts[at] or KEYS[1]
      older, all = older + redis.call('ZLEXCOUNT', leaf, '-', ARGV[1]), all + redis.call('ZCARD', leaf)
      local last = redis.call('ZREVRANGE', leaf, 0, 0)
      if last[1] then newest = last end
    end
    return {older, all - older, newest}";
const CARD: &str = concat!("-- reads\n", include_str!("leaves_whole.lua"), "return card(KEYS[1])");
const REMOVE: &str = concat!(
    include_str!("leaves.lua"),
    include_str!("leaves_cut.lua"),
    "local count = 0 for _, member in ipairs(ARGV) do count = count + remove(KEYS[1], member) end return count"
);

/// A range of members, by bounds as Redis writes them: `-`, `+`, `[` or `(` and bytes. The lower one includes.
#[derive(Clone, Copy, Debug)]
pub struct Bounds<'a> {
    /// `-`, or `[` and the lowest bytes.
    pub from: &'a [u8],
    /// `+`, or `(` and the lowest bytes that are too high.
    pub below: &'a [u8],
}

/// Asks for the highest members within these bounds, at most `limit`, the highest first.
#[must_use]
pub fn newest(set: &str, Bounds { from, below }: Bounds<'_>, limit: usize) -> Cmd {
    let mut ask = redis::cmd("EVAL");
    ask.arg(NEWEST).arg(1).arg(set).arg(below).arg(from).arg(limit);
    ask
}

/// Asks several sets of a partition for the same: one answer each.
#[must_use]
pub fn newest_of_each(sets: &[String], Bounds { from, below }: Bounds<'_>, limit: usize) -> Cmd {
    let mut ask = redis::cmd("EVAL");
    ask.arg(NEWEST_OF_EACH).arg(sets.len()).arg(sets).arg(below).arg(from).arg(limit);
    ask
}

/// Asks for the lowest members within these bounds, at most `limit`, the lowest first.
#[must_use]
pub fn oldest(set: &str, Bounds { from, below }: Bounds<'_>, limit: usize) -> Cmd {
    let mut ask = redis::cmd("EVAL");
    ask.arg(OLDEST).arg(1).arg(set).arg(from).arg(below).arg(limit);
    ask
}

/// Asks how many members there are below a bound, and how many others, and for the highest.
#[must_use]
pub fn stock(set: &str, below: &[u8]) -> Cmd {
    let mut ask = redis::cmd("EVAL");
    ask.arg(STOCK).arg(1).arg(set).arg(below);
    ask
}

/// Asks how many members there are.
#[must_use]
pub fn card(set: &str) -> Cmd {
    let mut ask = redis::cmd("EVAL");
    ask.arg(CARD).arg(1).arg(set);
    ask
}

/// Takes members out, and says how many there were.
#[must_use]
pub fn remove<'a>(set: &str, members: impl IntoIterator<Item = &'a [u8]>) -> Cmd {
    let mut run = redis::cmd("EVAL");
    run.arg(REMOVE).arg(1).arg(set);
    for member in members {
        run.arg(member);
    }
    run
}
