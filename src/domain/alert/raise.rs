//! Raises a warning: what it tells about a login, and whether, when and to whom it is mailed.

use crate::domain::{
    alert::{
        alert::{Alert, Delivery, Suppressed},
        budget::next_mail_at,
    },
    ids::{DeviceId, UserId},
    login::login::Login,
    observed::Observed,
    place::Place,
    policy::policy::Policy,
    risk::assessment::Assessment,
    time::Timestamp,
    user::profile::Profile,
};

/// The device that a warning is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The device.
    pub device: DeviceId,
    /// Whether it is new to the user.
    pub is_new: bool,
}

/// The warning about a login that was received at `now`.
#[must_use]
pub fn raise(now: Timestamp, observed: &Observed<'_>, subject: Subject, assessment: &Assessment) -> Alert {
    let login = observed.login;
    Alert {
        id: observed.keys.alert_id(now, &observed.user, subject.device, observed.id),
        tenant: observed.tenant.clone(),
        user: login.user.id.clone(),
        login: observed.id,
        device: subject.device,
        new_device: subject.is_new,
        level: assessment.level,
        reasons: assessment.signals.iter().map(|signal| signal.kind).collect(),
        occurred_at: login.occurred_at,
        created_at: now,
        ip: login.client.ip.into(),
        browser: observed.agent.browser,
        os: observed.agent.os,
        place: observed.whereabouts.place.as_ref().map(Place::named),
        method: login.method.clone(),
        locale: login.user.locale.clone(),
        time_zone: login.user.time_zone.clone(),
    }
}

/// The first delivery of a warning: at once, later in a digest, or never.
#[must_use]
pub fn first_delivery(now: Timestamp, policy: &Policy, profile: &Profile, login: &Login) -> Delivery {
    let unmailed = unmailed(policy, &login.user.id, now.ms_since(login.occurred_at));
    let email = match (unmailed, &login.user.email) {
        (Some(why), _) => return Delivery::suppressed(now, why),
        (None, None) => return Delivery::suppressed(now, Suppressed::NoAddress),
        (None, Some(email)) => email.clone(),
    };
    match next_mail_at(now, policy, &profile.recent_alerts) {
        Some(due_at) if due_at > now => Delivery::collected(due_at, email),
        Some(_) => Delivery::queued(now, email),
        None => Delivery::suppressed(now, Suppressed::RateLimited),
    }
}

/// Why a policy mails nobody of a login of this user that was received so long after it happened; `None` if it does.
#[must_use]
pub fn unmailed(policy: &Policy, user: &UserId, late_ms: i64) -> Option<Suppressed> {
    if policy.muted || policy.excludes(user) {
        return Some(Suppressed::Muted);
    }
    (late_ms > policy.late_after_ms).then_some(Suppressed::Late)
}
