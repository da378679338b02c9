//! Records from before sealing.

use std::sync::LazyLock;

use futures_util::future::try_join_all;
use redis::{Script, ScriptInvocation};

use crate::{
    adapters::store::{
        backend::{
            FirstSalt, Kept, Reply, RowChange, RowPage, RowParts, RowPlace, StoredRow, UnsealedBytes, UnsealedUpkeep,
        },
        coded::sealing::layout::owner_of_users,
        record::parts::tenant_of,
        redis::{
            log::leaves::{self, Bounds},
            privacy::salts,
            server::{
                alert_keys, keys,
                link::{Batch, QUICK, WIDE},
                request_keys,
            },
            store::Redis,
            unsealed_keys::{NOTE, Walk, fields_of, key_of, partition_of, rows, values_of},
        },
    },
    domain::{
        ids::{AlertId, LoginId, RequestId, TenantId, UserKey},
        salt::Salt,
        time::Timestamp,
    },
    ports::{ClearCopies, Unavailable},
};

static FIRST_SALT: LazyLock<Script> =
    LazyLock::new(|| Script::new(concat!(include_str!("is_as_read.lua"), include_str!("first_salt.lua"))));
static REPLACE: LazyLock<Script> =
    LazyLock::new(|| Script::new(concat!(include_str!("is_as_read.lua"), include_str!("replace_row.lua"))));

/// How many of a user's logins and alerts are asked whose they are.
const ASKED: usize = 8;

impl UnsealedBytes for Redis {
    /// A position is that of a look through the keys.
    async fn rows_to_seal(&self, from: Option<Vec<u8>>, limit: usize) -> Reply<RowPage> {
        let walk = from.and_then(|it| Walk::read(&it)).unwrap_or_default();
        let (next, places) = walk.next(&self.link, limit).await?;
        Ok(RowPage { rows: rows(&self.link, &places).await?, next: next.map(|it| it.written()) })
    }

    async fn rows_at(&self, places: Vec<RowPlace>) -> Reply<Vec<StoredRow>> {
        rows(&self.link, &places).await
    }

    async fn tenant_of_user(&self, user: &UserKey) -> Reply<Option<TenantId>> {
        let mut ask = Batch::new();
        ask.add_command(leaves::newest(&keys::logins_of_user(user), Bounds { from: b"-", below: b"+" }, ASKED));
        for set in [alert_keys::alerts_of_user(user), request_keys::requests_of_user(user)] {
            ask.cmd("ZREVRANGE").arg(set).arg(0).arg(ASKED.saturating_sub(1));
        }
        ask.cmd("SMEMBERS").arg(keys::sessions_of_user(user));
        let [logins, alerts, requests, sessions]: [Vec<Vec<u8>>; 4] = self.link.ask(WIDE, &ask).await?;
        let ids = |found: Vec<Vec<u8>>| found.into_iter().filter_map(|it| <[u8; 16]>::try_from(it).ok());
        let mut theirs: Vec<RowPlace> = ids(logins).map(|it| RowPlace::Login(LoginId(it))).collect();
        theirs.extend(ids(alerts).map(|it| RowPlace::Alert(AlertId(it))));
        theirs.extend(ids(requests).map(|it| RowPlace::Request(RequestId(it))));
        theirs.extend(ids(sessions).map(|it| RowPlace::Session(it, user.partition)));
        let tenant = |row: StoredRow| match row.place {
            RowPlace::Session(..) => owner_of_users(&row.parts.record, user).ok().map(|it| it.tenant),
            _ => tenant_of(&row.parts.record).ok(),
        };
        Ok(rows(&self.link, &theirs).await?.into_iter().find_map(tenant))
    }

    async fn put_first_salts(&self, first: Vec<FirstSalt>) -> Reply<Vec<Option<Salt>>> {
        self.link.must_keep(WIDE).await?;
        let put = first.iter().map(|it| async move {
            let mut run = row_script(&FIRST_SALT, &it.seen, &it.seen.parts, Some(&it.user));
            run.arg(&it.salt.0[..]);
            let kept: Option<Vec<u8>> = self.link.run(WIDE, &run).await?;
            kept.map(|it| salts::read(&it)).transpose()
        });
        try_join_all(put).await
    }

    /// The connection is shared and keeps order: these run one after the other.
    async fn replace_rows(&self, changes: Vec<RowChange>) -> Reply<u64> {
        self.link.must_keep(WIDE).await?;
        for change in &changes {
            if let (RowPlace::Session(key, _), Some((user, _))) = (change.seen.place, change.owner) {
                self.list_old_session(&user, key).await?;
            }
        }
        let replace = changes.iter().map(|it| async move {
            let owner = it.owner.as_ref().map(|(user, _)| user);
            let mut run = row_script(&REPLACE, &it.seen, &it.next, owner);
            run.arg(it.owner.as_ref().map_or(&[][..], |(_, salt)| &salt.0));
            self.link.run::<u64>(WIDE, &run).await
        });
        Ok(try_join_all(replace).await?.into_iter().sum())
    }
}

impl UnsealedUpkeep for Redis {
    async fn row_count(&self) -> Reply<u64> {
        let mut ask = Batch::new();
        ask.cmd("DBSIZE");
        let (count,) = self.link.ask(WIDE, &ask).await?;
        Ok(count)
    }

    async fn unsealed_note(&self) -> Reply<Option<Vec<u8>>> {
        let mut ask = Batch::new();
        ask.cmd("GET").arg(NOTE);
        let (note,) = self.link.ask(QUICK, &ask).await?;
        Ok(note)
    }

    async fn put_unsealed_note(&self, note: Vec<u8>) -> Reply<()> {
        let mut write = Batch::new();
        write.cmd("SET").arg(NOTE).arg(note).ignore();
        self.link.ask(QUICK, &write).await
    }

    /// A server that keeps nothing on disk, or only snapshots, has nothing to rewrite: its next snapshot replaces the last.
    async fn remove_clear_copies(&self) -> Reply<ClearCopies> {
        let refused = |_: Unavailable| ClearCopies::WithServer;
        let mut ask = Batch::new();
        ask.cmd("INFO").arg("persistence");
        let told: Reply<(String,)> = self.link.ask(WIDE, &ask).await;
        let has_log = match told {
            Ok((told,)) => told.lines().any(|it| it.trim() == "aof_enabled:1"),
            Err(_) => return Ok(ClearCopies::WithServer),
        };
        if !has_log {
            return Ok(ClearCopies::Gone);
        }
        let mut ask = Batch::new();
        ask.cmd("BGREWRITEAOF").ignore();
        let begun: Reply<()> = self.link.ask(WIDE, &ask).await;
        Ok(begun.map_or_else(refused, |()| ClearCopies::BeingRewritten))
    }
}

impl Redis {
    /// Notes whose an old session is, for as long as it lives: so that it is found when its user is forgotten.
    async fn list_old_session(&self, user: &UserKey, key: [u8; 16]) -> Reply<()> {
        let mut ask = Batch::new();
        ask.cmd("PTTL").arg(keys::session(user, &key));
        let (life_ms,): (i64,) = self.link.ask(WIDE, &ask).await?;
        self.list_session(user, key, Kept { until: Timestamp::default(), life_ms }).await
    }
}

/// A script about a row, with all arguments but the last: each part that differs from what was read, as it was, is given
/// with what it is to be.
fn row_script(
    script: &'static Script,
    seen: &StoredRow,
    next: &RowParts,
    user: Option<&UserKey>,
) -> ScriptInvocation<'static> {
    let nobody = UserKey { hash: [0; 16], partition: partition_of(seen.place) };
    // All keys must be of one partition, which is that of the row.
    let user = UserKey { partition: nobody.partition, ..*user.unwrap_or(&nobody) };
    let mut run = script.key(key_of(seen.place));
    run.key(keys::salts(user.partition)).key(keys::erasing(&user)).key(keys::user(&user));
    let (kind, fields): (_, Vec<Vec<u8>>) = match seen.place {
        RowPlace::Profile(_) => ("profile", vec![Vec::new()]),
        RowPlace::Login(id) => {
            run.key(keys::logins(id));
            ("login", vec![keys::field_of_login(id).to_vec()])
        }
        place => ("", fields_of(place).iter().map(|it| it.as_bytes().to_vec()).collect()),
    };
    run.arg(&user.hash[..]).arg(kind).arg(fields.len());
    let value = |it: Option<&[u8]>| it.map_or_else(Vec::new, |it| [b"=", it].concat());
    let values = values_of(seen.place, &seen.parts).into_iter().zip(values_of(seen.place, next));
    for (field, (was, is)) in fields.iter().zip(values) {
        run.arg(field).arg(value(was)).arg(value(is));
    }
    run
}
