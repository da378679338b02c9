//! What `ports::WebhookStore` promises.

use std::sync::Arc;

use watchlight::{
    domain::{ids::TenantId, tenant::webhook::MAX_ATTEMPTS},
    ports::Store,
};

use crate::store::contract::harness::contract;
use crate::store::samples::{acme, attempt, webhook};

contract! {
    webhooks_are_kept_by_tenant
    the_latest_attempts_are_kept
}

async fn webhooks_are_kept_by_tenant(store: &Arc<dyn Store>) {
    let other = TenantId::parse("other").unwrap();
    assert_eq!(store.webhooks(&acme()).await.unwrap(), []);
    let [second, first, theirs] = [webhook(&acme(), 2), webhook(&acme(), 1), webhook(&other, 3)];
    for it in [&second, &first, &theirs] {
        store.put_webhook(it.clone()).await.unwrap();
    }
    let mut changed = second.clone();
    (changed.enabled, changed.rotated_until) = (false, None);
    store.put_webhook(changed.clone()).await.unwrap();
    assert_eq!(store.webhooks(&acme()).await.unwrap(), [first.clone(), changed]);
    assert_eq!(store.webhooks(&other).await.unwrap(), [theirs]);
    assert!(!store.remove_webhook(&other, first.id).await.unwrap(), "another tenant's");
    assert!(store.remove_webhook(&acme(), first.id).await.unwrap());
    assert!(!store.remove_webhook(&acme(), first.id).await.unwrap(), "gone already");
    assert_eq!(store.webhooks(&acme()).await.unwrap().len(), 1);
}

async fn the_latest_attempts_are_kept(store: &Arc<dyn Store>) {
    let (noted, other) = (webhook(&acme(), 1), webhook(&acme(), 2));
    for it in [&noted, &other] {
        store.put_webhook(it.clone()).await.unwrap();
    }
    let kept = u32::try_from(MAX_ATTEMPTS).unwrap();
    for number in 1..=kept + 5 {
        store.put_attempt(noted.id, attempt(number)).await.unwrap();
    }
    let bare = watchlight::domain::tenant::webhook::Attempt { status: None, error: None, next_at: None, ..attempt(7) };
    store.put_attempt(other.id, bare.clone()).await.unwrap();
    let numbers: Vec<u32> = store.attempts(noted.id).await.unwrap().iter().map(|it| it.number).collect();
    assert_eq!(numbers, (6..=kept + 5).rev().collect::<Vec<_>>());
    assert_eq!(store.attempts(other.id).await.unwrap(), [bare]);
    assert!(store.remove_webhook(&acme(), noted.id).await.unwrap());
    assert_eq!(store.attempts(noted.id).await.unwrap(), [], "forgotten with the webhook");
    assert_eq!(store.attempts(other.id).await.unwrap().len(), 1);
}
