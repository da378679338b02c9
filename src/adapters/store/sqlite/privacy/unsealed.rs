//! Records from before sealing.

use rusqlite::{Connection, OptionalExtension};

use crate::{
    adapters::store::{
        backend::{FirstSalt, Reply, RowChange, RowPage, RowPlace, StoredRow, UnsealedBytes, UnsealedUpkeep},
        coded::sealing::layout::owner_of_users,
        sqlite::{
            days,
            engine::{faults::Refused, rows::record_of},
            privacy::{
                salts::{put_salt_of, salt_of},
                unsealed_rows::{count, page, replace, row_at},
            },
            store::Sqlite,
        },
    },
    domain::{
        ids::{TenantId, UserKey},
        salt::Salt,
    },
    ports::ClearCopies,
};

/// How often the log is tried to be emptied while others read from it; each time waits for them.
const TRIES: usize = 50;

impl UnsealedBytes for Sqlite {
    async fn rows_to_seal(&self, from: Option<Vec<u8>>, limit: usize) -> Reply<RowPage> {
        self.readers.read(move |connection| page(connection, from.as_deref(), limit)).await
    }

    async fn rows_at(&self, places: Vec<RowPlace>) -> Reply<Vec<StoredRow>> {
        let read = move |connection: &Connection| {
            let rows = places.into_iter().map(|it| row_at(connection, it));
            rows.filter_map(Result::transpose).collect()
        };
        self.readers.read(read).await
    }

    async fn tenant_of_user(&self, user: &UserKey) -> Reply<Option<TenantId>> {
        let user = *user;
        self.readers.read(move |connection| tenant_of_user(connection, &user)).await
    }

    async fn put_first_salts(&self, salts: Vec<FirstSalt>) -> Reply<Vec<Option<Salt>>> {
        self.write(move |connection| salts.iter().map(|it| put_first_salt(connection, it)).collect()).await
    }

    async fn replace_rows(&self, changes: Vec<RowChange>) -> Reply<u64> {
        self.write(move |connection| {
            let mut replaced = 0;
            for RowChange { seen, next, owner } in &changes {
                let is_theirs = match owner {
                    Some((user, salt)) => {
                        salt_of(connection, &user.hash)? == Some(*salt) && !is_being_erased(connection, user)?
                    }
                    None => true,
                };
                let owner = owner.as_ref().map(|(user, _)| user);
                replaced += u64::from(is_theirs && replace(connection, seen, next, owner)?);
            }
            Ok(replaced)
        })
        .await
    }
}

impl UnsealedUpkeep for Sqlite {
    async fn row_count(&self) -> Reply<u64> {
        self.readers.read(count).await
    }

    async fn unsealed_note(&self) -> Reply<Option<Vec<u8>>> {
        let read = |connection: &Connection| {
            let mut select = connection.prepare_cached("SELECT record FROM upkeep WHERE name = 'unsealed'")?;
            Ok(select.query_row([], |row| row.get(0)).optional()?)
        };
        self.readers.read(read).await
    }

    async fn put_unsealed_note(&self, note: Vec<u8>) -> Reply<()> {
        let put = move |connection: &Connection| {
            Ok(connection.prepare_cached("INSERT OR REPLACE INTO upkeep VALUES ('unsealed', ?)")?.execute([note])?)
        };
        self.write(put).await.map(|_| ())
    }

    async fn remove_clear_copies(&self) -> Reply<ClearCopies> {
        if let Err(fault) = self.writer.tidy(true).await {
            return Ok(ClearCopies::InFile(fault.0));
        }
        for _ in 0..TRIES {
            if matches!(self.writer.tidy(false).await, Ok(true)) {
                return Ok(ClearCopies::Gone);
            }
        }
        Ok(ClearCopies::InLog)
    }
}

fn tenant_of_user(connection: &Connection, user: &UserKey) -> Result<Option<TenantId>, Refused> {
    const OF_LOGIN: &str = "SELECT tenant FROM login WHERE id = ?";
    const BESIDE_RECORDS: &str = "SELECT alert.tenant FROM alert_of_user JOIN alert USING (id) WHERE user = ?1
        UNION ALL SELECT tenant FROM request WHERE user = ?1 LIMIT 1";
    const OF_SESSION: &str = "SELECT record FROM session WHERE user = ? LIMIT 1";
    let one = |query: &str, key: [u8; 16]| -> rusqlite::Result<Option<String>> {
        connection.prepare_cached(query)?.query_row([key], |row| row.get(0)).optional()
    };
    let of_login = match days::newest_of(connection, user.hash)? {
        Some(login) => one(OF_LOGIN, login.0)?,
        None => None,
    };
    let beside = match of_login {
        Some(tenant) => Some(tenant),
        None => one(BESIDE_RECORDS, user.hash)?,
    };
    if let Some(tenant) = beside {
        return Ok(TenantId::parse(&tenant));
    }
    let session = connection.prepare_cached(OF_SESSION)?.query_row([user.hash], |row| record_of(row, 0)).optional()?;
    Ok(session.and_then(|it| owner_of_users(&it, user).ok()).map(|it| it.tenant))
}

fn put_first_salt(connection: &Connection, first: &FirstSalt) -> Result<Option<Salt>, Refused> {
    const SEALED: &str = "SELECT 1 FROM profile WHERE user = ? AND substr(record, 1, 1) = x'FF'";
    let FirstSalt { seen, user, salt } = first;
    let had_one = connection.prepare_cached(SEALED)?.exists([user.hash])?;
    let is_as_read = row_at(connection, seen.place)?.as_ref() == Some(seen);
    if had_one || !is_as_read || is_being_erased(connection, user)? {
        return Ok(None);
    }
    Ok(Some(put_salt_of(connection, &user.hash, *salt)?))
}

fn is_being_erased(connection: &Connection, user: &UserKey) -> Result<bool, Refused> {
    Ok(connection.prepare_cached("SELECT 1 FROM erasing WHERE user = ?")?.exists([user.hash])?)
}
