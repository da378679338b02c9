//! Logins.

use crate::{
    adapters::store::{
        backend::{Listed, ListedLogin, LoginBytes, LoginPage, Reply},
        redis::{
            server::{
                keys,
                link::{QUICK, WIDE},
            },
            store::Redis,
        },
    },
    domain::{
        history::login_record::LoginIndex,
        ids::{LoginId, Partition, TenantId},
    },
};

impl LoginBytes for Redis {
    async fn login(&self, _tenant: &TenantId, id: LoginId) -> Reply<Option<Vec<u8>>> {
        let mut ask = redis::pipe();
        ask.cmd("GET").arg(keys::login(id));
        let (record,) = self.link.ask(QUICK, &ask).await?;
        Ok(record)
    }

    async fn logins_named(&self, ids: &[LoginId]) -> Reply<Vec<Option<Vec<u8>>>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut ask = redis::pipe();
        for id in ids {
            ask.cmd("GET").arg(keys::login(*id));
        }
        self.link.ask(WIDE, &ask).await
    }

    /// Index entries may outlive their logins for a while, at the old end.
    async fn logins(&self, page: LoginPage<'_>) -> Reply<Vec<ListedLogin>> {
        let page = self.newest(&page).await?;
        if page.is_empty() {
            return Ok(Vec::new());
        }
        let mut ask = redis::pipe();
        for &id in &page {
            ask.cmd("GET").arg(keys::login(id));
        }
        let records: Vec<Option<Vec<u8>>> = self.link.ask(WIDE, &ask).await?;
        Ok(page.into_iter().zip(records).map(|(id, record)| Listed { id, record }).collect())
    }
}

impl Redis {
    /// The newest entries of an index: a user's lie in one partition, the others' in all.
    async fn newest(&self, page: &LoginPage<'_>) -> Reply<Vec<LoginId>> {
        let LoginPage { tenant, index, ids, limit } = page;
        let partitions: Vec<Partition> = match index {
            LoginIndex::User(user) => vec![user.partition],
            LoginIndex::Time | LoginIndex::Prefix(_) | LoginIndex::Fingerprint(_) => keys::partitions().collect(),
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
        let members: Vec<Vec<Vec<u8>>> = self.link.ask(WIDE, &ask).await?;
        let mut found: Vec<LoginId> =
            members.into_iter().flatten().filter_map(|it| it.try_into().ok()).map(LoginId).collect();
        found.sort_unstable_by(|a, b| b.cmp(a));
        found.truncate(*limit);
        Ok(found)
    }
}
