//! Where idempotency keys lie: in which form a store has them, and over how many hashes those of a day are spread.

use crate::{
    adapters::store::{
        backend::Reply,
        redis::{
            server::{
                keys,
                link::{Batch, QUICK, WIDE},
                once_keys::{self, Day, FIRST_SPREAD, FORM, Forms, SPREAD, number_of_day, spread_of},
            },
            store::Redis,
        },
    },
    domain::time::Timestamp,
    ports::Unavailable,
};

/// A day that was over so many days ago is not asked for any more.
const FORGOTTEN_AFTER: i64 = 7;

/// Where a claim lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// With a key of its own.
    Single,
    /// Among those of a day.
    Together(Day),
}

/// Where keys lie at a time.
#[derive(Clone, Debug)]
pub struct Places {
    /// In which form.
    pub forms: Forms,
    /// The time now.
    pub now: Timestamp,
    /// The days on which those expire that have not expired and lie together.
    pub days: Vec<Day>,
    /// More days that are to be written to.
    more: Vec<Day>,
}

impl Places {
    /// The same, and a day that is to be written to.
    #[must_use]
    pub fn with(mut self, day: Day) -> Self {
        self.more.push(day);
        self
    }

    /// The day on which a key of these expires.
    #[must_use]
    pub fn day_of(&self, expires_at: Timestamp) -> Option<Day> {
        let number = number_of_day(expires_at);
        self.more.iter().find(|it| it.number == number).copied()
    }
}

impl Redis {
    /// Where idempotency keys lie now.
    ///
    /// # Errors
    /// The server does not answer in time, or what it has is malformed.
    pub(crate) async fn places_of_keys(&self, now: Timestamp) -> Reply<Places> {
        let forms = self.forms(now).await?;
        let mut days = Vec::with_capacity(3);
        for number in forms.days(now) {
            days.push(self.day_of_keys(number).await?);
        }
        Ok(Places { forms, now, days, more: Vec::new() })
    }

    /// The day on which a key expires.
    ///
    /// # Errors
    /// See [`Redis::places_of_keys`].
    pub(crate) async fn day_of_expiry(&self, at: Timestamp) -> Reply<Day> {
        self.day_of_keys(number_of_day(at)).await
    }

    /// In which form they are remembered: asked for once.
    async fn forms(&self, now: Timestamp) -> Reply<Forms> {
        let ask = async || {
            let mut ask = Batch::new();
            ask.cmd("SET").arg(FORM).arg(Forms::after_first_day(now)).arg("NX").ignore().cmd("GET").arg(FORM);
            let (together_from_ms,): (i64,) = self.link.ask(QUICK, &ask).await?;
            Ok::<_, Unavailable>(Forms::of(together_from_ms))
        };
        self.key_forms.get_or_try_init(ask).await.copied()
    }

    /// A day, which is agreed on if it is not yet: by what came on the last day that was over, as it was agreed on for that.
    async fn day_of_keys(&self, number: i64) -> Reply<Day> {
        if let Some(day) = self.key_days.get(number) {
            return Ok(day);
        }
        let _asking = self.key_days.asking.lock().await;
        if let Some(day) = self.key_days.get(number) {
            return Ok(day);
        }
        let mut ask = Batch::new();
        ask.cmd("HMGET").arg(SPREAD).arg(&[number - 1, number, number + 1]);
        let ([before, at, after],): ([Option<u8>; 3],) = self.link.ask(QUICK, &ask).await?;
        // Who agrees a day before it is needed leaves nothing to a failover in that very moment.
        let spread = if at.is_none() || after.is_none() { self.spread_after(number - 1, before).await? } else { 0 };
        let mut agree = Batch::new();
        for day in [number, number + 1] {
            agree.cmd("HSETNX").arg(SPREAD).arg(day).arg(spread).ignore();
        }
        agree.cmd("HGET").arg(SPREAD).arg(number);
        agree.cmd("HDEL").arg(SPREAD).arg(number - FORGOTTEN_AFTER).ignore();
        let (spread,): (u8,) = self.link.ask(QUICK, &agree).await?;
        let day = Day { number, spread };
        self.key_days.note(day);
        Ok(day)
    }

    /// What a day would have needed, of which the first of its hashes are counted.
    async fn spread_after(&self, number: i64, spread: Option<u8>) -> Reply<u8> {
        let Some(spread) = spread else { return Ok(FIRST_SPREAD) };
        let mut ask = Batch::new();
        for partition in keys::partitions() {
            ask.cmd("HLEN").arg(once_keys::claims(&first_of(partition.0), Day { number, spread }));
        }
        let counts: Vec<u64> = self.link.ask(WIDE, &ask).await?;
        let keys = counts.iter().sum::<u64>() << spread;
        Ok(if keys == 0 { FIRST_SPREAD } else { spread_of(keys) })
    }
}

/// A key that is claimed in the first hash of a partition.
const fn first_of(partition: u8) -> [u8; 16] {
    let mut key = [0; 16];
    key[0] = partition;
    key
}
