//! Recorded logins.

use std::ops::Range;

use async_trait::async_trait;

use crate::{
    adapters::store::{
        backend::{Listed, LoginBytes, LoginPage},
        coded::store::Coded,
        name::Name,
        record::{bytes::Malformed, login},
    },
    domain::{
        history::login_record::{LoginIndex, LoginRecord},
        ids::{LoginId, TenantId},
    },
    ports::{LoginStore, Unavailable},
};

#[async_trait]
impl<Backend: LoginBytes> LoginStore for Coded<Backend> {
    async fn login(&self, tenant: &TenantId, id: LoginId) -> Result<Option<LoginRecord>, Unavailable> {
        let record = self.backend.login(tenant, id).await?;
        let login = record.map(|it| self.read_login(id, &it)).transpose()?;
        Ok(login.filter(|it| it.tenant == *tenant))
    }

    async fn logins(
        &self,
        tenant: &TenantId,
        index: &LoginIndex,
        ids: Range<LoginId>,
        limit: usize,
    ) -> Result<Vec<LoginRecord>, Unavailable> {
        let (mut found, mut rest) = (Vec::new(), ids);
        while found.len() < limit && !rest.is_empty() {
            let wanted = limit - found.len();
            let asked = LoginPage { tenant, index, ids: rest.clone(), limit: wanted };
            let page = self.backend.logins(asked).await?;
            let read = |listed: &Listed<LoginId, Vec<u8>>| self.read_login(listed.id, listed.record.as_deref()?).ok();
            found.extend(page.iter().filter_map(read).filter(|it| it.tenant == *tenant));
            match page.last() {
                // Records that were skipped are made up for by those that follow.
                Some(last) if page.len() == wanted => rest.end = last.id,
                _ => break,
            }
        }
        Ok(found)
    }
}

impl<Backend> Coded<Backend> {
    fn read_login(&self, id: LoginId, record: &[u8]) -> Result<LoginRecord, Malformed> {
        self.read(Name::Login(id), record, login::decode)
    }
}
