//! The order of commits: a stream in each partition, written by `commit.lua`. Each entry has a number besides its name, so that
//! whoever reads on sees whether something is missing. A place is, for each partition, the name and number of the last entry
//! before it.

use crate::{
    adapters::store::{
        backend::{CommitBytes, Reply},
        redis::{
            server::{
                keys,
                link::{Batch, Link, WIDE, value},
            },
            store::Redis,
        },
    },
    domain::{
        ids::{LoginId, PARTITIONS, TenantId},
        time::Timestamp,
    },
    ports::{COMMITS_KEPT_MS, CommitPosition, Commits, Committed, MAX_COMMITS, Unavailable},
};

/// How many entries of a partition are kept.
pub const MAX_COMMITS_OF_PARTITION: u64 = MAX_COMMITS / PARTITIONS as u64;

/// Partitions are read one after the other, for as long as [`WIDE`] at most: what was committed so long before a login may have
/// been read after it.
const READ_TOGETHER_MS: u64 = 2_000;
/// How many entries of a partition are read at a time where all are looked at.
const STEP: usize = 1_000;
/// The fewest that are read of each partition at a time.
const FEWEST: usize = 8;
/// How many bytes a place in one partition takes.
const PLACE: usize = 24;

/// What Redis calls an entry: the milliseconds of its clock, and which of that millisecond.
type Name = (u64, u64);

/// What a stream answers: the name of each entry, and its fields and values in turn.
type Found = Vec<(String, Vec<Vec<u8>>)>;

/// A place in one partition: the name and number of the last entry before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Place {
    name: Name,
    number: u64,
}

/// An entry.
#[derive(Clone, Debug)]
struct Entry {
    name: Name,
    number: u64,
    committed: Committed,
}

impl Entry {
    const fn behind(&self) -> Place {
        Place { name: self.name, number: self.number }
    }

    const fn before(&self) -> Place {
        let (ms, of_ms) = self.name;
        let name = if of_ms == 0 { (ms.saturating_sub(1), u64::MAX) } else { (ms, of_ms - 1) };
        Place { name, number: self.number.saturating_sub(1) }
    }
}

impl CommitBytes for Redis {
    async fn end_of_commits(&self) -> Reply<CommitPosition> {
        Ok(written(&ends(&self.link).await?.into_iter().map(|it| it.place).collect::<Vec<_>>()))
    }

    async fn place_behind(&self, tenant: &TenantId, login: LoginId) -> Reply<Option<CommitPosition>> {
        let found = find(&self.link, login).await?.filter(|it| it.committed.tenant == *tenant);
        let Some(found) = found else { return Ok(None) };
        let places = places_at(&self.link, found.name.0).await?;
        Ok(places.map(|mut places| {
            places[usize::from(login.partition().0)] = found.behind();
            written(&places)
        }))
    }

    async fn place_at(&self, read_at: Timestamp) -> Reply<Option<CommitPosition>> {
        let places = places_at(&self.link, u64::try_from(read_at.unix_ms()).unwrap_or(0)).await?;
        Ok(places.as_deref().map(written))
    }

    async fn commits(&self, after: &CommitPosition, limit: usize) -> Reply<Option<Commits>> {
        let Some(mut places) = read(after) else { return Ok(None) };
        let count = (limit / 32).max(FEWEST);
        let mut ask = Batch::new();
        ask.cmd("TIME");
        for (partition, Place { name: (ms, of_ms), .. }) in keys::partitions().zip(&places) {
            let (ms, of_ms) = if *of_ms == u64::MAX { (ms + 1, 0) } else { (*ms, of_ms + 1) };
            ask.cmd("XRANGE").arg(keys::commits(partition)).arg(format!("{ms}-{of_ms}")).arg("+");
            ask.arg("COUNT").arg(count);
        }
        let answers: Vec<redis::Value> = self.link.ask(WIDE, &ask).await?;
        let Some((time, found)) = answers.split_first() else { return Ok(None) };
        let found: Vec<Vec<Entry>> = found.iter().map(|it| entries(value(it)?)).collect::<Reply<_>>()?;
        // Where a partition has more, the others wait for it: so that one login tells of all partitions how far they were read.
        let full = found.iter().filter(|it| it.len() == count);
        let up_to = full.filter_map(|it| it.last()).map(|it| it.name.0).min();
        let mut listed = Vec::new();
        for (place, entries) in places.iter_mut().zip(found) {
            for entry in entries.into_iter().take_while(|it| up_to.is_none_or(|up_to| it.name.0 <= up_to)) {
                if entry.number != place.number + 1 {
                    return Ok(None);
                }
                *place = entry.behind();
                listed.push(entry);
            }
        }
        // Stable: those of one partition keep their order.
        listed.sort_by_key(|it| it.name.0);
        let logins = listed.into_iter().map(|it| it.committed).collect();
        let read_at = Timestamp::from_unix_ms(ms_of(value(time)?).cast_signed());
        Ok(Some(Commits { logins, end: written(&places), read_at, more: up_to.is_some() }))
    }
}

/// The places before everything that was committed so shortly before this time of the server's clock that it may have been read
/// later; `None` if the log does not reach back so far.
async fn places_at(link: &Link, read_at_ms: u64) -> Reply<Option<Vec<Place>>> {
    let since = read_at_ms.saturating_sub(READ_TOGETHER_MS);
    if since < server_ms(link).await?.saturating_sub(COMMITS_KEPT_MS.unsigned_abs()) {
        return Ok(None);
    }
    // The ends first: what is committed between the two questions is behind `since`, and found by the second.
    let ends = ends(link).await?;
    let mut ask = Batch::new();
    for partition in keys::partitions() {
        ask.cmd("XRANGE").arg(keys::commits(partition)).arg(since).arg("+").arg("COUNT").arg(1);
    }
    let firsts: Vec<Found> = link.ask(WIDE, &ask).await?;
    let mut places = Vec::with_capacity(PARTITIONS);
    for (end, first) in ends.iter().zip(firsts) {
        let first = entries(first)?.pop();
        // Where nothing older is left, that is for its age, unless there were too many.
        let is_oldest = first.as_ref().is_some_and(|it| it.number + end.length <= end.place.number + 1);
        if is_oldest && end.length >= MAX_COMMITS_OF_PARTITION {
            return Ok(None);
        }
        places.push(first.map_or(end.place, |it| it.before()));
    }
    Ok(Some(places))
}

/// Where a partition's log ends, and how many entries it has.
#[derive(Clone, Copy, Debug)]
struct End {
    place: Place,
    length: u64,
}

async fn ends(link: &Link) -> Reply<Vec<End>> {
    let mut ask = Batch::new();
    for partition in keys::partitions() {
        let log = keys::commits(partition);
        // The number first: it counts only where nothing is found, and so nothing was committed meanwhile.
        ask.cmd("GET").arg(keys::n_commits(partition));
        ask.cmd("XREVRANGE").arg(&log).arg("+").arg("-").arg("COUNT").arg(1);
        ask.cmd("XLEN").arg(log);
    }
    let answers: Vec<redis::Value> = link.ask(WIDE, &ask).await?;
    let end = |answer: &[redis::Value]| {
        let last = entries(value(&answer[1])?)?.pop();
        let number = value::<Option<u64>>(&answer[0])?.unwrap_or(0);
        let place = last.map_or(Place { name: (0, 0), number }, |it| it.behind());
        Ok(End { place, length: value(&answer[2])? })
    };
    answers.chunks_exact(3).map(end).collect()
}

/// The entry of a login.
async fn find(link: &Link, login: LoginId) -> Reply<Option<Entry>> {
    let mut up_to = "+".to_owned();
    loop {
        let mut ask = Batch::new();
        ask.cmd("XREVRANGE").arg(keys::commits(login.partition())).arg(&up_to).arg("-").arg("COUNT").arg(STEP);
        let (found,): (Found,) = link.ask(WIDE, &ask).await?;
        let (count, last) = (found.len(), found.last().map(|(name, _)| name.clone()));
        let entry = entries(found)?.into_iter().find(|it| it.committed.login == login);
        match last {
            // The last one is read twice.
            Some(last) if entry.is_none() && count == STEP => up_to = last,
            _ => return Ok(entry),
        }
    }
}

/// Forgets what is old in the log.
///
/// # Errors
/// The server does not answer in time.
pub(crate) async fn trim_commits(link: &Link) -> Reply<()> {
    let kept_since = server_ms(link).await?.saturating_sub(COMMITS_KEPT_MS.unsigned_abs());
    let mut trim = Batch::new();
    for partition in keys::partitions() {
        trim.cmd("XTRIM").arg(keys::commits(partition)).arg("MINID").arg(kept_since).ignore();
    }
    link.ask(WIDE, &trim).await
}

/// Forgets the commits of a tenant.
///
/// # Errors
/// The server does not answer in time.
pub(crate) async fn remove_commits(link: &Link, tenant: &TenantId) -> Reply<()> {
    // Whoever still reads there is told that something is missing.
    const FORGET: &str = "redis.call('XDEL', KEYS[1], unpack(ARGV))
        if redis.call('XLEN', KEYS[1]) == 0 then redis.call('DEL', KEYS[1], KEYS[2]) end";
    for partition in keys::partitions() {
        let mut from = "-".to_owned();
        loop {
            let mut ask = Batch::new();
            ask.cmd("XRANGE").arg(keys::commits(partition)).arg(&from).arg("+").arg("COUNT").arg(STEP);
            let (found,): (Found,) = link.ask(WIDE, &ask).await?;
            let (count, last) = (found.len(), found.last().map(|(name, _)| name.clone()));
            let theirs = entries(found)?.into_iter().filter(|it| it.committed.tenant == *tenant);
            let names: Vec<String> = theirs.map(|it| format!("{}-{}", it.name.0, it.name.1)).collect();
            if !names.is_empty() {
                let mut forget = Batch::new();
                forget.cmd("EVAL").arg(FORGET).arg(2).arg(keys::commits(partition)).arg(keys::n_commits(partition));
                forget.arg(names).ignore();
                link.ask::<()>(WIDE, &forget).await?;
            }
            match last {
                // The last one is read twice.
                Some(last) if count == STEP => from = last,
                _ => break,
            }
        }
    }
    Ok(())
}

/// The server's clock, by which entries are called.
async fn server_ms(link: &Link) -> Reply<u64> {
    let mut ask = Batch::new();
    ask.cmd("TIME");
    let (time,) = link.ask(WIDE, &ask).await?;
    Ok(ms_of(time))
}

/// What `TIME` answers, in milliseconds.
const fn ms_of((seconds, micros): (u64, u64)) -> u64 {
    seconds * 1_000 + micros / 1_000
}

fn entries(found: Found) -> Reply<Vec<Entry>> {
    let entry = |(name, values): (String, Vec<Vec<u8>>)| {
        let (ms, of_ms) = name.split_once('-')?;
        let value = |field: &str| values.chunks_exact(2).find(|it| it[0] == field.as_bytes()).map(|it| &it[1][..]);
        let text = |field| value(field).and_then(|it| std::str::from_utf8(it).ok());
        Some(Entry {
            name: (ms.parse().ok()?, of_ms.parse().ok()?),
            number: text("n")?.parse().ok()?,
            committed: Committed { tenant: TenantId::parse(text("t")?)?, login: LoginId(value("i")?.try_into().ok()?) },
        })
    };
    let unreadable = || Unavailable("Redis: the order of commits cannot be read".to_owned());
    found.into_iter().map(|it| entry(it).ok_or_else(unreadable)).collect()
}

fn written(places: &[Place]) -> CommitPosition {
    let bytes = |Place { name: (ms, of_ms), number }: &Place| [*ms, *of_ms, *number].map(u64::to_be_bytes).concat();
    CommitPosition(places.iter().flat_map(bytes).collect())
}

/// `None` for what is no place in such a store.
fn read(position: &CommitPosition) -> Option<Vec<Place>> {
    let place = |bytes: &[u8]| {
        let mut numbers = bytes.chunks_exact(8).filter_map(|it| it.try_into().ok()).map(u64::from_be_bytes);
        Some(Place { name: (numbers.next()?, numbers.next()?), number: numbers.next()? })
    };
    let places: Vec<Place> = position.0.chunks_exact(PLACE).filter_map(place).collect();
    (places.len() == PARTITIONS).then_some(places)
}
