//! Segments that several make at once, or that are overtaken by logins.

use std::{ops::RangeInclusive, sync::Arc};

use async_trait::async_trait;
use futures_util::future::join3;
use watchlight::{
    adapters::{
        clock::ManualClock,
        store::{
            backend::{MissingSegment, SegmentBytes},
            redis::{access::Access, store::Redis},
            sqlite::store::Sqlite,
        },
    },
    domain::{
        history::retention_days::RetentionDays,
        ids::TenantId,
        search::clear::{columns::Column, segment::SegmentNumber},
        time::DAY_MS,
    },
    ports::{Made, SegmentPage, SegmentPlace, SegmentStore, Store, Unavailable},
    service::history::segmenting::SegmentMaker,
};

use crate::{
    store::{
        contract::{
            harness::{put, redis, sqlite},
            segments::{END, are_right, expected, fill, told},
            tallies::login_of,
        },
        samples::{acme, at, user},
    },
    support::{redis::RedisServer, stores::open_at},
};

/// Makes segments long after everything that the tests store.
fn maker(segments: Arc<dyn SegmentStore>, store: &Arc<dyn Store>) -> SegmentMaker {
    SegmentMaker::new(segments, store.clone(), Arc::new(ManualClock::at(at(9 * DAY_MS))))
}

/// A store in which logins keep coming into the hours of one segment.
struct Stubborn {
    inner: Arc<dyn Store>,
    place: SegmentPlace,
}

#[async_trait]
impl SegmentStore for Stubborn {
    async fn segments(
        &self,
        tenant: &TenantId,
        numbers: RangeInclusive<SegmentNumber>,
        columns: &[Column],
        limit: usize,
    ) -> Result<SegmentPage, Unavailable> {
        self.inner.segments(tenant, numbers, columns, limit).await
    }

    async fn make_segment(&self, before: SegmentNumber, passed_over: &[SegmentPlace]) -> Result<Made, Unavailable> {
        if passed_over.contains(&self.place) {
            return self.inner.make_segment(before, passed_over).await;
        }
        Ok(Made::Overtaken(self.place.clone()))
    }
}

async fn one_that_is_overtaken_holds_up_no_others(store: &Arc<dyn Store>) {
    fill(store).await;
    let mut numbers: Vec<SegmentNumber> = expected(store).await.iter().map(|it| it.number).collect();
    let place = SegmentPlace { tenant: acme(), number: numbers.pop().unwrap() };
    let stubborn = Arc::new(Stubborn { inner: store.clone(), place });
    maker(stubborn, store).make_all().await.unwrap();
    assert_eq!(told(store).await.iter().map(|it| it.number).collect::<Vec<_>>(), numbers);
    assert_eq!(maker(store.clone(), store).make_all().await.unwrap(), 1);
    assert_eq!(told(store).await, expected(store).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_is_overtaken_holds_up_no_others_in_sqlite() {
    one_that_is_overtaken_holds_up_no_others(&sqlite().await.0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_is_overtaken_holds_up_no_others_in_redis() {
    one_that_is_overtaken_holds_up_no_others(&redis().await.0).await;
}

/// As at the end of an import, when nobody has asked yet whether everything is counted.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_stored_and_is_not_counted_yet_is_made_in_redis() {
    let fresh = redis().await;
    let store = &fresh.0;
    fill(store).await;
    assert!(maker(store.clone(), store).make_all().await.unwrap() > 1);
    assert_eq!(told(store).await, expected(store).await);
}

/// Two makers and somebody who stores logins, each by a handle of its own.
async fn two_make_the_same([one, two, three]: [Arc<dyn Store>; 3]) {
    fill(&three).await;
    for round in 0..12_u8 {
        let storing = async {
            for number in (round * 8)..(round * 8 + 8) {
                let whose = user(100 + number % 8);
                put(&three, login_of(&whose, u64::from(number / 8), at(i64::from(number)), number)).await;
            }
        };
        let makers = [maker(one.clone(), &one), maker(two.clone(), &two)];
        let (first, second, ()) = join3(makers[0].make_all(), makers[1].make_all(), storing).await;
        assert!(first.is_ok() && second.is_ok(), "{first:?} {second:?}");
        let (told, expected) = (told(&three).await, expected(&three).await);
        // Any may be missing, but none is wrong.
        let wrong: Vec<_> = told.iter().filter(|it| !expected.contains(it)).map(|it| it.number).collect();
        assert_eq!(wrong, []);
    }
    assert!(are_right(&three).await > 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_make_segments_of_one_redis() {
    let server = RedisServer::start(&[]);
    let url = server.url();
    two_make_the_same([open_at(&url).await, open_at(&url).await, open_at(&url).await]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_make_segments_of_one_file() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}/watchlight.db", folder.path().display());
    two_make_the_same([open_at(&url).await, open_at(&url).await, open_at(&url).await]).await;
}

/// What a slow maker has made is put only if nobody has made that segment, and no login has come, since it began.
async fn a_slow_maker_is_overtaken(store: &Arc<dyn Store>, backend: &impl SegmentBytes) {
    fill(store).await;
    assert!(store.is_counted().await.unwrap());
    let next = async || backend.missing_segment(END, &[]).await.unwrap().unwrap();
    let slow: MissingSegment = next().await;
    let quick = next().await;
    assert_eq!(slow.place, quick.place);
    assert!(backend.put_segment(&quick, vec![(0, vec![1])]).await.unwrap());
    put(store, login_of(&user(90), 0, slow.place.number.first().start(), 90)).await;
    assert!(store.is_counted().await.unwrap());
    let third = next().await;
    assert_eq!(third.place, slow.place);
    assert!(!backend.put_segment(&slow, vec![(0, vec![2])]).await.unwrap(), "it does not have the latest login");
    assert!(backend.put_segment(&third, vec![(0, vec![3])]).await.unwrap());
    let rows = backend.segments(&acme(), third.place.number..=third.place.number, &[0], 9).await.unwrap();
    assert_eq!(rows.iter().map(|it| &it.fields[..]).collect::<Vec<_>>(), [[[3]]]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_maker_is_overtaken_in_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("watchlight.db");
    let store = open_at(&format!("sqlite:{}", path.display())).await;
    a_slow_maker_is_overtaken(&store, &Sqlite::open(&path).unwrap()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_maker_is_overtaken_in_redis() {
    let server = RedisServer::start(&[]);
    let store = open_at(&server.url()).await;
    let backend = Redis::open(&server.url(), &RetentionDays::default(), &Access::default()).await.unwrap();
    a_slow_maker_is_overtaken(&store, &backend).await;
}
