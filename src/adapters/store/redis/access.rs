//! How Redis is reached beside its URL, and when what it is given counts as kept.

use std::num::NonZeroU32;

use secrecy::SecretString;

use crate::adapters::store::tls_files::StoreTls;

/// When what is stored counts as kept, and is acknowledged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Durability {
    /// When the master has it.
    #[default]
    Unconfirmed,
    /// When so many replicas have said that they have it too.
    Replicas(NonZeroU32),
}

/// How Redis is reached beside its URL.
#[derive(Clone, Debug, Default)]
pub struct Access {
    /// The files for TLS.
    pub tls: StoreTls,
    /// The password, if it does not stand in the URL.
    pub password: Option<SecretString>,
    /// That of Sentinels which ask for another one, if it does not stand in the URL.
    pub sentinel_password: Option<SecretString>,
    /// When what is stored counts as kept.
    pub durability: Durability,
}
