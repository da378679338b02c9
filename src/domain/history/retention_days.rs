//! For how long each class of records is kept.

use crate::domain::time::DAY_MS;

/// A class of records that is kept for a time of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetentionClass {
    /// Logins, from when they happened.
    Logins,
    /// The exact address of a login; after that it is shown as a network.
    FullAddress,
    /// A known device, from when it was last seen.
    IdleDevices,
    /// A session, from its last activity or its end.
    Sessions,
    /// Alerts, from when their login was received.
    Alerts,
    /// Notes, from when they were written.
    Notes,
    /// The record of who has looked at what.
    Audit,
    /// Logins of users whose processing is minimal.
    MinimalLogins,
}

impl RetentionClass {
    /// Every class.
    pub const ALL: [Self; 8] = [
        Self::Logins,
        Self::FullAddress,
        Self::IdleDevices,
        Self::Sessions,
        Self::Alerts,
        Self::Notes,
        Self::Audit,
        Self::MinimalLogins,
    ];

    /// What it is called in metrics and exports: one record of it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Logins => "login",
            Self::FullAddress => "full_address",
            Self::IdleDevices => "device",
            Self::Sessions => "session",
            Self::Alerts => "alert",
            Self::Notes => "note",
            Self::Audit => "audit",
            Self::MinimalLogins => "minimal_login",
        }
    }

    /// The setting that says for how long it is kept.
    #[must_use]
    pub const fn setting(self) -> &'static str {
        match self {
            Self::Logins => "retention.logins_days",
            Self::FullAddress => "retention.full_address_days",
            Self::IdleDevices => "retention.devices_idle_days",
            Self::Sessions => "retention.sessions_days",
            Self::Alerts => "retention.alerts_days",
            Self::Notes => "retention.notes_days",
            Self::Audit => "retention.audit_days",
            Self::MinimalLogins => "retention.minimal_days",
        }
    }

    /// From when its time counts, and what it is for: a sentence for people.
    #[must_use]
    pub const fn purpose(self) -> &'static str {
        match self {
            Self::Logins => {
                "Logins, from when they happened: to recognise devices, and to find out about an attack afterwards."
            }
            Self::FullAddress => {
                "The exact IP address of a login: to act against an attack while it is fresh. Then only its network is shown."
            }
            Self::IdleDevices => {
                "A device, from when it was last seen: to recognise it. With the last device goes the profile."
            }
            Self::Sessions => "A session, from its last use or its end: to see whether it was taken over.",
            Self::Alerts => {
                "Warnings and the answers to them, from when their login was received: to see what a person was told."
            }
            Self::Notes => "Notes, from when they were written: to correct and to explain what is kept.",
            Self::Audit => "Who has looked at what, and why, from when they did: to answer the person.",
            Self::MinimalLogins => {
                "Logins of a person whose processing is minimal, from when they happened: to find out about an attack."
            }
        }
    }
}

/// For how many days each class is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetentionDays {
    /// Logins.
    pub logins: i64,
    /// Exact addresses: 0, or 7 and more.
    pub full_address: i64,
    /// Devices that were not seen.
    pub idle_devices: i64,
    /// Sessions that ended or were not used.
    pub sessions: i64,
    /// Alerts.
    pub alerts: i64,
    /// Notes.
    pub notes: i64,
    /// The record of who has looked at what.
    pub audit: i64,
    /// Logins of users whose processing is minimal.
    pub minimal_logins: i64,
}

impl Default for RetentionDays {
    fn default() -> Self {
        Self {
            logins: 180,
            full_address: 30,
            idle_devices: 400,
            sessions: 180,
            alerts: 365,
            notes: 365,
            audit: 365,
            minimal_logins: 30,
        }
    }
}

impl RetentionDays {
    /// For how many days a class is kept.
    #[must_use]
    pub const fn of(&self, class: RetentionClass) -> i64 {
        match class {
            RetentionClass::Logins => self.logins,
            RetentionClass::FullAddress => self.full_address,
            RetentionClass::IdleDevices => self.idle_devices,
            RetentionClass::Sessions => self.sessions,
            RetentionClass::Alerts => self.alerts,
            RetentionClass::Notes => self.notes,
            RetentionClass::Audit => self.audit,
            RetentionClass::MinimalLogins => self.minimal_logins,
        }
    }

    /// The same in milliseconds.
    #[must_use]
    pub const fn ms(&self, class: RetentionClass) -> i64 {
        self.of(class).saturating_mul(DAY_MS)
    }

    /// The longer one of what logins and alerts are kept, in milliseconds.
    #[must_use]
    pub fn history_ms(&self) -> i64 {
        self.ms(RetentionClass::Logins).max(self.ms(RetentionClass::Alerts))
    }
}
