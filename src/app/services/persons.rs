//! Composes what is done for persons, and what is done for tenants that leave.

use std::sync::Arc;

use crate::{
    app::{compose::Foundation, services::past::Past},
    service::{
        history::{search::History, segmenting::SegmentMaker, sessions::Sessions},
        inquiry::explaining::Inquiries,
        privacy::{
            export::{ExportPorts, Exports},
            notes::Notes,
            people::{People, PeoplePorts},
            removal::{
                ledger::TenantLedger,
                removals::{RemovalPorts, Removals, Waits},
                tenants::Tenants,
            },
            sealing::Sealing,
            verdicts::Verdicts,
        },
        tenant::policies::TenantPolicies,
    },
};

impl Foundation {
    /// Persons as such.
    #[must_use]
    pub fn people(&self) -> People {
        let (profiles, restrictions) = (self.store.clone(), self.store.clone());
        People::new(
            PeoplePorts { profiles, restrictions, clock: self.clock.clone() },
            self.keyring.clone(),
            self.keeps_email,
        )
    }

    /// Seals the records of a version that did not seal yet.
    #[must_use]
    pub fn sealing(&self) -> Sealing {
        Sealing::new(self.store.clone(), self.clock.clone())
    }

    /// Past logins.
    #[must_use]
    pub fn history(&self) -> History {
        self.past().history()
    }

    /// What makes segments.
    #[must_use]
    pub fn segment_maker(&self) -> SegmentMaker {
        SegmentMaker::new(self.store.clone(), self.store.clone(), self.clock.clone())
    }

    /// What looks into one login.
    #[must_use]
    pub fn inquiries(&self, sessions: Sessions, policies: Arc<TenantPolicies>) -> Inquiries {
        self.past().inquiries(sessions, policies, self.people())
    }

    fn past(&self) -> Past {
        Past { store: self.store.clone(), clock: self.clock.clone(), keyring: self.keyring.clone() }
    }

    /// Notes on logins.
    #[must_use]
    pub fn notes(&self) -> Notes {
        Notes::new(self.store.clone(), self.clock.clone(), self.keyring.clone())
    }

    /// Verdicts on logins.
    #[must_use]
    pub fn verdicts(&self) -> Verdicts {
        let (alerts, notes) = (self.store.clone(), self.store.clone());
        Verdicts::new(alerts, notes, self.devices(), self.clock.clone(), self.keyring.clone())
    }

    /// All that is kept about a person.
    #[must_use]
    pub fn exports(&self) -> Exports {
        let ports = ExportPorts {
            profiles: self.store.clone(),
            logins: self.store.clone(),
            alerts: self.store.clone(),
            sessions: self.store.clone(),
            notes: self.store.clone(),
            requests: self.store.clone(),
            audit: self.store.clone(),
            suppressions: self.store.clone(),
            clock: self.clock.clone(),
        };
        Exports::new(ports, self.keyring.clone())
    }

    /// Removes tenants.
    #[must_use]
    pub fn removals(&self) -> Removals {
        let tenants = Tenants {
            removals: self.store.clone(),
            ledger: self.store.clone(),
            keys: self.store.clone(),
            audits: self.store.clone(),
        };
        let (erasures, webhooks) = (self.store.clone(), self.store.clone());
        let (operators, clock) = (self.store.clone(), self.clock.clone());
        let ports = RemovalPorts { tenants, erasures, webhooks, operators, clock };
        Removals::new(ports, self.api_keys(), self.audit(), self.keyring.clone(), Waits::OF_A_SERVICE)
    }

    /// The ledger of removals.
    #[must_use]
    pub fn tenant_ledger(&self) -> TenantLedger {
        TenantLedger::new(self.removals(), self.store.clone(), self.store.clone(), self.keyring.clone())
    }
}
