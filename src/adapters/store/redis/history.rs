//! Logins as an investigation reads them.

use std::ops::Range;

use crate::{
    adapters::store::{
        record,
        redis::server::{
            keys,
            link::{Link, QUICK, WIDE},
        },
    },
    domain::{
        history::login_record::{LoginIndex, LoginRecord},
        ids::{LoginId, Partition, TenantId},
    },
    ports::{RecordKind, Unavailable},
};

/// A login by name.
///
/// # Errors
/// The server does not answer in time, or a record cannot be read.
pub async fn login(link: &Link, tenant: &TenantId, id: LoginId) -> Result<Option<LoginRecord>, Unavailable> {
    let mut ask = redis::pipe();
    ask.cmd("GET").arg(keys::login(id));
    let (bytes,): (Option<Vec<u8>>,) = link.ask(QUICK, &ask).await?;
    let read = |it: Vec<u8>| link.damage.note(RecordKind::Login, || id.to_string(), record::login::decode(&it));
    let login = bytes.map(read).transpose()?;
    Ok(login.filter(|it| it.tenant == *tenant))
}

/// Logins under an index, newest first. Index entries may outlive their logins for a while, at the old end: they, and what
/// cannot be read, are passed over, and the next ones asked for.
///
/// # Errors
/// The server does not answer in time.
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
        for (id, bytes) in page.iter().zip(records) {
            let Some(bytes) = bytes else { continue };
            let login = link.damage.note(RecordKind::Login, || id.to_string(), record::login::decode(&bytes));
            found.extend(login.ok().filter(|it| it.tenant == *tenant));
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
