//! Everybody of whom a profile is kept, in memory.

use std::ops::RangeInclusive;

use crate::{
    adapters::store::{
        backend::{PeopleBytes, PeoplePage, Reply},
        memory::store::Memory,
    },
    domain::ids::{Partition, UserKey},
};

impl PeopleBytes for Memory {
    async fn walk(&self, groups: RangeInclusive<u8>, from: Option<Vec<u8>>, limit: usize) -> Reply<PeoplePage> {
        let tables = self.tables();
        let is_next = |hash: &[u8; 16]| groups.contains(&hash[0]) && from.as_ref().is_none_or(|it| hash[..] > it[..]);
        let mut found: Vec<&[u8; 16]> = tables.profiles.keys().filter(|hash| is_next(hash)).collect();
        found.sort_unstable();
        let next = found.get(limit.wrapping_sub(1)).filter(|_| found.len() > limit).map(|hash| hash.to_vec());
        found.truncate(limit);
        let row = |hash: &[u8; 16]| {
            let user = UserKey { hash: *hash, partition: Partition(0) };
            Some((user, tables.profiles.get(hash)?.clone()))
        };
        Ok(PeoplePage { rows: found.into_iter().filter_map(row).collect(), next })
    }

    async fn remove_user(&self, user: &UserKey, version: u64) -> Reply<bool> {
        let mut tables = self.tables();
        let is_same = tables.profiles.get(&user.hash).is_some_and(|it| it.version == version);
        if is_same {
            tables.profiles.remove(&user.hash);
            tables.salts.remove(&user.hash);
            tables.browsers.retain(|(hash, _), _| *hash != user.hash);
        }
        Ok(is_same)
    }
}
