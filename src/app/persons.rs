//! Composes what is done for persons.

use crate::{
    app::compose::Foundation,
    service::privacy::{
        export::{ExportPorts, Exports},
        notes::Notes,
        people::{People, PeoplePorts},
        sealing::Sealing,
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

    /// Notes on logins.
    #[must_use]
    pub fn notes(&self) -> Notes {
        Notes::new(self.store.clone(), self.clock.clone(), self.keyring.clone())
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
}
