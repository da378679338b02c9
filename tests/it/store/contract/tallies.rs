//! What `ports::TallyStore` promises.

use std::{collections::BTreeMap, sync::Arc};

use watchlight::{
    domain::{
        history::{cutoffs::Cutoffs, login_record::LoginIndex},
        ids::{LoginId, TenantId, UserKey},
        login::login::Outcome,
        policy::policy::{Level, SignalKind},
        privacy::processing::Mode,
        recognition::verdict::DeviceStatus,
        risk::assessment::Signal,
        search::{
            clear::{
                facets::Facets,
                tally::{Counted, QuarterTally, Tally},
            },
            tallies::{Dimension, Quarter},
        },
        time::{DAY_MS, HOUR_MS, MINUTE_MS, Timestamp},
    },
    ports::{Commit, Store},
};

use crate::store::{
    contract::{
        erasures::forget,
        harness::{contract, cutoffs, put},
    },
    samples::{self, acme, at, user},
};

contract! {
    a_new_store_counts_each_login_and_none_that_is_gone
    tallies_are_told_by_page_and_by_dimension
    a_recount_changes_nothing_that_was_right
    a_recount_goes_on_while_logins_come_and_go
    tenants_are_counted_apart
}

/// A login of one of several kinds.
pub fn login_of(whose: &UserKey, version: u64, time: Timestamp, number: u8) -> Commit {
    let mut commit = samples::commit(whose, version, time, number);
    let record = &mut commit.logins[0].record;
    if number.is_multiple_of(3) {
        *record = samples::bare_login(whose, time);
        record.id = LoginId(samples::id(whose, time, number));
    }
    record.outcome = if number.is_multiple_of(4) { Outcome::Failure } else { Outcome::Success };
    record.assessment.level = Level::ALL[usize::from(number) % 3];
    record.assessment.score = f64::from(number % 20) / 20.0;
    record.device.status = DeviceStatus::ALL[usize::from(number) % 4];
    record.method = [None, Some("passkey"), Some("our own"), Some("otp")][usize::from(number) % 4].map(str::to_owned);
    let signal = |kind| Signal { kind, weight: 0.1, detail: String::new() };
    record.assessment.signals =
        SignalKind::ALL.iter().take(usize::from(number) % 5).map(|kind| signal(*kind)).collect();
    record.processing = if number.is_multiple_of(7) { Mode::Minimal } else { Mode::Full };
    record.alert = record.alert.filter(|_| number.is_multiple_of(2));
    commit
}

/// Three days of logins of 20 users, not in the order of their times.
pub async fn fill(store: &Arc<dyn Store>) {
    for number in 0..100_u8 {
        let late = i64::from(number.wrapping_mul(37)) * 17 * MINUTE_MS;
        put(store, login_of(&user(number % 20), u64::from(number / 20), at(late), number)).await;
    }
}

/// What the tallies have to be: each login that is listed, counted one by one.
async fn expected(store: &Arc<dyn Store>, tenant: &TenantId) -> Vec<QuarterTally> {
    let everything = LoginId([0; 16])..LoginId([0xFF; 16]);
    let logins = store.logins(tenant, &LoginIndex::Time, everything, 1_000).await.unwrap();
    let mut counts: BTreeMap<Quarter, (u64, BTreeMap<Counted, u64>)> = BTreeMap::new();
    for login in logins {
        let (all, by_value) = counts.entry(Quarter::of(login.occurred_at)).or_default();
        *all += 1;
        for it in Counted::of(&Facets::of(&login)) {
            *by_value.entry(it).or_default() += 1;
        }
    }
    let tally = |(quarter, (logins, counts)): (Quarter, (u64, BTreeMap<Counted, u64>))| QuarterTally {
        quarter,
        tally: Tally { logins, counts: counts.into_iter().collect() },
    };
    counts.into_iter().rev().map(tally).collect()
}

async fn told(store: &Arc<dyn Store>, tenant: &TenantId) -> Vec<QuarterTally> {
    assert!(store.is_counted().await.unwrap());
    store.tallies(tenant, Quarter::FIRST..=Quarter::LAST, &Dimension::ALL, 1_000).await.unwrap()
}

pub async fn are_right(store: &Arc<dyn Store>) -> usize {
    let found = told(store, &acme()).await;
    assert_eq!(found, expected(store, &acme()).await);
    found.len()
}

async fn a_new_store_counts_each_login_and_none_that_is_gone(store: &Arc<dyn Store>) {
    assert!(told(store, &acme()).await.is_empty());
    fill(store).await;
    let quarters = are_right(store).await;
    assert!(quarters > 50, "{quarters}");
    // What was refused is not counted.
    assert!(store.commit(login_of(&user(1), 5, at(37 * 17 * MINUTE_MS), 1)).await.is_err());
    assert!(store.commit(login_of(&user(1), 0, at(9), 101)).await.is_err());
    are_right(store).await;
    forget(store, user(3), 5).await;
    are_right(store).await;
    let brief_before = Cutoffs { minimal_logins: at(DAY_MS), ..cutoffs(at(0), at(0)) };
    assert!(store.trim(&brief_before).await.unwrap().logins > 0);
    are_right(store).await;
    let cutoff = at(DAY_MS + 7 * MINUTE_MS);
    assert!(store.trim(&cutoffs(at(0), cutoff)).await.unwrap().logins > 0);
    assert!(are_right(store).await < quarters);
    store.trim(&cutoffs(at(0), at(99 * DAY_MS))).await.unwrap();
    assert!(told(store, &acme()).await.is_empty());
}

async fn tallies_are_told_by_page_and_by_dimension(store: &Arc<dyn Store>) {
    fill(store).await;
    let all = told(store, &acme()).await;
    let (first, last) = (all[30].quarter, all[10].quarter);
    let dimensions = [Dimension::Method, Dimension::Level];
    let some = store.tallies(&acme(), first..=last, &dimensions, 99).await.unwrap();
    let is_asked = |it: &&(Counted, u64)| dimensions.contains(&it.0.dimension());
    for (found, all) in some.iter().zip(&all[10..=30]) {
        assert_eq!((found.quarter, found.tally.logins), (all.quarter, all.tally.logins));
        assert_eq!(found.tally.counts, all.tally.counts.iter().filter(is_asked).cloned().collect::<Vec<_>>());
    }
    assert_eq!(some.len(), 21);
    let page = store.tallies(&acme(), first..=last, &Dimension::ALL, 7).await.unwrap();
    assert_eq!(page, all[10..17]);
}

/// Recounts everything, and does something after each step.
pub async fn recount(store: &Arc<dyn Store>, mut meanwhile: impl AsyncFnMut(u32)) {
    let (mut position, mut steps) = (None, 0);
    loop {
        let step = store.recount_next(position.as_ref()).await.unwrap();
        meanwhile(steps).await;
        steps += 1;
        position = step.next;
        if position.is_none() {
            return store.put_counted().await.unwrap();
        }
    }
}

async fn a_recount_changes_nothing_that_was_right(store: &Arc<dyn Store>) {
    fill(store).await;
    let before = told(store, &acme()).await;
    recount(store, async |_| {}).await;
    assert_eq!(told(store, &acme()).await, before);
}

async fn a_recount_goes_on_while_logins_come_and_go(store: &Arc<dyn Store>) {
    fill(store).await;
    recount(store, async |step| {
        if step >= 60 {
            return;
        }
        let number = u8::try_from(100 + step).unwrap();
        // Into what was counted anew already, and into what was not.
        for (days, whose) in [(0, 30), (2, 130)] {
            let time = at(days * DAY_MS + i64::from(step) * HOUR_MS / 4);
            let login = Commit { profile: None, ..login_of(&user(whose), 0, time, number) };
            put(store, login).await;
        }
        if step % 10 == 5 {
            forget(store, user(u8::try_from(step / 10).unwrap()), i64::from(step)).await;
        }
    })
    .await;
    are_right(store).await;
}

async fn tenants_are_counted_apart(store: &Arc<dyn Store>) {
    fill(store).await;
    let other = TenantId::parse("other").unwrap();
    let theirs = UserKey { hash: [77; 16], ..user(1) };
    let mut commit = Commit { tenant: other.clone(), ..login_of(&theirs, 0, at(0), 200) };
    commit.logins[0].record.tenant = other.clone();
    put(store, commit).await;
    are_right(store).await;
    assert_eq!(told(store, &other).await, expected(store, &other).await);
    recount(store, async |_| {}).await;
    are_right(store).await;
    assert_eq!(told(store, &other).await, expected(store, &other).await);
}
