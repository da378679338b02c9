//! Decides whether old logins may be deleted. A clock that is ahead makes everything look old, so the clock alone does
//! not decide.

use crate::domain::{
    history::retention_days::{RetentionClass, RetentionDays},
    time::{DAY_MS, HOUR_MS, Timestamp},
    waiting::SKEW_MS,
};

/// A clock that has run steadily for this long is taken to be right.
pub const STEADY_MS: i64 = DAY_MS;
/// A clock runs steadily if it was last looked at no longer ago than this: twice the time between two trims.
pub const LONGEST_SILENCE_MS: i64 = 2 * HOUR_MS;
/// A clock that is not known to be right counts as at most this far ahead of the newest login: a night or a quiet
/// Sunday.
pub const AHEAD_OF_NEWEST_MS: i64 = DAY_MS;
/// One login in this many is a small share.
pub const SMALL_SHARE: i64 = 20;

/// What all processes that share a store remember from one trim to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrimMemory {
    /// Since when the clock has run steadily.
    pub steady_since: Timestamp,
    /// When the clock was last looked at.
    pub seen_at: Timestamp,
    /// Everything before this time has been deleted; `None` if nobody has noted it yet.
    pub forgotten_before: Option<Timestamp>,
    /// Since when a trim waits because it would delete too much; `None` if none waits.
    pub waits_since: Option<Timestamp>,
}

/// The logins in a store, relative to a cutoff.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stock {
    /// When the newest login happened; `None` if there are no logins.
    pub newest: Option<Timestamp>,
    /// Logins before the cutoff.
    pub older: u64,
    /// Logins from the cutoff on. They need not be counted beyond [`SMALL_SHARE`] times the older ones.
    pub kept: u64,
}

/// What a trim deletes: of each class what is from before a time. What is of that time or later is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cutoffs {
    /// Logins, by when they happened.
    pub logins: Timestamp,
    /// Logins of users whose processing is minimal, by when they happened.
    pub minimal_logins: Timestamp,
    /// Settled alerts, by when their login was received.
    pub alerts: Timestamp,
    /// Devices, by when they were last seen.
    pub devices: Timestamp,
    /// Notes, by when they were written.
    pub notes: Timestamp,
    /// Records of who has looked at what.
    pub audit: Timestamp,
    /// What has a time of its own to expire at, such as a session or a counter: by that time.
    pub expired_at: Timestamp,
}

impl Cutoffs {
    /// Those of a clock, with what has expired before `expired_at`.
    #[must_use]
    pub fn at(clock: Timestamp, days: &RetentionDays, expired_at: Timestamp) -> Self {
        let before = |class| clock.plus_ms(-days.ms(class));
        Self {
            logins: before(RetentionClass::Logins),
            minimal_logins: before(RetentionClass::MinimalLogins),
            alerts: before(RetentionClass::Alerts),
            devices: before(RetentionClass::IdleDevices),
            notes: before(RetentionClass::Notes),
            audit: before(RetentionClass::Audit),
            expired_at,
        }
    }
}

/// The decision about a trim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trim {
    /// What is from before these times is deleted. Expiry is judged by the clock, or by the newest login while the clock
    /// may be ahead.
    Before(Cutoffs),
    /// Nothing is deleted: it would be too much for a clock that may be wrong.
    Waits,
}

impl TrimMemory {
    /// The memory of a store that has not been trimmed, as far as is known.
    #[must_use]
    pub const fn begin(now: Timestamp) -> Self {
        Self { steady_since: now, seen_at: now, forgotten_before: None, waits_since: None }
    }

    /// After a look at the clock. If the clock has jumped, or nobody has looked for long, the time starts anew.
    #[must_use]
    pub fn seen(self, now: Timestamp) -> Self {
        if (-SKEW_MS..=LONGEST_SILENCE_MS).contains(&now.ms_since(self.seen_at)) {
            return Self { seen_at: now.max(self.seen_at), ..self };
        }
        Self { steady_since: now, seen_at: now, waits_since: self.waits_since.map(|_| now), ..self }
    }

    /// After everything before `cutoff` was deleted.
    #[must_use]
    pub fn forgotten(self, cutoff: Timestamp) -> Self {
        let forgotten_before = Some(self.forgotten_before.map_or(cutoff, |it| it.max(cutoff)));
        Self { forgotten_before, waits_since: None, ..self }
    }

    /// After a trim was put off.
    #[must_use]
    pub fn waiting(self, now: Timestamp) -> Self {
        Self { waits_since: Some(self.waits_since.unwrap_or(now)), ..self }
    }

    fn is_steady(&self, now: Timestamp) -> bool {
        now.ms_since(self.steady_since) >= STEADY_MS
    }

    fn has_waited(&self, now: Timestamp) -> bool {
        self.is_steady(now) && self.waits_since.is_some_and(|since| now.ms_since(since) >= STEADY_MS)
    }
}

/// Decides about a trim at `now` that is to keep each class for so many days. `stock` is relative to `now` less what
/// logins are kept, and `memory` has seen `now`.
///
/// The trim goes ahead if it deletes a small share of the logins, or goes little further than the one before, or has
/// waited for [`STEADY_MS`] by a clock that ran steadily. Until the clock has run steadily for as long, it counts as at
/// most [`AHEAD_OF_NEWEST_MS`] after the newest login; and what lives for hours has not expired later than that login.
#[must_use]
pub fn plan(memory: &TrimMemory, now: Timestamp, days: &RetentionDays, stock: &Stock) -> Trim {
    let keep_ms = days.ms(RetentionClass::Logins);
    let wanted = now.plus_ms(-keep_ms);
    let step_ms = DAY_MS.max(keep_ms / SMALL_SHARE);
    let is_next = memory.forgotten_before.is_some_and(|before| wanted.ms_since(before) <= step_ms);
    let all = stock.older.saturating_add(stock.kept);
    let is_small = stock.older.saturating_mul(SMALL_SHARE.unsigned_abs()) <= all;
    if !(is_next || is_small || memory.has_waited(now)) {
        return Trim::Waits;
    }
    let newest = stock.newest.filter(|_| !memory.is_steady(now)).unwrap_or(now);
    let borne_out = newest.plus_ms(AHEAD_OF_NEWEST_MS).min(now);
    Trim::Before(Cutoffs::at(borne_out, days, newest.min(now)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEEP_MS: i64 = 180 * DAY_MS;

    /// What is decided where logins are kept for so long.
    fn plan(memory: &TrimMemory, now: Timestamp, keep_ms: i64, stock: &Stock) -> Trim {
        super::plan(memory, now, &days(keep_ms), stock)
    }

    fn days(keep_ms: i64) -> RetentionDays {
        RetentionDays { logins: keep_ms / DAY_MS, ..RetentionDays::default() }
    }

    /// Some day, and so many milliseconds.
    fn at(ms: i64) -> Timestamp {
        Timestamp::from_unix_ms(1_795_000_000_000 + ms)
    }

    /// A service that has looked at its clock every hour for a week, and has trimmed an hour ago.
    fn used() -> TrimMemory {
        let mut memory = TrimMemory::begin(at(-7 * DAY_MS));
        for hour in -7 * 24..0 {
            memory = memory.seen(at(hour * HOUR_MS));
        }
        memory.forgotten(at(-HOUR_MS - KEEP_MS))
    }

    fn stock(newest_ms: i64, older: u64, kept: u64) -> Stock {
        Stock { newest: Some(at(newest_ms)), older, kept }
    }

    fn before(clock_ms: i64) -> Trim {
        bounded(clock_ms, clock_ms)
    }

    fn bounded(clock_ms: i64, expired_ms: i64) -> Trim {
        Trim::Before(Cutoffs::at(at(clock_ms), &days(KEEP_MS), at(expired_ms)))
    }

    #[test]
    fn what_is_old_goes_hour_by_hour_also_when_it_is_all_there_is() {
        let memory = used().seen(at(0));
        assert_eq!(plan(&memory, at(0), KEEP_MS, &stock(-1, 3, 900)), before(0));
        assert_eq!(plan(&memory, at(0), KEEP_MS, &stock(-KEEP_MS - 1, 3, 0)), before(0), "idle for half a year");
        assert_eq!(plan(&memory, at(0), KEEP_MS, &Stock::default()), before(0), "nothing there");
    }

    #[test]
    fn a_clock_that_jumps_ahead_takes_nothing_that_the_newest_login_does_not_bear_out() {
        for days in [10, 200, 3_650] {
            let now = days * DAY_MS;
            for memory in [used(), TrimMemory::begin(at(now))] {
                let memory = memory.seen(at(now));
                assert_eq!(plan(&memory, at(now), KEEP_MS, &stock(-1, 100, 0)), Trim::Waits, "{days}");
                assert_eq!(plan(&memory, at(now), KEEP_MS, &stock(-1, 5, 95)), bounded(DAY_MS - 1, -1), "{days}");
                assert_eq!(plan(&memory, at(now), KEEP_MS, &stock(-1, 6, 94)), Trim::Waits, "{days}");
                let poisoned = stock(now, 100, 1);
                assert_eq!(plan(&memory, at(now), KEEP_MS, &poisoned), Trim::Waits, "{days}: recorded while ahead");
            }
        }
    }

    #[test]
    fn a_step_that_is_little_further_than_the_last_goes_no_further_than_the_newest_login_bears_out() {
        for days in [1, 2, 8] {
            let now = at(days * DAY_MS);
            assert_eq!(plan(&used().seen(now), now, KEEP_MS, &stock(-1, 100, 0)), bounded(DAY_MS - 1, -1), "{days}");
        }
    }

    #[test]
    fn what_waits_goes_when_the_clock_has_gone_on_for_a_day() {
        let now = 200 * DAY_MS;
        let mut memory = used().seen(at(now)).waiting(at(now));
        for hour in 1..24 {
            memory = memory.seen(at(now + hour * HOUR_MS)).waiting(at(now + hour * HOUR_MS));
            assert_eq!(plan(&memory, at(now + hour * HOUR_MS), KEEP_MS, &stock(-1, 100, 0)), Trim::Waits, "{hour}");
        }
        memory = memory.seen(at(now + DAY_MS));
        assert_eq!(plan(&memory, at(now + DAY_MS), KEEP_MS, &stock(-1, 100, 0)), before(now + DAY_MS));
        assert_eq!(memory.forgotten(at(0)).waits_since, None);
    }

    #[test]
    fn a_jump_or_a_long_silence_begins_the_day_anew() {
        let now = 200 * DAY_MS;
        let waits = used().seen(at(now)).waiting(at(now));
        for jump_ms in [-HOUR_MS, LONGEST_SILENCE_MS + 1, DAY_MS, -100 * DAY_MS, 9 * 365 * DAY_MS] {
            let then = at(now + jump_ms);
            let memory = waits.seen(then);
            assert_eq!((memory.steady_since, memory.waits_since), (then, Some(then)), "{jump_ms}");
            assert_eq!(plan(&memory, then, KEEP_MS, &stock(-1, 100, 0)), Trim::Waits, "{jump_ms}");
        }
        let beside = waits.seen(at(now - SKEW_MS));
        assert_eq!(beside, waits, "another machine's clock, a little behind");
    }

    #[test]
    fn a_clock_that_was_ahead_and_is_right_again_goes_on() {
        let memory = used().seen(at(200 * DAY_MS)).waiting(at(200 * DAY_MS)).seen(at(HOUR_MS));
        assert_eq!(plan(&memory, at(HOUR_MS), KEEP_MS, &stock(0, 1, 99)), bounded(HOUR_MS, 0));
        assert_eq!(
            plan(&memory, at(-50 * 365 * DAY_MS), KEEP_MS, &stock(0, 0, 99)),
            before(-50 * 365 * DAY_MS),
            "behind"
        );
    }

    #[test]
    fn a_shorter_time_to_keep_waits_for_a_day_however_long_the_clock_is_known() {
        let shorter_ms = 30 * DAY_MS;
        let memory = used().seen(at(0));
        let much = stock(-1, 150, 30);
        assert_eq!(plan(&memory, at(0), shorter_ms, &much), Trim::Waits);
        let mut memory = memory.waiting(at(0));
        for hour in 1..=24 {
            memory = memory.seen(at(hour * HOUR_MS));
        }
        let expected = Trim::Before(Cutoffs::at(at(DAY_MS), &days(shorter_ms), at(DAY_MS)));
        assert_eq!(plan(&memory, at(DAY_MS), shorter_ms, &much), expected);
    }
}
