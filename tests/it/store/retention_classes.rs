//! Each class of records goes when it is old, and not before, asked of every store there is.

use std::sync::Arc;

use watchlight::{
    adapters::clock::ManualClock,
    domain::{
        alert::delivery::Settlement,
        history::{login_record::LoginIndex, retention_days::RetentionDays},
        time::{DAY_MS, HOUR_MS},
    },
    ports::Store,
    service::{alarm::trim_wait::TrimWait, retention::Retention},
};

use crate::{
    store::{
        contract::harness::{contract, ids, kept, put},
        samples::{at, commit_with_alert, user},
    },
    support::services::deliveries,
};

contract! {
    each_class_is_there_for_as_long_as_is_said
    a_class_that_is_kept_for_less_goes_first
}

/// What is left of a login and its alert that happened at 0.
#[derive(Debug, PartialEq, Eq)]
struct Left {
    logins: usize,
    alerts: usize,
}

async fn left(store: &Arc<dyn Store>) -> Left {
    let logins = ids(store, LoginIndex::User(user(1)), at(0), at(HOUR_MS)).await.len();
    Left { logins, alerts: store.alerts_of(&user(1), None, 9, at(0)).await.unwrap().len() }
}

/// A login at 0 with an alert that was mailed, and a service that has looked at its clock every hour since.
struct Kept {
    store: Arc<dyn Store>,
    clock: Arc<ManualClock>,
    retention: Retention,
}

impl Kept {
    async fn new(store: &Arc<dyn Store>, days: RetentionDays) -> Self {
        put(store, commit_with_alert(&user(1), 0, at(0), 1)).await;
        let leased = store.lease(at(0), at(1), 1).await.unwrap().remove(0);
        assert!(deliveries(store).settle(&leased, at(1), Settlement::Sent, None).await.unwrap());
        let (clock, wait) = (Arc::new(ManualClock::at(at(0))), Arc::<TrimWait>::default());
        let retention = Retention::new(store.clone(), clock.clone(), days, wait);
        Self { store: store.clone(), clock, retention }
    }

    /// What is left on a day, after two days of an hourly look: the clock runs steadily then, after a jump to there.
    async fn on_day(&self, day: i64) -> Left {
        self.clock.set(at((day - 2) * DAY_MS));
        for _ in 0..48 {
            self.clock.advance_ms(HOUR_MS);
            self.retention.trim().await.unwrap();
        }
        left(&self.store).await
    }
}

async fn each_class_is_there_for_as_long_as_is_said(store: &Arc<dyn Store>) {
    let it = Kept::new(store, kept()).await;
    for (day, logins, alerts) in [(31, 1, 1), (180, 1, 1), (181, 0, 1), (365, 0, 1), (366, 0, 0), (401, 0, 0)] {
        assert_eq!(it.on_day(day).await, Left { logins, alerts }, "day {day}");
    }
}

async fn a_class_that_is_kept_for_less_goes_first(store: &Arc<dyn Store>) {
    let it = Kept::new(store, RetentionDays { alerts: 30, ..kept() }).await;
    // After a jump, what is all there is waits for a day.
    for (day, logins, alerts) in [(29, 1, 1), (31, 1, 0), (180, 1, 0), (182, 0, 0)] {
        assert_eq!(it.on_day(day).await, Left { logins, alerts }, "day {day}");
    }
}
