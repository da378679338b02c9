//! What `ports::Counters` promises.

use std::sync::Arc;

use watchlight::{
    domain::time::{DAY_MS, HOUR_MS},
    ports::{Count, Store},
};

use crate::store::contract::harness::{contract, cutoffs};
use crate::store::samples::at;

contract! {
    counters_add_up_and_expire
}

async fn counters_add_up_and_expire(store: &Arc<dyn Store>) {
    let count = |key: u8, add, until| Count { key: [key; 16], add, expires_at: at(until) };
    let ask = async |counts: &[Count], now| store.count(counts, at(now)).await.unwrap();
    assert_eq!(ask(&[count(1, 0, HOUR_MS)], 0).await, [0]);
    assert_eq!(ask(&[count(1, 2, HOUR_MS), count(2, 1, DAY_MS), count(1, 1, DAY_MS)], 0).await, [2, 1, 3]);
    assert_eq!(ask(&[count(1, 0, HOUR_MS), count(2, 0, HOUR_MS)], 0).await, [3, 1]);
    // Redis goes by its own clock: there a counter that lives for a millisecond is gone when it is asked again.
    assert_eq!(ask(&[count(3, 7, 1)], 0).await, [7]);
    tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    assert_eq!(ask(&[count(3, 0, 9)], 2).await, [0]);
    assert_eq!(ask(&[count(3, 1, HOUR_MS)], 2).await, [1], "anew");
    store.trim(&cutoffs(at(2), at(-DAY_MS))).await.unwrap();
    assert_eq!(ask(&[count(3, 1, HOUR_MS), count(1, 0, 0)], 3).await, [2, 3], "what has not expired is kept");
    let once = [count(4, 1, HOUR_MS)];
    let many = futures_util::future::join_all((0..20).map(|_| ask(&once, 0))).await;
    let mut values: Vec<u64> = many.concat();
    values.sort_unstable();
    assert_eq!(values, (1..=20).collect::<Vec<u64>>(), "each sees another value");
}
