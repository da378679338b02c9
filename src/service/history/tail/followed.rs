//! What is followed, and what is told of it.

use std::sync::Arc;

use crate::{
    domain::{
        history::login_record::LoginRecord,
        ids::{LoginId, TenantId},
        search::{needs::Need, query::Query},
        time::Timestamp,
    },
    ports::Unavailable,
};

/// What is looked up of logins that are followed: nothing that comes later than they do. A query that needs more cannot be
/// followed.
pub const FOLLOWED: &[Need] = &[Need::References];

/// How many tails of one API key may be open at a process.
pub const MAX_TAILS_OF_KEY: usize = 8;
/// How many tails may be open at a process.
pub const MAX_TAILS: usize = 256;

/// Why a tail was not opened.
#[derive(Clone, Debug, thiserror::Error)]
pub enum TailError {
    /// There are too many open.
    #[error("too many tails are open: {MAX_TAILS_OF_KEY} of an API key, {MAX_TAILS} of a process")]
    TooMany,
    /// The log does not reach back to what was seen last.
    #[error("the log does not reach back to what was seen last")]
    Forgotten,
    /// The store does not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// What the reader of a tail has seen last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// This login.
    Login(LoginId),
    /// Everything up to this time of the log's clock, as `News` told it.
    UpTo(Timestamp),
}

/// Who follows what.
#[derive(Clone, Debug)]
pub struct Followed {
    /// The tenant whose logins are followed.
    pub tenant: TenantId,
    /// The public part of the reader's API key.
    pub key: String,
    /// Which logins.
    pub query: Query,
}

/// What a tail tells next.
#[derive(Clone, Debug)]
pub enum News {
    /// Logins that the query asks for, in the order of their commits; possibly none.
    Logins(Vec<Arc<LoginRecord>>),
    /// The reader has not kept up with what was committed.
    Slow,
    /// The log has forgotten what the reader has not seen yet.
    Forgotten,
}
