//! Removing whole tenants, and the ledger of those who were.

use async_trait::async_trait;

use crate::{
    adapters::store::{
        backend::{
            AlertBytes, AlertIndex, ErasureBytes, FoundBy, Holder, LoginBytes, LoginPage, PolicyBytes, RemovalBytes,
            RemovalLedgerBytes, RequestBytes, SaltBytes,
        },
        coded::{
            people::owner_of,
            sealing::layout::{self, is_sealed},
            store::Coded,
        },
        name::Name,
        record::{alert, login, privacy::removal},
    },
    domain::{
        history::login_record::LoginIndex,
        ids::{AlertId, LoginId, Partition, ReceiptId, TenantId, UserId, UserKey},
        privacy::removal::{Removal, RemovalBegun, TenantStock},
    },
    ports::{RemovalLedger, RemovalStore, RequestIndex, RequestStore, TenantStep, Unavailable, WalkPosition},
};

/// How many requests one step deletes.
const STEP: usize = 200;

/// The parts of a walk through a tenant's people, in their order. Most are met in the first.
const LOGINS: u8 = 0;
const ALERTS: u8 = 1;
const HOLDERS: u8 = 2;

/// Those that a part of a walk has met, and where that part goes on; `None` at its end.
type Met = (Vec<UserKey>, Option<Vec<u8>>);

#[async_trait]
impl<Backend> RemovalStore for Coded<Backend>
where
    Backend: RemovalBytes + ErasureBytes + LoginBytes + AlertBytes + SaltBytes + PolicyBytes + RequestBytes,
{
    async fn tenants(&self) -> Result<Vec<TenantId>, Unavailable> {
        let mut tenants = self.backend.tenants().await?;
        tenants.sort_unstable();
        tenants.dedup();
        Ok(tenants)
    }

    async fn stock_of(&self, tenant: &TenantId) -> Result<TenantStock, Unavailable> {
        self.backend.stock_of(tenant).await
    }

    async fn begin_removal(&self, begun: &RemovalBegun) -> Result<RemovalBegun, Unavailable> {
        self.backend.begin_removal(begun).await
    }

    async fn removals_begun(&self) -> Result<Vec<RemovalBegun>, Unavailable> {
        self.backend.removals_begun().await
    }

    async fn people_of(
        &self,
        tenant: &TenantId,
        from: Option<&WalkPosition>,
        limit: usize,
    ) -> Result<TenantStep, Unavailable> {
        let (part, rest) =
            from.and_then(|it| it.0.split_first()).map_or((LOGINS, &[][..]), |(part, rest)| (*part, rest));
        let (mut users, next) = match part {
            LOGINS => self.signed_in(tenant, rest, limit).await?,
            ALERTS => self.warned(tenant, rest, limit).await?,
            _ => self.holding(tenant, rest, limit).await?,
        };
        users.sort_unstable_by_key(|it| it.hash);
        users.dedup_by_key(|it| it.hash);
        let next = match next {
            Some(rest) => Some([&[part], &rest[..]].concat()),
            None => (part < HOLDERS).then(|| vec![part + 1]),
        };
        Ok(TenantStep { users, next: next.map(WalkPosition) })
    }

    async fn erase_some_with_tenant(&self, tenant: &TenantId, user: &UserKey) -> Result<bool, Unavailable> {
        let Some(policies) = self.erase_step(tenant, user).await? else { return Ok(false) };
        if !policies.is_empty() {
            self.backend.remove_policies(tenant, &policies).await?;
        }
        Ok(true)
    }

    async fn remove_rest(&self, tenant: &TenantId) -> Result<bool, Unavailable> {
        let requests = self.requests(RequestIndex::Tenant(tenant), None, STEP).await?;
        for (version, request) in &requests {
            self.remove_request(*version, request).await?;
        }
        if !requests.is_empty() {
            return Ok(true);
        }
        self.sealer.forget_weeks();
        self.backend.remove_rest(tenant).await
    }

    async fn end_removal(&self, begun: &RemovalBegun, receipt: ReceiptId) -> Result<Option<Removal>, Unavailable> {
        let removed = self.backend.removed_by(begun).await?;
        let removal = Removal { receipt, tenant: begun.tenant.clone(), at: begun.at, removed };
        let is_ended = self.backend.end_removal(begun, receipt, removal::encode(&removal)).await?;
        Ok(is_ended.then_some(removal))
    }
}

#[async_trait]
impl<Backend: RemovalLedgerBytes> RemovalLedger for Coded<Backend> {
    async fn removals(&self) -> Result<Vec<Removal>, Unavailable> {
        let mut entries = self.backend.removals().await?;
        entries.sort_unstable_by_key(|it| it.id);
        Ok(entries
            .iter()
            .map(|it| self.read(Name::Removal(it.id), &it.record, removal::decode))
            .collect::<Result<_, _>>()?)
    }

    async fn enter_removal(&self, removal: &Removal) -> Result<(), Unavailable> {
        self.backend.enter_removal(removal.receipt, removal::encode(removal)).await
    }
}

impl<Backend: LoginBytes + AlertBytes + RemovalBytes> Coded<Backend> {
    /// The users of logins, the newest first. A position is an id, above all that follow.
    async fn signed_in(&self, tenant: &TenantId, from: &[u8], limit: usize) -> Result<Met, Unavailable> {
        let below = LoginId(from.try_into().unwrap_or([0xFF; 16]));
        let page = LoginPage { tenant, index: &LoginIndex::Time, ids: LoginId([0; 16])..below, limit };
        let logins = self.backend.logins(page).await?;
        let next = logins.last().filter(|_| logins.len() == limit).map(|it| it.id.0.to_vec());
        let user_of = |plain: &[u8]| Some(login::decode(plain).ok()?.user);
        let users = logins.into_iter().filter_map(|it| self.user_of(tenant, it.id.partition(), &it.record?, user_of));
        Ok((users.collect(), next))
    }

    /// The users of alerts, likewise.
    async fn warned(&self, tenant: &TenantId, from: &[u8], limit: usize) -> Result<Met, Unavailable> {
        let below = from.try_into().ok().map(AlertId);
        let alerts = self.backend.alerts(AlertIndex::Tenant(tenant), below, limit).await?;
        let next = alerts.last().filter(|_| alerts.len() == limit).map(|it| it.id.0.to_vec());
        let user_of = |plain: &[u8]| Some(alert::decode(plain).ok()?.user);
        let users = alerts
            .into_iter()
            .filter_map(|it| self.user_of(tenant, it.id.partition(), &it.record?.ok()?.record, user_of));
        Ok((users.collect(), next))
    }

    /// Those of the tenant of whom something else is kept. A position is the backend's.
    async fn holding(&self, tenant: &TenantId, from: &[u8], limit: usize) -> Result<Met, Unavailable> {
        let from = Some(from).filter(|it| !it.is_empty()).map(<[u8]>::to_vec);
        let page = self.backend.holders(from, limit).await?;
        let is_theirs = |it: &Holder| {
            let name = match it.by {
                FoundBy::Profile => Name::Profile(&it.user),
                FoundBy::Session(key) => Name::Session(&it.user, key),
                FoundBy::Note(id) => Name::Note(id),
            };
            is_sealed(&it.record) && owner_of(&name, &it.record).is_ok_and(|owner| owner.tenant == *tenant)
        };
        Ok((page.rows.iter().filter(|it| is_theirs(it)).map(|it| it.user).collect(), page.next))
    }

    /// Whose a record of the tenant is: of one that is sealed that stands beside it.
    fn user_of(
        &self,
        tenant: &TenantId,
        partition: Partition,
        record: &[u8],
        read: impl Fn(&[u8]) -> Option<UserId>,
    ) -> Option<UserKey> {
        if is_sealed(record) {
            return layout::owner_of_thing(record, partition).ok().map(|it| it.user);
        }
        read(record).map(|user| self.sealer.keys(tenant).user(&user))
    }
}
