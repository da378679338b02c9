//! What a user's logins show of their habits, as pictures: on which devices, at which hours, and where.

use std::collections::BTreeMap;

use crate::{
    domain::{
        history::login_record::LoginRecord,
        login::login::Outcome,
        place::Point,
        policy::policy::Level,
        time::DAY_MS,
        user::device::{KnownDevice, Trust},
        wording::figures::count,
    },
    http::console::{
        drawing::{
            axis::TimeAxis,
            heat::HeatMap,
            lanes::{Lane, LaneMark, Lanes},
            level,
            map::journey::{Journey, Leg, Stop},
            markup::{Markup, Tone},
        },
        parts::{
            linked::device_path,
            rows::{Moment, reason},
            view::View,
        },
    },
    words::explanation::brief_place,
};

/// A device that was not used for longer than this has a gap in its lane.
const GAP_MS: i64 = 14 * DAY_MS;
/// How many places a map shows at most: the latest ones.
const MAX_STOPS: usize = 8;

/// A lane for each device, with a mark for each login, from the first of these logins to now. The logins are newest first.
#[must_use]
pub fn lanes(view: &View, devices: &[KnownDevice], logins: &[LoginRecord]) -> Markup {
    let first = logins.last().map_or(view.now, |it| it.occurred_at);
    let axis = TimeAxis { from: first, until: view.now, zone: view.range.zone.zone.clone() };
    let mut lanes: Vec<Lane> = devices.iter().map(|it| device_lane(view, it, logins)).collect();
    let others: Vec<_> = logins.iter().filter(|it| devices.iter().all(|known| known.id != it.device.id)).collect();
    if !others.is_empty() {
        let failed = others.iter().filter(|it| it.outcome == Outcome::Failure).count();
        let failed = if failed == 0 { String::new() } else { format!(", {failed} failed") };
        let note = format!("{}{failed}", count(others.len(), "login"));
        let marks = others.into_iter().map(|it| mark(view, it)).collect();
        lanes.push(Lane { label: "No device of theirs".to_owned(), href: None, note, marks });
    }
    Lanes { title: "Devices over time".to_owned(), axis, now: Some(view.now), gap_ms: GAP_MS, brush: None, lanes }
        .draw()
}

fn device_lane(view: &View, device: &KnownDevice, logins: &[LoginRecord]) -> Lane {
    let user = logins.first().map(|it| &it.user);
    let trust = match device.trust {
        Trust::Unconfirmed => "",
        Trust::Confirmed => ", device confirmed",
        Trust::Denied => ", device denied",
    };
    Lane {
        // Two of one kind differ by their versions: an attacker's is often of the user's kind.
        label: device.agent.name(),
        href: user.map(|it| view.href(&device_path(it, device.id), &[])),
        note: format!("{}{trust}", count(usize::try_from(device.logins).unwrap_or(usize::MAX), "login")),
        marks: logins.iter().filter(|it| it.device.id == device.id).map(|it| mark(view, it)).collect(),
    }
}

fn mark(view: &View, login: &LoginRecord) -> LaneMark {
    let tone = match (login.outcome, login.assessment.level) {
        (Outcome::Failure, Level::Low) => Tone::Warn,
        (_, it) => level::tone(it),
    };
    LaneMark {
        at: login.occurred_at,
        tone,
        label: format!("{}: {}", Moment::new(view, login.occurred_at).told, reason(login)),
        href: Some(view.href(&format!("/console/logins/{}", login.id), &[])),
    }
}

/// How many of these logins were on which weekday at which hour, by the clock of the zone.
#[must_use]
pub fn week(view: &View, logins: &[LoginRecord]) -> HeatMap {
    let mut counts = [[0_u64; 24]; 7];
    for login in logins.iter().filter(|it| it.outcome == Outcome::Success) {
        let at = view.range.zone.at(login.occurred_at);
        let day = usize::try_from(at.weekday().to_monday_zero_offset()).unwrap_or_default();
        let hour = usize::try_from(at.hour()).unwrap_or_default();
        counts[day][hour] += 1;
    }
    HeatMap::week("Logins by weekday and hour", "logins", &counts)
}

/// The latest places of these logins, and the ways between them. The logins are newest first.
#[must_use]
pub fn journey(view: &View, title: &str, logins: &[LoginRecord]) -> Journey {
    let mut journey = Journey { title: title.to_owned(), stops: Vec::new(), legs: Vec::new() };
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    let mut at: Option<usize> = None;
    let placed: Vec<(&LoginRecord, Point)> = logins.iter().filter_map(|it| Some((it, point(it)?))).collect();
    for (login, point) in placed.into_iter().rev() {
        let name = place_name(login);
        let here = *known.entry(name.clone()).or_insert(journey.stops.len());
        if here == journey.stops.len() {
            journey.stops.push(stop(view, login, &name, point));
        }
        let tone = level::tone(login.assessment.level);
        journey.stops[here].tone = tone;
        journey.stops[here].note = format!("last {}", view.told(login.occurred_at));
        if let Some(before) = at.filter(|it| *it != here) {
            let leg = Leg { from: before, until: here, tone, label: view.told(login.occurred_at) };
            journey.legs.retain(|it| (it.from, it.until) != (before, here));
            journey.legs.push(leg);
        }
        at = Some(here);
    }
    latest(journey)
}

/// The same with its latest stops alone.
fn latest(journey: Journey) -> Journey {
    let from = journey.stops.len().saturating_sub(MAX_STOPS);
    let legs = journey.legs.into_iter().filter(|it| it.from >= from && it.until >= from);
    let legs = legs.map(|it| Leg { from: it.from - from, until: it.until - from, ..it }).collect();
    Journey { stops: journey.stops.into_iter().skip(from).collect(), legs, title: journey.title }
}

fn point(login: &LoginRecord) -> Option<Point> {
    login.whereabouts.place.as_ref().and_then(|it| it.point)
}

fn place_name(login: &LoginRecord) -> String {
    login.whereabouts.place.as_ref().map(|it| brief_place(&it.named())).unwrap_or_default()
}

fn stop(view: &View, login: &LoginRecord, name: &str, point: Point) -> Stop {
    Stop {
        label: name.to_owned(),
        note: String::new(),
        point,
        accuracy_km: login.whereabouts.place.as_ref().and_then(|it| it.accuracy_km),
        tone: Tone::Plain,
        href: Some(view.href(&format!("/console/logins/{}", login.id), &[])),
    }
}
