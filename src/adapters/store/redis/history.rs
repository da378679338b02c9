//! Logins as an investigation reads them, API keys, and what is forgotten in time.

use std::ops::Range;

use crate::{
    adapters::store::{
        record,
        redis::{
            keys,
            link::{Link, QUICK, WIDE},
        },
    },
    domain::{
        alert::State,
        api_key::ApiKeyRecord,
        history::{LoginIndex, LoginRecord},
        ids::{AlertId, LoginId, Partition, TenantId},
        time::Timestamp,
    },
    ports::Unavailable,
};

/// Members of one partition's sets that one trim looks at.
const TRIM_MEMBERS: usize = 500;

/// A login by name.
///
/// # Errors
/// The server does not answer in time, or a record cannot be read.
pub async fn login(link: &Link, tenant: &TenantId, id: LoginId) -> Result<Option<LoginRecord>, Unavailable> {
    let mut ask = redis::pipe();
    ask.cmd("GET").arg(keys::login(id));
    let (bytes,): (Option<Vec<u8>>,) = link.ask(QUICK, &ask).await?;
    let login = bytes.map(|it| record::login::decode(&it)).transpose()?;
    Ok(login.filter(|it| it.tenant == *tenant))
}

/// Logins under an index, newest first. Index entries may outlive their logins for a while, at the old end: they are
/// passed over, and the next ones asked for.
///
/// # Errors
/// The server does not answer in time, or a record cannot be read.
pub async fn logins(
    link: &Link,
    tenant: &TenantId,
    index: &LoginIndex,
    ids: Range<LoginId>,
    limit: usize,
) -> Result<Vec<LoginRecord>, Unavailable> {
    let mut found: Vec<LoginRecord> = Vec::new();
    let mut rest = ids;
    while found.len() < limit && !rest.is_empty() {
        let wanted = limit - found.len();
        let page = newest(link, tenant, index, &rest, wanted).await?;
        let Some(&last) = page.last() else { break };
        let mut ask = redis::pipe();
        for &id in &page {
            ask.cmd("GET").arg(keys::login(id));
        }
        let records: Vec<Option<Vec<u8>>> = link.ask(WIDE, &ask).await?;
        for bytes in records.into_iter().flatten() {
            let login = record::login::decode(&bytes)?;
            found.extend(Some(login).filter(|it| it.tenant == *tenant));
        }
        if page.len() < wanted {
            break;
        }
        rest.end = last;
    }
    Ok(found)
}

/// The newest entries of an index: a user's lie in one partition, the others' in all.
async fn newest(
    link: &Link,
    tenant: &TenantId,
    index: &LoginIndex,
    ids: &Range<LoginId>,
    limit: usize,
) -> Result<Vec<LoginId>, Unavailable> {
    let partitions: Vec<Partition> = match index {
        LoginIndex::User(user) => vec![user.partition],
        _ => keys::partitions().collect(),
    };
    let mut ask = redis::pipe();
    for partition in partitions {
        ask.cmd("ZREVRANGEBYLEX")
            .arg(keys::index(partition, tenant, index))
            .arg(keys::below(&ids.end.0))
            .arg(keys::from(&ids.start.0))
            .arg("LIMIT")
            .arg(0)
            .arg(limit);
    }
    let members: Vec<Vec<Vec<u8>>> = link.ask(WIDE, &ask).await?;
    let mut found: Vec<LoginId> =
        members.into_iter().flatten().filter_map(|it| it.try_into().ok()).map(LoginId).collect();
    found.sort_unstable_by(|a, b| b.cmp(a));
    found.truncate(limit);
    Ok(found)
}

/// Adds or replaces an API key's record.
///
/// # Errors
/// The server does not answer in time.
pub async fn put_api_key(link: &Link, key: &ApiKeyRecord) -> Result<(), Unavailable> {
    link.must_keep(QUICK).await?;
    let mut ask = redis::pipe();
    ask.cmd("HSET").arg(keys::API_KEYS).arg(&key.id).arg(record::api_key::encode(key)).ignore();
    link.ask(QUICK, &ask).await
}

/// An API key's record.
///
/// # Errors
/// The server does not answer in time, or the record cannot be read.
pub async fn api_key(link: &Link, id: &str) -> Result<Option<ApiKeyRecord>, Unavailable> {
    let mut ask = redis::pipe();
    ask.cmd("HGET").arg(keys::API_KEYS).arg(id);
    let (bytes,): (Option<Vec<u8>>,) = link.ask(QUICK, &ask).await?;
    Ok(bytes.map(|it| record::api_key::decode(&it)).transpose()?)
}

/// Every API key's record, the oldest first.
///
/// # Errors
/// The server does not answer in time, or a record cannot be read.
pub async fn api_keys(link: &Link) -> Result<Vec<ApiKeyRecord>, Unavailable> {
    let mut ask = redis::pipe();
    ask.cmd("HVALS").arg(keys::API_KEYS);
    let (records,): (Vec<Vec<u8>>,) = link.ask(WIDE, &ask).await?;
    let mut found: Vec<ApiKeyRecord> =
        records.iter().map(|it| record::api_key::decode(it)).collect::<Result<_, _>>()?;
    found.sort_unstable_by(|a, b| (a.created_at, &a.id).cmp(&(b.created_at, &b.id)));
    Ok(found)
}

/// Forgets logins and settled alerts before `cutoff`. Idempotency records expire by themselves.
///
/// # Errors
/// The server does not answer in time.
pub async fn trim(link: &Link, cutoff: Timestamp) -> Result<u64, Unavailable> {
    let below = keys::below(&LoginId::first_at(cutoff).0);
    let logins = members_below(link, keys::log, &below).await?;
    let ids = logins.iter().flat_map(|(_, ids)| ids).filter_map(|it| it.as_slice().try_into().ok()).map(LoginId);
    let n_logins = logins.iter().map(|(_, ids)| ids.len() as u64).sum();
    let mut remove = redis::pipe();
    // The record first: what is left of an interrupted trim is found by the next one.
    for id in ids {
        remove.cmd("UNLINK").arg(keys::login(id)).ignore();
    }
    for (partition, members) in &logins {
        remove.cmd("ZREM").arg(keys::log(*partition)).arg(members).ignore();
    }
    if n_logins > 0 {
        link.ask::<()>(WIDE, &remove).await?;
    }
    trim_alerts(link, cutoff).await?;
    Ok(n_logins)
}

async fn trim_alerts(link: &Link, cutoff: Timestamp) -> Result<(), Unavailable> {
    let below = keys::below(&AlertId::first_at(cutoff).0);
    let alerts = members_below(link, keys::alerts, &below).await?;
    let ids = alerts.iter().flat_map(|(_, ids)| ids).filter_map(|it| it.as_slice().try_into().ok()).map(AlertId);
    let ids: Vec<AlertId> = ids.collect();
    if ids.is_empty() {
        return Ok(());
    }
    let mut ask = redis::pipe();
    for &id in &ids {
        ask.cmd("HMGET").arg(keys::alert(id)).arg(&["state", "record"]);
    }
    let found: Vec<(Option<String>, Option<Vec<u8>>)> = link.ask(WIDE, &ask).await?;
    let mut remove = redis::pipe();
    for (id, (state, bytes)) in ids.into_iter().zip(found) {
        let state = state.as_deref().and_then(State::parse);
        if matches!(state, Some(State::Queued | State::Sending)) {
            continue;
        }
        let (partition, member) = (id.partition(), &id.0[..]);
        if let Some(bytes) = bytes {
            let tenant = record::alert::decode(&bytes)?.tenant;
            remove.cmd("ZREM").arg(keys::alerts_of(partition, &tenant)).arg(member).ignore();
        }
        remove.cmd("UNLINK").arg(keys::alert(id)).ignore();
        remove.cmd("ZREM").arg(keys::alerts(partition)).arg(member).ignore();
    }
    if remove.is_empty() { Ok(()) } else { link.ask(WIDE, &remove).await }
}

/// The lowest members of a set in every partition, where there are any.
async fn members_below(
    link: &Link,
    set: fn(Partition) -> String,
    below: &[u8],
) -> Result<Vec<(Partition, Vec<Vec<u8>>)>, Unavailable> {
    let mut ask = redis::pipe();
    for partition in keys::partitions() {
        ask.cmd("ZRANGEBYLEX").arg(set(partition)).arg("-").arg(below).arg("LIMIT").arg(0).arg(TRIM_MEMBERS);
    }
    let members: Vec<Vec<Vec<u8>>> = link.ask(WIDE, &ask).await?;
    Ok(keys::partitions().zip(members).filter(|(_, members)| !members.is_empty()).collect())
}
