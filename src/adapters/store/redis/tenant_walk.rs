//! Finds what is a tenant's: along the hashes of salts and the sets of notes and events, which are of all tenants, and along
//! the tenant's own indexes. No key is found by SCAN.

use crate::{
    adapters::store::{
        backend::{FoundBy, Holder, HolderPage, Reply},
        record::parts::tenant_of,
        redis::{
            forgetting::forget_logins,
            log::leaves::{self, Bounds},
            privacy::notes::note_of,
            server::{
                alert_keys::{self, Waiting},
                history_keys, keys,
                link::{Batch, Link, WIDE},
                request_keys,
            },
            users::profiles::read_user,
        },
    },
    domain::ids::{AlertId, LoginId, Partition, RequestId, TenantId, UserKey},
};

/// How many members of one set are looked at, or deleted, in one round trip.
const STEP: usize = 200;
/// No bounds.
const EVERYTHING: Bounds<'_> = Bounds { from: b"-", below: b"+" };
/// How many of a user's sessions are looked at to find one that is still there.
const SESSIONS: usize = 8;

/// What a position says is walked: the salts of a partition, or its notes.
const SALTS: u8 = 0;
const NOTES: u8 = 1;

/// The next of those of whom a profile, a session or a note is kept. A position is what is walked, the partition, and where
/// the look through its hash or set goes on.
///
/// # Errors
/// The server does not answer in time.
pub async fn holders(link: &Link, from: Option<Vec<u8>>, limit: usize) -> Reply<HolderPage> {
    let (what, partition, cursor) = from.and_then(|it| read_position(&it)).unwrap_or((SALTS, Partition(0), 0));
    let (look, key) = match what {
        SALTS => ("HSCAN", keys::salts(partition)),
        _ => ("ZSCAN", history_keys::notes(partition)),
    };
    let mut ask = Batch::new();
    ask.cmd(look).arg(key).arg(cursor).arg("COUNT").arg(limit);
    let ((cursor, found),): ((u64, Vec<Vec<u8>>),) = link.ask(WIDE, &ask).await?;
    // Members, and their values or scores, in turn.
    let members: Vec<Vec<u8>> = found.into_iter().step_by(2).collect();
    let rows = match what {
        SALTS => known_by_salt(link, partition, members).await?,
        _ => known_by_note(link, partition, members).await?,
    };
    let next = match (cursor, partition.0.checked_add(1)) {
        (0, Some(next)) => Some(write_position(what, next, 0)),
        (0, None) => (what == SALTS).then(|| write_position(NOTES, 0, 0)),
        (cursor, _) => Some(write_position(what, partition.0, cursor)),
    };
    Ok(HolderPage { rows, next })
}

fn write_position(what: u8, partition: u8, cursor: u64) -> Vec<u8> {
    [&[what, partition][..], &cursor.to_be_bytes()].concat()
}

fn read_position(bytes: &[u8]) -> Option<(u8, Partition, u64)> {
    let (&[what, partition], cursor) = bytes.split_first_chunk()?;
    Some((what, Partition(partition), u64::from_be_bytes(cursor.try_into().ok()?)))
}

/// Profiles, and sessions of those who have none.
async fn known_by_salt(link: &Link, partition: Partition, hashes: Vec<Vec<u8>>) -> Reply<Vec<Holder>> {
    let hashes = hashes.into_iter().filter_map(|it| it.try_into().ok());
    let users: Vec<UserKey> = hashes.map(|hash| UserKey { hash, partition }).collect();
    if users.is_empty() {
        return Ok(Vec::new());
    }
    let mut ask = Batch::new();
    for user in &users {
        ask.cmd("GET").arg(keys::user(user));
    }
    let values = link.ask_each(WIDE, &ask).await?;
    let (mut rows, mut others) = (Vec::with_capacity(users.len()), Vec::new());
    for (user, value) in users.into_iter().zip(values) {
        match value.ok().flatten().and_then(|it| read_user(&it).ok()) {
            Some(profile) => rows.push(Holder { user, by: FoundBy::Profile, record: profile.record }),
            None => others.push(user),
        }
    }
    if !others.is_empty() {
        rows.extend(known_by_session(link, &others).await?);
    }
    Ok(rows)
}

async fn known_by_session(link: &Link, users: &[UserKey]) -> Reply<Vec<Holder>> {
    let mut ask = Batch::new();
    for user in users {
        ask.cmd("SRANDMEMBER").arg(keys::sessions_of_user(user)).arg(SESSIONS);
    }
    let members: Vec<Vec<Vec<u8>>> = link.ask(WIDE, &ask).await?;
    let named = users.iter().zip(members).flat_map(|(user, keys)| keys.into_iter().map(move |key| (*user, key)));
    let named: Vec<(UserKey, [u8; 16])> = named.filter_map(|(user, key)| Some((user, key.try_into().ok()?))).collect();
    if named.is_empty() {
        return Ok(Vec::new());
    }
    let mut ask = Batch::new();
    for (user, key) in &named {
        ask.cmd("HGET").arg(keys::session(user, key)).arg("record");
    }
    let records: Vec<Option<Vec<u8>>> = link.ask(WIDE, &ask).await?;
    let holder = |((user, key), record): ((UserKey, [u8; 16]), Option<Vec<u8>>)| {
        Some(Holder { user, by: FoundBy::Session(key), record: record? })
    };
    Ok(named.into_iter().zip(records).filter_map(holder).collect())
}

async fn known_by_note(link: &Link, partition: Partition, members: Vec<Vec<u8>>) -> Reply<Vec<Holder>> {
    let named = members.iter().filter_map(|it| Some((*it.first_chunk()?, note_of(it)?)));
    let named: Vec<_> = named.map(|(hash, id)| (UserKey { hash, partition }, id)).collect();
    if named.is_empty() {
        return Ok(Vec::new());
    }
    let mut ask = Batch::new();
    for (_, id) in &named {
        ask.cmd("GET").arg(history_keys::note(*id));
    }
    let records: Vec<Option<Vec<u8>>> = link.ask(WIDE, &ask).await?;
    let found = named.into_iter().zip(records);
    Ok(found.filter_map(|((user, id), it)| Some(Holder { user, by: FoundBy::Note(id), record: it? })).collect())
}

/// Deletes some of what the tenant's indexes still list, which is nobody's who could be found, and the indexes when they are
/// empty. Returns whether there is more.
///
/// # Errors
/// The server does not answer in time.
pub async fn remove_listed(link: &Link, tenant: &TenantId) -> Reply<bool> {
    let indexes = |partition| [alert_keys::alerts_of(partition, tenant), request_keys::requests(partition, tenant)];
    let mut ask = Batch::new();
    for partition in keys::partitions() {
        ask.add_command(leaves::oldest(&keys::logins_of(partition, tenant), EVERYTHING, STEP));
        for index in indexes(partition) {
            ask.cmd("ZRANGE").arg(index).arg(0).arg(STEP - 1);
        }
    }
    let members: Vec<Vec<Vec<u8>>> = link.ask(WIDE, &ask).await?;
    let mut more = false;
    for (partition, listed) in keys::partitions().zip(members.chunks_exact(3)) {
        if listed.iter().all(Vec::is_empty) {
            continue;
        }
        more |= listed.iter().any(|it| it.len() == STEP);
        let sets = [
            vec![alert_keys::alerts(partition), alert_keys::outbox(partition)],
            vec![request_keys::request_steps(partition), request_keys::request_answers(partition)],
        ];
        let names: [fn([u8; 16]) -> String; 2] =
            [|id| alert_keys::alert(AlertId(id)), |id| request_keys::request(RequestId(id))];
        let mut remove = Batch::new();
        // An entry of a login has what stands in the clear of it behind the id.
        let logins: Vec<LoginId> = listed[0].iter().filter_map(|it| it.first_chunk().copied()).map(LoginId).collect();
        if !logins.is_empty() {
            remove.add_command(forget_logins(partition, logins.iter().map(|id| (*id, tenant)))).ignore();
        }
        for (((entries, sets), name), index) in listed[1..].iter().zip(sets).zip(names).zip(indexes(partition)) {
            if entries.is_empty() {
                continue;
            }
            let ids: Vec<[u8; 16]> = entries.iter().filter_map(|it| it.first_chunk().copied()).collect();
            for id in &ids {
                remove.cmd("UNLINK").arg(name(*id)).ignore();
            }
            for set in sets.into_iter().filter(|_| !ids.is_empty()) {
                remove.cmd("ZREM").arg(set).arg(ids.iter().map(|it| &it[..]).collect::<Vec<_>>()).ignore();
            }
            // The tenant's index last: what is left of an interrupted step is found by the next one.
            remove.cmd("ZREM").arg(index).arg(entries).ignore();
        }
        link.ask::<()>(WIDE, &remove).await?;
    }
    Ok(more)
}

/// Deletes what waits to be posted to the tenant's webhooks.
///
/// # Errors
/// The server does not answer in time.
pub async fn remove_events(link: &Link, tenant: &TenantId) -> Reply<()> {
    for partition in keys::partitions() {
        let mut cursor = 0_u64;
        loop {
            let mut ask = Batch::new();
            ask.cmd("ZSCAN").arg(alert_keys::events(partition)).arg(cursor).arg("COUNT").arg(STEP);
            let ((next, found),): ((u64, Vec<Vec<u8>>),) = link.ask(WIDE, &ask).await?;
            let waiting: Vec<Waiting> = found.iter().step_by(2).filter_map(|it| Waiting::read(it)).collect();
            remove_events_of(link, tenant, partition, &waiting).await?;
            cursor = next;
            if cursor == 0 {
                break;
            }
        }
    }
    Ok(())
}

async fn remove_events_of(link: &Link, tenant: &TenantId, partition: Partition, waiting: &[Waiting]) -> Reply<()> {
    if waiting.is_empty() {
        return Ok(());
    }
    let mut ask = Batch::new();
    for it in waiting {
        ask.cmd("HGET").arg(it.key()).arg("record");
    }
    let records: Vec<Option<Vec<u8>>> = link.ask(WIDE, &ask).await?;
    let is_theirs =
        |record: &Option<Vec<u8>>| record.as_ref().is_some_and(|it| tenant_of(it).is_ok_and(|it| it == *tenant));
    let mut remove = Batch::new();
    for (it, _) in waiting.iter().zip(&records).filter(|(_, record)| is_theirs(record)) {
        remove.cmd("UNLINK").arg(it.key()).ignore();
        remove.cmd("ZREM").arg(alert_keys::events(partition)).arg(it.name()).ignore();
    }
    if remove.is_empty() { Ok(()) } else { link.ask(WIDE, &remove).await }
}
