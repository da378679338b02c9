//! Everybody of whom a profile is kept, along the key.

use std::ops::RangeInclusive;

use rusqlite::{Connection, params};

use crate::{
    adapters::store::{
        backend::{PeopleBytes, PeoplePage, Reply, Versioned},
        sqlite::{
            engine::{faults::Refused, rows::limit_of},
            forgetting::forget_browsers,
            store::Sqlite,
        },
    },
    domain::ids::{Partition, UserKey},
};

impl PeopleBytes for Sqlite {
    async fn walk(&self, groups: RangeInclusive<u8>, from: Option<Vec<u8>>, limit: usize) -> Reply<PeoplePage> {
        self.readers.read(move |connection| page(connection, &groups, from, limit)).await
    }

    async fn remove_user(&self, user: &UserKey, version: u64) -> Reply<bool> {
        let user = user.hash;
        self.write(move |connection| {
            let mut remove = connection.prepare_cached("DELETE FROM profile WHERE user = ? AND version = ?")?;
            let is_removed = remove.execute(params![user, version.cast_signed()])? > 0;
            if is_removed {
                forget_browsers(connection, user)?;
                connection.prepare_cached("DELETE FROM salts.person WHERE user = ?")?.execute([user])?;
            }
            Ok(is_removed)
        })
        .await
    }
}

/// A group is a first byte of the key; a position is a whole key.
fn page(
    connection: &Connection,
    groups: &RangeInclusive<u8>,
    from: Option<Vec<u8>>,
    limit: usize,
) -> Result<PeoplePage, Refused> {
    let (after, last) = (from.unwrap_or_else(|| vec![*groups.start()]), [*groups.end(); 1].to_vec());
    let last = [last, vec![0xFF; 15]].concat();
    let mut select = connection.prepare_cached(
        "SELECT user, version, record FROM profile WHERE user > ? AND user <= ? ORDER BY user LIMIT ?",
    )?;
    let rows = select.query_map(params![after, last, limit_of(limit)], |row| {
        let user = UserKey { hash: row.get(0)?, partition: Partition(0) };
        let version: i64 = row.get(1)?;
        Ok((user, Versioned { version: version.cast_unsigned(), record: row.get(2)? }))
    })?;
    let rows = rows.collect::<rusqlite::Result<Vec<_>>>()?;
    let next = rows.last().filter(|_| rows.len() == limit).map(|(user, _)| user.hash.to_vec());
    Ok(PeoplePage { rows, next })
}
