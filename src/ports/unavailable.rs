//! The one way in which keeping fails, and what is said of it to whoever asks for the readiness.

/// The store cannot answer now: the reason, for our log and never for a caller.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the store is unavailable: {0}")]
pub struct Unavailable(pub String);

/// Why a store is not fit to be used now.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Unfit {
    /// In words that `/readyz` shows to anybody: they name no machine, no path and no person, and say how to mend it.
    #[error("{0}")]
    Told(&'static str),
    /// The reason is for our log.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}
