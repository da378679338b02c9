//! What `ports::Upkeep` promises, asked of every store there is.

use std::sync::Arc;

use watchlight::{
    domain::{
        retention::{Stock, TrimMemory},
        time::{DAY_MS, HOUR_MS},
    },
    ports::Store,
};

use crate::store::{
    contract::contract,
    samples::{at, commit, trim_memory, user},
};

contract! {
    logins_are_counted_from_a_cutoff
    what_is_remembered_of_a_trim_is_replaced
}

async fn logins_are_counted_from_a_cutoff(store: &Arc<dyn Store>) {
    assert_eq!(store.stock(at(0), 20).await.unwrap(), Stock::default());
    for hour in 0..10_u8 {
        store.commit(commit(&user(hour), 0, at(i64::from(hour) * HOUR_MS), hour)).await.unwrap();
    }
    let newest = Some(at(9 * HOUR_MS));
    let stock = async |hours: i64, enough| store.stock(at(hours * HOUR_MS), enough).await.unwrap();
    assert_eq!(stock(0, 20).await.older, 0);
    assert_eq!(stock(1, 20).await, Stock { newest, older: 1, kept: 9 }, "those of the cutoff itself are kept");
    assert_eq!(stock(7, 20).await, Stock { newest, older: 7, kept: 3 });
    assert_eq!(stock(10, 20).await, Stock { newest, older: 10, kept: 0 });
    let bounded = stock(2, 3).await;
    assert!(bounded.older == 2 && (6..=8).contains(&bounded.kept), "{bounded:?}");
    while store.trim(at(0), at(7 * HOUR_MS)).await.unwrap() > 0 {}
    assert_eq!(stock(8, 20).await, Stock { newest, older: 1, kept: 2 });
}

async fn what_is_remembered_of_a_trim_is_replaced(store: &Arc<dyn Store>) {
    assert_eq!(store.trim_memory().await.unwrap(), None);
    for memory in [trim_memory(), TrimMemory::begin(at(DAY_MS)), trim_memory()] {
        store.put_trim_memory(&memory).await.unwrap();
        assert_eq!(store.trim_memory().await.unwrap(), Some(memory));
    }
}
