//! Forgets what a user has asked for, with the user.

use crate::{
    domain::{
        ids::UserKey,
        privacy::request::{RequestKind, RequestState},
    },
    ports::{RequestIndex, RequestStore, Unavailable},
};

/// How many requests are read at once.
const STEP: usize = 500;

/// Deletes a user's requests when the user is erased. An erasure that the person has confirmed stays until they were told:
/// then it deletes what it knows of them itself. Returns how many were deleted.
///
/// # Errors
/// When the store does not answer. It is safe to call this again.
pub async fn forget_requests(store: &dyn RequestStore, user: &UserKey) -> Result<u64, Unavailable> {
    let mut deleted = 0;
    let mut before = None;
    loop {
        let step = store.requests(RequestIndex::User(user), before, STEP).await?;
        for (version, request) in &step {
            before = Some(request.id);
            let is_told_later = request.kind == RequestKind::Erase
                && matches!(request.state, RequestState::Confirmed | RequestState::CarriedOut);
            if !is_told_later && request.person.is_some() {
                deleted += u64::from(store.remove_request(*version, request).await?);
            }
        }
        if step.len() < STEP {
            return Ok(deleted);
        }
    }
}
