//! Recorded logins.

use std::{net::IpAddr, ops::Range};

use async_trait::async_trait;

use crate::{
    adapters::store::{
        backend::{LoginBytes, LoginEntry, LoginPage, SaltBytes},
        coded::{people::Opened, sealing::methods::OwnMethods, store::Coded},
        name::Name,
        record::{bytes::Malformed, clear::facets, login},
    },
    domain::{
        history::login_record::{LoginIndex, LoginRecord},
        ids::{LoginId, Partitions, PrefixKey, TenantId},
        search::clear::facets::ClearLogin,
    },
    ports::{ClearPage, LoginStore, Unavailable},
};

/// How many entries of the index by network are looked at at once where logins from one address are asked for: at first, and at most.
const FEWEST_ENTRIES: usize = 512;
/// See above.
const MOST_ENTRIES: usize = 8_192;

#[async_trait]
impl<Backend: LoginBytes + SaltBytes> LoginStore for Coded<Backend> {
    async fn login(&self, tenant: &TenantId, id: LoginId) -> Result<Option<LoginRecord>, Unavailable> {
        let Some(record) = self.backend.login(tenant, id).await? else { return Ok(None) };
        let opened = self.open_one(Name::Login(id), record).await?;
        let login = self.read_login(id, opened)?.filter(|it| it.tenant == *tenant);
        Ok(self.with_addresses(tenant, login.into_iter().collect()).await?.pop())
    }

    async fn logins(
        &self,
        tenant: &TenantId,
        index: &LoginIndex,
        ids: Range<LoginId>,
        limit: usize,
    ) -> Result<Vec<LoginRecord>, Unavailable> {
        if let LoginIndex::Address(network, address) = index {
            return self.logins_from(tenant, *network, *address, ids, limit).await;
        }
        let (mut found, mut rest) = (Vec::new(), ids);
        while found.len() < limit && !rest.is_empty() {
            let wanted = limit - found.len();
            let asked = LoginPage { tenant, index, ids: rest.clone(), limit: wanted };
            let page = self.backend.logins(asked).await?;
            let (count, last) = (page.len(), page.last().map(|it| it.id));
            let present = page.into_iter().filter_map(|it| Some((it.id, it.record?)));
            found.extend(self.read_logins(tenant, present.unzip()).await?);
            match last {
                // Records that were skipped are made up for by those that follow.
                Some(last) if count == wanted => rest.end = last,
                _ => break,
            }
        }
        Ok(found)
    }

    async fn clear_logins(
        &self,
        tenant: &TenantId,
        ids: Range<LoginId>,
        partitions: &Partitions,
        limit: usize,
    ) -> Result<ClearPage, Unavailable> {
        let rows = self.backend.clear_logins(tenant, ids, partitions, limit).await?;
        let mut methods = OwnMethods::of(&self.sealer.keys(tenant));
        // What this version cannot read is asked of the record.
        let mut read = |bytes| facets::decode(bytes).and_then(|it| methods.facets(it)).ok();
        let logins = rows.iter().map(|(id, bytes)| ClearLogin { id, facets: read(bytes) }).collect();
        Ok(ClearPage { logins, next: rows.next })
    }

    async fn logins_named(&self, tenant: &TenantId, ids: &[LoginId]) -> Result<Vec<LoginRecord>, Unavailable> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let records = self.backend.logins_named(ids).await?;
        let present = ids.iter().copied().zip(records).filter_map(|(id, record)| Some((id, record?)));
        self.read_logins(tenant, present.unzip()).await
    }
}

impl<Backend: LoginBytes + SaltBytes> Coded<Backend> {
    /// Of what the index by network lists, those that may be from an address. The records of others are not read.
    async fn logins_from(
        &self,
        tenant: &TenantId,
        network: PrefixKey,
        address: IpAddr,
        mut rest: Range<LoginId>,
        limit: usize,
    ) -> Result<Vec<LoginRecord>, Unavailable> {
        let (mut found, mut step) = (Vec::new(), limit.clamp(FEWEST_ENTRIES, MOST_ENTRIES));
        while found.len() < limit && !rest.is_empty() {
            let entries = self.backend.entries(tenant, network, rest.clone(), step).await?;
            let weeks = self.weeks_kept(tenant, entries.iter().map(|it| it.id.time())).await?;
            let may_be = |it: &&LoginEntry| weeks.may_be_from(address, &it.id.0, it.id.time(), it.hidden_byte);
            let wanted = limit - found.len();
            let ids: Vec<LoginId> = entries.iter().filter(may_be).map(|it| it.id).take(wanted).collect();
            found.extend(self.logins_named(tenant, &ids).await?);
            rest.end = match (ids.last(), entries.last()) {
                // Records that were skipped are made up for by those that follow.
                (Some(last), _) if ids.len() == wanted => *last,
                (_, Some(last)) if entries.len() == step => last.id,
                _ => break,
            };
            step = (4 * step).min(MOST_ENTRIES);
        }
        Ok(found)
    }
}

impl<Backend: SaltBytes> Coded<Backend> {
    /// Opens and reads a tenant's logins, in their order, without those that cannot be read.
    async fn read_logins(
        &self,
        tenant: &TenantId,
        (ids, records): (Vec<LoginId>, Vec<Vec<u8>>),
    ) -> Result<Vec<LoginRecord>, Unavailable> {
        let opened = self.open_all(ids.iter().map(|id| Name::Login(*id)).zip(records).collect()).await?;
        let read = ids.into_iter().zip(opened).filter_map(|(id, it)| self.read_login(id, it).ok()?);
        let read = read.filter(|it| it.tenant == *tenant).collect();
        self.with_addresses(tenant, read).await
    }

    /// These logins of a tenant, with their addresses as far as they are kept.
    async fn with_addresses(
        &self,
        tenant: &TenantId,
        logins: Vec<LoginRecord>,
    ) -> Result<Vec<LoginRecord>, Unavailable> {
        let weeks = self.weeks_kept(tenant, logins.iter().map(|it| it.id.time())).await?;
        let with_address =
            |login: LoginRecord| LoginRecord { ip: weeks.find(&login.id.0, login.id.time(), login.ip), ..login };
        Ok(logins.into_iter().map(with_address).collect())
    }
}

impl<Backend> Coded<Backend> {
    /// Reads what was opened; `None` if its person was forgotten.
    fn read_login(&self, id: LoginId, opened: Opened) -> Result<Option<LoginRecord>, Malformed> {
        let read = opened.and_then(|it| it.map(|it| login::decode(&it)).transpose());
        self.noted(Name::Login(id), read)
    }
}
