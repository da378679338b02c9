//! Reports that a mail has not arrived or was not wanted, as somebody makes them.

use crate::domain::{
    alert::suppression::Cause,
    ids::{AlertId, TenantId},
};

/// Which mail a report is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    /// The one whose return path held this token. Nobody vouches for the rest of the report: of the addresses in it, only
    /// the one that the token was made for is believed.
    Token(String),
    /// The one that warned of this alert, says somebody whom we trust.
    Alert(AlertId),
    /// Some mail of this tenant, says somebody whom we trust.
    Tenant(TenantId),
}

/// A report about a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Which mail it is about.
    pub about: About,
    /// The addresses that it names; the first that can be meant is.
    pub addresses: Vec<String>,
    /// What it says: [`Cause::Bounced`] or [`Cause::Complained`].
    pub cause: Cause,
    /// In words of ours, for the alert.
    pub reason: String,
}
