//! What `ports::IdentityStore` promises.

use std::sync::Arc;

use watchlight::{
    domain::{
        keyring::Keyring,
        store_identity::{Found, StoreId, StoreIdentity},
    },
    ports::Store,
};

use crate::store::{
    contract::harness::contract,
    samples::{api_key, at, commit, user},
};

contract! {
    a_new_store_is_empty_and_is_named_once
    an_identity_is_replaced_only_by_who_has_read_it
    what_is_stored_under_no_name_is_told_from_nothing
    a_login_alone_is_something
    one_of_many_names_a_store
}

fn identity(number: u8) -> StoreIdentity {
    StoreIdentity::new(StoreId([number; 16]), at(i64::from(number)), &Keyring::new([7; 32]))
}

async fn a_new_store_is_empty_and_is_named_once(store: &Arc<dyn Store>) {
    assert_eq!(store.identity().await.unwrap(), Found::Empty);
    store.probe().await.unwrap();
    assert_eq!(store.identity().await.unwrap(), Found::Empty, "asking is no storing");
    assert!(store.put_identity(None, &identity(1)).await.unwrap());
    assert_eq!(store.identity().await.unwrap(), Found::Named(identity(1)));
    assert!(!store.put_identity(None, &identity(2)).await.unwrap());
    assert_eq!(store.identity().await.unwrap(), Found::Named(identity(1)));
}

async fn an_identity_is_replaced_only_by_who_has_read_it(store: &Arc<dyn Store>) {
    assert!(!store.put_identity(Some(&identity(1)), &identity(2)).await.unwrap(), "there is none");
    assert_eq!(store.identity().await.unwrap(), Found::Empty);
    assert!(store.put_identity(None, &identity(1)).await.unwrap());
    let adopted = identity(1).in_place_of(StoreId([9; 16]));
    assert!(store.put_identity(Some(&identity(1)), &adopted).await.unwrap());
    assert!(!store.put_identity(Some(&identity(1)), &identity(2)).await.unwrap(), "it is another by now");
    assert_eq!(store.identity().await.unwrap(), Found::Named(adopted));
}

async fn what_is_stored_under_no_name_is_told_from_nothing(store: &Arc<dyn Store>) {
    store.put_api_key(api_key("a", at(0))).await.unwrap();
    assert_eq!(store.identity().await.unwrap(), Found::Unnamed);
    assert!(store.put_identity(None, &identity(1)).await.unwrap());
    assert_eq!(store.identity().await.unwrap(), Found::Named(identity(1)));
}

async fn a_login_alone_is_something(store: &Arc<dyn Store>) {
    store.commit(commit(&user(1), 0, at(0), 1)).await.unwrap();
    assert_eq!(store.identity().await.unwrap(), Found::Unnamed);
}

async fn one_of_many_names_a_store(store: &Arc<dyn Store>) {
    let all = (1..=20).map(|number| async move { store.put_identity(None, &identity(number)).await.unwrap() });
    let won = futures_util::future::join_all(all).await;
    assert_eq!(won.iter().filter(|it| **it).count(), 1);
    let winner = u8::try_from(won.iter().position(|it| *it).unwrap() + 1).unwrap();
    assert_eq!(store.identity().await.unwrap(), Found::Named(identity(winner)));
}
