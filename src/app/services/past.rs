//! Composes what looks back at logins, over any store and clock: the tests have some of their own.

use std::sync::Arc;

use crate::{
    domain::keyring::Keyring,
    ports::{Clock, Store},
    service::{
        history::{
            beside::{Beside, BesidePorts},
            search::History,
            sessions::Sessions,
            sources::HistoryPorts,
        },
        inquiry::explaining::{Inquiries, InquiryPorts},
        privacy::people::People,
        tenant::policies::TenantPolicies,
    },
};

/// Where the logins are that are looked back at.
#[derive(Clone)]
pub struct Past {
    /// The store.
    pub store: Arc<dyn Store>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The keys of the store.
    pub keyring: Keyring,
}

impl Past {
    /// Past logins.
    #[must_use]
    pub fn history(self) -> History {
        let Self { store, clock, keyring } = self;
        let ports = BesidePorts {
            alerts: store.clone(),
            notes: store.clone(),
            logins: store.clone(),
            browsers: store.clone(),
            clues: store.clone(),
            clock,
        };
        let beside = Beside::new(ports, keyring.clone());
        let ports = HistoryPorts { logins: store.clone(), tallies: store.clone(), segments: store };
        History::new(ports, beside, keyring)
    }

    /// What looks into one login.
    #[must_use]
    pub fn inquiries(self, sessions: Sessions, policies: Arc<TenantPolicies>, people: People) -> Inquiries {
        let Self { store, clock, keyring } = self;
        let ports = InquiryPorts {
            logins: store.clone(),
            alerts: store.clone(),
            notes: store.clone(),
            browsers: store.clone(),
            profiles: store,
            clock,
        };
        Inquiries::new(ports, sessions, policies, people, keyring)
    }
}
