//! What is remembered of idempotency keys: what the keys of Redis are called, and the stored forms. A stored form: never rename.
//!
//! | key | kind | what |
//! |---|---|---|
//! | `wl:{pNNN}:once-of:Q:DAY` | hash | idempotency records in the partition of their user, of those that expire that day, by 8 bytes of the idempotency key; expires with the day |
//! | `wl:{pNNN}:claims:Q:DAY` | hash | for which partition idempotency keys are claimed, in the partition that the key's first byte names; the same |
//! | `wl:{pNNN}:once:KEY`, `wl:{pNNN}:claim:KEY` | string | a record and a claim as earlier versions keep them, each under a key of its own; expires |
//! | `wl:once-spread` | hash | over how many hashes of a partition a day's keys are spread, as a power of two, by day |
//! | `wl:once-form` | string | from when on, in Unix milliseconds, they lie together: see [`Forms`] |
//!
//! **Together.** Redis takes 100 bytes and more beside a key of its own. So those lie together that go on one day, some dozen or two to
//! a hash: that many it keeps in one piece, which takes half of the memory of a larger one; and it walks through all of it to find one.
//! `Q`, two hexadecimal digits, are some bits of the idempotency key: as many as were needed for the keys of the last whole day. How
//! many is agreed on a day before it is needed, and does not change. What has expired goes with its hash, and is passed by until then.
//! As a key lives for a day, it is in one of two hashes; where clocks differ, in one of three.
//!
//! **Idempotency across users.** An idempotency key belongs to a tenant, not to a user: when another user's login brings it
//! again, it must be seen although that user lives in another partition, and no script may write in two. So two steps store
//! a login with a key, each in one slot:
//!
//! 1. The key is *claimed* for the user's partition, where everybody finds it who has only the key. A claim is refused as
//!    long as another partition has one that has not expired: of two users with one key at the same moment one gets it.
//! 2. The commit writes the *record* of the key together with the login, unless there is one already. It alone
//!    tells that a login is stored, and it decides between logins of one partition.
//!
//! What holds, whatever ends between the two:
//! - *One key is one login.* A record is written only by who has the claim for its partition, and a claim outlasts every
//!   record behind it (`claim.lua` renews it), so that no two partitions have a record of one key.
//! - *A retry answers the first login.* It comes from the same user and finds the record. If the first try ended between the
//!   steps, there is none: the retry finds a claim of its own partition and stores its login.
//! - *Another body is a conflict*, by the record; and by the claim alone, if the one who has it has not stored a login yet or
//!   never does. So a key that somebody claimed and gave up is not free for other users before the day is over.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::{
    adapters::store::{
        record::bytes::Malformed,
        redis::server::keys::{begun, named},
    },
    domain::{
        ids::{LoginId, PARTITIONS, Partition},
        time::{DAY_MS, HOUR_MS, Timestamp},
    },
    ports::Idempotency,
};

/// Over how many hashes the keys of each day are spread.
pub const SPREAD: &str = "wl:once-spread";
/// From when on records and claims lie together.
pub const FORM: &str = "wl:once-form";
/// What stands there of a store that this version has made.
pub const ALWAYS_TOGETHER: i64 = 0;
/// By so much the clocks of processes, and that of Redis, may differ.
const CLOCKS_DIFFER_MS: i64 = HOUR_MS;
/// The last day whose number has five digits.
const LAST_DAY: i64 = 99_999;
/// Over how many hashes of each partition, as a power of two, the keys of the day after which there is nothing to go by are spread: of
/// ten to twenty thousand they take least.
pub const FIRST_SPREAD: u8 = 2;
/// No more than the byte of a key tells.
const MAX_SPREAD: u8 = 8;
/// So many keys a hash is to have at most. Of more, Redis would take longer to find one: it is 125 instructions for each.
const KEYS_OF_HASH: u64 = 24;

/// In which form records and claims are written and looked for.
///
/// Processes of an earlier version know only those that have a key of their own. So in a store that such a version has made this one
/// writes them so for its first day, in which a rolling restart may have both run, and together from then on.
#[derive(Clone, Copy, Debug)]
pub struct Forms {
    together_from: Timestamp,
}

impl Forms {
    /// Those of a store, by what stands in [`FORM`].
    #[must_use]
    pub const fn of(together_from_ms: i64) -> Self {
        Self { together_from: Timestamp::from_unix_ms(together_from_ms) }
    }

    /// What is to stand in [`FORM`] of a store of an earlier version, in which this one writes its first key now.
    #[must_use]
    pub const fn after_first_day(now: Timestamp) -> i64 {
        now.plus_ms(DAY_MS).unix_ms()
    }

    /// Whether what is written now goes together.
    #[must_use]
    pub fn writes_together(self, now: Timestamp) -> bool {
        now >= self.together_from
    }

    /// Whether something that has not expired may have a key of its own.
    #[must_use]
    pub fn may_be_single(self, now: Timestamp) -> bool {
        now < self.together_from.plus_ms(DAY_MS + CLOCKS_DIFFER_MS)
    }

    /// The days by whose end everything expires that has not expired and lies together, by number; none if nothing does yet.
    pub fn days(self, now: Timestamp) -> impl Iterator<Item = i64> {
        let (first, last) = (number_of_day(now), number_of_day(now.plus_ms(DAY_MS + CLOCKS_DIFFER_MS)));
        let may_be = now >= self.together_from.plus_ms(-CLOCKS_DIFFER_MS);
        (first..=last).filter(move |_| may_be)
    }
}

/// The number of a day, since that of 1 January 1970.
#[must_use]
pub fn number_of_day(at: Timestamp) -> i64 {
    at.unix_ms().div_euclid(DAY_MS).clamp(0, LAST_DAY)
}

/// Over how many hashes of each partition so many keys of a day are to be spread, as a power of two.
#[must_use]
pub fn spread_of(keys: u64) -> u8 {
    let hashes = keys.div_ceil(PARTITIONS as u64 * KEYS_OF_HASH).max(1).next_power_of_two();
    u8::try_from(hashes.trailing_zeros()).unwrap_or(MAX_SPREAD).min(MAX_SPREAD)
}

/// A day whose idempotency keys lie together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    /// Its [number](number_of_day).
    pub number: i64,
    /// Over how many hashes of each partition its keys are spread, as a power of two, 0 to 8.
    pub spread: u8,
}

impl Day {
    /// How the hash of a key ends: which one of its day it is, and five digits of the day.
    #[must_use]
    pub fn end(self, key: &[u8; 16]) -> String {
        let one_of = u16::from(key[1]) % (1 << self.spread.min(MAX_SPREAD));
        format!("{one_of:02x}:{:05}", self.number)
    }

    /// For how many milliseconds from now what expires that day is kept together.
    #[must_use]
    pub const fn life_ms(self, now: Timestamp) -> i64 {
        let life_ms = (self.number + 1) * DAY_MS + CLOCKS_DIFFER_MS - now.unix_ms();
        if life_ms > 1 { life_ms } else { 1 }
    }

    fn at(self, ms: [u8; 4]) -> Timestamp {
        Timestamp::from_unix_ms(self.number * DAY_MS + i64::from(u32::from_be_bytes(ms)))
    }
}

/// The days that were asked about lately.
#[derive(Debug, Default)]
pub struct KnownDays {
    days: Mutex<Vec<Day>>,
    /// Is held by whoever asks.
    pub asking: tokio::sync::Mutex<()>,
}

impl KnownDays {
    /// The day of this number.
    pub fn get(&self, number: i64) -> Option<Day> {
        self.days().iter().find(|it| it.number == number).copied()
    }

    /// Notes a day, and forgets those that are long over.
    pub fn note(&self, day: Day) {
        let mut days = self.days();
        days.retain(|it| (day.number - 7..=day.number + 7).contains(&it.number) && it.number != day.number);
        days.push(day);
    }

    fn days(&self) -> MutexGuard<'_, Vec<Day>> {
        self.days.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The time of a day in milliseconds.
fn time_of_day(at: Timestamp) -> [u8; 4] {
    u32::try_from(at.unix_ms().rem_euclid(DAY_MS)).unwrap_or(0).to_be_bytes()
}

/// What an idempotency key is called among those of its day.
#[must_use]
pub fn field(key: &[u8; 16]) -> &[u8] {
    &key[2..10]
}

/// The records of a partition that expire on a day, among which that of this key is.
#[must_use]
pub fn records(partition: Partition, key: &[u8; 16], day: Day) -> String {
    together(partition, "once-of:", key, day)
}

/// The claims that expire on a day, among which that of this key is.
#[must_use]
pub fn claims(key: &[u8; 16], day: Day) -> String {
    together(Partition(key[0]), "claims:", key, day)
}

fn together(partition: Partition, kind: &str, key: &[u8; 16], day: Day) -> String {
    let mut name = begun(partition, kind.len() + 8);
    name.push_str(kind);
    name.push_str(&day.end(key));
    name
}

/// A record under a key of its own.
#[must_use]
pub fn single_record(partition: Partition, key: &[u8; 16]) -> String {
    named(partition, "once:", key)
}

/// A claim under a key of its own.
#[must_use]
pub fn single_claim(key: &[u8; 16]) -> String {
    named(Partition(key[0]), "claim:", key)
}

/// What a login's record is together with others: the body's hash, the login without its partition, and when of the day it expires.
#[must_use]
pub fn write_record(idempotency: &Idempotency, LoginId(login): LoginId) -> Vec<u8> {
    [&idempotency.body[..], &login[..6], &login[7..], &time_of_day(idempotency.expires_at)].concat()
}

/// What a claim is together with others: the partition, and when of the day it expires.
#[must_use]
pub fn write_claim(idempotency: &Idempotency, Partition(partition): Partition) -> Vec<u8> {
    [&[partition], &time_of_day(idempotency.expires_at)[..]].concat()
}

/// What a record and a claim are that have a key of their own: the body's hash, the login, and in decimal when it expires.
#[must_use]
pub fn write_single(idempotency: &Idempotency, LoginId(login): LoginId) -> Vec<u8> {
    [&idempotency.body[..], &login, idempotency.expires_at.unix_ms().to_string().as_bytes()].concat()
}

/// What is remembered under an idempotency key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record {
    /// When it expires.
    pub expires_at: Timestamp,
    /// The body's hash.
    pub body: [u8; 16],
    /// The login.
    pub login: LoginId,
}

/// For whom an idempotency key is claimed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claimed {
    /// When it expires.
    pub expires_at: Timestamp,
    /// The partition of the user.
    pub partition: Partition,
}

/// Reads a record that lies together with others.
///
/// # Errors
/// It has no such form.
pub fn read_record(partition: Partition, day: Day, value: &[u8]) -> Result<Record, Malformed> {
    let (body, rest) = value.split_first_chunk().ok_or(Malformed::Short)?;
    let (time, rest) = rest.split_first_chunk::<6>().ok_or(Malformed::Short)?;
    let (hash, expires) = rest.split_first_chunk::<9>().ok_or(Malformed::Short)?;
    let mut login = [0; 16];
    login[..6].copy_from_slice(time);
    login[6] = partition.0;
    login[7..].copy_from_slice(hash);
    let expires_at = day.at(expires.try_into().map_err(|_| Malformed::Short)?);
    Ok(Record { expires_at, body: *body, login: LoginId(login) })
}

/// Reads a claim that lies together with others.
///
/// # Errors
/// It has no such form.
pub fn read_claim(day: Day, value: &[u8]) -> Result<Claimed, Malformed> {
    let (&partition, expires) = value.split_first().ok_or(Malformed::Short)?;
    let expires_at = day.at(expires.try_into().map_err(|_| Malformed::Short)?);
    Ok(Claimed { expires_at, partition: Partition(partition) })
}

/// Reads a record or a claim that has a key of its own.
///
/// # Errors
/// It has no such form.
pub fn read_single(value: &[u8]) -> Result<Record, Malformed> {
    let (body, rest) = value.split_first_chunk().ok_or(Malformed::Short)?;
    let (login, expires_at) = rest.split_first_chunk().ok_or(Malformed::Short)?;
    let expires_at = std::str::from_utf8(expires_at).ok().and_then(|it| it.parse().ok());
    let expires_at = Timestamp::from_unix_ms(expires_at.ok_or(Malformed::Impossible("time"))?);
    Ok(Record { expires_at, body: *body, login: LoginId(*login) })
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIDNIGHT: Timestamp = Timestamp::from_unix_ms(20_786 * DAY_MS);

    fn named_until(expires_at: Timestamp) -> Idempotency {
        Idempotency { key: [3; 16], body: [5; 16], expires_at, is_claimed: false }
    }

    #[test]
    fn what_is_written_is_read() {
        let login = LoginId([9; 16]);
        for ms in [0, 1, DAY_MS - 1] {
            let named = named_until(MIDNIGHT.plus_ms(ms));
            let (expires_at, day) = (named.expires_at, Day { number: number_of_day(named.expires_at), spread: 2 });
            let record = Record { expires_at, body: [5; 16], login };
            assert_eq!(read_record(Partition(9), day, &write_record(&named, login)).unwrap(), record);
            assert_eq!(read_single(&write_single(&named, login)).unwrap(), record);
            let claim = read_claim(day, &write_claim(&named, Partition(7))).unwrap();
            assert_eq!(claim, Claimed { expires_at, partition: Partition(7) });
        }
        let day = |number, spread| Day { number, spread };
        assert!(read_record(Partition(9), day(1, 0), &[0; 34]).is_err() && read_claim(day(1, 0), &[0; 6]).is_err());
        assert_eq!(records(Partition(9), &[3; 16], day(4, 0)), "wl:{p009}:once-of:00:00004");
        assert_eq!(records(Partition(9), &[0xFF; 16], day(4, 8)), "wl:{p009}:once-of:ff:00004");
        assert_eq!(claims(&[6; 16], day(20_786, 2)), "wl:{p006}:claims:02:20786");
    }

    #[test]
    fn what_has_not_expired_is_looked_for_whoever_wrote_it() {
        for writer_ms in [-HOUR_MS, 0, HOUR_MS] {
            for ms in [0, 1, HOUR_MS - 1, HOUR_MS, DAY_MS / 2, DAY_MS - HOUR_MS, DAY_MS - 1] {
                let now = MIDNIGHT.plus_ms(ms);
                let written = number_of_day(now.plus_ms(writer_ms + DAY_MS));
                let days: Vec<i64> = Forms::of(ALWAYS_TOGETHER).days(now).collect();
                assert!(days.contains(&written) && days.len() <= 3, "{ms} {writer_ms}");
                assert!(days.len() == 2 || ms >= DAY_MS - HOUR_MS, "{ms}: {days:?}");
                assert!(Day { number: written, spread: 0 }.life_ms(now) > DAY_MS - HOUR_MS);
            }
        }
    }

    #[test]
    fn a_hash_has_some_dozen_keys() {
        for (keys, spread) in [(0, 0), (6_144, 0), (6_145, 1), (12_288, 1), (24_576, 2), (111_000, 5), (u64::MAX, 8)] {
            assert_eq!(spread_of(keys), spread, "{keys}");
        }
        let known = KnownDays::default();
        (1..=20).for_each(|number| known.note(Day { number, spread: 1 }));
        known.note(Day { number: 20, spread: 3 });
        assert_eq!((known.get(12), known.get(20)), (None, Some(Day { number: 20, spread: 3 })));
    }

    #[test]
    fn a_store_of_an_earlier_version_keeps_its_form_for_a_day() {
        let forms = Forms::of(Forms::after_first_day(MIDNIGHT));
        let at = |hours: i64| MIDNIGHT.plus_ms(hours * HOUR_MS);
        let told = |hours| {
            (forms.writes_together(at(hours)), forms.may_be_single(at(hours)), forms.days(at(hours)).next().is_some())
        };
        assert_eq!([0, 22].map(told), [(false, true, false); 2]);
        assert_eq!(told(23), (false, true, true));
        assert_eq!([24, 48].map(told), [(true, true, true); 2]);
        assert_eq!(told(49), (true, false, true));
        let new = Forms::of(ALWAYS_TOGETHER);
        assert!(new.writes_together(at(0)) && !new.may_be_single(at(0)));
    }
}
