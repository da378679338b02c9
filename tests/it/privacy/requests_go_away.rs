//! Requests of a store that goes away.

use async_trait::async_trait;
use watchlight::{
    domain::{ids::RequestId, privacy::request::PersonRequest, tenant::webhook::TenantEvent, time::Timestamp},
    ports::{RequestDue, RequestIndex, RequestStore, Unavailable},
};

use crate::http::store_goes_away::Leaving;

#[async_trait]
impl RequestStore for Leaving {
    async fn request(&self, id: RequestId) -> Result<Option<(u64, PersonRequest)>, Unavailable> {
        self.answers()?;
        self.inner.request(id).await
    }

    async fn put_request(
        &self,
        version: u64,
        request: &PersonRequest,
        event: Option<TenantEvent>,
    ) -> Result<bool, Unavailable> {
        self.answers()?;
        self.inner.put_request(version, request, event).await
    }

    async fn requests(
        &self,
        index: RequestIndex<'_>,
        before: Option<RequestId>,
        limit: usize,
    ) -> Result<Vec<(u64, PersonRequest)>, Unavailable> {
        self.answers()?;
        self.inner.requests(index, before, limit).await
    }

    async fn requests_due(
        &self,
        due: RequestDue,
        by: Timestamp,
        limit: usize,
    ) -> Result<Vec<(u64, PersonRequest)>, Unavailable> {
        self.answers()?;
        self.inner.requests_due(due, by, limit).await
    }

    async fn remove_request(&self, version: u64, request: &PersonRequest) -> Result<bool, Unavailable> {
        self.answers()?;
        self.inner.remove_request(version, request).await
    }
}
