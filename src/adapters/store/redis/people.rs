//! Everybody of whom a profile is kept: those of whom there is a salt, by partition.

use std::{ops::RangeInclusive, sync::LazyLock};

use redis::Script;

use crate::{
    adapters::store::{
        backend::{PeopleBytes, PeoplePage, Reply},
        redis::{
            server::{
                history_keys, keys,
                link::{Batch, QUICK, WIDE},
            },
            store::Redis,
            users::profiles::read_user,
        },
    },
    domain::ids::{Partition, UserKey},
};

static REMOVE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("remove_user.lua")));

impl PeopleBytes for Redis {
    /// A group is a partition. A position is a partition, and where a look through its hash goes on.
    async fn walk(&self, groups: RangeInclusive<u8>, from: Option<Vec<u8>>, limit: usize) -> Reply<PeoplePage> {
        let (partition, cursor) = from.and_then(|it| read_position(&it)).unwrap_or((Partition(*groups.start()), 0));
        let mut ask = Batch::new();
        ask.cmd("HSCAN").arg(keys::salts(partition)).arg(cursor).arg("COUNT").arg(limit);
        let ((cursor, found),): ((u64, Vec<Vec<u8>>),) = self.link.ask(WIDE, &ask).await?;
        // Fields and their values in turn.
        let hashes = found.into_iter().step_by(2).filter_map(|it| it.try_into().ok());
        let users: Vec<UserKey> = hashes.map(|hash| UserKey { hash, partition }).collect();
        let next = match cursor {
            0 => partition.0.checked_add(1).filter(|it| groups.contains(it)).map(|it| write_position(it, 0)),
            cursor => Some(write_position(partition.0, cursor)),
        };
        if users.is_empty() {
            return Ok(PeoplePage { rows: Vec::new(), next });
        }
        let mut ask = Batch::new();
        for user in &users {
            ask.cmd("GET").arg(keys::user(user));
        }
        let values = self.link.ask_each(WIDE, &ask).await?;
        let row = |(user, value): (UserKey, Option<Vec<u8>>)| Some((user, read_user(&value?).ok()?));
        let values = values.into_iter().map(|it| it.ok().flatten());
        Ok(PeoplePage { rows: users.into_iter().zip(values).filter_map(row).collect(), next })
    }

    async fn remove_user(&self, user: &UserKey, version: u64) -> Reply<bool> {
        let mut run = REMOVE.key(keys::user(user));
        run.key(keys::salts(user.partition))
            .key(history_keys::browsers_of_user(user))
            .key(history_keys::browsers_by_week(user.partition, false))
            .key(history_keys::browsers_by_week(user.partition, true));
        run.arg(version).arg(&user.hash[..]);
        self.link.run(QUICK, &run).await
    }
}

fn write_position(partition: u8, cursor: u64) -> Vec<u8> {
    [&[partition][..], &cursor.to_be_bytes()].concat()
}

fn read_position(bytes: &[u8]) -> Option<(Partition, u64)> {
    let (partition, cursor) = bytes.split_first()?;
    Some((Partition(*partition), u64::from_be_bytes(cursor.try_into().ok()?)))
}
