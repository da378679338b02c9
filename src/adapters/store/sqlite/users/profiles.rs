//! Profiles, and the one commit of a decision, stored whole within the transaction that the writer has open.

use rusqlite::{Connection, OptionalExtension, params};

use crate::{
    adapters::store::{
        backend::{LoadedBytes, ProfileBytes, Reply},
        prepared::{PreparedAlert, PreparedCommit, PreparedLogin},
        sqlite::{
            clues::add_clue,
            days::{self, LoginKeys},
            engine::{
                faults::Refused,
                group::deferred::{Deferred, IndexRows},
                rows::versioned,
            },
            privacy::salts::salt_of,
            store::{Sqlite, insert_event},
            users::{alerts::hear, browsers::keep_browser, commits},
        },
    },
    domain::{
        ids::{LoginId, TenantId, UserKey},
        time::Timestamp,
    },
    ports::{CommitError, Idempotency},
};

impl ProfileBytes for Sqlite {
    async fn load(
        &self,
        user: &UserKey,
        idempotency: Option<[u8; 16]>,
        now: Timestamp,
        with_salt: bool,
    ) -> Reply<LoadedBytes> {
        const PROFILE: &str = "SELECT version, record FROM profile WHERE user = ?";
        const EARLIER: &str = "SELECT body, login FROM idempotency JOIN login ON login.id = idempotency.login
            WHERE key = ? AND expires_at > ?";
        let user = *user;
        self.loads
            .read(move |connection| {
                let profile = connection.prepare_cached(PROFILE)?.query_row([user.hash], versioned).optional()?;
                let earlier = match idempotency {
                    Some(key) => connection
                        .prepare_cached(EARLIER)?
                        .query_row(params![key, now.unix_ms()], |row| Ok((row.get(0)?, LoginId(row.get(1)?))))
                        .optional()?,
                    None => None,
                };
                let salt = if with_salt { salt_of(connection, &user.hash)? } else { None };
                Ok(LoadedBytes { profile: profile.map(Ok), earlier, salt, claimed: false })
            })
            .await
    }

    async fn commit(&self, prepared: PreparedCommit) -> Result<(), CommitError> {
        self.writer.write_once_checked(move |connection, deferred| commit(connection, deferred, &prepared)).await
    }

    fn commits_at_once(&self) -> usize {
        self.writer.at_once()
    }

    fn expect_many(&self) {
        self.writer.expect_many();
    }
}

/// Stores a commit, or refuses it before it writes anything.
fn commit(connection: &Connection, deferred: &mut Deferred, commit: &PreparedCommit) -> Result<(), Refused> {
    for login in &commit.logins {
        if is_stored(connection, login, commit.now)? {
            return Err(Refused::Commit(CommitError::Duplicate));
        }
    }
    store_profile(connection, commit)?;
    let Deferred { tallies, rows } = deferred;
    for login in &commit.logins {
        insert_login(connection, rows, commit, login)?;
        commits::note(connection, &commit.tenant, login.id)?;
        tallies.come(&commit.tenant, login.id, &login.facets);
        if let Some(idempotency) = &login.idempotency {
            insert_key(connection, login.id, idempotency)?;
        }
        if let Some(alert) = &login.alert {
            insert_alert(connection, &commit.tenant, &commit.user, alert)?;
        }
    }
    for clue in &commit.clues {
        add_clue(rows, clue);
    }
    for browser in &commit.browsers {
        keep_browser(connection, rows, &commit.user, browser)?;
    }
    for (alert, said) in &commit.answers {
        hear(connection, *alert, said)?;
    }
    for event in &commit.events {
        insert_event(connection, event)?;
    }
    Ok(())
}

fn is_stored(connection: &Connection, login: &PreparedLogin, now: Timestamp) -> Result<bool, Refused> {
    if connection.prepare_cached("SELECT 1 FROM login WHERE id = ?")?.exists([login.id.0])? {
        return Ok(true);
    }
    let Some(idempotency) = &login.idempotency else { return Ok(false) };
    let mut select = connection.prepare_cached(
        "SELECT 1 FROM idempotency JOIN login ON login.id = idempotency.login WHERE key = ? AND expires_at > ?",
    )?;
    Ok(select.exists(params![idempotency.key, now.unix_ms()])?)
}

fn store_profile(connection: &Connection, commit: &PreparedCommit) -> Result<(), Refused> {
    let mut select = connection.prepare_cached("SELECT version FROM profile WHERE user = ?")?;
    let version: i64 = select.query_row([commit.user.hash], |row| row.get(0)).optional()?.unwrap_or(0);
    if version.cast_unsigned() != commit.version || salt_of(connection, &commit.user.hash)? != Some(commit.salt) {
        return Err(Refused::Commit(CommitError::Stale));
    }
    if let Some(profile) = &commit.profile {
        let mut upsert = connection.prepare_cached(
            "INSERT INTO profile VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET version = ?2, record = ?3",
        )?;
        upsert.execute(params![commit.user.hash, version + 1, profile])?;
    }
    Ok(())
}

fn insert_login(
    connection: &Connection,
    rows: &mut IndexRows,
    commit: &PreparedCommit,
    login: &PreparedLogin,
) -> rusqlite::Result<()> {
    let (tenant, user) = (&commit.tenant, &commit.user);
    if login.is_brief {
        connection.prepare_cached("INSERT OR IGNORE INTO brief_login VALUES (?)")?.execute([login.id.0])?;
    }
    let mut list = connection.prepare_cached("INSERT INTO login_by_time VALUES (?, ?, ?)")?;
    list.execute(params![tenant.as_str(), login.id.0, login.facets])?;
    let mut insert = connection.prepare_cached("INSERT INTO login VALUES (?, ?, ?, ?, ?, ?)")?;
    let values = params![login.id.0, tenant.as_str(), user.hash, login.prefix, login.fingerprint, login.record];
    insert.execute(values)?;
    let keys = LoginKeys { user: user.hash, prefix: login.prefix, fingerprint: login.fingerprint };
    days::add(rows, login.id, &keys, login.hidden_byte);
    Ok(())
}

/// Takes the place of a key that has expired.
fn insert_key(connection: &Connection, login: LoginId, idempotency: &Idempotency) -> rusqlite::Result<usize> {
    let mut insert = connection.prepare_cached("INSERT OR REPLACE INTO idempotency VALUES (?, ?, ?, ?)")?;
    insert.execute(params![idempotency.key, idempotency.body, login.0, idempotency.expires_at.unix_ms()])
}

/// An alert that is there already stays as it is: its mail may have left.
fn insert_alert(
    connection: &Connection,
    tenant: &TenantId,
    user: &UserKey,
    alert: &PreparedAlert,
) -> rusqlite::Result<usize> {
    let delivery = &alert.delivery;
    let mut index = connection.prepare_cached("INSERT OR IGNORE INTO alert_of_user VALUES (?, ?)")?;
    index.execute(params![alert.id.0, user.hash])?;
    let mut insert = connection.prepare_cached(
        "INSERT OR IGNORE INTO alert (id, tenant, record, state, suppressed, recipient, attempts, due_at, last_error,
         settled_at, answer) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )?;
    insert.execute(params![
        alert.id.0,
        tenant.as_str(),
        alert.record,
        delivery.state,
        delivery.suppressed,
        delivery.recipient,
        delivery.attempts,
        delivery.due_at.map(Timestamp::unix_ms),
        delivery.last_error,
        delivery.settled_at.map(Timestamp::unix_ms),
        delivery.answer.answer,
    ])
}
