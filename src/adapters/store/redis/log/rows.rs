//! Records of logins. Those of a partition and of a day and a half are one hash, which takes half of the memory beside a
//! record that a key of its own takes. Earlier versions kept each under a key of its own: it is asked for where the hash
//! has none.

use std::time::Duration;

use redis::Cmd;

use crate::{
    adapters::store::{
        backend::Reply,
        redis::server::{
            keys,
            link::{Batch, Link},
        },
    },
    domain::ids::LoginId,
};

/// Records by their ids, in the order asked.
///
/// # Errors
/// The server does not answer in time.
pub async fn find(link: &Link, limit: Duration, ids: &[LoginId]) -> Reply<Vec<Option<Vec<u8>>>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut ask = Batch::new();
    for id in ids {
        ask.cmd("HGET").arg(keys::logins(*id)).arg(&keys::field_of_login(*id)[..]);
    }
    let mut records: Vec<Option<Vec<u8>>> = link.ask(limit, &ask).await?;
    let missing: Vec<usize> = records.iter().enumerate().filter(|(_, it)| it.is_none()).map(|(at, _)| at).collect();
    if missing.is_empty() {
        return Ok(records);
    }
    let mut ask = Batch::new();
    for at in &missing {
        ask.cmd("GET").arg(keys::old_login(ids[*at]));
    }
    let old: Vec<Option<Vec<u8>>> = link.ask(limit, &ask).await?;
    for (at, record) in missing.into_iter().zip(old) {
        records[at] = record;
    }
    Ok(records)
}

/// Whether there is a record.
///
/// # Errors
/// The server does not answer in time.
pub async fn exists(link: &Link, limit: Duration, id: LoginId) -> Reply<bool> {
    let mut ask = Batch::new();
    ask_exists(&mut ask, id);
    let [is_new, is_old]: [bool; 2] = link.ask(limit, &ask).await?;
    Ok(is_new || is_old)
}

/// Asks whether there is a record: in a hash, and under a key of its own.
pub fn ask_exists(ask: &mut Batch, id: LoginId) {
    ask.cmd("HEXISTS").arg(keys::logins(id)).arg(&keys::field_of_login(id)[..]);
    ask.cmd("EXISTS").arg(keys::old_login(id));
}

/// Deletes a record. All that lists it is deleted elsewhere.
#[must_use]
pub fn remove(id: LoginId) -> [Cmd; 2] {
    let (mut remove, mut remove_old) = (redis::cmd("HDEL"), redis::cmd("UNLINK"));
    remove.arg(keys::logins(id)).arg(&keys::field_of_login(id)[..]);
    remove_old.arg(keys::old_login(id));
    [remove, remove_old]
}
