//! A store: a backend that keeps bytes, and the conversion of values to bytes and back.

use std::sync::Arc;

use crate::adapters::store::{damage::Damage, name::Name, record::bytes::Malformed};

/// A store over a backend. Each port is implemented in a file beside this one.
#[derive(Debug, Default)]
pub struct Coded<Backend> {
    /// Keeps the bytes.
    pub backend: Backend,
    /// The records that could not be read.
    pub damage: Arc<Damage>,
}

impl<Backend> Coded<Backend> {
    /// A store over this backend.
    #[must_use]
    pub fn over(backend: Backend) -> Self {
        Self { backend, damage: Arc::default() }
    }

    /// Reads what was stored under a name. A failure is remembered.
    ///
    /// # Errors
    /// The error of `decode`.
    pub(crate) fn read<T>(
        &self,
        name: Name<'_>,
        record: &[u8],
        decode: impl FnOnce(&[u8]) -> Result<T, Malformed>,
    ) -> Result<T, Malformed> {
        self.noted(name, decode(record))
    }

    /// Passes on the result of reading what was stored under a name. A failure is remembered.
    ///
    /// # Errors
    /// The error of `read`.
    pub(crate) fn noted<T>(&self, name: Name<'_>, read: Result<T, Malformed>) -> Result<T, Malformed> {
        self.damage.note(name.kind(), || name.id(), read)
    }
}
