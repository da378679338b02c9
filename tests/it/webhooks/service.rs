//! The whole service and its command line.

use crate::{
    stories::service::{Place, login, wait_for},
    support::{
        hooks::{HookServer, Reply},
        redis::RedisServer,
    },
};

/// Kills a service whose first message was refused; the next one posts it again.
fn a_killed_service_tells_after_it_is_back(store_url: &str) {
    let hooks = HookServer::start(&[Reply::Status(503), Reply::Status(200)]);
    let mut place = Place::new(store_url);
    place.set("WEBHOOKS__ALLOW_PRIVATE", "true");
    let key = place.key();
    let added = place.run(&["webhooks", "add", &hooks.url(), "--tenant", "acme", "--event", "login.new_device"]);
    assert_eq!(added.code, Some(0), "{added:?}");
    let (id, secret) = added.stdout.trim().split_once('\n').unwrap();
    let mut service = place.serve();
    let client = service.client(&key);
    client.post(&login("ana", "chrome-142/windows", 1, "a"));
    client.post(&login("ana", "firefox-145/linux", 2, "b"));
    let attempts = |place: &Place| place.run(&["webhooks", "attempts", id, "--tenant", "acme"]).stdout;
    wait_for("the first attempt is noted", || attempts(&place).contains(" 503 ").then_some(()));
    service.kill();
    let service = place.serve();
    let received = wait_for("the second attempt", || Some(hooks.received()).filter(|it| it.len() > 1));
    assert!(received.iter().all(|it| it.is_signed_with(secret)), "{received:?}");
    assert_eq!((received[0].id(), &received[0].body), (received[1].id(), &received[1].body));
    assert_eq!(received[0].value()["data"]["login"]["user_id"], "ana");
    let shown = wait_for("the attempt is noted", || {
        let shown = attempts(&place);
        shown.contains(" 200 ").then_some(shown)
    });
    assert!(shown.contains(received[0].id()) && shown.contains("login.new_device"), "{shown}");
    service.stop();
}

#[test]
fn a_killed_service_on_sqlite_tells_after_it_is_back() {
    a_killed_service_tells_after_it_is_back("sqlite");
}

#[test]
fn a_killed_service_on_redis_tells_after_it_is_back() {
    let redis = RedisServer::start(&[]);
    a_killed_service_tells_after_it_is_back(&redis.url());
}

#[test]
fn webhooks_are_kept_by_the_command_line() {
    let hooks = HookServer::start(&[Reply::Status(200), Reply::Status(500)]);
    let mut place = Place::new("sqlite");
    let refused = place.run(&["webhooks", "add", &hooks.url()]);
    assert!(refused.code == Some(1) && refused.stderr.contains("url must start with https://"), "{refused:?}");
    place.set("WEBHOOKS__ALLOW_PRIVATE", "true");
    let added = place.run(&["webhooks", "add", &hooks.url(), "--description", "Desk"]);
    let (id, secret) = added.stdout.trim().split_once('\n').unwrap();
    assert!(id.starts_with("whk_") && secret.starts_with("whsec_"), "{added:?}");
    let listed = place.run(&["webhooks", "list"]);
    assert!(listed.stdout.contains(id) && listed.stdout.contains(&hooks.url()), "{listed:?}");
    assert!(!listed.stdout.contains(secret) && listed.stdout.contains("login.repudiated"), "{listed:?}");
    assert_eq!(place.run(&["webhooks", "list", "--tenant", "other"]).stdout.lines().count(), 1);
    let tested = place.run(&["webhooks", "test", id]);
    assert!(tested.code == Some(0) && tested.stdout.starts_with("taken with 200"), "{tested:?}");
    assert!(hooks.received()[0].is_signed_with(secret));
    let failed = place.run(&["webhooks", "test", id]);
    assert!(failed.code == Some(1) && failed.stderr.contains("answered 500"), "{failed:?}");
    let rotated = place.run(&["webhooks", "rotate", id]);
    assert!(rotated.stdout.starts_with("whsec_") && !rotated.stdout.contains(secret), "{rotated:?}");
    let attempts = place.run(&["webhooks", "attempts", id]);
    assert_eq!(attempts.stdout.lines().count(), 3, "{attempts:?}");
    assert_eq!(place.run(&["webhooks", "remove", id, "--tenant", "other"]).code, Some(1));
    assert_eq!(place.run(&["webhooks", "remove", id]).code, Some(0));
    assert_eq!(place.run(&["webhooks", "test", id]).code, Some(1));
    for usage in [
        &["webhooks", "add"][..],
        &["webhooks", "remove", "x"],
        &["webhooks", "add", "https://a.example", "--event", "x"],
    ] {
        assert_eq!(place.run(usage).code, Some(2), "{usage:?}");
    }
}
