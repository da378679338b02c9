//! Counts what commits and deletions have noted in their partitions.
//!
//! What is noted is a stream, so that each entry has a place; the tallies and the places up to which they count are changed by
//! one script in one slot. So each entry is counted once, whoever dies where: what is noted and not counted is found by the
//! next, and what is counted and still noted is passed over.

use redis::FromRedisValue;

use crate::{
    adapters::store::{
        backend::Reply,
        redis::{
            server::{
                keys,
                link::{Batch, WIDE},
                tally_keys,
            },
            store::Redis,
            tallies::rows::{EntryId, Progress, put},
        },
        tallying::TallyChanges,
    },
    domain::ids::{LoginId, Partition, TenantId},
    ports::Unavailable,
};

/// How many entries of a partition are counted at once.
const STEP: usize = 500;
/// How often it is tried anew where others are faster. Each time, somebody has got on.
const TRIES: usize = 100;

/// What a stream answers: the id of each entry, and its fields and values in turn.
pub type Entries = Vec<(String, Vec<Vec<u8>>)>;

/// What is to be counted.
#[derive(Default)]
struct Uncounted {
    progress: Progress,
    /// Up to which entry each partition was read that has some.
    read: Vec<(Partition, EntryId)>,
    changes: TallyChanges,
    /// Whether a partition may have more.
    more: bool,
    /// Whether there are some that were not counted before.
    is_new: bool,
}

impl Redis {
    /// Counts everything that is noted by now.
    ///
    /// # Errors
    /// The server does not answer in time.
    pub(crate) async fn fold(&self) -> Reply<()> {
        // Others of this process would only be slower.
        let _folding = self.folding.lock().await;
        for _ in 0..TRIES {
            let Uncounted { progress, read, changes, more, is_new } = self.uncounted().await?;
            if is_new && !put(&self.link, &progress.version, &read, changes).await? {
                continue;
            }
            self.forget_counted(&read).await?;
            if !more {
                return Ok(());
            }
        }
        Err(Unavailable("others count logins all the time".to_owned()))
    }

    async fn uncounted(&self) -> Reply<Uncounted> {
        let mut ask = Batch::new();
        Progress::ask(&mut ask);
        for partition in keys::partitions() {
            ask.cmd("XRANGE").arg(tally_keys::uncounted(partition)).arg("-").arg("+").arg("COUNT").arg(STEP);
        }
        let answers: Vec<redis::Value> = self.link.ask(WIDE, &ask).await?;
        let [version, offsets, streams @ ..] = answers.as_slice() else { return Ok(Uncounted::default()) };
        let progress = Progress::read(read(version)?, read(offsets)?);
        let mut found = Uncounted { progress, ..Uncounted::default() };
        for (partition, stream) in keys::partitions().zip(streams) {
            let entries: Entries = read(stream)?;
            let counted = found.progress.of(partition);
            let Some(last) = entries.last().and_then(|(id, _)| EntryId::parse(id)) else { continue };
            found.read.push((partition, last.max(counted)));
            found.more |= entries.len() == STEP;
            for (id, fields) in entries {
                if EntryId::parse(&id).is_some_and(|it| it > counted) {
                    found.is_new = true;
                    note(&mut found.changes, &fields);
                }
            }
        }
        Ok(found)
    }

    /// Forgets entries that are counted.
    async fn forget_counted(&self, counted: &[(Partition, EntryId)]) -> Reply<()> {
        let mut forget = Batch::new();
        for (partition, id) in counted {
            forget.cmd("XTRIM").arg(tally_keys::uncounted(*partition)).arg("MINID").arg(id.next().to_string()).ignore();
        }
        if counted.is_empty() { Ok(()) } else { self.link.ask(WIDE, &forget).await }
    }
}

/// Counts an entry: under `+` or `-` and the tenant stand the login's id and what stands in the clear of it.
pub fn note(changes: &mut TallyChanges, fields: &[Vec<u8>]) {
    for pair in fields.chunks_exact(2) {
        if let Some((comes, tenant, id, facets)) = read_entry(&pair[0], &pair[1]) {
            if comes {
                changes.come(&tenant, id, facets);
            } else {
                changes.go(&tenant, id, facets);
            }
        }
    }
}

/// Whether a login comes, whose, which, and what stands in the clear of it.
#[must_use]
pub fn read_entry<'a>(name: &[u8], value: &'a [u8]) -> Option<(bool, TenantId, LoginId, &'a [u8])> {
    let (sign, tenant) = name.split_first()?;
    let (id, facets) = value.split_first_chunk()?;
    Some((*sign == b'+', TenantId::parse(std::str::from_utf8(tenant).ok()?)?, LoginId(*id), facets))
}

/// Reads an answer.
///
/// # Errors
/// It is something else.
pub fn read<T: FromRedisValue>(answer: &redis::Value) -> Reply<T> {
    T::from_redis_value_ref(answer).map_err(|it| Unavailable(format!("Redis: {it}")))
}
