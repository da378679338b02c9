//! A store: a backend that keeps bytes, and the conversion of values to bytes and back.

use std::sync::Arc;

use crate::{
    adapters::store::{
        coded::{
            kept_columns::KeptColumns,
            sealing::{layout, sealer::Sealer},
        },
        damage::Damage,
        name::Name,
        record::{bytes::Malformed, parts::tenant_of},
    },
    domain::{
        history::retention_days::RetentionDays,
        ids::{Partition, UserKey},
        keyring::Keyring,
        time::DAY_MS,
    },
};

/// A store over a backend. Each port is implemented in a file beside this one.
#[derive(Debug)]
pub struct Coded<Backend> {
    /// Keeps the bytes.
    pub backend: Backend,
    /// The records that could not be read.
    pub damage: Arc<Damage>,
    /// Derives the keys that records are sealed with.
    pub(crate) sealer: Sealer,
    /// Columns that were read lately.
    pub(crate) kept_columns: KeptColumns,
    /// For how many milliseconds whole addresses are kept.
    pub(crate) full_address_ms: i64,
}

impl<Backend> Coded<Backend> {
    /// A store over this backend, which keeps whole addresses for as many days as are told, and whose records are sealed with keys that are derived from the root key.
    #[must_use]
    pub fn over(backend: Backend, keyring: Keyring, days: &RetentionDays) -> Self {
        let full_address_ms = days.full_address.saturating_mul(DAY_MS);
        let (damage, sealer, kept_columns) = (Arc::default(), Sealer::new(keyring), KeptColumns::default());
        Self { backend, damage, sealer, kept_columns, full_address_ms }
    }

    /// Seals a record that has to be read when its user is forgotten: with a key of the tenant.
    ///
    /// # Errors
    /// The record does not begin with form, id and tenant.
    pub(crate) fn seal_for_tenant(&self, name: Name<'_>, user: &UserKey, record: &[u8]) -> Result<Vec<u8>, Malformed> {
        let key = self.sealer.keys(&tenant_of(record)?).tenant_seal();
        layout::seal_thing(&key, &name.place(), user, record)
    }

    /// Opens what [`Coded::seal_for_tenant`] sealed.
    ///
    /// # Errors
    /// It is not sealed with the key of its tenant, or was changed or moved.
    pub(crate) fn open_for_tenant(
        &self,
        name: Name<'_>,
        partition: Partition,
        record: &[u8],
    ) -> Result<Vec<u8>, Malformed> {
        if !layout::is_sealed(record) {
            return Ok(record.to_vec());
        }
        let owner = layout::owner_of_thing(record, partition)?;
        let key = self.sealer.keys(&owner.tenant).tenant_seal();
        layout::open_thing(&key, &name.place(), &owner, record).map_err(|_| Malformed::Sealed)
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
