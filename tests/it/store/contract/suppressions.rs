//! What `ports::SuppressionStore` promises.

use std::sync::Arc;

use watchlight::{
    domain::{
        alert::suppression::{Cause, Suppression},
        ids::{EmailKey, TenantId},
    },
    ports::Store,
};

use crate::store::contract::harness::contract;
use crate::store::samples::{acme, at};

contract! {
    mailboxes_are_put_on_the_list_and_taken_off
}

async fn mailboxes_are_put_on_the_list_and_taken_off(store: &Arc<dyn Store>) {
    let other = TenantId::parse("other").unwrap();
    let (ana, ben) = (EmailKey([1; 16]), EmailKey([2; 16]));
    let why = |cause, time| Suppression { cause, since: at(time) };
    assert!(store.suppressions(&[]).await.unwrap().is_empty());
    assert!(store.suppress(&acme(), ana, why(Cause::Refused, 1)).await.unwrap());
    assert!(!store.suppress(&acme(), ana, why(Cause::Complained, 2)).await.unwrap(), "there already");
    assert!(store.suppress(&acme(), ben, why(Cause::Bounced, 3)).await.unwrap());
    assert!(store.suppress(&other, ben, why(Cause::Bounced, 4)).await.unwrap());
    let asked = [(acme(), ben), (other.clone(), ana), (acme(), ana), (other.clone(), ben)];
    let expected = [Some(why(Cause::Bounced, 3)), None, Some(why(Cause::Refused, 1)), Some(why(Cause::Bounced, 4))];
    assert_eq!(store.suppressions(&asked).await.unwrap(), expected);
    let counts = async |tenant: &TenantId| {
        let mut counts = store.count_suppressions(tenant).await.unwrap();
        counts.retain(|(_, count)| *count > 0);
        counts.sort_unstable();
        counts
    };
    assert_eq!(counts(&acme()).await, [(Cause::Refused, 1), (Cause::Bounced, 1)]);
    assert!(store.lift(&acme(), ana).await.unwrap());
    assert!(!store.lift(&acme(), ana).await.unwrap());
    assert_eq!(counts(&acme()).await, [(Cause::Bounced, 1)]);
    assert_eq!(counts(&other).await, [(Cause::Bounced, 1)]);
}
