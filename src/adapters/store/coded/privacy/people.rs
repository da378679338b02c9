//! Everybody of whom a profile is kept.

use std::ops::RangeInclusive;

use async_trait::async_trait;

use crate::{
    adapters::store::{
        backend::{PeopleBytes, SaltBytes, Versioned},
        coded::{
            sealing::layout::{is_sealed, owner_of_users},
            store::Coded,
        },
        name::Name,
        record::user::profile,
    },
    domain::ids::{TenantId, UserKey},
    ports::{KnownUser, PeopleStore, Unavailable, WalkPosition, WalkStep},
};

#[async_trait]
impl<Backend: PeopleBytes + SaltBytes> PeopleStore for Coded<Backend> {
    async fn walk(
        &self,
        groups: RangeInclusive<u8>,
        from: Option<&WalkPosition>,
        limit: usize,
    ) -> Result<WalkStep, Unavailable> {
        let page = self.backend.walk(groups, from.map(|it| it.0.clone()), limit).await?;
        let next = page.next.map(WalkPosition);
        let owned: Vec<(TenantId, UserKey, Versioned)> = page
            .rows
            .into_iter()
            .filter(|(_, row)| is_sealed(&row.record))
            .filter_map(|(user, row)| Some((owner_of_users(&row.record, &user).ok()?.tenant, user, row)))
            .collect();
        let sealed = owned.iter().map(|(_, user, row)| (Name::Profile(user), row.record.clone())).collect();
        let opened = self.open_all(sealed).await?;
        let users = owned.iter().zip(opened).filter_map(|((tenant, user, row), opened)| {
            let profile = profile::decode(&opened.ok()??).ok()?;
            Some(KnownUser { tenant: tenant.clone(), user: *user, version: row.version, profile })
        });
        Ok(WalkStep { users: users.collect(), next })
    }

    async fn remove_user(&self, user: &UserKey, version: u64) -> Result<bool, Unavailable> {
        let is_removed = self.backend.remove_user(user, version).await?;
        if is_removed {
            self.sealer.remember(user, None);
        }
        Ok(is_removed)
    }
}
