//! Who may ask for something.

use crate::{
    domain::tenant::api_key::Scope,
    http::door::state::{Audience, HttpSettings},
};
/// Who may ask for something, and what a request is counted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Whoever brings an API key with this scope. The key and the address are counted.
    Key(Scope),
    /// Whoever signs what they post; nothing is counted.
    Signature,
    /// Whoever holds the secret in the path. The address is counted, because others may guess.
    Link,
    /// Whom a setting names.
    Shown(Page),
    /// Whoever asks.
    Anybody,
}

/// A page that needs no key: a setting tells who sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// `http.mailbox`. The address is counted, because a page costs the reading of files.
    Mailbox,
    /// `http.metrics`.
    Metrics,
    /// `http.docs`.
    Docs,
}

impl Page {
    /// Who sees this page.
    #[must_use]
    pub const fn audience(self, settings: &HttpSettings) -> Audience {
        match self {
            Self::Mailbox => settings.mailbox,
            Self::Metrics => settings.metrics,
            Self::Docs => settings.docs,
        }
    }
}
