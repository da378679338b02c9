//! Forgetting users, in memory.

use crate::{
    adapters::store::{
        backend::{Entry, ErasureBytes, LedgerBytes, LoginTraces, Reply, WhichErasure},
        memory::{
            store::{Memory, index_bytes},
            users::clues::forget_clues,
        },
    },
    domain::{
        history::login_record::LoginIndex,
        ids::{AlertId, LoginId, ReceiptId, TenantId, UserKey},
        privacy::erasure::ErasureBegun,
    },
};

impl ErasureBytes for Memory {
    async fn begin_erasure(&self, begun: &ErasureBegun) -> Reply<ErasureBegun> {
        Ok(self.tables().erasing.entry(begun.user.hash).or_insert(begun.clone()).clone())
    }

    async fn erasures_begun(&self) -> Reply<Vec<ErasureBegun>> {
        Ok(self.tables().erasing.values().cloned().collect())
    }

    async fn erase_logins(&self, _: &TenantId, user: &UserKey, logins: Vec<LoginTraces>) -> Reply<()> {
        let mut tables = self.tables();
        for login in &logins {
            forget_clues(&mut tables, &login.clues);
        }
        let deleted = logins.iter().filter(|it| tables.forget_login(it.id)).count() as u64;
        if let Some(begun) = tables.erasing.get_mut(&user.hash) {
            begun.erased.logins += deleted;
        }
        Ok(())
    }

    async fn erase_alerts(&self, _: &TenantId, user: &UserKey, alerts: Vec<AlertId>) -> Reply<()> {
        let mut tables = self.tables();
        let deleted = alerts.iter().filter(|id| tables.alerts.remove(id).is_some()).count() as u64;
        if let Some(begun) = tables.erasing.get_mut(&user.hash) {
            begun.erased.alerts += deleted;
        }
        Ok(())
    }

    async fn erase_person(&self, user: &UserKey, devices: u64) -> Reply<Option<ErasureBegun>> {
        let mut tables = self.tables();
        let Some(begun) = tables.erasing.get(&user.hash).cloned() else { return Ok(None) };
        let name = index_bytes(&begun.tenant, &LoginIndex::User(*user));
        let entries = (name.clone(), LoginId([0; 16]))..(name, LoginId([0xFF; 16]));
        if tables.index.range(entries).next().is_some() || tables.alerts.values().any(|it| it.user == *user) {
            return Ok(None);
        }
        let before = tables.sessions.len();
        tables.sessions.retain(|_, it| it.user != user.hash);
        let sessions = (before - tables.sessions.len()) as u64;
        tables.browsers.retain(|(hash, _), _| *hash != user.hash);
        // Another process may have been quicker, and has counted the devices then.
        let (profile, salt) = (tables.profiles.remove(&user.hash), tables.salts.remove(&user.hash));
        if profile.is_some() || salt.is_some() {
            tables.erased_people.insert(user.hash);
        }
        Ok(tables.erasing.get_mut(&user.hash).map(|begun| {
            begun.erased.sessions += sessions;
            begun.erased.devices += if profile.is_some() { devices } else { 0 };
            begun.clone()
        }))
    }

    async fn put_erasure(&self, user: &UserKey, receipt: ReceiptId, record: Vec<u8>) -> Reply<()> {
        let mut tables = self.tables();
        tables.erasures.insert(receipt, (user.hash, record));
        tables.erasing.remove(&user.hash);
        tables.erased_people.remove(&user.hash);
        Ok(())
    }

    async fn count_with_tenant(&self, begun: &ErasureBegun) -> Reply<()> {
        let mut tables = self.tables();
        let Some(ErasureBegun { tenant, user, at, erased, .. }) = tables.erasing.remove(&begun.user.hash) else {
            return Ok(());
        };
        let people = u64::from(tables.erased_people.remove(&user.hash));
        if let Some((_, removed)) = tables.removing.get_mut(&tenant).filter(|(removal, _)| removal.at == at) {
            removed.people += people;
            removed.erased = removed.erased.and(erased);
        }
        Ok(())
    }

    async fn erasure(&self, which: WhichErasure<'_>) -> Reply<Option<Entry<ReceiptId>>> {
        let tables = self.tables();
        let is_asked = |(id, (user, _)): &(&ReceiptId, &([u8; 16], Vec<u8>))| match which {
            WhichErasure::Receipt(receipt) => **id == receipt,
            WhichErasure::Latest(of) => *user == of.hash,
        };
        let found = tables.erasures.iter().rev().find(is_asked);
        Ok(found.map(|(id, (_, record))| Entry { id: *id, record: record.clone() }))
    }
}

impl LedgerBytes for Memory {
    async fn erasures(&self, after: Option<ReceiptId>, limit: usize) -> Reply<Vec<Entry<ReceiptId>>> {
        let tables = self.tables();
        let behind = tables.erasures.iter().filter(|(id, _)| after.is_none_or(|after| after < **id));
        Ok(behind.take(limit).map(|(id, (_, record))| Entry { id: *id, record: record.clone() }).collect())
    }

    async fn enter_erasure(&self, user: &UserKey, receipt: ReceiptId, record: Vec<u8>) -> Reply<()> {
        self.tables().erasures.insert(receipt, (user.hash, record));
        Ok(())
    }
}
