//! The browsers that logins came from.

use async_trait::async_trait;

use crate::{
    adapters::store::{
        backend::{BrowserBytes, SaltBytes},
        coded::{people::Opened, store::Coded},
        name::Name,
        record::user::browser,
    },
    domain::{
        history::kept_browser::{BrowserKey, KeptBrowser},
        ids::TenantId,
    },
    ports::{BrowserStore, Unavailable},
};

#[async_trait]
impl<Backend: BrowserBytes + SaltBytes> BrowserStore for Coded<Backend> {
    /// A user's key tells the tenant, and what is sealed for one tenant does not open for another.
    async fn browsers(&self, _: &TenantId, asked: &[BrowserKey]) -> Result<Vec<Option<KeptBrowser>>, Unavailable> {
        let records = self.backend.browsers(asked).await?;
        let mut found = vec![None; asked.len()];
        let (mut places, mut sealed) = (Vec::new(), Vec::new());
        for (at, (key, record)) in asked.iter().zip(records).enumerate() {
            if let Some(record) = record {
                places.push(at);
                sealed.push((Name::Browser(&key.user, key.fingerprint), record));
            }
        }
        let names: Vec<Name<'_>> = sealed.iter().map(|(name, _)| *name).collect();
        let opened = self.open_all(sealed).await?;
        for ((at, name), opened) in places.into_iter().zip(names).zip(opened) {
            found[at] = self.read_browser(name, opened);
        }
        Ok(found)
    }
}

impl<Backend> Coded<Backend> {
    /// `None` if it cannot be read, which is remembered, or its person was forgotten.
    fn read_browser(&self, name: Name<'_>, opened: Opened) -> Option<KeptBrowser> {
        let read = opened.and_then(|it| it.map(|it| browser::decode(&it)).transpose());
        self.noted(name, read).ok()?
    }
}
