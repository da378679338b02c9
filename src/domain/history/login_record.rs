//! A login as it is stored, and the filters by which logins are searched.

use std::net::IpAddr;

use crate::domain::{
    alert::alert::AlertNote,
    browser::fingerprint::Fingerprint,
    ids::{ClueKey, DeviceId, LoginId, PrefixKey, TenantId, UserId, UserKey},
    kept_address::KeptAddress,
    login::login::Outcome,
    place::{AddressRange, Asn, Country, Whereabouts},
    policy::policy::{Level, PolicyVersion, SignalKind},
    privacy::processing::Mode,
    recognition::verdict::{DeviceStatus, DeviceVerdict, Evidence},
    risk::assessment::{Action, Assessment},
    time::Timestamp,
};

/// A login and the verdict on it: the answer was made from this, and is made from it again for a retry.
#[derive(Clone, Debug, PartialEq)]
pub struct LoginRecord {
    /// Identifies the login. Sorts by the time at which it happened.
    pub id: LoginId,
    /// The user's tenant.
    pub tenant: TenantId,
    /// The user.
    pub user: UserId,
    /// When it happened, by the caller's clock.
    pub occurred_at: Timestamp,
    /// When it was received, by ours.
    pub received_at: Timestamp,
    /// Whether the user got in.
    pub outcome: Outcome,
    /// How the user signed in.
    pub method: Option<String>,
    /// The caller's id of the session.
    pub session_id: Option<String>,
    /// What the e-mail address is known by that it named; `None` if it named none, addresses are not kept, or it is from before
    /// they were found.
    pub email: Option<ClueKey>,
    /// The user's address.
    pub ip: KeptAddress,
    /// The browser's fingerprint.
    pub fingerprint: Fingerprint,
    /// Place and network.
    pub whereabouts: Whereabouts,
    /// The verdict on the device.
    pub device: DeviceVerdict,
    /// How suspicious it is.
    pub assessment: Assessment,
    /// The advice to the backend.
    pub action: Action,
    /// The alert that it raised, if any.
    pub alert: Option<AlertNote>,
    /// The evidence for and against the closest device; `None` if there was none.
    pub evidence: Option<Evidence>,
    /// The version of the policy that judged it; `None` for logins from before policies had versions.
    pub policy: Option<PolicyVersion>,
    /// How much of it was used and kept: the user's mode at that time. Of one that was restricted there is nothing here
    /// but whose it was, when, and whether it succeeded.
    pub processing: Mode,
}

/// What an investigation can start from. For each of these, a store keeps an index in order of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoginIndex {
    /// All logins of a tenant.
    Time,
    /// Those of one user.
    User(UserKey),
    /// Those from one /24 or /64.
    Prefix(PrefixKey),
    /// Those from one address, and those others from its /24 or /64 that a store cannot tell from them.
    Address(PrefixKey, IpAddr),
    /// Those with one fingerprint: its first 16 bytes.
    Fingerprint([u8; 16]),
}

/// Which logins are asked for: those that match every field that is given.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LoginFilter {
    /// Of this user.
    pub user: Option<UserId>,
    /// From these addresses.
    pub addresses: Option<AddressRange>,
    /// From this country.
    pub country: Option<Country>,
    /// From this network.
    pub asn: Option<Asn>,
    /// From this device.
    pub device: Option<DeviceId>,
    /// With this fingerprint.
    pub fingerprint: Option<Fingerprint>,
    /// With this verdict on the device.
    pub status: Option<DeviceStatus>,
    /// With this level of risk.
    pub level: Option<Level>,
    /// With this signal.
    pub signal: Option<SignalKind>,
    /// With this outcome.
    pub outcome: Option<Outcome>,
    /// That happened at this time or later.
    pub from: Option<Timestamp>,
    /// That happened before this time.
    pub to: Option<Timestamp>,
}

impl LoginFilter {
    /// Whether a login matches.
    #[must_use]
    pub fn matches(&self, login: &LoginRecord) -> bool {
        fn is<T: PartialEq>(wanted: Option<&T>, got: &T) -> bool {
            wanted.is_none_or(|it| it == got)
        }
        let origin = login.whereabouts.origin();
        let has = |kind| login.assessment.signals.iter().any(|it| it.kind == kind);
        is(self.user.as_ref(), &login.user)
            && self.addresses.is_none_or(|it| login.ip.may_lie_in(&it))
            && (self.country.is_none() || self.country == origin.country)
            && (self.asn.is_none() || self.asn == origin.asn)
            && is(self.device.as_ref(), &login.device.id)
            && is(self.fingerprint.as_ref(), &login.fingerprint)
            && is(self.status.as_ref(), &login.device.status)
            && is(self.level.as_ref(), &login.assessment.level)
            && self.signal.is_none_or(has)
            && is(self.outcome.as_ref(), &login.outcome)
            && self.from.is_none_or(|it| it <= login.occurred_at)
            && self.to.is_none_or(|it| login.occurred_at < it)
    }
}
