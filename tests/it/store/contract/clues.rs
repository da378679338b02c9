//! What `ports::ClueStore` promises.

use std::{ops::Range, sync::Arc};

use watchlight::{
    domain::{
        browser::fingerprint::Fingerprint,
        history::{cutoffs::Cutoffs, kept_browser::BrowserKey},
        ids::{ClueKey, LoginId, TenantId, UserKey},
        keyring::Keyring,
        privacy::{
            erasure::{Erased, ErasureBegun},
            processing::Mode,
        },
        recognition::likeness::bands,
        time::{DAY_MS, Timestamp},
    },
    ports::{Commit, Store},
};

use crate::{
    store::{
        contract::harness::{contract, put},
        person_samples::kept_browser,
        samples::{acme, at, commit, commit_with_alert, user},
    },
    support::stores::root,
};

contract! {
    sessions_and_references_lead_to_logins
    addresses_lead_to_users
    bands_lead_to_browsers
    clues_go_with_the_last_login_of_their_stretch
    whoever_is_forgotten_is_led_to_by_nothing
    nothing_leads_to_somebody_who_has_objected
}

const ALL: Range<LoginId> = LoginId([0; 16])..LoginId([0xFF; 16]);
const STRETCH_MS: i64 = 28 * DAY_MS;

/// A login that began this session; the profile stays at its version.
fn begun(user: &UserKey, time: Timestamp, number: u8, session: &str) -> Commit {
    let mut commit = commit(user, 0, time, number);
    commit.profile = None;
    commit.logins[0].record.session_id = Some(session.to_owned());
    commit
}

fn session(id: &str) -> ClueKey {
    root().tenant(&acme()).session_clue(id)
}

async fn logins(store: &Arc<dyn Store>, clues: &[ClueKey], now: Timestamp) -> Vec<LoginId> {
    store.clues_to_logins(clues, ALL, 99, now).await.unwrap()
}

async fn sessions_and_references_lead_to_logins(store: &Arc<dyn Store>) {
    let (ana, ben) = (user(1), user(2));
    let commits = [
        begun(&ana, at(0), 1, "a"),
        begun(&ben, at(STRETCH_MS), 2, "a"),
        begun(&ana, at(2 * STRETCH_MS), 3, "a"),
        begun(&ana, at(3), 4, "b"),
    ];
    let ids: Vec<LoginId> = commits.iter().map(|it| it.logins[0].record.id).collect();
    for it in commits {
        put(store, it).await;
    }
    let now = at(2 * STRETCH_MS + 9);
    assert_eq!(logins(store, &[session("a")], now).await, [ids[2], ids[1], ids[0]], "newest first");
    assert_eq!(logins(store, &[session("b"), session("a"), session("c")], now).await, [ids[2], ids[1], ids[3], ids[0]]);
    assert_eq!(store.clues_to_logins(&[session("a")], ALL, 2, now).await.unwrap(), [ids[2], ids[1]]);
    assert_eq!(store.clues_to_logins(&[session("a")], ids[1]..ids[2], 9, now).await.unwrap(), [ids[1]]);
    assert_eq!(logins(store, &[], now).await, []);
    let other = root().tenant(&TenantId::parse("other").unwrap()).session_clue("a");
    assert_eq!(logins(store, &[other], now).await, []);

    let warned = commit_with_alert(&ben, 0, at(9), 7);
    let (login, alert) = (warned.logins[0].record.id, warned.logins[0].alert.as_ref().unwrap().0.id);
    put(store, warned).await;
    let reference = root().tenant(&acme()).reference_clue(&root().reference(alert));
    assert_eq!(logins(store, &[reference], now).await, [login]);
}

async fn addresses_lead_to_users(store: &Arc<dyn Store>) {
    let (ana, ben) = (user(1), user(2));
    put(store, begun(&ana, at(0), 1, "a")).await;
    put(store, begun(&ana, at(STRETCH_MS), 2, "b")).await;
    put(store, begun(&ben, at(1), 3, "c")).await;
    let email = commit(&ana, 0, at(0), 1).logins[0].record.email.unwrap();
    let mut found = store.clues_to_users(&[email], 9, at(STRETCH_MS)).await.unwrap();
    found.sort_unstable_by_key(|it| it.hash);
    assert_eq!(found, [ana, ben], "each once, and in its partition");
    assert_eq!(store.clues_to_users(&[email], 1, at(STRETCH_MS)).await.unwrap().len(), 1);
    assert_eq!(store.clues_to_users(&[session("a")], 9, at(0)).await.unwrap(), []);
}

async fn bands_lead_to_browsers(store: &Arc<dyn Store>) {
    let (ana, ben) = (user(1), user(2));
    for (user, number) in [(&ana, 3), (&ana, 4), (&ben, 3)] {
        put(store, begun(user, at(i64::from(number)), number, "a")).await;
    }
    let keys = root().tenant(&acme());
    let bands: Vec<ClueKey> = bands(&kept_browser(3).traits).iter().map(|it| keys.band_clue(it)).collect();
    assert!(!bands.is_empty(), "the sample tells enough");
    let found = store.clues_to_browsers(&bands, 9, at(9)).await.unwrap();
    assert_eq!(found.len(), bands.len());
    for mut found in found {
        found.sort_unstable_by_key(|it| it.user.hash);
        assert_eq!(found, [ana, ben].map(|it| BrowserKey::new(it, &Fingerprint([3; 32]))));
    }
}

async fn clues_go_with_the_last_login_of_their_stretch(store: &Arc<dyn Store>) {
    let ana = user(1);
    put(store, begun(&ana, at(0), 1, "a")).await;
    put(store, begun(&ana, at(STRETCH_MS), 2, "a")).await;
    store.trim(&Cutoffs::all(at(STRETCH_MS))).await.unwrap();
    // Redis lets a stretch expire as a whole; what it then still leads to is gone.
    let mut found = logins(store, &[session("a")], at(STRETCH_MS)).await;
    found.truncate(1);
    assert_eq!(found, [commit(&ana, 0, at(STRETCH_MS), 2).logins[0].record.id]);
}

async fn whoever_is_forgotten_is_led_to_by_nothing(store: &Arc<dyn Store>) {
    let (ana, ben) = (user(1), user(2));
    put(store, begun(&ana, at(0), 3, "a")).await;
    put(store, begun(&ana, at(STRETCH_MS), 4, "a")).await;
    put(store, begun(&ben, at(1), 5, "a")).await;
    let now = at(STRETCH_MS + 9);
    let begun = ErasureBegun { tenant: acme(), user: ana, at: now, erased: Erased::default(), with_tenant: false };
    store.begin_erasure(&begun).await.unwrap();
    while store.erase_some(&acme(), &ana).await.unwrap() {}
    let receipt = Keyring::new([7; 32]).tenant(&acme()).receipt_id(now, &ana);
    store.end_erasure(&acme(), &ana, receipt).await.unwrap().unwrap();
    assert_eq!(logins(store, &[session("a")], now).await, [commit(&ben, 0, at(1), 5).logins[0].record.id]);
    let email = commit(&ben, 0, at(1), 5).logins[0].record.email.unwrap();
    assert_eq!(store.clues_to_users(&[email], 9, now).await.unwrap(), [ben]);
    let keys = root().tenant(&acme());
    for number in [3, 4] {
        let bands: Vec<ClueKey> = bands(&kept_browser(number).traits).iter().map(|it| keys.band_clue(it)).collect();
        let found = store.clues_to_browsers(&bands, 9, now).await.unwrap();
        assert!(found.iter().flatten().all(|it| it.user == ben), "{found:?}");
    }
}

async fn nothing_leads_to_somebody_who_has_objected(store: &Arc<dyn Store>) {
    for (number, processing) in [(1, Mode::Minimal), (2, Mode::Restricted)] {
        let mut commit = begun(&user(number), at(0), number, "a");
        commit.logins[0].record.processing = processing;
        put(store, commit).await;
    }
    assert_eq!(logins(store, &[session("a")], at(9)).await, []);
}
