//! Decides whether old logins may be deleted. A clock that is ahead makes everything look old, so the clock alone does
//! not decide.

use crate::domain::{
    history::{
        cutoffs::Cutoffs,
        retention_days::{RetentionClass, RetentionDays},
    },
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

/// The classes whose records are not counted before they are deleted.
const UNCOUNTED: [RetentionClass; 5] = [
    RetentionClass::FullAddress,
    RetentionClass::IdleDevices,
    RetentionClass::Notes,
    RetentionClass::Audit,
    RetentionClass::MinimalLogins,
];

/// What all processes that share a store remember from one trim to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrimMemory {
    /// Since when the clock has run steadily.
    pub steady_since: Timestamp,
    /// When the clock was last looked at.
    pub seen_at: Timestamp,
    /// How far each class was deleted; 1970 for one that never was, as far as is known.
    pub forgotten: Cutoffs,
    /// Since when a trim waits because it would delete too much; `None` if none waits.
    pub waits_since: Option<Timestamp>,
    /// Since when classes are held back that are not counted; `None` if none is.
    pub held_back_since: Option<Timestamp>,
}

/// The records of one class, relative to a cutoff.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stock {
    /// The time of the newest; `None` if there are none.
    pub newest: Option<Timestamp>,
    /// Those before the cutoff.
    pub older: u64,
    /// Those from the cutoff on. They need not be counted beyond [`SMALL_SHARE`] times the older ones.
    pub kept: u64,
}

/// The classes that are counted, each relative to the cutoff of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stocks {
    /// Logins, by when they happened.
    pub logins: Stock,
    /// Alerts, by when their login was received.
    pub alerts: Stock,
}

/// The decision about a trim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trim {
    /// What is from before these times is deleted. Expiry is judged by the clock, or by the newest record while the clock
    /// may be ahead.
    Before {
        /// The times.
        cutoffs: Cutoffs,
        /// Whether they are no later than those of the last trim for some class, because the clock may be wrong or the
        /// time to keep was shortened.
        holds_back: bool,
    },
    /// Nothing is deleted: it would be too much for a clock that may be wrong.
    Waits,
}

impl TrimMemory {
    /// The memory of a store that has not been trimmed, as far as is known.
    #[must_use]
    pub const fn begin(now: Timestamp) -> Self {
        let forgotten = Cutoffs::all(Timestamp::from_unix_ms(0));
        Self { steady_since: now, seen_at: now, forgotten, waits_since: None, held_back_since: None }
    }

    /// After a look at the clock. If the clock has jumped, or nobody has looked for long, the time starts anew.
    #[must_use]
    pub fn seen(self, now: Timestamp) -> Self {
        if (-SKEW_MS..=LONGEST_SILENCE_MS).contains(&now.ms_since(self.seen_at)) {
            return Self { seen_at: now.max(self.seen_at), ..self };
        }
        let [waits_since, held_back_since] = [self.waits_since, self.held_back_since].map(|it| it.map(|_| now));
        Self { steady_since: now, seen_at: now, waits_since, held_back_since, ..self }
    }

    /// After everything before these times was deleted, at `now`.
    #[must_use]
    pub fn forgotten(self, cutoffs: &Cutoffs, holds_back: bool, now: Timestamp) -> Self {
        let mut forgotten = self.forgotten;
        for class in RetentionClass::ALL {
            *forgotten.of_mut(class) = forgotten.of(class).max(cutoffs.of(class));
        }
        let held_back_since = holds_back.then(|| self.held_back_since.unwrap_or(now));
        Self { forgotten, waits_since: None, held_back_since, ..self }
    }

    /// After a trim was put off, of every class.
    #[must_use]
    pub fn waiting(self, now: Timestamp) -> Self {
        let [waits_since, held_back_since] = [self.waits_since, self.held_back_since].map(|it| Some(it.unwrap_or(now)));
        Self { waits_since, held_back_since, ..self }
    }

    fn is_steady(&self, now: Timestamp) -> bool {
        now.ms_since(self.steady_since) >= STEADY_MS
    }

    /// Whether that has been so for a day by a steady clock.
    fn has_waited(&self, now: Timestamp, since: Option<Timestamp>) -> bool {
        self.is_steady(now) && since.is_some_and(|since| now.ms_since(since) >= STEADY_MS)
    }

    /// Whether a trim of this class goes little further than the one before.
    fn is_next(&self, now: Timestamp, days: &RetentionDays, class: RetentionClass) -> bool {
        let wanted = now.plus_ms(-days.ms(class));
        wanted.ms_since(self.forgotten.of(class)) <= DAY_MS.max(days.ms(class) / SMALL_SHARE)
    }
}

impl Stock {
    /// Whether the older ones are a small share.
    fn is_small(&self) -> bool {
        let all = self.older.saturating_add(self.kept);
        self.older.saturating_mul(SMALL_SHARE.unsigned_abs()) <= all
    }
}

/// Decides about a trim at `now` that is to keep each class for so many days. `stocks` is relative to `now` less what
/// each class is kept, and `memory` has seen `now`.
///
/// The trim goes ahead if it deletes a small share of the logins and of the alerts, or goes little further than the one
/// before, or has waited for [`STEADY_MS`] by a clock that ran steadily. Classes that are not counted are held back in
/// the same way, and hold up nothing else. Until the clock has run steadily for as long, it counts as at most
/// [`AHEAD_OF_NEWEST_MS`] after the newest record; and what lives for hours has not expired later than that record.
#[must_use]
pub fn plan(memory: &TrimMemory, now: Timestamp, days: &RetentionDays, stocks: &Stocks) -> Trim {
    let has_waited = memory.has_waited(now, memory.waits_since);
    let counted = [(RetentionClass::Logins, &stocks.logins), (RetentionClass::Alerts, &stocks.alerts)];
    if counted.iter().any(|(class, stock)| !(stock.is_small() || memory.is_next(now, days, *class) || has_waited)) {
        return Trim::Waits;
    }
    let newest = stocks.logins.newest.max(stocks.alerts.newest);
    let newest = newest.filter(|_| !memory.is_steady(now)).unwrap_or(now);
    let borne_out = newest.plus_ms(AHEAD_OF_NEWEST_MS).min(now);
    let mut cutoffs = Cutoffs::at(borne_out, days, newest.min(now));
    let mut holds_back = false;
    if !memory.has_waited(now, memory.held_back_since) {
        for class in UNCOUNTED.into_iter().filter(|class| !memory.is_next(now, days, *class)) {
            let cutoff = cutoffs.of_mut(class);
            *cutoff = memory.forgotten.of(class).min(*cutoff);
            holds_back = true;
        }
    }
    Trim::Before { cutoffs, holds_back }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEEP_MS: i64 = 180 * DAY_MS;

    /// What is decided where logins are kept for so long: the times of logins and of what expires; `None` for waiting.
    fn plan(memory: &TrimMemory, now: Timestamp, keep_ms: i64, logins: &Stock) -> Option<(Timestamp, Timestamp)> {
        let stocks = Stocks { logins: *logins, alerts: Stock::default() };
        match super::plan(memory, now, &days(keep_ms), &stocks) {
            Trim::Before { cutoffs, .. } => Some((cutoffs.logins, cutoffs.expired_at)),
            Trim::Waits => None,
        }
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
        memory.forgotten(&Cutoffs::at(at(-HOUR_MS), &days(KEEP_MS), at(-HOUR_MS)), false, at(-HOUR_MS))
    }

    fn stock(newest_ms: i64, older: u64, kept: u64) -> Stock {
        Stock { newest: Some(at(newest_ms)), older, kept }
    }

    fn before(clock_ms: i64) -> Option<(Timestamp, Timestamp)> {
        bounded(clock_ms, clock_ms)
    }

    #[expect(clippy::unnecessary_wraps, reason = "it is compared with what is decided")]
    fn bounded(clock_ms: i64, expired_ms: i64) -> Option<(Timestamp, Timestamp)> {
        Some((at(clock_ms - KEEP_MS), at(expired_ms)))
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
                assert_eq!(plan(&memory, at(now), KEEP_MS, &stock(-1, 100, 0)), None, "{days}");
                assert_eq!(plan(&memory, at(now), KEEP_MS, &stock(-1, 5, 95)), bounded(DAY_MS - 1, -1), "{days}");
                assert_eq!(plan(&memory, at(now), KEEP_MS, &stock(-1, 6, 94)), None, "{days}");
                let poisoned = stock(now, 100, 1);
                assert_eq!(plan(&memory, at(now), KEEP_MS, &poisoned), None, "{days}: recorded while ahead");
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
            assert_eq!(plan(&memory, at(now + hour * HOUR_MS), KEEP_MS, &stock(-1, 100, 0)), None, "{hour}");
        }
        memory = memory.seen(at(now + DAY_MS));
        assert_eq!(plan(&memory, at(now + DAY_MS), KEEP_MS, &stock(-1, 100, 0)), before(now + DAY_MS));
        assert_eq!(memory.forgotten(&Cutoffs::all(at(0)), false, at(0)).waits_since, None);
    }

    #[test]
    fn a_jump_or_a_long_silence_begins_the_day_anew() {
        let now = 200 * DAY_MS;
        let waits = used().seen(at(now)).waiting(at(now));
        for jump_ms in [-HOUR_MS, LONGEST_SILENCE_MS + 1, DAY_MS, -100 * DAY_MS, 9 * 365 * DAY_MS] {
            let then = at(now + jump_ms);
            let memory = waits.seen(then);
            assert_eq!((memory.steady_since, memory.waits_since), (then, Some(then)), "{jump_ms}");
            assert_eq!(plan(&memory, then, KEEP_MS, &stock(-1, 100, 0)), None, "{jump_ms}");
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
        assert_eq!(plan(&memory, at(0), shorter_ms, &much), None);
        let mut memory = memory.waiting(at(0));
        for hour in 1..=24 {
            memory = memory.seen(at(hour * HOUR_MS));
        }
        assert_eq!(plan(&memory, at(DAY_MS), shorter_ms, &much), Some((at(DAY_MS - shorter_ms), at(DAY_MS))));
    }

    #[test]
    fn alerts_that_are_all_there_is_left_are_guarded_like_logins() {
        let ahead = at(400 * DAY_MS);
        let alerts = |older, kept| Stocks { logins: Stock::default(), alerts: stock(-1, older, kept) };
        let kept = RetentionDays::default();
        assert_eq!(super::plan(&used().seen(ahead), ahead, &kept, &alerts(100, 0)), Trim::Waits);
        let Trim::Before { cutoffs, .. } = super::plan(&used().seen(ahead), ahead, &kept, &alerts(5, 95)) else {
            panic!("a small share goes")
        };
        assert_eq!(cutoffs.alerts, at(DAY_MS - 1 - 365 * DAY_MS), "and no further than the newest bears out");
    }

    /// The times of devices, and whether something is held back, where nothing is counted.
    fn devices(memory: &TrimMemory, now: Timestamp, kept: &RetentionDays) -> (Timestamp, bool) {
        match super::plan(memory, now, kept, &Stocks::default()) {
            Trim::Before { cutoffs, holds_back } => (cutoffs.devices, holds_back),
            Trim::Waits => panic!("nothing holds up a trim that takes nothing"),
        }
    }

    #[test]
    fn what_is_not_counted_waits_for_a_day_after_the_first_start_a_jump_and_a_shorter_time() {
        let kept = RetentionDays::default();
        let before = |ms| at(ms - 400 * DAY_MS);
        assert_eq!(devices(&used().seen(at(0)), at(0), &kept), (before(0), false), "hour by hour");
        let shorter = RetentionDays { idle_devices: 4, ..kept };
        let last = used().forgotten.devices;
        for (start, memory, kept, held) in [
            (0, TrimMemory::begin(at(0)), &kept, Timestamp::from_unix_ms(0)),
            (500 * DAY_MS, used(), &kept, last),
            (0, used(), &shorter, last),
        ] {
            let mut memory = memory;
            for hour in 0..24 {
                let now = at(start + hour * HOUR_MS);
                memory = memory.seen(now);
                assert_eq!(devices(&memory, now, kept), (held, true), "{hour}");
                memory = memory.forgotten(&Cutoffs { devices: held, ..Cutoffs::all(at(0)) }, true, now);
            }
            let now = at(start + DAY_MS);
            let expected = (now.plus_ms(-kept.idle_devices * DAY_MS), false);
            assert_eq!(devices(&memory.seen(now), now, kept), expected);
        }
    }
}
