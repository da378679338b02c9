//! From a login to a tenant's own system: told at least once, under one name, in the same bytes; and nobody else is told.

use std::{sync::atomic::Ordering, time::Duration};

use serde_json::{Value, json};
use watchlight::{
    domain::{
        alert::delivery::Settlement,
        tenant::{
            api_key::Scope,
            webhook::{EventKind, TenantEvent},
        },
        time::{HOUR_MS, MINUTE_MS, SECOND_MS},
    },
    ports::Clock,
};

use watchlight::service::queue::lease::{self, Queue as _};

use crate::{
    http::{
        server::{CHROME, Client, FIREFOX, Options, Server, login},
        store_goes_away::Leaving,
    },
    support::{
        hooks::{HookServer, Received, Reply},
        services::deliveries,
    },
};

/// A webhook for some events; its place in the API and its secret.
fn webhook(client: &Client, url: &str, events: &[&str]) -> (String, String) {
    let body = json!({"url": url, "events": events}).to_string();
    let made = client.with("Content-Type", "application/json").post("/v1/webhooks", body).value();
    (format!("/v1/webhooks/{}", made["id"].as_str().unwrap()), made["secret"].as_str().unwrap().to_owned())
}

const ALL: [&str; 4] = ["login.new_device", "login.suspicious", "login.repudiated", "alert.failed"];

/// A user with a known device signs in from a new one; the answer.
fn new_device(client: &Client, user: &str) -> Value {
    client.login(&login(user, CHROME));
    client.login(&login(user, FIREFOX)).value()
}

fn types(received: &[Received]) -> Vec<String> {
    received.iter().map(|it| it.value()["type"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_new_device_is_told_with_the_login_and_the_alert() {
    let hooks = HookServer::start(&[Reply::Status(204)]);
    let server = Server::start();
    let client = server.client();
    let (place, secret) = webhook(&client, &hooks.url(), &ALL);
    let answer = new_device(&client, "ana");
    assert_eq!(server.post_what_is_due(), 2, "an event, and a message about it");
    let received = hooks.received();
    assert_eq!(types(&received), ["login.new_device"]);
    let (message, value) = (&received[0], received[0].value());
    assert!(message.is_signed_with(&secret) && message.id().starts_with("evt_"), "{message:?}");
    assert_eq!(message.headers["webhook-timestamp"], "1795341600");
    assert_eq!(value["timestamp"], "2026-11-22T10:00:00.000Z");
    let detail = client.get(&format!("/v1/logins/{}", answer["id"].as_str().unwrap())).value();
    for (name, told) in value["data"]["login"].as_object().unwrap() {
        assert_eq!(told, &detail[name], "{name}");
    }
    assert_eq!(value["data"]["login"]["device"]["token"], Value::Null, "the token is for who posted the login");
    let feed = client.get("/v1/users/ana/alerts").value();
    assert_eq!(value["data"]["alert"], feed["data"][0]);
    let attempts = client.get(&format!("{place}/attempts")).value();
    let attempt = &attempts["data"][0];
    assert_eq!(
        (&attempt["status"], &attempt["attempt"], &attempt["next_attempt_at"]),
        (&json!(204), &json!(1), &Value::Null)
    );
    assert_eq!((attempt["event_id"].as_str(), attempts["data"].as_array().unwrap().len()), (Some(message.id()), 1));
    server.clock.advance_ms(HOUR_MS);
    assert_eq!(server.post_what_is_due(), 0, "and never again");
}

#[test]
fn what_is_no_news_is_not_told() {
    let hooks = HookServer::start(&[Reply::Status(200)]);
    let server = Server::start();
    let client = server.client();
    client.login(&login("ana", CHROME));
    client.login(&login("ana", CHROME));
    let mut failed = login("ana", FIREFOX);
    failed["outcome"] = "failure".into();
    client.login(&failed);
    let past = login("bob", CHROME).to_string() + "\n" + &login("bob", FIREFOX).to_string();
    client.with("Content-Type", "application/x-ndjson").post("/v1/logins/import", past);
    assert_eq!(server.run(server.store.next_event_due()).unwrap(), None, "nothing waits");
    let (_, _) = webhook(&client, &hooks.url(), &ALL);
    let again = client.with("Idempotency-Key", "k");
    again.login(&login("ana", FIREFOX));
    again.login(&login("ana", FIREFOX));
    server.post_what_is_due();
    assert_eq!(types(&hooks.received()), ["login.new_device"], "a repeated request tells once");
}

#[test]
fn each_webhook_gets_what_it_asked_for_and_its_tenants_only() {
    let (all, some, off, theirs) = (
        HookServer::start(&[Reply::Status(200)]),
        HookServer::start(&[Reply::Status(200)]),
        HookServer::start(&[Reply::Status(200)]),
        HookServer::start(&[Reply::Status(200)]),
    );
    let server = Server::start();
    let client = server.client();
    let (_, first) = webhook(&client, &all.url(), &ALL);
    let (_, second) = webhook(&client, &some.url(), &["login.repudiated"]);
    let (place, _) = webhook(&client, &off.url(), &ALL);
    let json = client.with("Content-Type", "application/json");
    assert_eq!(json.send("PATCH", &place, br#"{"enabled":false}"#).status, 200);
    webhook(&server.client_of("other", &Scope::ALL), &theirs.url(), &ALL);
    let answer = new_device(&client, "ana");
    server.post_what_is_due();
    let device = answer["device"]["id"].as_str().unwrap();
    client.post(&format!("/v1/users/ana/devices/{device}/deny"), "");
    client.post(&format!("/v1/users/ana/devices/{device}/deny"), "");
    server.post_what_is_due();
    assert_eq!(types(&all.received()), ["login.new_device", "login.repudiated"], "said twice, told once");
    assert_eq!(types(&some.received()), ["login.repudiated"]);
    assert_eq!((off.connections(), theirs.connections()), (0, 0));
    let [told, told_too] = [&all.received()[1], &some.received()[0]];
    assert_eq!((told.id(), &told.body), (told_too.id(), &told_too.body), "one event, one name, the same bytes");
    assert!(told.is_signed_with(&first) && told_too.is_signed_with(&second));
    assert!(!told.is_signed_with(&second) && !told_too.is_signed_with(&first));
    let value = told.value();
    assert_eq!((&value["data"]["alert"]["answer"], &value["data"]["login"]["id"]), (&json!("denied"), &answer["id"]));
}

#[test]
fn a_denied_device_that_comes_back_is_suspicious() {
    let hooks = HookServer::start(&[Reply::Status(200)]);
    let server = Server::start();
    let client = server.client();
    webhook(&client, &hooks.url(), &["login.suspicious"]);
    let answer = new_device(&client, "ana");
    client.post(&format!("/v1/users/ana/devices/{}/deny", answer["device"]["id"].as_str().unwrap()), "");
    server.post_what_is_due();
    assert_eq!(hooks.connections(), 0, "a new device alone is no high risk");
    let back = client.login(&login("ana", FIREFOX)).value();
    assert_eq!(back["risk"]["level"], "high", "{back}");
    server.post_what_is_due();
    let received = hooks.received();
    assert_eq!(types(&received), ["login.suspicious"]);
    assert_eq!(received[0].value()["data"]["login"]["id"], back["id"]);
}

#[test]
fn a_mail_that_is_given_up_is_told() {
    let hooks = HookServer::start(&[Reply::Status(200)]);
    let server = Server::start();
    let client = server.client();
    webhook(&client, &hooks.url(), &["alert.failed"]);
    let answer = new_device(&client, "ana");
    server.run(async {
        let now = server.clock.now();
        let leased = server.store.lease(now, now.plus_ms(1), 9).await.unwrap().remove(0);
        let keys = server.keyring.tenant(&leased.alert.tenant);
        let event = TenantEvent::new(now, EventKind::AlertFailed, &keys, leased.alert.id);
        let dead = Settlement::Dead("550 no such user".to_owned());
        assert!(deliveries(&server.store).settle(&leased, now, dead, Some(event)).await.unwrap());
    });
    server.post_what_is_due();
    let received = hooks.received();
    assert_eq!(types(&received), ["alert.failed"]);
    let alert = &received[0].value()["data"]["alert"];
    assert_eq!((&alert["id"], &alert["state"]), (&answer["alert"]["id"], &json!("failed")));
    assert_eq!(alert["last_error"], "550 no such user");
}

#[test]
fn what_is_not_taken_is_tried_for_28_hours_under_one_name() {
    let hooks =
        HookServer::start(&[Reply::Status(500), Reply::HangUp, Reply::Redirect("/".to_owned()), Reply::Status(503)]);
    let server = Server::start();
    let client = server.client();
    let (place, secret) = webhook(&client, &hooks.url(), &ALL);
    new_device(&client, "ana");
    assert_eq!(server.post_what_is_due(), 2);
    let plan_ms = [5 * SECOND_MS, 5 * MINUTE_MS, 30 * MINUTE_MS, 2 * HOUR_MS, 5 * HOUR_MS, 10 * HOUR_MS, 10 * HOUR_MS];
    for wait_ms in plan_ms {
        server.clock.advance_ms(wait_ms - 1);
        assert_eq!(server.post_what_is_due(), 0, "not before its time");
        server.clock.advance_ms(1);
        assert_eq!(server.post_what_is_due(), 1);
    }
    server.clock.advance_ms(100 * HOUR_MS);
    assert_eq!(server.post_what_is_due(), 0, "given up");
    let received = hooks.received();
    assert_eq!(received.len(), 8);
    assert!(received.iter().all(|it| it.id() == received[0].id() && it.body == received[0].body));
    assert!(received.iter().all(|it| it.is_signed_with(&secret)));
    let stamps: Vec<&String> = received.iter().map(|it| &it.headers["webhook-timestamp"]).collect();
    assert!(stamps.is_sorted() && stamps[0] != stamps[7], "each attempt is signed when it is made");
    let attempts = client.get(&format!("{place}/attempts")).value()["data"].clone();
    let attempts = attempts.as_array().unwrap();
    assert_eq!(attempts.iter().map(|it| it["attempt"].as_u64().unwrap()).collect::<Vec<_>>(), [8, 7, 6, 5, 4, 3, 2, 1]);
    let errors: Vec<&str> = attempts.iter().rev().take(4).map(|it| it["error"].as_str().unwrap()).collect();
    let redirect = "answered 307: redirects are not followed";
    assert_eq!(errors, ["answered 500", "the connection broke", redirect, "answered 503"]);
    assert_eq!(attempts[7]["next_attempt_at"], "2026-11-22T10:00:05.000Z");
    assert_eq!(attempts[0]["next_attempt_at"], Value::Null);
}

#[test]
fn a_webhook_that_is_gone_is_not_tried_again() {
    let hooks = HookServer::start(&[Reply::Status(410), Reply::Status(500)]);
    let server = Server::start();
    let client = server.client();
    let (place, _) = webhook(&client, &hooks.url(), &ALL);
    new_device(&client, "ana");
    server.post_what_is_due();
    assert_eq!(server.run(server.store.next_event_due()).unwrap(), None, "410: nothing more is wanted");
    new_device(&client, "bob");
    server.post_what_is_due();
    assert!(server.run(server.store.next_event_due()).unwrap().is_some());
    assert_eq!(client.send("DELETE", &place, b"").status, 204);
    server.clock.advance_ms(HOUR_MS);
    server.post_what_is_due();
    assert_eq!(server.run(server.store.next_event_due()).unwrap(), None, "what waited is dropped");
    assert_eq!(hooks.connections(), 2);
}

#[test]
fn a_worker_that_dies_between_posting_and_noting_it_posts_again_under_the_same_name() {
    let hooks = HookServer::start(&[Reply::Status(200)]);
    let server = Server::start();
    let client = server.client();
    webhook(&client, &hooks.url(), &ALL);
    new_device(&client, "ana");
    let dying = server.webhook_worker();
    let leased = server.run(async {
        let event = dying.lease(0).await.unwrap().work.remove(0);
        dying.work(event).await.unwrap();
        dying.lease(0).await.unwrap().work.remove(0)
    });
    let (_, body) = leased.leased.message.clone().unwrap();
    let webhook = server.run(server.webhooks.list(&leased.leased.event.tenant)).unwrap().remove(0);
    assert_eq!(server.run(server.webhooks.post(&webhook, &leased.leased.event, &body, 1)).status, Some(200));
    // Here it dies. Its lease runs out, and another takes over.
    assert_eq!(server.post_what_is_due(), 0, "not while the lease runs");
    server.clock.advance_ms(MINUTE_MS);
    assert_eq!(server.post_what_is_due(), 1);
    let received = hooks.received();
    assert_eq!(received.len(), 2);
    assert_eq!((received[0].id(), &received[0].body), (received[1].id(), &received[1].body));
    // And if it was only frozen, what it knows comes too late.
    assert!(server.run(dying.work(leased)).is_ok());
    assert_eq!(server.run(server.store.next_event_due()).unwrap(), None);
}

#[test]
fn one_slow_webhook_does_not_hold_up_the_others() {
    let (slow, quick) = (HookServer::start(&[Reply::Stuck]), HookServer::start(&[Reply::Status(200)]));
    let server = Server::start();
    let client = server.client();
    webhook(&client, &slow.url(), &["login.new_device"]);
    for it in 0..9 {
        new_device(&client, &format!("u{it}"));
    }
    let other = server.client_of("other", &Scope::ALL);
    webhook(&other, &quick.url(), &["login.new_device"]);
    new_device(&other, "ana");
    let webhook_worker = server.webhook_worker();
    server.run(async {
        for event in webhook_worker.lease(0).await.unwrap().work {
            webhook_worker.work(event).await.unwrap();
        }
        let leased = webhook_worker.lease(0).await.unwrap().work;
        assert_eq!(leased.len(), 5, "four for the slow one, and the other tenant's");
        let all = futures_util::future::join_all(leased.into_iter().map(|it| webhook_worker.work(it)));
        let told = async {
            while quick.received().is_empty() || slow.received().len() < 4 {
                tokio::task::yield_now().await;
            }
        };
        // What is under way is dropped here: it is under a lease, and posted again after it.
        tokio::select! { _ = all => panic!("the slow one has answered"), () = told => {} }
    });
    assert_eq!((slow.connections(), quick.connections()), (4, 1), "the other five wait for their turn");
}

#[test]
fn a_message_under_a_lease_does_not_wait_for_a_clock_that_was_set_back() {
    let hooks = HookServer::start(&[Reply::Status(200)]);
    let server = Server::start();
    let client = server.client();
    webhook(&client, &hooks.url(), &ALL);
    new_device(&client, "ana");
    let dying = server.webhook_worker();
    server.run(async {
        let event = dying.lease(0).await.unwrap().work.remove(0);
        dying.work(event).await.unwrap();
        assert_eq!(dying.lease(0).await.unwrap().work.len(), 1, "and here it dies");
    });
    server.clock.advance_ms(-HOUR_MS);
    assert_eq!(server.post_what_is_due(), 1);
    assert_eq!(types(&hooks.received()), ["login.new_device"]);
}

#[test]
fn a_tenant_whose_webhooks_never_answer_does_not_hold_up_another() {
    let (silent, quick) = (HookServer::start(&[Reply::Stuck]), HookServer::start(&[Reply::Status(200)]));
    let server = Server::start();
    let (noisy, other) = (server.client(), server.client_of("other", &Scope::ALL));
    for _ in 0..8 {
        webhook(&noisy, &silent.url(), &["login.new_device"]);
        // A webhook is named after when it was made.
        server.clock.advance_ms(1);
    }
    webhook(&other, &quick.url(), &["login.new_device"]);
    for it in 0..60 {
        new_device(&noisy, &format!("u{it}"));
    }
    let webhook_worker = server.webhook_worker();
    let (stop, stopped) = tokio::sync::watch::channel(false);
    server.run(async {
        let told = async {
            // All that the noisy tenant may have is under way, and 464 messages wait.
            while silent.connections() < 16 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            new_device(&other, "ana");
            while quick.received().is_empty() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::select! { () = lease::run(&webhook_worker, stopped) => panic!("it has ended"), () = told => {} }
    });
    drop(stop);
    assert_eq!((silent.connections(), quick.connections()), (16, 1), "told before any of the silent ones was given up");
}

#[test]
fn what_a_store_that_was_away_left_undone_does_not_wait_for_its_lease() {
    let hooks = HookServer::start(&[Reply::Status(200)]);
    let store = Leaving::new();
    let server = Server::with(Options { store: Some(store.clone()), ..Options::default() });
    let client = server.client();
    webhook(&client, &hooks.url(), &ALL);
    new_device(&client, "ana");
    let webhook_worker = server.webhook_worker();
    server.run(async {
        for _ in ["the event", "the message"] {
            let leased = webhook_worker.lease(0).await.unwrap().work.remove(0);
            store.answers_left.store(0, Ordering::SeqCst);
            assert!(webhook_worker.work(leased).await.is_err());
            store.answers_left.store(usize::MAX, Ordering::SeqCst);
            assert!(webhook_worker.lease(0).await.unwrap().work.is_empty(), "not at once");
            server.clock.advance_ms(5 * SECOND_MS);
            webhook_worker.work(webhook_worker.lease(0).await.unwrap().work.remove(0)).await.unwrap();
        }
    });
    assert_eq!(types(&hooks.received()), ["login.new_device"]);
}
