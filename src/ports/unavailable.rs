//! The one way in which keeping fails.

/// The store cannot answer now: the reason, for our log and never for a caller.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the store is unavailable: {0}")]
pub struct Unavailable(pub String);
