//! The browsers that logins came from, in memory.

use crate::{
    adapters::store::{
        backend::{BrowserBytes, Reply},
        memory::store::{Memory, StoredBrowser, Tables},
        prepared::PreparedBrowser,
    },
    domain::{
        history::kept_browser::{BrowserKey, MAX_KEPT_BROWSERS},
        ids::UserKey,
    },
};

impl BrowserBytes for Memory {
    async fn browsers(&self, asked: &[BrowserKey]) -> Reply<Vec<Option<Vec<u8>>>> {
        let tables = self.tables();
        let record = |key: &BrowserKey| {
            let stored = tables.browsers.get(&(key.user.hash, key.fingerprint))?;
            Some(stored.record.clone())
        };
        Ok(asked.iter().map(record).collect())
    }

    async fn browsers_of(&self, user: &UserKey) -> Reply<Vec<([u8; 8], Vec<u8>)>> {
        let tables = self.tables();
        let of_user = tables.browsers.range((user.hash, [0; 8])..=(user.hash, [0xFF; 8]));
        Ok(of_user.map(|((_, fingerprint), it)| (*fingerprint, it.record.clone())).collect())
    }
}

/// Keeps a browser, or that it was seen again.
pub fn keep_browser(tables: &mut Tables, user: &UserKey, browser: PreparedBrowser) {
    let PreparedBrowser { fingerprint, week, is_brief, signed_in, record } = browser;
    let known = tables.browsers.get(&(user.hash, fingerprint));
    let (week, signed_in) = known.map_or((week, signed_in), |it| (week.max(it.week), signed_in || it.signed_in));
    tables.browsers.insert((user.hash, fingerprint), StoredBrowser { week, is_brief, signed_in, record });
    let of_user = tables.browsers.range((user.hash, [0; 8])..=(user.hash, [0xFF; 8]));
    let mut of_user: Vec<_> = of_user.map(|(key, it)| (it.signed_in, it.week, *key)).collect();
    if of_user.len() > MAX_KEPT_BROWSERS {
        of_user.sort_unstable();
        tables.browsers.remove(&of_user[0].2);
    }
}
