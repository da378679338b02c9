//! The rows of tallies, and how several processes change them together: whoever changes them has read the version, and changes
//! nothing if it is another by then.

use std::{
    collections::{BTreeSet, HashMap},
    sync::LazyLock,
};

use redis::Script;

use crate::{
    adapters::store::{
        backend::Reply,
        record::clear::tally::changed,
        redis::server::{
            link::{Batch, Link, WIDE},
            tally_keys,
        },
        tallying::{TallyChange, TallyChanges},
    },
    domain::{
        ids::{Partition, TenantId},
        search::{clear::segment::SegmentNumber, tallies::Quarter},
    },
};

static PUT: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("put_tallies.lua")));

/// The id of an entry of a stream: Unix milliseconds, and a number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct EntryId {
    ms: u64,
    number: u64,
}

impl EntryId {
    /// Reads `1526919030474-55`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (ms, number) = text.split_once('-')?;
        Some(Self { ms: ms.parse().ok()?, number: number.parse().ok()? })
    }

    /// The lowest id above this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self { ms: self.ms, number: self.number.saturating_add(1) }
    }
}

impl std::fmt::Display for EntryId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.ms, self.number)
    }
}

/// How far everything is counted.
#[derive(Clone, Debug, Default)]
pub struct Progress {
    /// How often tallies were changed.
    pub version: String,
    /// Up to which entry each partition is counted.
    pub offsets: HashMap<Partition, EntryId>,
}

impl Progress {
    /// Adds the questions to which [`Progress::read`] reads the answers.
    pub fn ask(ask: &mut Batch) {
        ask.cmd("GET").arg(tally_keys::VERSION).cmd("HGETALL").arg(tally_keys::OFFSETS);
    }

    /// What these answers say.
    #[must_use]
    pub fn read(version: Option<String>, offsets: HashMap<String, String>) -> Self {
        let offset =
            |(partition, id): (String, String)| Some((Partition(partition.parse().ok()?), EntryId::parse(&id)?));
        let version = version.unwrap_or_else(|| "0".to_owned());
        Self { version, offsets: offsets.into_iter().filter_map(offset).collect() }
    }

    /// Up to which entry a partition is counted.
    #[must_use]
    pub fn of(&self, partition: Partition) -> EntryId {
        self.offsets.get(&partition).copied().unwrap_or_default()
    }
}

/// Changes tallies, drops the segments of what changes, and notes up to which entries these partitions are counted; `false`, and nothing changes, if somebody else has
/// changed them since the progress was read.
///
/// # Errors
/// The server does not answer in time.
pub async fn put(link: &Link, version: &str, offsets: &[(Partition, EntryId)], changes: TallyChanges) -> Reply<bool> {
    let changes: Vec<Change> = changes.into_iter().collect();
    let stored = read_rows(link, &changes).await?;
    let changed_segments: BTreeSet<(TenantId, SegmentNumber)> =
        changes.iter().map(|((tenant, quarter), _)| (tenant.clone(), SegmentNumber::of(*quarter))).collect();
    let mut run = PUT.key(tally_keys::VERSION);
    run.key(tally_keys::OFFSETS).key(tally_keys::MISSING).key(tally_keys::MARKS);
    run.arg(version).arg(offsets.len()).arg(changes.len());
    for (partition, offset) in offsets {
        run.arg(partition.0).arg(offset.to_string());
    }
    let mut is_readable = true;
    for (((tenant, quarter), TallyChange { begins_anew, delta }), stored) in changes.into_iter().zip(stored) {
        let stored = stored.filter(|_| !begins_anew).unwrap_or_default();
        let next = changed(&stored, &delta).unwrap_or_else(|fault| {
            tracing::error!(%fault, "a tally cannot be read: run `watchlight store recount`");
            is_readable = false;
            None
        });
        let (day, field) = tally_keys::place(quarter);
        run.key(tally_keys::day(&tenant, day)).key(tally_keys::days(&tenant));
        run.arg(field).arg(next.unwrap_or_default()).arg(day);
    }
    for (tenant, number) in changed_segments {
        run.key(tally_keys::segment(&tenant, number)).key(tally_keys::segments(&tenant));
        run.arg(number.0).arg(tally_keys::missing(&tenant, number));
    }
    if !is_readable {
        let mut forget = Batch::new();
        forget.cmd("DEL").arg(tally_keys::COUNTED).ignore();
        link.ask::<()>(WIDE, &forget).await?;
    }
    link.run(WIDE, &run).await
}

/// A change of the tally of a tenant's quarter hour.
type Change = ((TenantId, Quarter), TallyChange);

async fn read_rows(link: &Link, changes: &[Change]) -> Reply<Vec<Option<Vec<u8>>>> {
    if changes.is_empty() {
        return Ok(Vec::new());
    }
    let mut ask = Batch::new();
    for ((tenant, quarter), _) in changes {
        let (day, field) = tally_keys::place(*quarter);
        ask.cmd("HGET").arg(tally_keys::day(tenant, day)).arg(field);
    }
    link.ask(WIDE, &ask).await
}
