//! The one way in which a store fails.

/// The store cannot answer now. The reason is for our log and is never shown to a caller.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the store is unavailable: {0}")]
pub struct Unavailable(pub String);

/// Why a store is not ready.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Unfit {
    /// Shown by `/readyz` to anybody. The text names no machine, path or person, and says how to repair it.
    #[error("{0}")]
    Told(&'static str),
    /// The reason is only for our log.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}
