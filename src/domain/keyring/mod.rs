//! Everything that is derived from the master key: keyed hashes that replace personal data in keys, ids that a retry
//! derives again, and the signatures of [tokens](crate::domain::tokens). Each tenant has keys of its own, so hashes of
//! two tenants cannot be matched.

pub mod hashes;
pub mod tenant;
pub mod root;

pub use hashes::checksum;
pub use root::Keyring;
pub use tenant::TenantKeys;
