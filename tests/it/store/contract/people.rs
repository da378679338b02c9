//! What `ports::PeopleStore` promises.

use std::sync::Arc;

use watchlight::{
    domain::ids::{Partition, UserKey},
    ports::{KnownUser, Store},
};

use crate::store::{
    contract::harness::{contract, put},
    samples::{acme, at, commit, user},
};

contract! {
    a_walk_meets_everybody_once
    a_user_is_removed_unless_they_have_changed
}

/// A user whose group is the same in every store.
fn grouped(number: u8) -> UserKey {
    let mut hash = [7; 16];
    (hash[0], hash[1]) = (number % 8, number);
    UserKey { hash, partition: Partition(number % 8) }
}

/// Everybody in these groups, in steps of two.
async fn met(store: &Arc<dyn Store>, groups: std::ops::RangeInclusive<u8>) -> Vec<KnownUser> {
    let (mut met, mut position) = (Vec::new(), None);
    loop {
        let step = store.walk(groups.clone(), position.as_ref(), 2).await.unwrap();
        met.extend(step.users);
        position = step.next;
        if position.is_none() {
            met.sort_by_key(|it| it.user.hash);
            return met;
        }
    }
}

async fn a_walk_meets_everybody_once(store: &Arc<dyn Store>) {
    assert_eq!(met(store, 0..=255).await, []);
    for number in 0..40 {
        put(store, commit(&grouped(number), 0, at(i64::from(number)), 1)).await;
    }
    let everybody = met(store, 0..=255).await;
    let hashes: Vec<[u8; 16]> = everybody.iter().map(|it| it.user.hash).collect();
    let mut expected: Vec<[u8; 16]> = (0..40).map(|number| grouped(number).hash).collect();
    expected.sort_unstable();
    assert_eq!(hashes, expected);
    for known in &everybody {
        let loaded = store.load(&known.user, None, at(0)).await.unwrap();
        assert_eq!((&known.tenant, known.version, &known.profile), (&acme(), 1, &loaded.profile));
    }
    let some = met(store, 2..=4).await;
    assert_eq!(some.len(), 15);
    assert!(some.iter().all(|it| (2..=4).contains(&it.user.hash[0])));
    assert_eq!(met(store, 9..=255).await, []);
}

async fn a_user_is_removed_unless_they_have_changed(store: &Arc<dyn Store>) {
    put(store, commit(&user(1), 0, at(0), 1)).await;
    put(store, commit(&user(1), 1, at(1), 2)).await;
    assert!(!store.remove_user(&user(1), 1).await.unwrap(), "they were back");
    assert_eq!(store.load(&user(1), None, at(0)).await.unwrap().version, 2);
    assert!(store.remove_user(&user(1), 2).await.unwrap());
    assert!(!store.remove_user(&user(1), 2).await.unwrap());
    let loaded = store.load(&user(1), None, at(0)).await.unwrap();
    assert_eq!((loaded.version, loaded.profile.devices.len()), (0, 0));
    put(store, commit(&user(1), 0, at(2), 3)).await;
    assert_eq!(store.load(&user(1), None, at(0)).await.unwrap().version, 1, "and begins anew");
}
