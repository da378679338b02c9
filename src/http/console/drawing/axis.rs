//! The axis of time, and the lines of counts.

use jiff::{Span, ToSpan, civil, tz::TimeZone};

use crate::{
    domain::time::{DAY_MS, HOUR_MS, MINUTE_MS, Timestamp},
    http::console::drawing::markup::{Markup, percent},
};

/// The time that a picture is about, from left to right.
#[derive(Clone, Debug)]
pub struct TimeAxis {
    /// Its left end.
    pub from: Timestamp,
    /// Its right end.
    pub until: Timestamp,
    /// Whose days and hours are told.
    pub zone: TimeZone,
}

/// A point of time with a name.
#[derive(Clone, Debug, PartialEq)]
pub struct TimeTick {
    /// Where it is, from 0 (left) to 1.
    pub share: f64,
    /// Its name: an hour, a day, a month, or a year.
    pub label: String,
}

/// What is between two ticks.
#[derive(Clone, Copy, Debug)]
enum Stride {
    Minutes(i32),
    Days(i32),
    Months(i32),
}

/// The strides, with the milliseconds that each takes at least.
const STRIDES: [(Stride, i64); 20] = [
    (Stride::Minutes(5), 5 * MINUTE_MS),
    (Stride::Minutes(15), 15 * MINUTE_MS),
    (Stride::Minutes(30), 30 * MINUTE_MS),
    (Stride::Minutes(60), HOUR_MS),
    (Stride::Minutes(180), 3 * HOUR_MS),
    (Stride::Minutes(360), 6 * HOUR_MS),
    (Stride::Minutes(720), 12 * HOUR_MS),
    (Stride::Days(1), DAY_MS),
    (Stride::Days(2), 2 * DAY_MS),
    (Stride::Days(7), 7 * DAY_MS),
    (Stride::Days(14), 14 * DAY_MS),
    (Stride::Months(1), 28 * DAY_MS),
    (Stride::Months(2), 59 * DAY_MS),
    (Stride::Months(3), 90 * DAY_MS),
    (Stride::Months(6), 181 * DAY_MS),
    (Stride::Months(12), 365 * DAY_MS),
    (Stride::Months(24), 730 * DAY_MS),
    (Stride::Months(60), 1_826 * DAY_MS),
    (Stride::Months(120), 3_652 * DAY_MS),
    (Stride::Months(1_200), 36_524 * DAY_MS),
];
/// More strides than this have names that touch.
const MAX_TICKS: i64 = 8;

impl TimeAxis {
    /// Where a time is, from 0 (left) to 1; what is outside is at the nearer end.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a picture has fewer points than f64 has digits")]
    pub fn share(&self, at: Timestamp) -> f64 {
        let whole = self.until.ms_since(self.from);
        if whole <= 0 { 0.0 } else { (at.ms_since(self.from) as f64 / whole as f64).clamp(0.0, 1.0) }
    }

    /// Named points, at most nine, at whole hours, days, months or years of the zone. A day that begins where the time ends is not one of
    /// them.
    #[must_use]
    pub fn ticks(&self) -> Vec<TimeTick> {
        let whole = self.until.ms_since(self.from);
        let fits = |(_, takes_ms): &&(Stride, i64)| whole / takes_ms <= MAX_TICKS;
        let Some(&(stride, _)) = STRIDES.iter().find(fits).filter(|_| whole > 0) else { return Vec::new() };
        let Some(mut at) = civil_time(self.from, &self.zone).and_then(|it| stride.before(it)) else {
            return Vec::new();
        };
        let mut ticks = Vec::new();
        for _ in 0..2 * MAX_TICKS + 2 {
            let Some(time) = self.at(at) else { break };
            if self.until < time || (self.until == time && stride.names_days()) {
                break;
            }
            if self.from <= time {
                ticks.push(TimeTick { share: self.share(time), label: stride.name(at) });
            }
            let Ok(next) = at.checked_add(stride.span()) else { break };
            at = next;
        }
        ticks
    }

    fn at(&self, civil: civil::DateTime) -> Option<Timestamp> {
        let zoned = self.zone.to_zoned(civil).ok()?;
        Some(Timestamp::from_unix_ms(zoned.timestamp().as_millisecond()))
    }

    /// A time to the minute, as the zone has it: `2026-11-22 10:15`.
    #[must_use]
    pub fn minute(&self, at: Timestamp) -> String {
        civil_time(at, &self.zone).map_or_else(|| at.to_text(), |it| it.strftime("%Y-%m-%d %H:%M").to_string())
    }

    /// From when until when, without repeating the day; of whole days the first and the last.
    #[must_use]
    pub fn between(&self, from: Timestamp, until: Timestamp) -> String {
        if let Some((first, last)) = self.days(from, until) {
            return if first == last { first.to_string() } else { format!("{first} – {last}") };
        }
        let (from, until) = (self.minute(from), self.minute(until));
        match (from.split_once(' '), until.split_once(' ')) {
            (Some((day, _)), Some((same, hour))) if day == same => format!("{from}–{hour}"),
            _ => format!("{from} – {until}"),
        }
    }

    /// The first day and the last, if it is whole days.
    fn days(&self, from: Timestamp, until: Timestamp) -> Option<(civil::Date, civil::Date)> {
        let [from, until] = [civil_time(from, &self.zone)?, civil_time(until, &self.zone)?];
        let are_whole = [from, until].iter().all(|it| it.time() == civil::Time::midnight());
        let last = until.date().yesterday().ok()?;
        (are_whole && from.date() <= last).then(|| (from.date(), last))
    }

    /// The name of the zone: `UTC`, `Europe/Helsinki`.
    #[must_use]
    pub fn zone_name(&self) -> &str {
        self.zone.iana_name().unwrap_or("UTC")
    }

    /// Draws the names at height `y`, every second only where there is room, each by a share of the width behind its point.
    pub fn draw(&self, sheet: &mut Markup, y: u32, behind: f64) {
        for (at, tick) in self.ticks().iter().enumerate() {
            let place = tick.share + behind;
            let anchor = match place {
                it if it < 0.03 => " d-s",
                it if 0.96 < it => " d-e",
                _ => "",
            };
            let room = if at % 2 == 1 { " d-wide" } else { "" };
            let (x, label) = (percent(place), &tick.label);
            sheet.add(format_args!("<text class=\"d-tick{anchor}{room}\" x=\"{x}\" y=\"{y}\">{label}</text>"));
        }
    }

    /// Draws a line at each named point, from the top to `y`.
    pub fn draw_lines(&self, sheet: &mut Markup, y: u32) {
        for tick in self.ticks() {
            let x = percent(tick.share);
            sheet.add(format_args!("<line class=\"d-grid\" x1=\"{x}\" x2=\"{x}\" y2=\"{y}\"/>"));
        }
    }
}

fn civil_time(at: Timestamp, zone: &TimeZone) -> Option<civil::DateTime> {
    let at = jiff::Timestamp::from_millisecond(at.unix_ms()).ok()?;
    Some(zone.to_datetime(at))
}

impl Stride {
    const fn names_days(self) -> bool {
        !matches!(self, Self::Minutes(_))
    }

    fn span(self) -> Span {
        match self {
            Self::Minutes(minutes) => minutes.minutes(),
            Self::Days(days) => days.days(),
            Self::Months(months) => months.months(),
        }
    }

    /// The latest whole stride at or before a time. Weeks begin on Monday.
    fn before(self, at: civil::DateTime) -> Option<civil::DateTime> {
        match self {
            Self::Minutes(stride) => {
                let minute = i32::from(at.hour()) * 60 + i32::from(at.minute());
                at.date().at(0, 0, 0, 0).checked_add((minute - minute % stride).minutes()).ok()
            }
            Self::Days(stride) => {
                let monday = civil::date(1970, 1, 5);
                let days = at.date().since(monday).ok()?.get_days();
                at.date().checked_sub(days.rem_euclid(stride).days()).ok().map(|it| it.at(0, 0, 0, 0))
            }
            Self::Months(stride) => {
                let month = i32::from(at.year()) * 12 + i32::from(at.month()) - 1;
                let first = at.date().first_of_month();
                first.checked_sub(month.rem_euclid(stride).months()).ok().map(|it| it.at(0, 0, 0, 0))
            }
        }
    }

    fn name(self, at: civil::DateTime) -> String {
        let form = match self {
            Self::Minutes(_) if at.hour() != 0 || at.minute() != 0 => "%H:%M",
            Self::Minutes(_) | Self::Days(_) => "%-d %b",
            Self::Months(stride) if 12 <= stride || at.month() == 1 => "%Y",
            Self::Months(_) => "%b",
        };
        at.strftime(form).to_string()
    }
}

/// One to four round counts up to `max`, the least first; none for 0.
#[must_use]
pub fn count_ticks(max: u64) -> Vec<u64> {
    let mut power: u64 = 1;
    loop {
        for factor in [1, 2, 5] {
            let Some(step) = power.checked_mul(factor) else { return vec![max] };
            if max / step <= 4 {
                return (1..=max / step).map(|it| it * step).collect();
            }
        }
        let Some(next) = power.checked_mul(10) else { return vec![max] };
        power = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(from: &str, until: &str, zone: &str) -> TimeAxis {
        let time = |text| Timestamp::parse(text).unwrap();
        TimeAxis { from: time(from), until: time(until), zone: TimeZone::get(zone).unwrap() }
    }

    fn labels(from: &str, until: &str, zone: &str) -> String {
        axis(from, until, zone).ticks().into_iter().map(|it| it.label).collect::<Vec<_>>().join(" · ")
    }

    #[test]
    fn ticks_are_at_round_times_of_the_zone() {
        let labelled = labels("2026-11-22T10:15:00Z", "2026-11-23T10:15:00Z", "UTC");
        assert_eq!(labelled, "12:00 · 15:00 · 18:00 · 21:00 · 23 Nov · 03:00 · 06:00 · 09:00");
        // The clocks go back on 25 October, and midnight stays midnight.
        let labelled = labels("2026-10-23T00:00:00+03:00", "2026-10-28T00:00:00+02:00", "Europe/Helsinki");
        assert_eq!(labelled, "23 Oct · 24 Oct · 25 Oct · 26 Oct · 27 Oct");
        let labelled = labels("2026-01-22T00:00:00Z", "2026-11-22T00:00:00Z", "UTC");
        assert_eq!(labelled, "Mar · May · Jul · Sep · Nov");
        let labelled = labels("2026-11-01T00:00:00Z", "2026-11-30T00:00:00Z", "UTC");
        assert_eq!(labelled, "2 Nov · 9 Nov · 16 Nov · 23 Nov");
        assert_eq!(labels("2019-01-22T00:00:00Z", "2026-11-22T00:00:00Z", "UTC").split(" · ").count(), 7);
    }

    #[test]
    fn any_time_has_few_ticks_or_none() {
        for (from, until) in
            [(0, 0), (1, 0), (0, 1), (i64::MIN, i64::MAX), (0, i64::MAX), (-100_000_000_000_000, 200_000_000_000_000)]
        {
            let (from, until) = (Timestamp::from_unix_ms(from), Timestamp::from_unix_ms(until));
            let axis = TimeAxis { from, until, zone: TimeZone::UTC };
            assert!(axis.ticks().len() <= 9, "{from:?} {until:?}");
            assert!((0.0..=1.0).contains(&axis.share(until)));
        }
        for length_ms in (1..200).map(|it| 1_i64 << (it % 44)) {
            let until = Timestamp::from_unix_ms(1_700_000_000_000 + length_ms);
            let axis = TimeAxis { from: Timestamp::from_unix_ms(1_700_000_000_000), until, zone: TimeZone::UTC };
            assert!(axis.ticks().len() <= 9, "{length_ms}: {:?}", axis.ticks());
        }
    }

    #[test]
    fn a_stretch_of_one_day_names_it_once() {
        let axis = axis("2026-11-22T00:00:00Z", "2026-11-23T00:00:00Z", "UTC");
        assert_eq!(axis.between(axis.from, axis.from.plus_ms(HOUR_MS)), "2026-11-22 00:00–01:00");
        assert_eq!(axis.between(axis.from, axis.until), "2026-11-22");
        assert_eq!(axis.between(axis.from, axis.until.plus_ms(2 * DAY_MS)), "2026-11-22 – 2026-11-24");
        assert_eq!(axis.between(axis.from, axis.until.plus_ms(HOUR_MS)), "2026-11-22 00:00 – 2026-11-23 01:00");
        assert_eq!(axis.zone_name(), "UTC");
    }

    #[test]
    fn counts_have_round_lines() {
        for (max, ticks) in [
            (0, vec![]),
            (1, vec![1]),
            (3, vec![1, 2, 3]),
            (7, vec![2, 4, 6]),
            (870, vec![200, 400, 600, 800]),
            (1_000, vec![500, 1_000]),
            (12_345, vec![5_000, 10_000]),
        ] {
            assert_eq!(count_ticks(max), ticks, "{max}");
        }
        assert_eq!(
            count_ticks(u64::MAX),
            [5_000_000_000_000_000_000, 10_000_000_000_000_000_000, 15_000_000_000_000_000_000]
        );
    }
}
