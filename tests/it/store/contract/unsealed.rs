//! What `ports::UnsealedStore` promises.

use std::sync::Arc;

use watchlight::{
    adapters::store::{
        backend::{FirstSalt, RowChange, RowPlace, SaltBytes, UnsealedBytes, UnsealedUpkeep},
        coded::{sealing::layout::is_sealed, store::Coded},
        memory::store::{Memory, MemoryStore},
        redis::{
            access::Access,
            store::{Redis, RedisStore},
        },
        sqlite::store::{Sqlite, SqliteStore},
    },
    domain::{
        history::{cutoffs::Cutoffs, login_record::LoginIndex, retention_days::RetentionDays},
        ids::{AlertId, LoginId, TenantId, WebhookId},
        privacy::erasure::{Erased, ErasureBegun},
        salt::Salt,
        time::DAY_MS,
        turns::Room,
    },
    ports::{
        AlertStore, Commit, ErasureStore, EventQueue, EventSettlement, LoginStore, PeopleStore, ProfileStore,
        RequestStore, SealingStep, SessionChange, SessionStore, Store, UnsealedStore, Upkeep,
    },
};

use crate::{
    store::{
        contract::harness::cutoffs,
        request_samples::request,
        samples::{self, acme, at, commit, commit_with_alert, session},
    },
    support::{
        redis::RedisServer,
        stores::root,
        unsealed::{BODY, ana, anas_session, rows, told, unseal, waits},
    },
};

/// Stores of every kind that can be asked for their bytes.
macro_rules! over_every_backend {
    ($($test:ident)+) => { $(mod $test {
        use super::*;

        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn memory() {
            super::$test(MemoryStore::over(Memory::default(), root(), &RetentionDays::default())).await;
        }

        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn sqlite() {
            let folder = tempfile::tempdir().unwrap();
            let backend = Sqlite::open(&folder.path().join("watchlight.db")).unwrap();
            super::$test(SqliteStore::over(backend, root(), &RetentionDays::default())).await;
        }

        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn redis() {
            let server = RedisServer::start(&[]);
            let days = RetentionDays::default();
            let backend = Redis::open(&server.url(), &days, &Access::default()).await.unwrap();
            super::$test(RedisStore::over(backend, root(), &days)).await;
        }
    })+ };
}

over_every_backend! {
    what_is_in_the_clear_is_sealed_and_reads_as_before
    whoever_is_being_forgotten_gets_no_salt
    what_has_changed_is_left_as_it_is
    a_profile_alone_is_sealed_for_the_tenant_that_is_told
    an_old_address_is_shortened
}

/// A record of every kind, all of one user: profile, login, alert, session, event, message, request.
async fn fill<B>(store: &Arc<Coded<B>>)
where
    Coded<B>: Store,
{
    let mut commit = commit_with_alert(&ana(), 0, at(0), 1);
    commit.events = vec![told(), waits()];
    store.commit(commit).await.unwrap();
    let change = SessionChange { tenant: &acme(), version: 0, session: &session(), now: at(0), life_ms: DAY_MS };
    assert!(store.put_session(&ana(), anas_session(), change).await.unwrap());
    assert!(store.put_request(0, &request(&ana(), 1), None).await.unwrap());
    let leased = store.lease_events(at(0), at(9), &Room::of(1)).await.unwrap();
    let message = EventSettlement::TakenUp(vec![WebhookId([7; 16])], BODY.to_vec());
    assert!(store.settle_event(&leased[0], at(0), message).await.unwrap());
}

/// How many are not sealed.
async fn left(store: &dyn Store) -> usize {
    let (mut left, mut position) = (0, None);
    loop {
        let looked = store.look_for_unsealed(position.as_ref()).await.unwrap();
        left += looked.unsealed.len();
        position = looked.next;
        if position.is_none() {
            return left;
        }
    }
}

/// Seals everything that can be; how many.
async fn seal(store: &dyn Store, assumed: Option<&TenantId>) -> u64 {
    let (mut sealed, mut position) = (0, None);
    loop {
        let step = SealingStep { from: position.as_ref(), now: at(0), assumed };
        let step = store.seal_next(step).await.unwrap();
        sealed += step.sealed;
        position = step.next;
        if position.is_none() {
            return sealed;
        }
    }
}

/// Everything that can be read, as text.
async fn everything(store: &dyn Store) -> Vec<String> {
    let id = samples::id(&ana(), at(0), 1);
    let all = LoginId([0; 16])..LoginId([0xFF; 16]);
    vec![
        format!("{:?}", store.load(&ana(), None, at(1)).await.unwrap()),
        format!("{:?}", store.login(&acme(), LoginId(id)).await.unwrap().unwrap()),
        format!("{:?}", store.logins(&acme(), &LoginIndex::User(ana()), all, 9).await.unwrap()),
        format!("{:?}", store.alert(AlertId(id), at(1)).await.unwrap().unwrap()),
        format!("{:?}", store.session(&ana(), anas_session()).await.unwrap().unwrap()),
        format!("{:?}", store.request(request(&ana(), 1).id).await.unwrap().unwrap()),
    ]
}

async fn what_is_in_the_clear_is_sealed_and_reads_as_before<B>(store: Coded<B>)
where
    B: UnsealedBytes + UnsealedUpkeep + SaltBytes,
    Coded<B>: Store,
{
    let store = Arc::new(store);
    assert_eq!((left(&*store).await, store.unsealed_left().await.unwrap()), (0, None));
    fill(&store).await;
    let (fresh, sealed) = (everything(&*store).await, rows(&store).await);
    assert_eq!(left(&*store).await, 0);
    let count = unseal(&store).await;
    assert_eq!((count, left(&*store).await), (7, 7));
    assert_eq!(everything(&*store).await, fresh, "what is in the clear is read");
    // In Redis a walk meets things in no order, and an event may come before what its user has a salt by.
    let first = seal(&*store, None).await;
    assert_eq!(first + seal(&*store, None).await, 7);
    assert_eq!(left(&*store).await, 0);
    assert_eq!(rows(&store).await, sealed, "byte for byte what a new write puts there");
    assert_eq!(everything(&*store).await, fresh);
    let messages = store.lease_events(at(20), at(30), &Room::of(9)).await.unwrap();
    let bodies: Vec<_> =
        messages.iter().filter_map(|it| it.message.as_ref().map(|(_, body)| body.as_slice())).collect();
    assert_eq!((messages.len(), bodies), (2, vec![BODY]));
    assert_eq!(seal(&*store, None).await, 0);
    store.put_unsealed_left(3).await.unwrap();
    store.put_unsealed_left(0).await.unwrap();
    assert_eq!(store.unsealed_left().await.unwrap(), Some(0));
    assert!(store.walk_length().await.unwrap() >= 7);
    // Whoever is forgotten now is forgotten with the session that was found by its login.
    assert_eq!(store.session_keys(&ana()).await.unwrap(), [anas_session()]);
}

async fn whoever_is_being_forgotten_gets_no_salt<B>(store: Coded<B>)
where
    B: UnsealedBytes + UnsealedUpkeep + SaltBytes,
    Coded<B>: Store,
{
    let store = Arc::new(store);
    fill(&store).await;
    unseal(&store).await;
    let plain = rows(&store).await;
    let begun = ErasureBegun { tenant: acme(), user: ana(), at: at(1), erased: Erased::default(), with_tenant: false };
    store.begin_erasure(&begun).await.unwrap();
    assert_eq!(seal(&*store, None).await, 1, "the request, which is sealed with a key of the tenant");
    let of_person = |rows: Vec<watchlight::adapters::store::backend::StoredRow>| -> Vec<_> {
        rows.into_iter().filter(|it| !matches!(it.place, RowPlace::Request(_))).collect()
    };
    assert_eq!(of_person(rows(&store).await), of_person(plain.clone()));
    let of_login = plain.into_iter().find(|it| matches!(it.place, RowPlace::Login(_))).unwrap();
    let salt = FirstSalt { seen: of_login, user: ana(), salt: Salt([9; 16]) };
    assert_eq!(store.backend.put_first_salts(vec![salt]).await.unwrap(), [None]);
}

async fn what_has_changed_is_left_as_it_is<B>(store: Coded<B>)
where
    B: UnsealedBytes + UnsealedUpkeep + SaltBytes,
    Coded<B>: Store,
{
    let store = Arc::new(store);
    fill(&store).await;
    let sealed = rows(&store).await;
    unseal(&store).await;
    let plain = rows(&store).await;
    let kept = store.backend.salts(&[ana()]).await.unwrap()[0].unwrap();
    let change = |salt: Salt| -> Vec<RowChange> {
        let pairs = plain.iter().zip(&sealed).filter(|(seen, _)| !matches!(seen.place, RowPlace::Request(_)));
        let owner = Some((ana(), salt));
        pairs.map(|(seen, next)| RowChange { seen: seen.clone(), next: next.parts.clone(), owner }).collect()
    };
    let other_salt = change(Salt([9; 16]));
    assert_eq!(store.backend.replace_rows(other_salt).await.unwrap(), 0, "they were forgotten and came back");
    // A login and a session come in between.
    store.commit(Commit { logins: Vec::new(), ..commit(&ana(), 1, at(2), 2) }).await.unwrap();
    let later = samples::session();
    let next = SessionChange { tenant: &acme(), version: 1, session: &later, now: at(2), life_ms: DAY_MS };
    assert!(store.put_session(&ana(), anas_session(), next).await.unwrap());
    let newer = everything(&*store).await;
    assert_eq!(store.backend.replace_rows(change(kept)).await.unwrap(), 4, "but not profile and session");
    assert_eq!(everything(&*store).await, newer);
    let is_old = |it: &RowPlace| matches!(it, RowPlace::Profile(_));
    let old = plain.into_iter().find(|it| is_old(&it.place)).unwrap();
    let first = FirstSalt { seen: old, user: ana(), salt: Salt([9; 16]) };
    assert_eq!(store.backend.put_first_salts(vec![first]).await.unwrap(), [None], "their profile is sealed");
}

async fn a_profile_alone_is_sealed_for_the_tenant_that_is_told<B>(store: Coded<B>)
where
    B: UnsealedBytes + UnsealedUpkeep + SaltBytes,
    Coded<B>: Store,
{
    let store = Arc::new(store);
    store.commit(Commit { logins: Vec::new(), ..commit(&ana(), 0, at(0), 1) }).await.unwrap();
    assert_eq!(unseal(&store).await, 1);
    assert_eq!((seal(&*store, None).await, left(&*store).await), (0, 1));
    assert_eq!(seal(&*store, Some(&acme())).await, 1);
    assert!(is_sealed(&rows(&store).await[0].parts.record));
    let walked = store.walk(0..=255, None, 9).await.unwrap();
    let everybody = if walked.users.is_empty() { Vec::new() } else { walked.users };
    assert!(everybody.iter().all(|it| it.tenant == acme()));
    assert_eq!(store.load(&ana(), None, at(0)).await.unwrap().profile.devices.len(), 3);
}

async fn an_old_address_is_shortened<B>(store: Coded<B>)
where
    B: UnsealedBytes + UnsealedUpkeep + SaltBytes,
    Coded<B>: Store,
{
    let store = Arc::new(store);
    store.commit(commit_with_alert(&ana(), 0, at(0), 1)).await.unwrap();
    unseal(&store).await;
    let (mut sealed, mut position) = (0, None);
    loop {
        let step = SealingStep { from: position.as_ref(), now: at(40 * DAY_MS), assumed: None };
        let step = store.seal_next(step).await.unwrap();
        (sealed, position) = (sealed + step.sealed, step.next);
        if position.is_none() {
            break;
        }
    }
    assert_eq!(sealed, 3);
    let id = samples::id(&ana(), at(0), 1);
    let whole = store.login(&acme(), LoginId(id)).await.unwrap().unwrap().ip;
    assert_eq!(whole.to_string(), "2a02:1810::1", "until the salt of its week is destroyed");
    let keep = at(-900 * DAY_MS);
    store.trim(&Cutoffs { full_address: at(10 * DAY_MS), ..cutoffs(keep, keep) }).await.unwrap();
    let login = store.login(&acme(), LoginId(id)).await.unwrap().unwrap();
    let (alert, _) = store.alert(AlertId(id), at(0)).await.unwrap().unwrap();
    assert_eq!(
        (login.ip.to_string(), alert.ip.to_string()),
        ("2a02:1810::/48".to_owned(), "198.51.100.0/24".to_owned())
    );
}
