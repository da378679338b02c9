//! The browsers that logins came from. Those of a user are one hash; two sorted sets of the partition say which users have some, and the
//! week of the longest unseen, by which they are deleted.

use std::sync::LazyLock;

use redis::Script;

use crate::{
    adapters::store::{
        backend::{BrowserBytes, Reply},
        prepared::PreparedBrowser,
        redis::{
            server::{
                history_keys, keys,
                link::{Batch, Link, QUICK, WIDE},
            },
            store::Redis,
        },
    },
    domain::{
        history::kept_browser::BrowserKey,
        ids::{Partition, UserKey},
        salt::Week,
        time::Timestamp,
    },
};

static TRIM: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("trim_browsers.lua")));

/// Users of one partition at whose browsers one step of a trim looks.
const TRIM_USERS: usize = 100;
/// Bits of the first byte of a value.
const BRIEF: u8 = 1;
const SIGNED_IN: u8 = 2;
/// Bytes before the record: flags and week.
const CLEAR: usize = 5;

impl BrowserBytes for Redis {
    async fn browsers(&self, asked: &[BrowserKey]) -> Reply<Vec<Option<Vec<u8>>>> {
        if asked.is_empty() {
            return Ok(Vec::new());
        }
        let mut ask = Batch::new();
        for key in asked {
            ask.cmd("HGET").arg(history_keys::browsers_of_user(&key.user)).arg(&key.fingerprint[..]);
        }
        let found: Vec<Option<Vec<u8>>> = self.link.ask(if asked.len() == 1 { QUICK } else { WIDE }, &ask).await?;
        Ok(found.into_iter().map(|it| it.map(|it| it.get(CLEAR..).unwrap_or_default().to_vec())).collect())
    }

    async fn browsers_of(&self, user: &UserKey) -> Reply<Vec<([u8; 8], Vec<u8>)>> {
        let mut ask = Batch::new();
        ask.cmd("HGETALL").arg(history_keys::browsers_of_user(user));
        let (found,): (Vec<(Vec<u8>, Vec<u8>)>,) = self.link.ask(WIDE, &ask).await?;
        let browser = |(fingerprint, value): (Vec<u8>, Vec<u8>)| {
            Some((fingerprint.try_into().ok()?, value.get(CLEAR..)?.to_vec()))
        };
        Ok(found.into_iter().filter_map(browser).collect())
    }
}

/// A value of the hash: flags, so that scripts can read them by their byte; the week in four bytes, the highest first; and the record.
#[must_use]
pub fn write_browser(browser: &PreparedBrowser) -> Vec<u8> {
    let flags = if browser.is_brief { BRIEF } else { 0 } | if browser.signed_in { SIGNED_IN } else { 0 };
    [&[flags][..], &week_bytes(Week(browser.week)), &browser.record].concat()
}

/// Weeks before 1970 are read as the first one.
fn week_bytes(week: Week) -> [u8; 4] {
    u32::try_from(week.0.max(0)).unwrap_or(u32::MAX).to_be_bytes()
}

/// Forgets browsers that were last seen before the week of the cutoff, of those that are kept for a shorter time or of the others;
/// whether more may be left.
///
/// # Errors
/// The server does not answer in time.
pub async fn trim_browsers(link: &Link, is_brief: bool, cutoff: Timestamp) -> Reply<bool> {
    let first_kept = Week::of(cutoff).0;
    let mut ask = Batch::new();
    for partition in keys::partitions() {
        ask.cmd("ZRANGEBYSCORE").arg(history_keys::browsers_by_week(partition, is_brief)).arg("-inf");
        ask.arg(format!("({first_kept}")).arg("LIMIT").arg(0).arg(TRIM_USERS);
    }
    let members: Vec<Vec<Vec<u8>>> = link.ask(WIDE, &ask).await?;
    let old: Vec<(Partition, Vec<Vec<u8>>)> =
        keys::partitions().zip(members).filter(|(_, it)| !it.is_empty()).collect();
    let mut trim = Batch::new();
    trim.with_script(&TRIM);
    let hashes = |(partition, members): &(Partition, Vec<Vec<u8>>)| {
        let partition = *partition;
        let hashes: Vec<[u8; 16]> = members.iter().filter_map(|it| it.as_slice().try_into().ok()).collect();
        hashes.into_iter().map(move |hash| UserKey { hash, partition })
    };
    for user in old.iter().flat_map(hashes) {
        let mut run = TRIM.key(history_keys::browsers_of_user(&user));
        run.key(history_keys::browsers_by_week(user.partition, is_brief));
        trim.invoke_script(run.arg(&user.hash[..]).arg(first_kept).arg(u8::from(is_brief))).ignore();
    }
    if !old.is_empty() {
        link.ask::<()>(WIDE, &trim).await?;
    }
    Ok(old.iter().any(|(_, members)| members.len() == TRIM_USERS))
}
