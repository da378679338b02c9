//! A fresh store of every kind, and what asks the same of each.

use std::{any::Any, sync::Arc};

use watchlight::{
    domain::{
        alert::alert::Delivery,
        history::{cutoffs::Cutoffs, login_record::LoginIndex, retention_days::RetentionDays},
        ids::{AlertId, LoginId},
        time::Timestamp,
    },
    ports::{Commit, CommitError, Store},
};

use crate::{
    store::samples::acme,
    support::{redis::RedisServer, redis_topologies::RedisCluster, stores::open_at},
};

/// For how long the stores of these tests keep records: logins for 180 days, alerts for 365.
pub fn kept() -> RetentionDays {
    RetentionDays::default()
}

/// What is from before `cutoff`, of every class, and what expired before `expired_at`.
pub fn cutoffs(expired_at: Timestamp, cutoff: Timestamp) -> Cutoffs {
    Cutoffs { expired_at, ..Cutoffs::all(cutoff) }
}

/// A fresh store, and what must live as long as it does.
pub struct Fresh(pub Arc<dyn Store>, #[expect(dead_code, reason = "kept for its Drop")] Box<dyn Any>);

pub async fn memory() -> Fresh {
    Fresh(open_at("memory:").await, Box::new(()))
}

pub async fn sqlite() -> Fresh {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}/new/watchlight.db", folder.path().display());
    Fresh(open_at(&url).await, Box::new(folder))
}

pub async fn redis() -> Fresh {
    let server = RedisServer::start(&[]);
    Fresh(open_at(&server.url()).await, Box::new(server))
}

pub async fn cluster() -> Fresh {
    let cluster = RedisCluster::start(3, 0);
    Fresh(open_at(&cluster.url()).await, Box::new(cluster))
}

/// Asks the tests that are named of every store.
macro_rules! contract {
    ($($test:ident)+) => { contract!(@over memory sqlite redis cluster; [$($test)+]); };
    (@over $($store:ident)+; $tests:tt) => { $(contract!(@one $store $tests);)+ };
    (@one $store:ident [$($test:ident)+]) => {
        mod $store {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                let fresh = crate::store::contract::harness::$store().await;
                super::$test(&fresh.0).await;
            })+
        }
    };
}
pub(crate) use contract;

pub async fn put(store: &Arc<dyn Store>, commit: Commit) {
    store.commit(commit).await.unwrap();
}

pub fn is_stale(outcome: &Result<(), CommitError>) -> bool {
    matches!(outcome, Err(CommitError::Stale))
}

pub fn is_duplicate(outcome: &Result<(), CommitError>) -> bool {
    matches!(outcome, Err(CommitError::Duplicate))
}

pub async fn ids(store: &Arc<dyn Store>, index: LoginIndex, from: Timestamp, to: Timestamp) -> Vec<LoginId> {
    let range = LoginId::first_at(from)..LoginId::first_at(to);
    let found = store.logins(&acme(), &index, range, 100).await.unwrap();
    found.into_iter().map(|it| it.id).collect()
}

pub async fn delivery(store: &Arc<dyn Store>, id: AlertId, now: Timestamp) -> Delivery {
    store.alert(id, now).await.unwrap().unwrap().1
}
