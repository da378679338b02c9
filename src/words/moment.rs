//! Dates and times as each language writes them.

use jiff::{Zoned, civil::Weekday, tz::TimeZone};

use crate::words::{catalogue::Tongue, message::Message, phrase::Phrase};

const MONTHS: [Message; 12] = [
    Message::January,
    Message::February,
    Message::March,
    Message::April,
    Message::May,
    Message::June,
    Message::July,
    Message::August,
    Message::September,
    Message::October,
    Message::November,
    Message::December,
];

/// `Monday 23 November 2026, 14:05 CET (13:05 UTC)`. The brackets also name the day where it is another in UTC.
#[must_use]
pub fn moment(tongue: &Tongue, at: &Zoned) -> Phrase {
    let there = at.with_time_zone(TimeZone::UTC);
    let (date, utc) = (date(tongue, at), clock(tongue, &there));
    let said = if at.time_zone() == &TimeZone::UTC {
        tongue.say_with(Message::MomentUtc, &[("date", &date), ("utc", &utc)])
    } else {
        let (clock, zone) = (clock(tongue, at), zone(at));
        let values = [("date", date.as_str()), ("clock", &clock), ("zone", &zone), ("utc", &utc)];
        if at.date() == there.date() {
            tongue.say_with(Message::Moment, &values)
        } else {
            let weekday = weekday(tongue, &there);
            tongue.say_with(Message::MomentOtherDay, &[&values[..], &[("weekday", &weekday)]].concat())
        }
    };
    // One value in the language itself: no part of it comes from a stranger.
    Phrase::new(said.plain())
}

fn date(tongue: &Tongue, at: &Zoned) -> String {
    let month = MONTHS[usize::from(at.month().unsigned_abs() - 1) % MONTHS.len()];
    let (weekday, month, year) = (weekday(tongue, at), tongue.say(month).plain(), at.year().to_string());
    let values = [("weekday", weekday.as_str()), ("month", &month), ("year", &year)];
    tongue.count(Message::Date, "day", u64::from(at.day().unsigned_abs()), &values).plain()
}

fn weekday(tongue: &Tongue, at: &Zoned) -> String {
    let name = match at.weekday() {
        Weekday::Monday => Message::Monday,
        Weekday::Tuesday => Message::Tuesday,
        Weekday::Wednesday => Message::Wednesday,
        Weekday::Thursday => Message::Thursday,
        Weekday::Friday => Message::Friday,
        Weekday::Saturday => Message::Saturday,
        Weekday::Sunday => Message::Sunday,
    };
    tongue.say(name).plain()
}

fn clock(tongue: &Tongue, at: &Zoned) -> String {
    let (hour, minute) = (format!("{:02}", at.hour()), format!("{:02}", at.minute()));
    tongue.say_with(Message::Clock, &[("hour", &hour), ("minute", &minute)]).plain()
}

/// The name of a time zone. A zone without one is called by its offset: `UTC−03`, with a minus that does not break the
/// line.
fn zone(at: &Zoned) -> String {
    let zone = at.strftime("%Z").to_string();
    if zone.starts_with(['+', '-']) { format!("UTC{}", zone.replace('-', "\u{2212}")) } else { zone }
}
