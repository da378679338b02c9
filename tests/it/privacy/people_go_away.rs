//! Everybody in a store that goes away.

use std::ops::RangeInclusive;

use async_trait::async_trait;
use watchlight::{
    domain::ids::UserKey,
    ports::{PeopleStore, Unavailable, WalkPosition, WalkStep},
};

use crate::http::store_goes_away::Leaving;

#[async_trait]
impl PeopleStore for Leaving {
    async fn walk(
        &self,
        groups: RangeInclusive<u8>,
        from: Option<&WalkPosition>,
        limit: usize,
    ) -> Result<WalkStep, Unavailable> {
        self.answers()?;
        self.inner.walk(groups, from, limit).await
    }

    async fn remove_user(&self, user: &UserKey, version: u64) -> Result<bool, Unavailable> {
        self.answers()?;
        self.inner.remove_user(user, version).await
    }
}
