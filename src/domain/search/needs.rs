//! What the record of a login does not say, so that a search has to look it up.

use crate::domain::search::{
    query::{Query, Term},
    value::Value,
};

/// What a search has to look up beside the logins themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// What has become of alerts, and what users have answered.
    Deliveries,
    /// References of alerts.
    References,
    /// Which logins named an e-mail address.
    Emails,
    /// Which logins have notes, and what was decided about them.
    Notes,
    /// Which browsers are like that of a login.
    Likeness,
}

impl Need {
    /// Everything that may have to be looked up.
    pub const ALL: [Self; 5] = [Self::Deliveries, Self::References, Self::Emails, Self::Notes, Self::Likeness];
}

impl Query {
    /// What has to be looked up so that [`Query::matches`](Query::matches) can tell.
    #[must_use]
    pub fn needs(&self) -> Vec<Need> {
        let mut needs: Vec<Need> = self.terms().iter().flat_map(Term::values).filter_map(Value::need).collect();
        needs.sort_unstable();
        needs.dedup();
        needs
    }
}

impl Value {
    /// What has to be looked up to tell whether it is a login's; `None` if its record says so.
    #[must_use]
    pub const fn need(&self) -> Option<Need> {
        match self {
            Self::Mail(Some(_)) | Self::Answer(_) => Some(Need::Deliveries),
            Self::Reference(_) => Some(Need::References),
            Self::Email(_) => Some(Need::Emails),
            Self::Note(_) | Self::Verdict(_) | Self::Judged(_) => Some(Need::Notes),
            Self::Like(_) => Some(Need::Likeness),
            Self::User(_)
            | Self::Address(_)
            | Self::Country(_)
            | Self::Asn(_)
            | Self::Device(_)
            | Self::Fingerprint(_)
            | Self::Status(_)
            | Self::Level(_)
            | Self::Risk(..)
            | Self::Outcome(_)
            | Self::Method(_)
            | Self::Signal(_)
            | Self::Browser(_)
            | Self::Os(_)
            | Self::Session(_)
            | Self::Mail(None)
            | Self::Policy(_)
            | Self::Login(_)
            | Self::Alert(_) => None,
        }
    }
}
