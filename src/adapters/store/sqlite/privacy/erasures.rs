//! Forgetting users. The last step is one transaction; the salt, which is in another file, is written after the rest, so
//! the erasure stays noted until a transaction after that.

use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::{
    adapters::store::{
        backend::{Entry, ErasureBytes, LedgerBytes, LoginTraces, Reply, WhichErasure},
        sqlite::{
            clues::forget_clues,
            days,
            engine::{
                faults::Refused,
                rows::{limit_of, record_of},
            },
            forgetting::{forget_browsers, forget_logins},
            store::Sqlite,
        },
    },
    domain::{
        ids::{AlertId, LoginId, Partition, ReceiptId, TenantId, UserKey},
        privacy::erasure::{Erased, ErasureBegun},
        time::Timestamp,
    },
};

/// The columns that [`begun_in`] reads.
const BEGUN: &str =
    "SELECT user, partition, tenant, begun_at, logins, alerts, sessions, devices, with_tenant FROM erasing";

impl ErasureBytes for Sqlite {
    async fn begin_erasure(&self, begun: &ErasureBegun) -> Reply<ErasureBegun> {
        let begun = begun.clone();
        self.write(move |connection| {
            let mut insert = connection.prepare_cached(
                "INSERT OR IGNORE INTO erasing (user, partition, tenant, begun_at, with_tenant, logins, alerts, sessions, devices)
                VALUES (?, ?, ?, ?, ?, 0, 0, 0, 0)",
            )?;
            let ErasureBegun { tenant, user, at, with_tenant, .. } = &begun;
            insert.execute(params![user.hash, user.partition.0, tenant.as_str(), at.unix_ms(), with_tenant])?;
            Ok(begun_of(connection, user)?.unwrap_or(begun))
        })
        .await
    }

    async fn erasures_begun(&self) -> Reply<Vec<ErasureBegun>> {
        let read = |connection: &Connection| {
            let mut select = connection.prepare_cached(BEGUN)?;
            let begun = select.query_map([], begun_in)?;
            Ok(begun.filter_map(Result::transpose).collect::<Result<_, _>>()?)
        };
        self.readers.read(read).await
    }

    async fn erase_logins(&self, _: &TenantId, user: &UserKey, logins: Vec<LoginTraces>) -> Reply<()> {
        let user = *user;
        self.write_counted(move |connection, tallies| {
            let ids: Vec<LoginId> = logins.iter().map(|it| it.id).collect();
            let deleted = forget_logins(connection, tallies, &ids)?;
            for login in &logins {
                forget_clues(connection, &login.clues)?;
            }
            let mut count = connection.prepare_cached("UPDATE erasing SET logins = logins + ? WHERE user = ?")?;
            count.execute(params![limit_of(deleted), user.hash])?;
            Ok(())
        })
        .await
    }

    async fn erase_alerts(&self, _: &TenantId, user: &UserKey, alerts: Vec<AlertId>) -> Reply<()> {
        let user = *user;
        self.write(move |connection| {
            let mut alert_row = connection.prepare_cached("DELETE FROM alert WHERE id = ?")?;
            let mut entry = connection.prepare_cached("DELETE FROM alert_of_user WHERE id = ?")?;
            let mut deleted = 0;
            for alert in &alerts {
                deleted += alert_row.execute([alert.0])?;
                entry.execute([alert.0])?;
            }
            let mut count = connection.prepare_cached("UPDATE erasing SET alerts = alerts + ? WHERE user = ?")?;
            count.execute(params![limit_of(deleted), user.hash])?;
            Ok(())
        })
        .await
    }

    async fn erase_person(&self, user: &UserKey, devices: u64) -> Reply<Option<ErasureBegun>> {
        let user = *user;
        let begun = self.write(move |connection| erase_person(connection, &user, devices)).await?;
        // What was overwritten in the files still stands in their logs. When a tenant is removed they are emptied once.
        if begun.as_ref().is_some_and(|it| !it.with_tenant) {
            self.writer.empty_logs().await;
        }
        Ok(begun)
    }

    async fn put_erasure(&self, user: &UserKey, receipt: ReceiptId, record: Vec<u8>) -> Reply<()> {
        let user = user.hash;
        self.write(move |connection| {
            enter(connection, user, receipt, &record)?;
            connection.prepare_cached("DELETE FROM erasing WHERE user = ?")?.execute([user])?;
            Ok(())
        })
        .await
    }

    async fn count_with_tenant(&self, begun: &ErasureBegun) -> Reply<()> {
        const ADD: &str = "UPDATE removing SET people = removing.people + erasing.people, logins = removing.logins + erasing.logins,
            alerts = removing.alerts + erasing.alerts, sessions = removing.sessions + erasing.sessions,
            devices = removing.devices + erasing.devices
            FROM erasing WHERE erasing.user = ?1 AND removing.tenant = erasing.tenant AND removing.begun_at = erasing.begun_at";
        let user = begun.user.hash;
        self.write(move |connection| {
            connection.prepare_cached(ADD)?.execute([user])?;
            connection.prepare_cached("DELETE FROM erasing WHERE user = ?")?.execute([user])?;
            Ok(())
        })
        .await
    }

    async fn erasure(&self, which: WhichErasure<'_>) -> Reply<Option<Entry<ReceiptId>>> {
        let (column, value) = match which {
            WhichErasure::Receipt(receipt) => ("receipt", receipt.0),
            WhichErasure::Latest(user) => ("user", user.hash),
        };
        let query = format!("SELECT receipt, record FROM erasure WHERE {column} = ? ORDER BY receipt DESC LIMIT 1");
        self.readers
            .read(move |connection| Ok(connection.prepare_cached(&query)?.query_row([value], entry_in).optional()?))
            .await
    }
}

impl LedgerBytes for Sqlite {
    async fn erasures(&self, after: Option<ReceiptId>, limit: usize) -> Reply<Vec<Entry<ReceiptId>>> {
        const PAGE: &str =
            "SELECT receipt, record FROM erasure WHERE ?1 IS NULL OR receipt > ?1 ORDER BY receipt LIMIT ?2";
        self.readers
            .read(move |connection| {
                let mut select = connection.prepare_cached(PAGE)?;
                let entries = select.query_map(params![after.map(|it| it.0), limit_of(limit)], entry_in)?;
                Ok(entries.collect::<Result<_, _>>()?)
            })
            .await
    }

    async fn enter_erasure(&self, user: &UserKey, receipt: ReceiptId, record: Vec<u8>) -> Reply<()> {
        let user = user.hash;
        self.write(move |connection| Ok(enter(connection, user, receipt, &record)?)).await
    }
}

fn enter(connection: &Connection, user: [u8; 16], receipt: ReceiptId, record: &[u8]) -> rusqlite::Result<()> {
    let mut insert = connection.prepare_cached("INSERT OR REPLACE INTO erasure VALUES (?, ?, ?)")?;
    insert.execute(params![receipt.0, user, record]).map(drop)
}

fn erase_person(connection: &Connection, user: &UserKey, devices: u64) -> Result<Option<ErasureBegun>, Refused> {
    const ALERTS: &str = "SELECT 1 FROM alert_of_user JOIN alert USING (id) WHERE user = ?";
    let has_some =
        days::newest_of(connection, user.hash)?.is_some() || connection.prepare_cached(ALERTS)?.exists([user.hash])?;
    if has_some || begun_of(connection, user)?.is_none() {
        return Ok(None);
    }
    let sessions = connection.prepare_cached("DELETE FROM session WHERE user = ?")?.execute([user.hash])?;
    connection.prepare_cached("DELETE FROM alert_of_user WHERE user = ?")?.execute([user.hash])?;
    forget_browsers(connection, user.hash)?;
    let had_profile = connection.prepare_cached("DELETE FROM profile WHERE user = ?")?.execute([user.hash])? > 0;
    let had_salt = connection.prepare_cached("DELETE FROM salts.person WHERE user = ?")?.execute([user.hash])? > 0;
    // Another process may have been quicker, and has counted the devices then.
    let devices = if had_profile { devices } else { 0 };
    // Who is cut off between the two files, whose commits are one after the other, finds the salt once more.
    let mut count = connection.prepare_cached(
        "UPDATE erasing SET sessions = sessions + ?, devices = devices + ?, people = max(people, ?) WHERE user = ?",
    )?;
    count.execute(params![limit_of(sessions), devices.cast_signed(), had_profile || had_salt, user.hash])?;
    begun_of(connection, user)
}

fn begun_of(connection: &Connection, user: &UserKey) -> Result<Option<ErasureBegun>, Refused> {
    let mut select = connection.prepare_cached(&format!("{BEGUN} WHERE user = ?"))?;
    Ok(select.query_row([user.hash], begun_in).optional()?.flatten())
}

/// `None` for one whose tenant has no name that a tenant could have.
fn begun_in(row: &Row<'_>) -> rusqlite::Result<Option<ErasureBegun>> {
    let count = |column| row.get::<_, i64>(column).map(i64::cast_unsigned);
    let Some(tenant) = TenantId::parse(&row.get::<_, String>(2)?) else { return Ok(None) };
    Ok(Some(ErasureBegun {
        tenant,
        user: UserKey { hash: row.get(0)?, partition: Partition(row.get(1)?) },
        at: Timestamp::from_unix_ms(row.get(3)?),
        erased: Erased { logins: count(4)?, alerts: count(5)?, sessions: count(6)?, devices: count(7)? },
        with_tenant: row.get(8)?,
    }))
}

fn entry_in(row: &Row<'_>) -> rusqlite::Result<Entry<ReceiptId>> {
    Ok(Entry { id: ReceiptId(row.get(0)?), record: record_of(row, 1)? })
}
