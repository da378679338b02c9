//! What is unusual without being suspicious by itself: the hour, and how rare such a login is.

use crate::domain::{
    policy::policy::SignalKind,
    risk::situation::{Situation, Suspicion},
};

/// Logins from which on the user's hours are known.
const KNOWN_HOURS_LOGINS: u32 = 30;
/// So many hours from any of the user's own are unusual: more than clocks that are changed and one late evening explain.
const UNUSUAL_HOURS: usize = 3;

/// An hour of the day at which, nor near which, the user has never signed in. Weak.
#[must_use]
pub fn unusual_hour(it: &Situation<'_>) -> Option<Suspicion> {
    let hours = it.profile.hours;
    let distance = hours.distance(it.occurred_at).filter(|it| *it >= UNUSUAL_HOURS)?;
    let detail = || {
        let hour = it.occurred_at.hour_of_day();
        format!("{distance} hours from the nearest hour at which the user has signed in; it is {hour:02}:00 UTC")
    };
    (hours.total() >= KNOWN_HOURS_LOGINS).then(|| Suspicion::new(SignalKind::UnusualHour, detail()))
}

/// Address and browser are rarer, for this user in this tenant, than in all but a few logins.
#[must_use]
pub fn rare_login(it: &Situation<'_>) -> Option<Suspicion> {
    let percent = it.rarity?.above_share * 100.0;
    let detail = format!("address and browser are rarer for this user than in {percent:.0} % of the tenant's logins");
    Some(Suspicion::new(SignalKind::RareLogin, detail))
}
