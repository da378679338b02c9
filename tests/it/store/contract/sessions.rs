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
