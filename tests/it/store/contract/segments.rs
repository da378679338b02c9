//! What `ports::SegmentStore` promises.

use std::sync::Arc;

use futures_util::future::join;
use watchlight::{
    domain::{
        ids::{LoginId, Partitions},
        search::{
            clear::{
                columns::Column,
                facets::Facets,
                segment::{Segment, SegmentNumber},
            },
            tallies::Quarter,
        },
        time::{HOUR_MS, MINUTE_MS},
    },
    ports::{Made, Store},
};

use crate::store::{
    contract::{
        erasures::forget,
        harness::{contract, cutoffs, put},
        tallies::{login_of, recount},
    },
    samples::{acme, at, user},
};

// A store in memory has none.
contract!(@over sqlite redis; [
    segments_have_what_stands_in_the_clear
    a_segment_goes_when_its_logins_do_or_others_come
    segments_are_right_while_logins_come_and_go
]);

/// Beyond everything that the tests store.
pub const END: SegmentNumber = SegmentNumber(1 << 40);

/// Eight hours of logins of 20 users: so many that three segments are worth making, and what is left of an hour is not.
pub async fn fill(store: &Arc<dyn Store>) {
    for number in 0..200_u8 {
        let time = at(i64::from(number.wrapping_mul(37)) * 2 * MINUTE_MS);
        put(store, login_of(&user(number % 20), u64::from(number / 20), time, number)).await;
    }
}

pub async fn make_all(store: &Arc<dyn Store>) {
    assert!(store.is_counted().await.unwrap());
    while store.make_segment(END, &[]).await.unwrap() != Made::Nothing {}
}

pub async fn told(store: &Arc<dyn Store>) -> Vec<Segment> {
    assert!(store.is_counted().await.unwrap());
    store.segments(&acme(), SegmentNumber(0)..=END, &Column::ALL, 100).await.unwrap().segments
}

/// What the segments have to be: those of enough logins.
pub async fn expected(store: &Arc<dyn Store>) -> Vec<Segment> {
    let everything = LoginId([0; 16])..LoginId([0xFF; 16]);
    let page = store.clear_logins(&acme(), everything, &Partitions::ALL, 1_000).await.unwrap();
    let mut logins: Vec<(LoginId, Facets)> = page.logins.into_iter().map(|it| (it.id, it.facets.unwrap())).collect();
    logins.reverse();
    let number = |(id, _): &(LoginId, Facets)| SegmentNumber::of(Quarter::of(id.time()));
    let segments = logins.chunk_by(|a, b| number(a) == number(b)).filter(|it| it.len() >= 64);
    segments.map(|it| Segment::of(number(&it[0]), it)).rev().collect()
}

/// How many there are.
pub async fn are_right(store: &Arc<dyn Store>) -> usize {
    make_all(store).await;
    let found = told(store).await;
    assert_eq!(found, expected(store).await);
    found.len()
}

async fn segments_have_what_stands_in_the_clear(store: &Arc<dyn Store>) {
    assert_eq!(are_right(store).await, 0);
    fill(store).await;
    assert!(told(store).await.is_empty());
    let segments = are_right(store).await;
    assert!(segments > 1, "{segments}");
    let all = told(store).await;
    let page = store.segments(&acme(), SegmentNumber(0)..=END, &[Column::Verdict, Column::Asn], 1).await.unwrap();
    assert_eq!(page.told_from, Some(all[0].number));
    let some = page.segments;
    assert_eq!(some.len(), 1);
    for column in [Column::Verdict, Column::Asn] {
        assert_eq!(some[0].column(column), all[0].column(column));
    }
    assert_eq!((some[0].number, some[0].ends(), some[0].columns().len()), (all[0].number, all[0].ends(), 2));
    let earlier = SegmentNumber(0)..=SegmentNumber(all[0].number.0 - 1);
    let rest = store.segments(&acme(), earlier, &Column::ALL, 100).await.unwrap();
    assert_eq!((&rest.segments[..], rest.told_from), (&all[1..], None));
    // What is not over is not made.
    put(store, login_of(&user(1), 10, at(MINUTE_MS), 201)).await;
    assert!(store.is_counted().await.unwrap());
    let number = SegmentNumber::of(Quarter::of(at(MINUTE_MS)));
    assert_eq!(store.make_segment(number, &[]).await.unwrap(), Made::Nothing);
    assert_eq!(store.make_segment(SegmentNumber(number.0 + 1), &[]).await.unwrap(), Made::One);
}

async fn a_segment_goes_when_its_logins_do_or_others_come(store: &Arc<dyn Store>) {
    fill(store).await;
    let before = are_right(store).await;
    assert!(before > 1, "{before}");
    put(store, login_of(&user(1), 10, at(4 * HOUR_MS), 201)).await;
    assert_eq!(told(store).await.len(), before - 1);
    are_right(store).await;
    forget(store, user(3), 10).await;
    assert!(told(store).await.len() < before);
    are_right(store).await;
    recount(store, async |_| {}).await;
    assert!(told(store).await.is_empty());
    are_right(store).await;
    store.trim(&cutoffs(at(0), at(5 * HOUR_MS))).await.unwrap();
    are_right(store).await;
    store.trim(&cutoffs(at(0), at(99 * HOUR_MS))).await.unwrap();
    assert_eq!(are_right(store).await, 0);
}

async fn segments_are_right_while_logins_come_and_go(store: &Arc<dyn Store>) {
    fill(store).await;
    let making = async {
        for _ in 0..400 {
            store.is_counted().await.unwrap();
            store.make_segment(END, &[]).await.unwrap();
        }
    };
    let storing = async {
        for number in 0..100_u8 {
            put(store, login_of(&user(100 + number % 20), u64::from(number / 20), at(i64::from(number)), number)).await;
            if number.is_multiple_of(30) {
                forget(store, user(number / 30), 10).await;
            }
        }
    };
    join(making, storing).await;
    assert!(are_right(store).await > 0);
}
