//! Logins.

use std::ops::Range;

use crate::{
    adapters::store::{
        backend::{ClearRows, Listed, ListedLogin, LoginBytes, LoginEntry, LoginPage, Reply},
        redis::{
            log::{
                leaves::{self, Bounds},
                newest::{newest_members, of_set},
                rows,
            },
            server::{
                keys,
                link::{Batch, QUICK, WIDE},
            },
            store::Redis,
        },
    },
    domain::{
        history::login_record::LoginIndex,
        ids::{LoginId, Partition, Partitions, PrefixKey, TenantId},
    },
};

/// How many entries more than its part a partition is asked for.
const SPARE_ENTRIES: usize = 16;

impl LoginBytes for Redis {
    async fn login(&self, _tenant: &TenantId, id: LoginId) -> Reply<Option<Vec<u8>>> {
        Ok(rows::find(&self.link, QUICK, &[id]).await?.pop().flatten())
    }

    async fn logins_named(&self, ids: &[LoginId]) -> Reply<Vec<Option<Vec<u8>>>> {
        rows::find(&self.link, WIDE, ids).await
    }

    /// Index entries may outlive their logins for a while, at the old end.
    async fn logins(&self, page: LoginPage<'_>) -> Reply<Vec<ListedLogin>> {
        let members = self.newest(&page).await?;
        let ids: Vec<LoginId> = members.iter().filter_map(|it| it.first_chunk().copied()).map(LoginId).collect();
        let records = self.logins_named(&ids).await?;
        Ok(ids.into_iter().zip(records).map(|(id, record)| Listed { id, record }).collect())
    }

    async fn entries(
        &self,
        tenant: &TenantId,
        network: PrefixKey,
        ids: Range<LoginId>,
        limit: usize,
    ) -> Reply<Vec<LoginEntry>> {
        let members = self.newest(&LoginPage { tenant, index: &LoginIndex::Prefix(network), ids, limit }).await?;
        let entry = |member: &Vec<u8>| {
            let (id, rest) = member.split_first_chunk()?;
            Some(LoginEntry { id: LoginId(*id), hidden_byte: rest.first().copied() })
        };
        Ok(members.iter().filter_map(entry).collect())
    }

    /// As [`Redis::logins`], entries may outlive their logins for a while.
    async fn clear_logins(
        &self,
        tenant: &TenantId,
        ids: Range<LoginId>,
        partitions: &Partitions,
        limit: usize,
    ) -> Reply<ClearRows> {
        let partitions: Vec<Partition> = partitions.iter().collect();
        if partitions.is_empty() {
            return Ok(ClearRows::default());
        }
        let each = limit / partitions.len() + SPARE_ENTRIES;
        let (from, below) = (keys::from(&ids.start.0), keys::below(&ids.end.0));
        let mut ask = Batch::new();
        for partition in &partitions {
            let bounds = Bounds { from: &from, below: &below };
            ask.add_command(leaves::newest(&keys::logins_of(*partition, tenant), bounds, each));
        }
        let found: Vec<Vec<Vec<u8>>> = self.link.ask(WIDE, &ask).await?;
        let mut told: Vec<Told> =
            partitions.into_iter().zip(found).map(|(of, entries)| Told::new(of, entries, each)).collect();
        while let Some(behind) = furthest_behind(&mut told, limit / 2) {
            let below = behind.until.map_or(below.clone(), |it| keys::below(&it.0));
            let mut ask = Batch::new();
            let bounds = Bounds { from: &from, below: &below };
            ask.add_command(leaves::newest(&keys::logins_of(behind.partition, tenant), bounds, limit));
            let (more,): (Vec<Vec<u8>>,) = self.link.ask(WIDE, &ask).await?;
            behind.add(more, limit);
        }
        let next = told.iter().filter_map(|it| it.until).max();
        let mut entries: Vec<Vec<u8>> = told.into_iter().flat_map(|it| it.entries).collect();
        entries.sort_unstable_by(|a, b| b.cmp(a));
        let mut rows = ClearRows::default();
        rows.next = next;
        for (id, facets) in entries.iter().filter_map(|it| it.split_first_chunk()) {
            if next.is_none_or(|next| next <= LoginId(*id)) {
                rows.push(LoginId(*id), facets);
            }
        }
        Ok(rows)
    }
}

/// What a partition has told of its newest logins.
struct Told {
    partition: Partition,
    entries: Vec<Vec<u8>>,
    /// The last that it has told of, if it has more.
    until: Option<LoginId>,
}

impl Told {
    fn new(partition: Partition, entries: Vec<Vec<u8>>, limit: usize) -> Self {
        let mut told = Self { partition, entries: Vec::new(), until: None };
        told.add(entries, limit);
        told
    }

    fn add(&mut self, entries: Vec<Vec<u8>>, limit: usize) {
        let last = entries.last().filter(|_| entries.len() == limit);
        self.until = last.and_then(|it| it.first_chunk().copied()).map(LoginId);
        self.entries.extend(entries);
    }
}

/// The partition that holds up a page: nothing can be said of what is older than the last that it has told of. `None` if there is
/// none, or the others have told of enough that is newer. Logins are spread evenly, so that each is asked for little more than its
/// part; but of one and the same millisecond, as in a log of days, those of one partition come before those of the next.
fn furthest_behind(told: &mut [Told], enough: usize) -> Option<&mut Told> {
    let until = told.iter().filter_map(|it| it.until).max()?;
    let newer =
        |it: &Told| it.entries.iter().take_while(|it| it.first_chunk().is_some_and(|id| until.0 <= *id)).count();
    if told.iter().map(newer).sum::<usize>() >= enough {
        return None;
    }
    told.iter_mut().find(|it| it.until == Some(until))
}

impl Redis {
    /// The newest entries of an index: a user's lie in one partition, the others' in all.
    async fn newest(&self, page: &LoginPage<'_>) -> Reply<Vec<Vec<u8>>> {
        let LoginPage { tenant, index, ids, limit } = page;
        let partitions: Vec<Partition> = match index {
            LoginIndex::User(user) => vec![user.partition],
            _ => keys::partitions().collect(),
        };
        let sets: Vec<String> = partitions.into_iter().map(|it| keys::index(it, tenant, index)).collect();
        let (from, below) = (keys::from(&ids.start.0), keys::below(&ids.end.0));
        let ask_newest = match index {
            LoginIndex::Time | LoginIndex::User(_) => leaves::newest,
            LoginIndex::Prefix(_) | LoginIndex::Address(..) | LoginIndex::Fingerprint(_) => of_set,
        };
        newest_members(&self.link, &sets, ask_newest, &from, below, *limit).await
    }
}
