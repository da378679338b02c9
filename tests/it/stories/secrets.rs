//! What must never be read by whoever reads logs, metrics and errors: the suite's canaries are looked for in all of them.

use std::{fs, net::TcpStream, time::Duration};

use serde_json::Value;

use crate::{
    stories::service::{Client, Place, Service, login, wait_for},
    support::{
        hooks::{HookServer, Reply},
        smtp::{ScriptedSmtp, Turn},
    },
};

const USER: &str = "canary-user-4711";
const ADDRESS: &str = "89.160.20.129";
const PASSWORD: &str = "canary-password";
const PATH_SECRET: &str = "canary-path";

/// What must not be found, each with a word for what it is.
fn canaries(key: &str, answers: &[Value]) -> Vec<(&'static str, String)> {
    let mut canaries = vec![
        ("the user", USER.to_owned()),
        ("the user's address", ADDRESS.to_owned()),
        ("the mail server's password", PASSWORD.to_owned()),
        ("the API key", key.to_owned()),
        ("the API key's secret", key.rsplit('_').next().unwrap().to_owned()),
    ];
    for it in answers {
        let fingerprint = it["fingerprint"].as_str().unwrap().trim_start_matches("b3:").to_owned();
        canaries.push(("a whole fingerprint", fingerprint));
        canaries.push(("a device token", it["device"]["token"].as_str().unwrap().to_owned()));
    }
    canaries
}

#[track_caller]
fn assert_clean(place: &str, text: &str, canaries: &[(&'static str, String)]) {
    for (what, canary) in canaries {
        assert!(!text.contains(canary.as_str()), "{what} stands in {place}:\n{text}");
    }
}

/// Every kind of refusal that a caller can earn; the bodies.
fn refusals(client: &Client, service: &Service, key: &str) -> Vec<String> {
    let with = |change: &dyn Fn(&mut Value)| {
        let mut event = login(USER, "chrome-142/windows", 1, "refused");
        event["client"]["ip"] = ADDRESS.into();
        change(&mut event);
        client.post(&event)
    };
    let mut refused = vec![
        with(&|it| it["user"]["email"] = format!("{USER}@canary@example.com").into()),
        with(&|it| it["client"]["ip"] = format!("{ADDRESS}.7").into()),
        with(&|it| it["occurred_at"] = "2999-01-01T00:00:00Z".into()),
        with(&|it| it["user"]["password"] = PASSWORD.into()),
        with(&|it| it["method"] = USER.repeat(5).into()),
        with(&|it| (it["event_id"], it["method"]) = ("a".into(), "passkey".into())),
        client.post_text(&format!("{{\"user\": {{\"id\": \"{USER}\", \"id\": \"{USER}\"}}}}")).unwrap(),
        client.post_text(&format!("no json {USER} {ADDRESS}")).unwrap(),
        client.get(&format!("/v1/logins?usr={USER}")),
        client.get(&format!("/v1/logins?ip={ADDRESS}.7")),
        client.get(&format!("/v1/logins/{USER}")),
        client.get(&format!("/v1/users/{USER}/devices/{USER}")),
        client.get(&format!("/a/{USER}")),
        client.get(&format!("/{USER}")),
    ];
    let other_end = if key.ends_with('x') { "y" } else { "x" };
    let stranger = service.client(&format!("{}{other_end}", &key[..key.len() - 1]));
    refused.push(stranger.get("/v1/logins"));
    for it in &refused {
        assert!((400..500).contains(&it.status), "{it:?}");
    }
    refused.into_iter().map(|it| it.body).collect()
}

fn nothing_leaks(format: &str) {
    // It takes the first mail, refuses the second for good while it repeats its recipient, and hangs up on the third.
    let refusal = "550 5.1.1 <canary-user-4711@example.com> is unknown here";
    let script = [Turn::HangUpAfterMail, Turn::Answer("RCPT", refusal), Turn::LoseAfterData];
    let sink = ScriptedSmtp::start(&script);
    let mut place = Place::new("sqlite");
    place.set("MAIL__URL", &sink.url().replace("smtp://", &format!("smtp://relay:{PASSWORD}@")));
    place.set("MAIL__TLS", "none");
    place.set("LOG__FORMAT", format);
    place.set("LOG__LEVEL", "debug");
    // Whoever knows a webhook's address may post there, and many hold a secret.
    let hooks = HookServer::start(&[Reply::Status(500), Reply::Status(200)]);
    place.set("WEBHOOKS__ALLOW_PRIVATE", "true");
    let address = format!("{}&token={PATH_SECRET}", hooks.url());
    let added = place.run(&["webhooks", "add", &address, "--tenant", "acme"]).stdout;
    let key = place.key();
    let service = place.serve();
    let client = service.client(&key);
    let mut answers = Vec::new();
    for (event, browser) in
        [("a", "chrome-142/windows"), ("b", "firefox-145/linux"), ("c", "chrome-142/mac"), ("d", "safari-26/iphone")]
    {
        let mut event = login(USER, browser, 1, event);
        event["client"]["ip"] = ADDRESS.into();
        answers.push(client.post(&event).value());
        wait_for("each mail has been tried", || {
            client.list("/v1/alerts").iter().all(|it| it["attempts"] != 0 && it["state"] != "sending").then_some(())
        });
    }
    assert_eq!(client.list(&format!("/v1/logins?user={USER}")).len(), 4);
    assert_eq!(client.list(&format!("/v1/logins?ip={ADDRESS}")).len(), 4);
    let taken = |it: &str| it.contains("message posted") && it.contains("message not taken");
    wait_for("messages were refused and taken", || taken(&service.log()).then_some(()));
    let mut canaries = canaries(&key, &answers);
    let signing = added.trim().rsplit("whsec_").next().unwrap().to_owned();
    canaries.extend([("a webhook's address", PATH_SECRET.to_owned()), ("a webhook's secret", signing)]);
    let bodies = refusals(&client, &service, &key);
    let metrics = client.get("/metrics");
    assert!(metrics.status == 200 && metrics.body.contains("watchlight_http_requests_total"), "{metrics:?}");
    assert_clean("the metrics", &metrics.body, &canaries);
    let ready = client.get("/readyz");
    assert_clean("/readyz", &ready.body, &canaries);
    for body in &bodies {
        assert_clean("a refusal", body, &canaries);
    }
    // Whoever hangs up in the middle of a request is logged, too.
    drop(TcpStream::connect_timeout(&service.url[7..].parse().unwrap(), Duration::from_secs(5)).unwrap());
    service.terminate();
    let (status, log) = service.ended();
    assert_eq!(status.code(), Some(0));
    assert!(log.contains("mail sent") && log.contains("mail given up") && log.contains("/v1/logins/{id}"), "{log}");
    assert_clean("the log", &log, &canaries);
    let master = fs::read_to_string(place.path("data/secret.key")).unwrap();
    assert!(!log.contains(master.trim()), "the master key stands in the log");
}

#[test]
fn nothing_secret_or_personal_leaves_by_logs_for_people() {
    nothing_leaks("text");
}

#[test]
fn nothing_secret_or_personal_leaves_by_logs_for_machines() {
    nothing_leaks("json");
}
