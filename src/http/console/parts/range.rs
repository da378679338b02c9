//! The time that a page is about, as its address says it: `from`, `to` and `tz`.

use jiff::{Zoned, civil::Time, tz::TimeZone};

use crate::{
    domain::{
        search::times::{Bound, Span},
        time::{DAY_MS, HOUR_MS, Timestamp},
    },
    http::door::{fault::Fault, query::Parameters},
    wire::time,
};

/// What `from` and `to` must be.
const TIME: &str = "must be a time such as 2026-11-22T10:15:00Z, or how long ago, such as -24h or -7d";

/// The time that a page is about.
#[derive(Clone, Debug)]
pub struct Range {
    /// `from`, as it was written; none if it was not, and then the page has a time of its own.
    pub from_text: Option<String>,
    /// `to`, as it was written.
    pub to_text: Option<String>,
    /// The zone by whose clock times are told.
    pub zone: Zone,
    from: From,
    to: Option<Timestamp>,
}

/// When it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum From {
    /// When the page wants.
    Unsaid,
    /// At the first login.
    Ever,
    /// Then.
    At(Timestamp),
}

/// A time zone and its name.
#[derive(Clone, Debug)]
pub struct Zone {
    /// The IANA name.
    pub name: String,
    /// The zone.
    pub zone: TimeZone,
}

/// A time to choose, as the range's links name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preset {
    /// What `from` is then.
    pub from: &'static str,
    /// What the link says.
    pub name: &'static str,
}

/// The times to choose, the shortest first.
pub const PRESETS: [Preset; 5] = [
    Preset { from: "-24h", name: "24 h" },
    Preset { from: "-7d", name: "7 d" },
    Preset { from: "-30d", name: "30 d" },
    Preset { from: "-90d", name: "90 d" },
    Preset { from: "all", name: "All" },
];

impl Range {
    /// Takes `from`, `to` and `tz` out of an address that is opened at `now`.
    ///
    /// # Errors
    /// When one of them cannot be read, or the time ends before it begins.
    pub fn read(parameters: &mut Parameters, now: Timestamp) -> Result<Self, Fault> {
        let from_text = parameters.take("from").filter(|it| !it.is_empty());
        let to_text = parameters.take("to").filter(|it| !it.is_empty());
        let zone = parameters.take("tz").filter(|it| !it.is_empty());
        let zone = zone.map_or_else(|| Some(Zone::utc()), |it| Zone::parse(&it));
        let zone =
            zone.ok_or_else(|| Fault::parameter("tz", "must be the name of a time zone, such as Europe/Berlin"))?;
        let read = |name: &str, text: &str| point(text, now, &zone.zone).ok_or_else(|| Fault::parameter(name, TIME));
        let from = match from_text.as_deref() {
            None => From::Unsaid,
            Some("all") => From::Ever,
            Some(text) => From::At(read("from", text)?),
        };
        let to = to_text.as_deref().map(|it| read("to", it)).transpose()?;
        if let (From::At(from), Some(to)) = (from, to)
            && from > to
        {
            return Err(Fault::parameter("from", "must not be later than `to`"));
        }
        Ok(Self { from_text, to_text, zone, from, to })
    }

    /// The time that is meant, if a page that is opened at `now` looks so far back on its own; `None`: at everything.
    #[must_use]
    pub fn span(&self, now: Timestamp, own_ms: Option<i64>) -> Span {
        let from = match self.from {
            From::Unsaid => own_ms.map(|it| now.plus_ms(-it)),
            From::Ever => None,
            From::At(from) => Some(from),
        };
        Span::new(from, self.to)
    }

    /// The preset that it is.
    #[must_use]
    pub fn preset(&self, own: &str) -> Option<&'static Preset> {
        let from = self.from_text.as_deref().unwrap_or(own);
        PRESETS.iter().find(|it| self.to_text.is_none() && it.from == from)
    }
}

impl Zone {
    /// UTC.
    #[must_use]
    pub fn utc() -> Self {
        Self { name: "UTC".to_owned(), zone: TimeZone::UTC }
    }

    /// Reads an IANA name, and looks nowhere but in that database.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let zone = if name == "UTC" { TimeZone::UTC } else { TimeZone::get(name).ok()? };
        Some(Self { name: name.to_owned(), zone })
    }

    /// A time by its clock.
    #[must_use]
    pub fn at(&self, at: Timestamp) -> Zoned {
        jiff::Timestamp::from_millisecond(at.unix_ms()).unwrap_or_default().to_zoned(self.zone.clone())
    }

    /// The day that begins at this time, if one does.
    #[must_use]
    pub fn day(&self, at: Timestamp) -> Option<String> {
        let at = self.at(at);
        (at.time() == Time::midnight()).then(|| at.date().to_string())
    }

    /// A time in words: to the second, with the day, and the year if it is another than at `now`.
    #[must_use]
    pub fn told(&self, at: Timestamp, now: Timestamp) -> String {
        let (at, now) = (self.at(at), self.at(now));
        let form = if at.year() == now.year() { "%-d %b %H:%M:%S" } else { "%-d %b %Y %H:%M:%S" };
        at.strftime(form).to_string()
    }

    /// A time with everything that belongs to it: day, year, and zone.
    #[must_use]
    pub fn whole(&self, at: Timestamp) -> String {
        self.at(at).strftime("%A, %-d %B %Y, %H:%M:%S %Z").to_string()
    }
}

/// How long ago something was, in one unit.
#[must_use]
pub fn ago(at: Timestamp, now: Timestamp) -> String {
    let ms = now.ms_since(at).max(0);
    let (count, unit) = match ms {
        ..60_000 => return "just now".to_owned(),
        60_000..HOUR_MS => (ms / 60_000, "min"),
        HOUR_MS..172_800_000 => (ms / HOUR_MS, "h"),
        _ => (ms / DAY_MS, "days"),
    };
    format!("{count} {unit} ago")
}

/// A point of time: how long ago, a time with its zone, a day, or what `<input type="datetime-local">` sends.
fn point(text: &str, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    if let Some(length) = text.strip_prefix('-') {
        return Bound::Last.read(length, now)?.from();
    }
    if let Some(at) = time::parse(text) {
        return Some(at);
    }
    let local: jiff::civil::DateTime = text.parse().ok()?;
    Some(Timestamp::from_unix_ms(local.to_zoned(zone.clone()).ok()?.timestamp().as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    #[test]
    fn a_point_is_written_in_four_ways() {
        let (now, berlin) = (at("2026-11-22T10:00:00Z"), TimeZone::get("Europe/Berlin").unwrap());
        for (text, meant) in [
            ("-24h", Some("2026-11-21T10:00:00Z")),
            ("-7d", Some("2026-11-15T10:00:00Z")),
            ("2026-11-20T01:02:03Z", Some("2026-11-20T01:02:03Z")),
            ("2026-11-20T01:02", Some("2026-11-20T00:02:00Z")),
            ("2026-11-20", Some("2026-11-19T23:00:00Z")),
            ("-", None),
            ("yesterday", None),
            ("-7x", None),
            ("", None),
        ] {
            assert_eq!(point(text, now, &berlin), meant.map(at), "{text}");
        }
    }

    #[test]
    fn times_are_told_by_the_clock_of_the_zone() {
        let zone = Zone::parse("Asia/Kolkata").unwrap();
        let now = at("2026-11-22T10:00:00Z");
        assert_eq!(zone.told(at("2026-11-22T20:00:00Z"), now), "23 Nov 01:30:00");
        assert_eq!(zone.told(at("2025-11-22T20:00:00Z"), now), "23 Nov 2025 01:30:00");
        assert_eq!(zone.whole(at("2026-11-22T20:00:00Z")), "Monday, 23 November 2026, 01:30:00 IST");
        assert!(Zone::parse("../etc/passwd").is_none() && Zone::parse("Mars/Olympus").is_none());
    }

    #[test]
    fn how_long_ago_has_one_unit() {
        let now = at("2026-11-22T10:00:00Z");
        for (then, told) in [
            ("2026-11-22T10:00:30Z", "just now"),
            ("2026-11-22T09:58:00Z", "2 min ago"),
            ("2026-11-21T10:00:00Z", "24 h ago"),
            ("2026-11-12T10:00:00Z", "10 days ago"),
        ] {
            assert_eq!(ago(at(then), now), told);
        }
    }
}
