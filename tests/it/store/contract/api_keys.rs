//! What `ports::ApiKeyStore` promises.

use std::sync::Arc;

use watchlight::ports::Store;

use crate::store::contract::harness::contract;
use crate::store::samples::{self, at};

contract! {
    api_keys_are_kept_in_order
}

async fn api_keys_are_kept_in_order(store: &Arc<dyn Store>) {
    for (id, time) in [("b", 2), ("c", 1), ("a", 3)] {
        store.put_api_key(samples::api_key(id, at(time))).await.unwrap();
    }
    let mut changed = samples::api_key("b", at(2));
    changed.revoked_at = None;
    store.put_api_key(changed.clone()).await.unwrap();
    assert_eq!(store.api_key("b").await.unwrap(), Some(changed));
    assert_eq!(store.api_key("d").await.unwrap(), None);
    let order: Vec<String> = store.api_keys().await.unwrap().into_iter().map(|it| it.id).collect();
    assert_eq!(order, ["c", "b", "a"]);
}
