//! People's requests, and the work that they cause.

use async_trait::async_trait;

use crate::domain::ids::{RequestId, TenantId, UserKey};
use crate::domain::privacy::request::PersonRequest;
use crate::domain::tenant::webhook::TenantEvent;
use crate::domain::time::Timestamp;
use crate::ports::unavailable::Unavailable;

/// Which requests are listed.
#[derive(Clone, Copy, Debug)]
pub enum RequestIndex<'a> {
    /// A tenant's.
    Tenant(&'a TenantId),
    /// A user's.
    User(&'a UserKey),
}

/// What is due about a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestDue {
    /// Its next step.
    Step,
    /// Its answer, if one is owed: see [`PersonRequest::is_owed`].
    Answer,
}

/// Keeps people's requests.
///
/// Contract:
/// - A request lives in its user's partition. What was acknowledged survives a crash as a login does.
/// - Of several that replace the same version, one succeeds. So who leases a step replaces the request by one whose step
///   is due later, and nobody else has it until then.
/// - Of a user and a kind at most one request is open at any time.
///
/// There is no rule here: what becomes of a request is computed in `domain/privacy/request_steps.rs`.
#[async_trait]
pub trait RequestStore: Send + Sync {
    /// A request and its version.
    async fn request(&self, id: RequestId) -> Result<Option<(u64, PersonRequest)>, Unavailable>;

    /// Replaces the request of this version, or adds it if that is 0, and stores the event for the tenant with it.
    /// `false`, and neither is stored, if the stored version is another, or if the request is open and another one of the
    /// same user and kind is.
    async fn put_request(
        &self,
        version: u64,
        request: &PersonRequest,
        event: Option<TenantEvent>,
    ) -> Result<bool, Unavailable>;

    /// Requests with ids below `before`, newest first, at most `limit`, and fewer only if there are no more.
    async fn requests(
        &self,
        index: RequestIndex<'_>,
        before: Option<RequestId>,
        limit: usize,
    ) -> Result<Vec<(u64, PersonRequest)>, Unavailable>;

    /// Requests of all tenants of which this is due at `by`, the longest due first, at most `limit`.
    async fn requests_due(
        &self,
        due: RequestDue,
        by: Timestamp,
        limit: usize,
    ) -> Result<Vec<(u64, PersonRequest)>, Unavailable>;

    /// Deletes a request as far as it is still of this version; `false` if it is not.
    async fn remove_request(&self, version: u64, request: &PersonRequest) -> Result<bool, Unavailable>;
}
