//! What `ports::SessionStore` promises.

use std::sync::Arc;

use watchlight::{
    domain::{history::session::Session, time::DAY_MS},
    ports::{SessionChange, Store},
};

use crate::store::contract::harness::{contract, cutoffs};
use crate::store::samples::{self, acme, at, user};

contract! {
    a_session_is_replaced_only_by_who_has_read_it
    the_sessions_of_a_user_are_listed
}

async fn a_session_is_replaced_only_by_who_has_read_it(store: &Arc<dyn Store>) {
    let (ana, key) = (user(1), [7; 16]);
    let session = samples::session();
    let tenant = acme();
    let of = |version, session| SessionChange { tenant: &tenant, version, session, now: at(0), life_ms: DAY_MS };
    assert_eq!(store.session(&ana, key).await.unwrap(), None);
    assert!(!store.put_session(&ana, key, of(1, &session)).await.unwrap(), "there is none to replace");
    assert!(store.put_session(&ana, key, of(0, &session)).await.unwrap());
    assert!(!store.put_session(&ana, key, of(0, &session)).await.unwrap(), "there is one by now");
    let next = Session { calls: 99, ..session.clone() };
    assert!(store.put_session(&ana, key, of(1, &next)).await.unwrap());
    assert!(!store.put_session(&ana, key, of(1, &session)).await.unwrap(), "it was read before the last change");
    assert_eq!(store.session(&ana, key).await.unwrap(), Some((2, next)));
    assert_eq!(store.session(&ana, [8; 16]).await.unwrap(), None);
    store.trim(&cutoffs(at(DAY_MS - 1), at(-DAY_MS))).await.unwrap();
    assert!(store.session(&ana, key).await.unwrap().is_some());
}

async fn the_sessions_of_a_user_are_listed(store: &Arc<dyn Store>) {
    let (ana, ben) = (user(1), user(2));
    let numbered = |number: u64| Session { calls: number, ..samples::session() };
    let tenant = acme();
    for number in 1..=3 {
        let session = numbered(u64::from(number));
        let new = SessionChange { tenant: &tenant, version: 0, session: &session, now: at(0), life_ms: DAY_MS };
        assert!(store.put_session(&ana, [number; 16], new).await.unwrap());
        assert!(store.put_session(&ben, [0xF0 | number; 16], new).await.unwrap());
    }
    let mut keys = store.session_keys(&ana).await.unwrap();
    keys.sort_unstable();
    assert_eq!(keys, [[1; 16], [2; 16], [3; 16]]);
    let asked = [[3; 16], [9; 16], [1; 16]];
    assert_eq!(store.sessions(&ana, &asked).await.unwrap(), [numbered(3), numbered(1)]);
    assert_eq!(store.sessions(&ana, &[]).await.unwrap(), []);
    assert_eq!(store.session_keys(&ben).await.unwrap().len(), 3);
}
