//! Operators of the console, and their sessions.

use async_trait::async_trait;

use crate::{
    domain::{
        ids::OperatorId,
        operator::{
            operator::Operator,
            session::{OperatorSession, SessionKey},
        },
        time::Timestamp,
    },
    ports::unavailable::Unavailable,
};

/// Keeps operators.
///
/// Contract: of several who replace the same operator, one succeeds, so that an invitation is taken up once. What is stored is
/// seen by the next call of every process.
///
/// To add a property of operators, extend [`Operator`] and its stored form; the port does not change.
#[async_trait]
pub trait OperatorStore: Send + Sync {
    /// Every operator, in the order of their addresses: there are few.
    async fn operators(&self) -> Result<Vec<Operator>, Unavailable>;

    /// An operator, and how many times it was written.
    async fn operator(&self, id: OperatorId) -> Result<Option<(u64, Operator)>, Unavailable>;

    /// Replaces the operator that was read at `times`; 0 adds one. `false` if it has been replaced since.
    async fn put_operator(&self, times: u64, operator: &Operator) -> Result<bool, Unavailable>;

    /// Deletes the operator that was read at `times`. `false` if it has been replaced since.
    async fn remove_operator(&self, id: OperatorId, times: u64) -> Result<bool, Unavailable>;
}

/// Keeps operators' sessions.
///
/// Contract: a session is kept until it expires; the upkeep, or the store by itself, deletes it some time later. One that was
/// ended never comes back.
#[async_trait]
pub trait OperatorSessionStore: Send + Sync {
    /// A session, which may have expired.
    async fn operator_session(&self, key: SessionKey) -> Result<Option<OperatorSession>, Unavailable>;

    /// Adds a session.
    async fn begin_operator_session(
        &self,
        key: SessionKey,
        session: &OperatorSession,
        now: Timestamp,
    ) -> Result<(), Unavailable>;

    /// Replaces a session. `false`, and nothing is kept, if it was ended.
    async fn renew_operator_session(
        &self,
        key: SessionKey,
        session: &OperatorSession,
        now: Timestamp,
    ) -> Result<bool, Unavailable>;

    /// Ends a session. Ending one that there is not changes nothing.
    async fn end_operator_session(&self, key: SessionKey) -> Result<(), Unavailable>;
}
