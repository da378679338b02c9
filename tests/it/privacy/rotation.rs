//! `watchlight keys rotate-master`: another key wraps the root key, and everything can be read as before.

use std::{fs, time::Instant};

use tokio::runtime::Runtime;
use watchlight::{adapters::store::open, domain::history::retention_days::RetentionDays};

use crate::{
    stories::service::{Place, login, wait_for},
    support::redis::RedisServer,
};

/// How often a rotation is killed, each time a bit later: the first time at once, the last time when it has changed the store.
const ROUNDS: u32 = 12;

fn the_key_of_the_file_is_replaced(store_url: &str) {
    let mut place = Place::new(store_url);
    let key = place.key();
    let (old, new) = (place.path("data/secret.key"), place.path("data/new.key"));
    let service = place.serve();
    let client = service.client(&key);
    assert_eq!(client.post(&login("ana", "chrome-142/windows", 1, "a")).device_status(), "first");
    // The new file alone opens nothing, and no key is made in its place.
    place.set("SECRETS__KEY_FILE", "data/new.key");
    let refused = place.run(&["keys", "rotate-master"]);
    assert!(refused.code == Some(1) && !new.exists(), "{refused:?}");
    place.set("SECRETS__PREVIOUS_KEY_FILE", "data/secret.key");
    let rotated = place.run(&["keys", "rotate-master"]);
    assert!(rotated.code == Some(0) && rotated.stdout.contains("from now on"), "{rotated:?}");
    let again = place.run(&["keys", "rotate-master"]);
    assert!(again.code == Some(0) && again.stdout.contains("already"), "{again:?}");
    // A service that runs goes on, and learns what is to be remembered beside the key.
    assert_eq!(client.post(&login("ana", "chrome-142/windows", 1, "b")).device_status(), "recognized");
    let remembered = || fs::read_to_string(place.path("data/store.id")).unwrap().lines().nth(1).map(str::to_owned);
    let wrapped = wait_for("the wrapped key is remembered", remembered);
    service.stop();
    // The old file is worth nothing any more, the new one everything.
    fs::remove_file(&old).unwrap();
    let service = place.serve();
    assert_eq!(service.client(&key).post(&login("ana", "chrome-142/windows", 1, "c")).device_status(), "recognized");
    assert_eq!(service.client(&key).list("/v1/logins?user=ana").len(), 3);
    assert_eq!(remembered().map(|it| it.len()), Some(wrapped.len()));
    service.stop();
    let kept = fs::read(&new).unwrap();
    fs::write(&new, "3".repeat(64)).unwrap();
    let wrong = place.run(&["keys", "list"]);
    assert!(wrong.code == Some(1) && wrong.stderr.contains("does not belong to this store"), "{wrong:?}");
    fs::write(&new, kept).unwrap();
    assert_eq!(place.run(&["keys", "list"]).code, Some(0));
}

/// Kills the command at many moments between its start and its end: whatever was done by then, one of the two keys opens the
/// store, both together always do, and the command can be given again.
fn killed_while_it_rotates(store_url: &str) {
    let mut place = Place::new(store_url);
    let key = place.key();
    let service = place.serve();
    assert_eq!(service.client(&key).post(&login("ana", "chrome-142/windows", 1, "first")).device_status(), "first");
    service.stop();
    let begun = Instant::now();
    assert_eq!(place.run(&["keys", "list"]).code, Some(0));
    let takes = begun.elapsed();
    let runtime = Runtime::new().unwrap();
    let store = runtime.block_on(open::open(&place.store_url(), &RetentionDays::default())).unwrap();
    let identity = || runtime.block_on(store.identity()).unwrap();
    let (mut opened_by_old, mut opened_by_new) = (0, 0);
    for round in 0..ROUNDS {
        let [old, new] =
            [round, round + 1].map(|it| if it == 0 { "data/secret.key".to_owned() } else { format!("data/{it}.key") });
        place.set("SECRETS__KEY_FILE", &new);
        place.set("SECRETS__PREVIOUS_KEY_FILE", &old);
        let (was, begun) = (identity(), Instant::now());
        let mut rotating = place.begin(&["keys", "rotate-master"]);
        if round + 1 == ROUNDS {
            // Once in any case after the store has changed, whether or not the command has ended by then.
            wait_for("the root key is wrapped anew", || (identity() != was).then_some(()));
        } else {
            while begun.elapsed() < takes * round / (ROUNDS - 2) {
                std::hint::spin_loop();
            }
        }
        rotating.kill().unwrap();
        rotating.wait().unwrap();
        let both = place.run(&["keys", "list"]);
        assert_eq!(both.code, Some(0), "with both, round {round}: {both:?}");
        place.set("SECRETS__PREVIOUS_KEY_FILE", &new);
        let by_new = place.path(&new).exists() && place.run(&["keys", "list"]).code == Some(0);
        place.set("SECRETS__KEY_FILE", &old);
        place.set("SECRETS__PREVIOUS_KEY_FILE", &old);
        let by_old = place.run(&["keys", "list"]).code == Some(0);
        assert!(by_new != by_old, "round {round}: new {by_new}, old {by_old}");
        (opened_by_old, opened_by_new) = (opened_by_old + u32::from(by_old), opened_by_new + u32::from(by_new));
        place.set("SECRETS__KEY_FILE", &new);
        let finished = place.run(&["keys", "rotate-master"]);
        assert_eq!(finished.code, Some(0), "{finished:?}");
        place.set("SECRETS__PREVIOUS_KEY_FILE", &new);
        let service = place.serve();
        let posted = service.client(&key).post(&login("ana", "chrome-142/windows", 1, &round.to_string()));
        assert_eq!(posted.device_status(), "recognized");
        assert_eq!(service.client(&key).list("/v1/logins?user=ana").len(), 2 + round as usize);
        service.stop();
    }
    println!("{opened_by_old} killed before, {opened_by_new} after");
    assert!(opened_by_old > 0 && opened_by_new > 0, "every moment was on one side");
}

#[test]
fn a_rotation_that_is_killed_loses_nothing_with_sqlite() {
    killed_while_it_rotates("sqlite");
}

#[test]
fn a_rotation_that_is_killed_loses_nothing_with_redis() {
    killed_while_it_rotates(&RedisServer::start(&["--appendonly", "yes", "--appendfsync", "always"]).url());
}

#[test]
fn the_key_of_the_file_is_replaced_with_sqlite() {
    the_key_of_the_file_is_replaced("sqlite");
}

#[test]
fn the_key_of_the_file_is_replaced_with_redis() {
    the_key_of_the_file_is_replaced(&RedisServer::start(&["--appendonly", "yes"]).url());
}
