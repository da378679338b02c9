//! Reports that a mail has not arrived or was not wanted.

use crate::domain::{
    alert::suppression::Cause,
    ids::{AlertId, TenantId},
};

/// Which mail a report is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    /// The mail whose return path contained this token. Nobody vouches for the rest of the report: of its addresses,
    /// only the one that the token was made for is believed.
    Token(String),
    /// The mail about this alert, according to somebody we trust.
    Alert(AlertId),
    /// Some mail of this tenant, according to somebody we trust.
    Tenant(TenantId),
}

/// A report about a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Which mail it is about.
    pub about: About,
    /// The addresses that the report names. The first one that fits the mail is meant.
    pub addresses: Vec<String>,
    /// [`Cause::Bounced`] or [`Cause::Complained`].
    pub cause: Cause,
    /// The reason in our own words, for the alert.
    pub reason: String,
}
