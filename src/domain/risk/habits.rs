//! What is unusual, but not suspicious on its own: the hour, and how rare such a login is.

use crate::domain::{
    policy::policy::SignalKind,
    risk::situation::{Situation, Suspicion},
};

/// After how many logins the user's hours are known.
const KNOWN_HOURS_LOGINS: u32 = 30;
/// How many hours from any of the user's own are unusual: more than a change of clocks and a late evening explain.
const UNUSUAL_HOURS: usize = 3;

/// The user has never signed in near this hour of the day. Weak.
#[must_use]
pub fn unusual_hour(login: &Situation<'_>) -> Option<Suspicion> {
    let hours = login.profile.hours;
    let distance = hours.distance(login.occurred_at).filter(|it| *it >= UNUSUAL_HOURS)?;
    let detail = || {
        let hour = login.occurred_at.hour_of_day();
        format!("{distance} hours from the nearest hour at which the user has signed in; login is {hour:02}:00 UTC")
    };
    (hours.total() >= KNOWN_HOURS_LOGINS).then(|| Suspicion::new(SignalKind::UnusualHour, detail()))
}

/// For this user, address and browser are rarer than in all but a few of the tenant's logins.
#[must_use]
pub fn rare_login(login: &Situation<'_>) -> Option<Suspicion> {
    let percent = login.rarity?.above_share * 100.0;
    let detail = format!("address and browser are rarer for this user than in {percent:.0} % of the tenant's logins");
    Some(Suspicion::new(SignalKind::RareLogin, detail))
}
