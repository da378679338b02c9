//! Each class of records goes when it is old, and not before, asked of every store there is.

use std::sync::Arc;

use watchlight::{
    adapters::clock::ManualClock,
    domain::{
        alert::delivery::Settlement,
        history::{login_record::LoginIndex, retention_days::RetentionDays},
        ids::UserKey,
        privacy::{
            audit::Action,
            processing::{Mode, Processing},
        },
        time::{DAY_MS, HOUR_MS, Timestamp},
    },
    ports::{Clock, Commit, Store},
    service::{alarm::trim_wait::TrimWait, privacy::audit::Deed, retention::Retention},
};

use crate::{
    privacy::audit_samples::{audit_over, sweeps},
    store::{
        contract::harness::{contract, ids, kept, put},
        person_samples,
        samples::{acme, at, commit_with_alert, user},
    },
    support::services::deliveries,
};

contract! {
    each_class_is_there_for_as_long_as_is_said
    a_class_that_is_kept_for_less_goes_first
    an_objection_is_kept_when_nothing_else_is
    notes_reads_minimal_logins_and_addresses_are_there_for_as_long_as_is_said
}

/// What is left of a login and its alert that happened at 0.
#[derive(Debug, PartialEq, Eq)]
struct Left {
    logins: usize,
    alerts: usize,
    devices: usize,
}

async fn left(store: &Arc<dyn Store>) -> Left {
    let logins = ids(store, LoginIndex::User(user(1)), at(0), at(HOUR_MS)).await.len();
    let devices = store.load(&user(1), None, at(0)).await.unwrap().profile.devices.len();
    Left { devices, logins, alerts: store.alerts_of(&user(1), None, 9, at(0)).await.unwrap().len() }
}

/// A login at 0 with an alert, from one of three devices that were seen then.
fn at_zero(user: &UserKey, processing: Processing) -> Commit {
    let mut commit = commit_with_alert(user, 0, at(0), 1);
    let profile = commit.profile.as_mut().unwrap();
    profile.processing = processing;
    profile.devices.iter_mut().for_each(|it| it.last_seen = at(0));
    commit
}

/// A login at 0 with an alert that was mailed, and a service that has looked at its clock every hour since.
struct Kept {
    store: Arc<dyn Store>,
    clock: Arc<ManualClock>,
    retention: Retention,
}

impl Kept {
    async fn new(store: &Arc<dyn Store>, days: RetentionDays) -> Self {
        put(store, at_zero(&user(1), Processing::default())).await;
        let leased = store.lease(at(0), at(1), 1).await.unwrap().remove(0);
        assert!(deliveries(store).settle(&leased, at(1), Settlement::Sent, None).await.unwrap());
        let (clock, wait) = (Arc::new(ManualClock::at(at(0))), Arc::<TrimWait>::default());
        let retention = Retention::new(store.clone(), clock.clone(), days, wait, sweeps(store, &clock));
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
    let days = [(31, 1, 1, 3), (180, 1, 1, 3), (181, 0, 1, 3), (365, 0, 1, 3), (366, 0, 0, 3), (400, 0, 0, 3)];
    for (day, logins, alerts, devices) in days {
        assert_eq!(it.on_day(day).await, Left { logins, alerts, devices }, "day {day}");
    }
    assert_eq!(it.on_day(402).await, Left { logins: 0, alerts: 0, devices: 0 });
    assert_eq!(store.load(&user(1), None, at(0)).await.unwrap().version, 0, "with the last device goes the profile");
    // Who comes back is a new user.
    put(store, commit_with_alert(&user(1), 0, at(403 * DAY_MS), 1)).await;
}

async fn a_class_that_is_kept_for_less_goes_first(store: &Arc<dyn Store>) {
    let it = Kept::new(store, RetentionDays { alerts: 30, ..kept() }).await;
    // After a jump, what is all there is waits for a day.
    for (day, logins, alerts) in [(29, 1, 1), (31, 1, 0), (180, 1, 0), (182, 0, 0)] {
        assert_eq!(it.on_day(day).await, Left { logins, alerts, devices: 3 }, "day {day}");
    }
}

async fn an_objection_is_kept_when_nothing_else_is(store: &Arc<dyn Store>) {
    let it = Kept::new(store, kept()).await;
    let objection = Processing { mode: Mode::Minimal, ..Processing::default() };
    put(store, at_zero(&user(2), objection.clone())).await;
    for day in [402, 404] {
        it.on_day(day).await;
    }
    let left = store.load(&user(2), None, at(0)).await.unwrap();
    assert_eq!((left.version, left.profile.devices.len(), left.profile.processing), (2, 0, objection));
}

/// The ages of the oldest of each class, in days: a note, an exact address, a minimal login, an entry of the audit.
async fn oldest(it: &Kept) -> [Option<i64>; 4] {
    let oldest = it.store.oldest().await.unwrap();
    let days = |at: Timestamp| it.clock.now().ms_since(at) / DAY_MS;
    let read = audit_over(&it.store, &it.clock).oldest().await.unwrap();
    [oldest.note, oldest.full_address, oldest.minimal_login, read].map(|it| it.map(days))
}

async fn notes_reads_minimal_logins_and_addresses_are_there_for_as_long_as_is_said(store: &Arc<dyn Store>) {
    let it = Kept::new(store, kept()).await;
    let mut minimal = commit_with_alert(&user(2), 0, at(0), 2);
    minimal.logins[0].record.processing = Mode::Minimal;
    put(store, minimal).await;
    let note = person_samples::note(&user(1), 1);
    assert!(store.put_note(&user(1), &note, None).await.unwrap());
    audit_over(store, &it.clock).note(&acme(), Deed::on_command_line(Action::Trim, None)).await.unwrap();
    // The week of the addresses had begun six and a half days before.
    let days = [
        (23, [Some(22), Some(29), Some(23), Some(23)], 1),
        (29, [Some(28), None, Some(29), Some(29)], 1),
        (33, [Some(32), None, None, Some(33)], 0),
        (365, [Some(364), None, None, Some(365)], 0),
        (367, [None; 4], 0),
    ];
    for (day, ages, minimal) in days {
        it.on_day(day).await;
        assert_eq!(oldest(&it).await, ages, "day {day}");
        assert_eq!(ids(store, LoginIndex::User(user(2)), at(0), at(HOUR_MS)).await.len(), minimal, "day {day}");
    }
    assert_eq!(store.notes_of_user(&user(1), None, 9).await.unwrap(), []);
}
