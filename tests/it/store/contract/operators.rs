//! What `ports::OperatorStore` and `ports::OperatorSessionStore` promise.

use std::sync::Arc;

use futures_util::future::join_all;
use watchlight::{
    domain::{
        ids::OperatorId,
        operator::{
            operator::Operator,
            session::{IDLE_MS, OperatorSession, SessionKey},
        },
    },
    ports::Store,
};

use crate::store::{contract::harness::contract, samples::at, tenant_samples};

contract! {
    an_operator_is_kept_as_it_is
    of_two_who_replace_an_operator_one_succeeds
    an_operator_is_removed_as_it_was_read
    a_session_is_kept_until_it_is_ended
    a_session_that_was_ended_never_comes_back
}

fn named(number: u8, email: &str) -> Operator {
    Operator { id: OperatorId([number; 16]), email: email.to_owned(), ..tenant_samples::operator() }
}

async fn an_operator_is_kept_as_it_is(store: &Arc<dyn Store>) {
    assert_eq!(store.operators().await.unwrap(), Vec::new());
    let (zoe, ana) = (named(1, "zoe@example.com"), named(2, "ana@example.com"));
    for operator in [&zoe, &ana] {
        assert!(store.put_operator(0, operator).await.unwrap());
    }
    assert_eq!(store.operators().await.unwrap(), [ana.clone(), zoe], "by address");
    assert_eq!(store.operator(ana.id).await.unwrap(), Some((1, ana)));
    assert_eq!(store.operator(OperatorId([3; 16])).await.unwrap(), None);
}

async fn of_two_who_replace_an_operator_one_succeeds(store: &Arc<dyn Store>) {
    let (first, second) = (named(1, "ana@example.com"), named(1, "ana@example.org"));
    assert!(store.put_operator(0, &first).await.unwrap());
    assert!(!store.put_operator(0, &second).await.unwrap());
    assert!(!store.put_operator(7, &second).await.unwrap());
    assert!(store.put_operator(1, &second).await.unwrap());
    assert!(!store.put_operator(1, &first).await.unwrap());
    assert_eq!(store.operator(first.id).await.unwrap(), Some((2, second)));
    let won = join_all((0..20).map(|_| store.put_operator(2, &first))).await;
    let n_won = won.into_iter().filter(|it| *it.as_ref().unwrap()).count();
    assert_eq!(n_won, 1, "at the same time");
}

async fn an_operator_is_removed_as_it_was_read(store: &Arc<dyn Store>) {
    let operator = named(1, "ana@example.com");
    assert!(!store.remove_operator(operator.id, 0).await.unwrap(), "there is none");
    assert!(store.put_operator(0, &operator).await.unwrap());
    assert!(store.put_operator(1, &operator).await.unwrap());
    assert!(!store.remove_operator(operator.id, 1).await.unwrap());
    assert!(store.remove_operator(operator.id, 2).await.unwrap());
    assert_eq!(store.operators().await.unwrap(), Vec::new());
    assert!(store.put_operator(0, &operator).await.unwrap(), "and can come again");
}

async fn a_session_is_kept_until_it_is_ended(store: &Arc<dyn Store>) {
    let (key, other) = (SessionKey([1; 16]), SessionKey([2; 16]));
    let session = OperatorSession::begin(OperatorId([7; 16]), at(0));
    store.begin_operator_session(key, &session, at(0)).await.unwrap();
    assert_eq!(store.operator_session(key).await.unwrap(), Some(session));
    assert_eq!(store.operator_session(other).await.unwrap(), None);
    let seen = OperatorSession { seen_at: at(60), ..session };
    assert!(store.renew_operator_session(key, &seen, at(60)).await.unwrap());
    assert_eq!(store.operator_session(key).await.unwrap(), Some(seen));
    store.end_operator_session(key).await.unwrap();
    assert_eq!(store.operator_session(key).await.unwrap(), None);
    store.end_operator_session(key).await.unwrap();
}

async fn a_session_that_was_ended_never_comes_back(store: &Arc<dyn Store>) {
    let key = SessionKey([1; 16]);
    let session = OperatorSession::begin(OperatorId([7; 16]), at(0));
    store.begin_operator_session(key, &session, at(0)).await.unwrap();
    store.end_operator_session(key).await.unwrap();
    let late = OperatorSession { seen_at: session.begun_at.plus_ms(IDLE_MS / 2), ..session };
    assert!(!store.renew_operator_session(key, &late, late.seen_at).await.unwrap());
    assert_eq!(store.operator_session(key).await.unwrap(), None);
}
