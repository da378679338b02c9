//! What `ports::BrowserStore` promises.

use std::sync::Arc;

use watchlight::{
    domain::{
        browser::fingerprint::Fingerprint,
        history::{
            cutoffs::Cutoffs,
            kept_browser::{BrowserKey, KeptBrowser, MAX_KEPT_BROWSERS},
        },
        ids::{TenantId, UserKey},
        keyring::Keyring,
        login::login::Outcome,
        privacy::{
            erasure::{Erased, ErasureBegun},
            processing::Mode,
        },
        time::{DAY_MS, Timestamp},
    },
    ports::{Commit, Store},
};

use crate::store::{
    contract::harness::{contract, put},
    person_samples::kept_browser,
    samples::{acme, at, commit, user},
};

contract! {
    a_browser_is_kept_once_for_its_user
    a_browser_is_kept_as_long_as_a_login_with_it
    those_of_minimal_processing_are_kept_for_a_shorter_time
    a_browser_whose_person_changes_the_processing_is_kept_as_long_as_that_says
    of_too_many_browsers_those_go_first_that_nobody_got_in_with
    whoever_is_forgotten_has_no_browsers
    browsers_are_looked_through
}

const WEEK_MS: i64 = 7 * DAY_MS;

fn key(user: UserKey, number: u8) -> BrowserKey {
    BrowserKey::new(user, &Fingerprint([number; 32]))
}

/// A commit of a login with its browser; the profile stays at its version.
fn seen(user: &UserKey, time: Timestamp, login: u8, browser: u8) -> Commit {
    let mut commit = commit(user, 0, time, login);
    commit.profile = None;
    commit.logins[0].record.fingerprint = Fingerprint([browser; 32]);
    commit.logins[0].browser = Some(kept_browser(browser));
    commit
}

async fn browser(store: &Arc<dyn Store>, user: UserKey, number: u8) -> Option<KeptBrowser> {
    store.browsers(&acme(), &[key(user, number)]).await.unwrap().remove(0)
}

async fn a_browser_is_kept_once_for_its_user(store: &Arc<dyn Store>) {
    let (ana, ben) = (user(1), user(2));
    assert_eq!(store.browsers(&acme(), &[]).await.unwrap(), []);
    put(store, seen(&ana, at(0), 1, 7)).await;
    put(store, seen(&ana, at(1), 2, 7)).await;
    put(store, seen(&ana, at(2), 3, 8)).await;
    put(store, seen(&ben, at(3), 4, 9)).await;
    let asked = [key(ben, 7), key(ana, 8), key(ana, 7), key(ben, 9), key(user(3), 7)];
    let found = store.browsers(&acme(), &asked).await.unwrap();
    assert_eq!(found, [None, Some(kept_browser(8)), Some(kept_browser(7)), Some(kept_browser(9)), None]);
    let kept = found[1].unwrap().traits;
    assert!(kept.network.address == 0 && kept.earlier.is_empty(), "the network is that of a login");
    let other = TenantId::parse("other").unwrap();
    let theirs = Keyring::new([7; 32]).tenant(&other).user(&watchlight::domain::ids::UserId::parse("ana").unwrap());
    assert_eq!(store.browsers(&other, &[key(theirs, 7)]).await.unwrap(), [None]);
}

async fn a_browser_is_kept_as_long_as_a_login_with_it(store: &Arc<dyn Store>) {
    let ana = user(1);
    put(store, seen(&ana, at(0), 1, 7)).await;
    // Later logins came in before: the week does not move back.
    put(store, seen(&ana, at(2 * WEEK_MS), 2, 7)).await;
    put(store, seen(&ana, at(WEEK_MS), 3, 7)).await;
    put(store, seen(&ana, at(WEEK_MS), 4, 8)).await;
    store.trim(&Cutoffs::all(at(2 * WEEK_MS))).await.unwrap();
    assert_eq!(browser(store, ana, 8).await, None);
    assert_eq!(browser(store, ana, 7).await, Some(kept_browser(7)));
    store.trim(&Cutoffs::all(at(3 * WEEK_MS))).await.unwrap();
    assert_eq!(browser(store, ana, 7).await, None);
    put(store, seen(&ana, at(3 * WEEK_MS), 5, 7)).await;
    assert_eq!(browser(store, ana, 7).await, Some(kept_browser(7)), "nothing is left of it");
}

async fn those_of_minimal_processing_are_kept_for_a_shorter_time(store: &Arc<dyn Store>) {
    let ana = user(1);
    let mut minimal = seen(&ana, at(0), 1, 7);
    minimal.logins[0].record.processing = Mode::Minimal;
    put(store, minimal).await;
    put(store, seen(&ana, at(0), 2, 8)).await;
    let cutoffs = Cutoffs { minimal_logins: at(WEEK_MS), ..Cutoffs::all(at(-WEEK_MS)) };
    store.trim(&cutoffs).await.unwrap();
    assert_eq!(browser(store, ana, 7).await, None);
    assert_eq!(browser(store, ana, 8).await, Some(kept_browser(8)));
}

async fn a_browser_whose_person_changes_the_processing_is_kept_as_long_as_that_says(store: &Arc<dyn Store>) {
    let seen_as = |number: u8, week: i64, mode: Mode| {
        let mut commit = seen(&user(number), at(week * WEEK_MS), u8::try_from(week).unwrap(), number);
        commit.logins[0].record.processing = mode;
        commit
    };
    let kept = async || [browser(store, user(1), 1).await.is_some(), browser(store, user(2), 2).await.is_some()];
    // The first has it minimal from week 1 to 3, the second from week 2 on.
    for commit in [
        seen_as(1, 1, Mode::Minimal),
        seen_as(1, 3, Mode::Full),
        seen_as(2, 1, Mode::Full),
        seen_as(2, 2, Mode::Minimal),
    ] {
        put(store, commit).await;
    }
    let minimal_before = async |week: i64| {
        let cutoffs = Cutoffs { minimal_logins: at(week * WEEK_MS), ..Cutoffs::all(at(0)) };
        store.trim(&cutoffs).await.unwrap();
    };
    minimal_before(2).await;
    assert_eq!(kept().await, [true, true]);
    minimal_before(3).await;
    assert_eq!(kept().await, [true, false], "the last minimal login with it has gone");
    minimal_before(9).await;
    assert_eq!(kept().await, [true, false]);
    put(store, seen_as(1, 5, Mode::Full)).await;
    for week in 1..=5 {
        store.trim(&Cutoffs::all(at(week * WEEK_MS))).await.unwrap();
        assert_eq!(kept().await, [true, false], "week {week}");
    }
    store.trim(&Cutoffs::all(at(6 * WEEK_MS))).await.unwrap();
    assert_eq!(kept().await, [false, false]);
}

async fn of_too_many_browsers_those_go_first_that_nobody_got_in_with(store: &Arc<dyn Store>) {
    let ana = user(1);
    put(store, seen(&ana, at(-9 * WEEK_MS), 1, 1)).await;
    let most = u8::try_from(MAX_KEPT_BROWSERS).unwrap();
    for number in 2..=most + 3 {
        let mut failed = seen(&ana, at(WEEK_MS * i64::from(number)), number, number);
        failed.logins[0].record.outcome = Outcome::Failure;
        put(store, failed).await;
    }
    let asked: Vec<BrowserKey> = (1..=most + 3).map(|it| key(ana, it)).collect();
    let found = store.browsers(&acme(), &asked).await.unwrap();
    let gone: Vec<usize> = (1..).zip(&found).filter(|(_, it)| it.is_none()).map(|(number, _)| number).collect();
    assert_eq!(gone, [2, 3, 4], "not the first, with which Ana got in");
}

async fn whoever_is_forgotten_has_no_browsers(store: &Arc<dyn Store>) {
    let (ana, ben) = (user(1), user(2));
    put(store, seen(&ana, at(0), 1, 7)).await;
    put(store, seen(&ben, at(0), 2, 7)).await;
    let begun = ErasureBegun { tenant: acme(), user: ana, at: at(1), erased: Erased::default(), with_tenant: false };
    store.begin_erasure(&begun).await.unwrap();
    while store.erase_some(&acme(), &ana).await.unwrap() {}
    let receipt = Keyring::new([7; 32]).tenant(&acme()).receipt_id(at(1), &ana);
    store.end_erasure(&acme(), &ana, receipt).await.unwrap().unwrap();
    assert_eq!(browser(store, ana, 7).await, None);
    assert_eq!(browser(store, ben, 7).await, Some(kept_browser(7)));
    // Redis has nothing left to trim of her: a new browser of the old week is found by its own entry.
    put(store, seen(&ana, at(0), 3, 7)).await;
    assert_eq!(browser(store, ana, 7).await, Some(kept_browser(7)));
}

async fn browsers_are_looked_through(store: &Arc<dyn Store>) {
    put(store, seen(&user(1), at(0), 1, 7)).await;
    assert_eq!(store.look_through(9).await.unwrap().unreadable, []);
}
