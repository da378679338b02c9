//! What `ports::RestrictionStore` promises.

use std::{collections::HashSet, sync::Arc};

use watchlight::{domain::ids::TenantId, ports::Store};

use crate::store::contract::harness::contract;
use crate::store::samples::{acme, user};

contract! {
    restricted_persons_are_listed_by_tenant
}

async fn restricted_persons_are_listed_by_tenant(store: &Arc<dyn Store>) {
    let other = TenantId::parse("other").unwrap();
    let listed = async |tenant: &TenantId| store.restricted(tenant).await.unwrap();
    let hashes = |numbers: &[u8]| numbers.iter().map(|it| user(*it).hash).collect::<HashSet<_>>();
    assert_eq!(listed(&acme()).await, hashes(&[]));
    for _ in 0..2 {
        store.put_restricted(&acme(), &user(1), true).await.unwrap();
        store.put_restricted(&acme(), &user(2), true).await.unwrap();
        store.put_restricted(&other, &user(3), true).await.unwrap();
    }
    assert_eq!((listed(&acme()).await, listed(&other).await), (hashes(&[1, 2]), hashes(&[3])));
    for _ in 0..2 {
        store.put_restricted(&acme(), &user(1), false).await.unwrap();
        store.put_restricted(&acme(), &user(3), false).await.unwrap();
    }
    assert_eq!((listed(&acme()).await, listed(&other).await), (hashes(&[2]), hashes(&[3])));
}
