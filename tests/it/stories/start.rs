//! What is ready when the service listens.

use crate::{
    stories::service::Place,
    support::{redis::RedisServer, stores::open_with},
};

#[test]
fn nobody_waits_for_the_patterns_of_user_agents() {
    for store in ["sqlite", "memory:"] {
        let service = Place::new(store).serve();
        let log = service.log();
        let compiled = log.find("the patterns of user agents are compiled");
        assert!(compiled.is_some_and(|it| it < log.find("listening on").unwrap()), "{store}: {log}");
    }
}

#[tokio::test]
async fn nobody_looks_through_a_new_store_for_what_is_not_sealed() {
    let redis = RedisServer::start(&[]);
    for url in ["sqlite", &redis.url()] {
        let place = Place::new(url);
        // The first command makes the store; a long import may come before the first service.
        place.key();
        let (store, _) = open_with(&place.store_url(), &place.path("data/secret.key")).await;
        assert_eq!(store.unsealed_left().await.unwrap(), Some(0), "{url}");
    }
}
