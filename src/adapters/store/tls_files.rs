//! The files for TLS to a store on another machine.

use std::path::PathBuf;

/// The files for TLS to a store, in PEM. They are read when the store is opened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoreTls {
    /// The authority whose certificates are trusted; `None` for those that browsers trust.
    pub authority: Option<PathBuf>,
    /// What this side shows, if it has to.
    pub own: Option<OwnCertificate>,
}

/// A certificate, and its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnCertificate {
    /// The certificate, and after it those that lead to its authority.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}
