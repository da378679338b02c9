//! Whether somebody can have travelled from where the last login was to this one.

use crate::domain::{
    history::login_record::LoginRecord,
    inquiry::around::{Around, Behind},
    place::{NamedPlace, Place, Point},
    risk::places::{IMPOSSIBLE_KM_PER_HOUR, MIN_TRAVEL_KM, radius_km},
    time::{HOUR_MS, MINUTE_MS},
};

/// The journey from the user's last successful login whose place says where the user was.
#[derive(Clone, Debug, PartialEq)]
pub struct Journey {
    /// Both logins.
    pub behind: Behind,
    /// From where, within how many kilometres of it, and whether the database of places says so: otherwise that is assumed.
    pub from: (NamedPlace, f64, bool),
    /// To where, likewise.
    pub to: (NamedPlace, f64, bool),
    /// The time between the logins, in milliseconds.
    pub elapsed_ms: i64,
    /// The least distance in kilometres, allowing for both radii; 0 if they overlap.
    pub least_km: f64,
    /// The least speed in kilometres an hour.
    pub least_km_per_hour: f64,
    /// Whether it is within what an airliner can do, or too short to tell.
    pub is_possible: bool,
    /// Whether the address is of a kind that says little about where its user is.
    pub is_vague: bool,
}

impl Journey {
    /// The journey to this login; `None` if its place or the last one is not known.
    #[must_use]
    pub fn of(around: &Around) -> Option<Self> {
        let login = &around.login;
        let last = around.entered_before().find(|it| it.whereabouts.usage.is_none() && point(it).is_some())?;
        let (from, to) = (point(last)?, point(login)?);
        let radius = |login: &LoginRecord, place: &Place| radius_km(&login.device.agent, place.accuracy_km);
        let (from_radius, to_radius) = (radius(last, from.1), radius(login, to.1));
        let least_km = (from.0.distance_km(to.0) - from_radius - to_radius).max(0.0);
        let elapsed_ms = login.occurred_at.ms_since(last.occurred_at);
        #[expect(clippy::cast_precision_loss, reason = "milliseconds are exact in f64 for 285,000 years")]
        let hours = elapsed_ms.max(MINUTE_MS) as f64 / HOUR_MS as f64;
        let least_km_per_hour = least_km / hours;
        Some(Self {
            behind: around.only(&[login, last]),
            from: (from.1.named(), from_radius, is_told(last)),
            to: (to.1.named(), to_radius, is_told(login)),
            elapsed_ms,
            least_km,
            least_km_per_hour,
            is_possible: least_km <= MIN_TRAVEL_KM || least_km_per_hour <= IMPOSSIBLE_KM_PER_HOUR,
            is_vague: login.whereabouts.usage.is_some(),
        })
    }
}

/// Whether the database of places tells how exact it is.
fn is_told(login: &LoginRecord) -> bool {
    login.whereabouts.place.as_ref().is_some_and(|it| it.accuracy_km.is_some())
}

fn point(login: &LoginRecord) -> Option<(Point, &Place)> {
    let place = login.whereabouts.place.as_ref()?;
    Some((place.point?, place))
}
