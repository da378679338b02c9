//! Up to when the records of each class are deleted.

use crate::domain::{
    history::retention_days::{RetentionClass, RetentionDays},
    time::Timestamp,
};

/// What a trim deletes: of each class what is from before a time. What is of that time or later is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cutoffs {
    /// Logins, by when they happened.
    pub logins: Timestamp,
    /// Exact addresses, by when their login happened.
    pub full_address: Timestamp,
    /// Logins of users whose processing is minimal, by when they happened.
    pub minimal_logins: Timestamp,
    /// Settled alerts, by when their login was received.
    pub alerts: Timestamp,
    /// Devices, by when they were last seen.
    pub devices: Timestamp,
    /// Notes, by when they were written.
    pub notes: Timestamp,
    /// Records of who has looked at what.
    pub audit: Timestamp,
    /// What has a time of its own to expire at, such as a session or a counter: by that time.
    pub expired_at: Timestamp,
}

impl Cutoffs {
    /// The same time for every class.
    #[must_use]
    pub const fn all(before: Timestamp) -> Self {
        Self {
            logins: before,
            full_address: before,
            minimal_logins: before,
            alerts: before,
            devices: before,
            notes: before,
            audit: before,
            expired_at: before,
        }
    }

    /// Those of a clock, with what has expired before `expired_at`.
    #[must_use]
    pub fn at(clock: Timestamp, days: &RetentionDays, expired_at: Timestamp) -> Self {
        let before = |class| clock.plus_ms(-days.ms(class));
        Self {
            logins: before(RetentionClass::Logins),
            full_address: before(RetentionClass::FullAddress),
            minimal_logins: before(RetentionClass::MinimalLogins),
            alerts: before(RetentionClass::Alerts),
            devices: before(RetentionClass::IdleDevices),
            notes: before(RetentionClass::Notes),
            audit: before(RetentionClass::Audit),
            expired_at,
        }
    }

    /// That of a class. A session has a time of its own to expire at.
    #[must_use]
    pub const fn of(&self, class: RetentionClass) -> Timestamp {
        match class {
            RetentionClass::Logins => self.logins,
            RetentionClass::FullAddress => self.full_address,
            RetentionClass::IdleDevices => self.devices,
            RetentionClass::Sessions => self.expired_at,
            RetentionClass::Alerts => self.alerts,
            RetentionClass::Notes => self.notes,
            RetentionClass::Audit => self.audit,
            RetentionClass::MinimalLogins => self.minimal_logins,
        }
    }

    /// That of a class, to change it.
    pub const fn of_mut(&mut self, class: RetentionClass) -> &mut Timestamp {
        match class {
            RetentionClass::Logins => &mut self.logins,
            RetentionClass::FullAddress => &mut self.full_address,
            RetentionClass::IdleDevices => &mut self.devices,
            RetentionClass::Sessions => &mut self.expired_at,
            RetentionClass::Alerts => &mut self.alerts,
            RetentionClass::Notes => &mut self.notes,
            RetentionClass::Audit => &mut self.audit,
            RetentionClass::MinimalLogins => &mut self.minimal_logins,
        }
    }
}
