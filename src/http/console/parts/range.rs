//! The time that a page is about, as its address says it: `from`, `to` and `tz`.

use jiff::{
    Zoned,
    civil::{Date, DateTime, Time},
    tz::TimeZone,
};

use crate::{
    domain::{
        search::times::{Bound, Span},
        time::{DAY_MS, HOUR_MS, MINUTE_MS, Timestamp},
    },
    http::door::{fault::Fault, query::Parameters},
    wire::time,
};

/// What `from` and `to` must be.
const TIME: &str =
    "must be a day such as 2026-11-22, a time such as 2026-11-22T10:15:00Z, or how long ago, such as -24h or -7d";

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

/// Which end of the time a point is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// A day is meant from when it begins.
    From,
    /// A day is included.
    To,
}

/// The time of an address, as it is written there: `from` and `to`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// `from`; none if the page that is led to has a time of its own.
    pub from: Option<String>,
    /// `to`.
    pub to: Option<String>,
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
        let read = |name: &str, text: &str, end: End| {
            point(text, now, &zone.zone, end).ok_or_else(|| Fault::parameter(name, TIME))
        };
        let from = match from_text.as_deref() {
            None => From::Unsaid,
            Some("all") => From::Ever,
            Some(text) => From::At(read("from", text, End::From)?),
        };
        let to = to_text.as_deref().map(|it| read("to", it, End::To)).transpose()?;
        if let (From::At(from), Some(to)) = (from, to)
            && from >= to
        {
            return Err(Fault::parameter("from", "must be before the end of the time"));
        }
        Ok(Self { from_text, to_text, zone, from, to })
    }

    /// The time that is meant, if a page that is opened at `now` looks so far back on its own; `None`: at everything. Whoever says
    /// only when it ends means all that was before.
    #[must_use]
    pub fn span(&self, now: Timestamp, own_ms: Option<i64>) -> Span {
        let from = match self.from {
            From::Unsaid => own_ms.filter(|_| self.to.is_none()).map(|it| now.plus_ms(-it)),
            From::Ever => None,
            From::At(from) => Some(from),
        };
        Span::new(from, self.to)
    }

    /// As the address has it.
    #[must_use]
    pub fn written(&self) -> Written {
        Written { from: self.from_text.clone(), to: self.to_text.clone() }
    }

    /// The same, so that it means the same by the clock of any zone: what names a day is written as a time.
    #[must_use]
    pub fn anywhere(&self) -> Written {
        let is_relative = |text: &String| text.starts_with('-');
        let text = |text: &Option<String>, at: Option<Timestamp>| {
            text.clone().filter(is_relative).or_else(|| at.map(Timestamp::to_text))
        };
        let from = match self.from {
            From::At(at) => text(&self.from_text, Some(at)),
            From::Ever | From::Unsaid => self.from_text.clone(),
        };
        Written { from, to: text(&self.to_text, self.to) }
    }
}

impl Written {
    /// A time that a search says itself, as an address that is opened at `now` would have it. What was said to be so long ago stays
    /// so.
    #[must_use]
    pub fn of(said: Span, zone: &Zone, now: Timestamp) -> Self {
        // `last:` ends with what happens now.
        let is_relative = said.to() == Some(now.plus_ms(1));
        let from = match said.from() {
            None => "all".to_owned(),
            Some(at) if is_relative => format!("-{}", length(now.ms_since(at))),
            Some(at) => zone.day(at).unwrap_or_else(|| at.to_text()),
        };
        // A time that nothing lies in ends when it begins.
        let to = said.to().filter(|_| !is_relative).map(|it| it.max(said.from().unwrap_or(it)));
        Self { from: Some(from), to: to.map(|it| zone.end(it)) }
    }

    /// The preset that it is, for a page that looks as far back as `own` if nothing is said.
    #[must_use]
    pub fn preset(&self, own: &str) -> Option<&'static Preset> {
        let from = self.from.as_deref().unwrap_or(own);
        PRESETS.iter().find(|it| self.to.is_none() && it.from == from)
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

    /// A time as `to` names it, so that what was before it is meant: by the day that ends then, if one does.
    #[must_use]
    pub fn end(&self, at: Timestamp) -> String {
        let last = self.day(at).and_then(|_| self.at(at).date().yesterday().ok());
        last.map_or_else(|| at.to_text(), |it| it.to_string())
    }

    /// A time in words: to the second, with the day, and the year if it is another than at `now`.
    #[must_use]
    pub fn told(&self, at: Timestamp, now: Timestamp) -> String {
        let (at, now) = (self.at(at), self.at(now));
        let form = if at.year() == now.year() { "%-d %b %H:%M:%S" } else { "%-d %b %Y %H:%M:%S" };
        at.strftime(form).to_string()
    }

    /// From when until when: whole days by the first and the last of them.
    #[must_use]
    pub fn told_span(&self, span: Span, now: Timestamp) -> String {
        let day = |at: Timestamp| {
            let (at, now) = (self.at(at), self.at(now));
            at.strftime(if at.year() == now.year() { "%-d %b" } else { "%-d %b %Y" }).to_string()
        };
        let is_day = |at: Option<Timestamp>| at.is_none_or(|it| self.day(it).is_some());
        if is_day(span.from()) && is_day(span.to()) {
            let from = span.from().map_or_else(|| "the first".to_owned(), day);
            return format!("{from} – {}", span.to().map_or_else(|| "now".to_owned(), |it| day(it.plus_ms(-1))));
        }
        let from = span.from().map_or_else(|| "the first".to_owned(), |it| self.told(it, now));
        format!("{from} – {}", span.to().map_or_else(|| "now".to_owned(), |it| self.told(it, now)))
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

/// How long something is, in the longest unit that has no rest: `7d`, `36h`, `90m`.
fn length(ms: i64) -> String {
    match ms {
        it if it % DAY_MS == 0 => format!("{}d", it / DAY_MS),
        it if it % HOUR_MS == 0 => format!("{}h", it / HOUR_MS),
        it => format!("{}m", it / MINUTE_MS),
    }
}

/// A point of time: how long ago, a time with its zone, a day, or what `<input type="datetime-local">` sends.
fn point(text: &str, now: Timestamp, zone: &TimeZone, end: End) -> Option<Timestamp> {
    if let Some(length) = text.strip_prefix('-') {
        return Bound::Last.read(length, now)?.from();
    }
    if let Some(at) = time::parse(text) {
        return Some(at);
    }
    let is_day = !text.contains([':', 'T', 't', ' ']);
    let local = if is_day {
        let day: Date = text.parse().ok()?;
        // The day is over when the next one begins.
        let day = if end == End::To { day.tomorrow().ok()? } else { day };
        day.to_zoned(zone.clone()).ok()?
    } else {
        text.parse::<DateTime>().ok()?.to_zoned(zone.clone()).ok()?
    };
    Some(Timestamp::from_unix_ms(local.timestamp().as_millisecond()))
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
            assert_eq!(point(text, now, &berlin, End::From), meant.map(at), "{text}");
        }
    }

    #[test]
    fn a_day_at_the_end_is_included_by_the_clock_of_the_zone() {
        let (now, berlin) = (at("2026-11-22T10:00:00Z"), Zone::parse("Europe/Berlin").unwrap());
        for (text, meant) in [
            ("2026-11-22", "2026-11-22T23:00:00Z"),
            ("2026-10-25", "2026-10-25T23:00:00Z"),
            ("2026-11-22T00:00", "2026-11-21T23:00:00Z"),
            ("2026-11-22T10:15:00Z", "2026-11-22T10:15:00Z"),
        ] {
            assert_eq!(point(text, now, &berlin.zone, End::To), Some(at(meant)), "{text}");
            let written = berlin.end(at(meant));
            assert_eq!(point(&written, now, &berlin.zone, End::To), Some(at(meant)), "{text} as {written}");
        }
    }

    #[test]
    fn a_time_that_a_search_says_goes_along_as_it_was_meant() {
        let now = at("2026-11-22T10:00:00Z");
        let own = |bound: Bound, value: &str| bound.read(value, now).unwrap();
        let days = own(Bound::Since, "2026-11-01").and(own(Bound::Until, "2026-11-10"));
        for (said, from, to) in [
            (days, "2026-11-01", Some("2026-11-10")),
            (own(Bound::Last, "7d"), "-7d", None),
            (own(Bound::Last, "90m"), "-90m", None),
            (own(Bound::Until, "2026-11-10"), "all", Some("2026-11-10")),
            (own(Bound::Since, "2026-11-20"), "2026-11-20", None),
        ] {
            let written = Written::of(said, &Zone::utc(), now);
            assert_eq!((written.from.as_deref(), written.to.as_deref()), (Some(from), to));
        }
    }

    #[test]
    fn a_time_is_the_same_by_any_clock() {
        let (now, berlin) = (at("2026-11-22T10:00:00Z"), Zone::parse("Europe/Berlin").unwrap());
        let range = |from: &str, to: &str| {
            let text = |it: &str| Some(it.to_owned()).filter(|it| !it.is_empty());
            let read = |it: &str, end| point(it, now, &berlin.zone, end);
            let (from_text, to_text) = (text(from), text(to));
            let from = if from == "all" { From::Ever } else { read(from, End::From).map_or(From::Unsaid, From::At) };
            Range { from_text, to_text, from, to: read(to, End::To), zone: berlin.clone() }
        };
        for (from, to, anywhere) in [
            ("", "", (None, None)),
            ("all", "", (Some("all"), None)),
            ("-7d", "-24h", (Some("-7d"), Some("-24h"))),
            ("2026-11-01", "2026-11-02", (Some("2026-10-31T23:00:00.000Z"), Some("2026-11-02T23:00:00.000Z"))),
        ] {
            let written = range(from, to).anywhere();
            assert_eq!((written.from.as_deref(), written.to.as_deref()), anywhere, "{from} {to}");
        }
    }

    #[test]
    fn times_are_told_by_the_clock_of_the_zone() {
        let zone = Zone::parse("Asia/Kolkata").unwrap();
        let now = at("2026-11-22T10:00:00Z");
        assert_eq!(zone.told(at("2026-11-22T20:00:00Z"), now), "23 Nov 01:30:00");
        assert_eq!(zone.told(at("2025-11-22T20:00:00Z"), now), "23 Nov 2025 01:30:00");
        assert_eq!(zone.whole(at("2026-11-22T20:00:00Z")), "Monday, 23 November 2026, 01:30:00 IST");
        let day = Span::new(Some(at("2026-11-21T18:30:00Z")), Some(at("2026-11-23T18:30:00Z")));
        assert_eq!(zone.told_span(day, now), "22 Nov – 23 Nov");
        let time = Span::new(Some(at("2026-11-21T18:31:00Z")), None);
        assert_eq!(zone.told_span(time, now), "22 Nov 00:01:00 – now");
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
