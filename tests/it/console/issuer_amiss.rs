//! What an issuer may say or do wrong, and what others may say in its name.

use serde_json::{Value, json};
use watchlight::domain::time::MINUTE_MS;

use crate::{
    console::{
        people::browser,
        single_sign_on::{begun, is_in, sign_on, started},
    },
    support::{
        hooks::{HookServer, Reply},
        issuer::{Issuer, Signing},
    },
};

#[test]
fn an_identity_that_is_not_for_this_sign_in_is_worth_nothing() {
    let (server, issuer) = started();
    let seconds = server.clock_now().unix_ms() / 1_000;
    let sound = issuer.script().claims.clone();
    let wrong: [(&str, Value); 18] = [
        ("nonce", json!("another")),
        ("nonce", json!(null)),
        ("aud", json!("another client")),
        ("aud", json!(["watchlight here", "another client"])),
        ("aud", json!(null)),
        ("azp", json!("another client")),
        ("iss", json!("https://id.example")),
        ("iss", json!(null)),
        ("exp", json!(seconds - 60)),
        ("exp", json!(null)),
        ("exp", json!("never")),
        ("iat", json!(seconds + 61)),
        ("iat", json!(seconds - 600)),
        ("iat", json!(null)),
        ("sub", json!("")),
        ("email", json!(null)),
        ("email", json!("ana")),
        ("email_verified", json!(false)),
    ];
    for (name, value) in wrong {
        let mut claims = sound.clone();
        claims[name] = value.clone();
        issuer.script().claims = claims;
        let refused = sign_on(&server, &issuer);
        assert!(refused.status == 403 && !is_in(&refused), "{name}: {value}: {refused:?}");
        assert!(refused.body.contains("role=\"alert\"") && !refused.body.contains("canary"), "{}", refused.body);
    }
    assert_eq!(server.run(server.process.operators().list(None)).unwrap(), []);
    issuer.script().claims = sound;
    assert!(is_in(&sign_on(&server, &issuer)));
}

#[test]
fn an_identity_that_the_issuer_has_not_signed_is_worth_nothing() {
    let (server, issuer) = started();
    for signing in [
        Signing::Nobody,
        Signing::PublicSecret,
        Signing::Foreign("a"),
        Signing::Foreign("unknown"),
        Signing::Foreign("ed"),
        Signing::Changed,
    ] {
        issuer.script().signing = signing;
        let refused = sign_on(&server, &issuer);
        assert!(refused.status == 403 && !is_in(&refused), "{signing:?}: {refused:?}");
        assert!(refused.body.contains("could not be believed"), "{signing:?}: {}", refused.body);
    }
    assert_eq!(server.run(server.process.operators().list(None)).unwrap(), []);
}

#[test]
fn a_new_key_is_fetched_and_an_unknown_one_not_again_and_again() {
    let (server, issuer) = started();
    assert!(is_in(&sign_on(&server, &issuer)));
    assert!(is_in(&sign_on(&server, &issuer)));
    assert_eq!((issuer.asked_for("/keys"), issuer.asked_for("/.well-known/openid-configuration")), (1, 1));
    server.clock.advance_ms(20_000);
    issuer.script().key_id = "b";
    assert!(is_in(&sign_on(&server, &issuer)), "the issuer signs with a new key");
    assert_eq!(issuer.asked_for("/keys"), 2);
    issuer.script().signing = Signing::Foreign("c");
    for _ in 0..5 {
        assert_eq!(sign_on(&server, &issuer).status, 403);
    }
    assert_eq!(issuer.asked_for("/keys"), 2, "they were fetched a moment ago");
    server.clock.advance_ms(20_000);
    assert_eq!(sign_on(&server, &issuer).status, 403);
    assert_eq!(issuer.asked_for("/keys"), 3);
}

#[test]
fn while_the_issuer_is_away_one_is_told_so() {
    let (server, issuer) = started();
    let is_away = |answer: &crate::http::server::Answer| {
        answer.status == 503
            && answer.body.contains("does not answer as it should")
            && answer.body.contains("name=\"password\"")
    };
    issuer.script().is_down = true;
    let away = browser(&server).get("/console/oidc");
    assert!(is_away(&away), "{away:?}");
    assert!(away.header("retry-after").is_some(), "{away:?}");
    issuer.script().is_down = false;
    let (sent_to, kept) = begun(&server);
    let back = issuer.sign_in(&sent_to);
    issuer.script().is_down = true;
    let mine = browser(&server).with("Cookie", &kept);
    assert!(is_away(&mine.get(&back)));
    issuer.script().is_down = false;
    let later = mine.get(&back);
    assert!(is_in(&later), "what was begun is not lost: {later:?}");
}

#[test]
fn nothing_is_sent_anywhere_but_to_the_issuer() {
    let elsewhere = HookServer::start(&[Reply::Status(200)]);
    let url = format!("http://{}/", elsewhere.address);
    for more in [
        json!({"token_endpoint": url}),
        json!({"jwks_uri": url}),
        json!({"authorization_endpoint": url}),
        json!({"issuer": url}),
        json!({"token_endpoint": "https://id.example/token"}),
        json!({"jwks_uri": "file:///etc/passwd"}),
        json!({"issuer": null}),
    ] {
        let (server, issuer) = started();
        issuer.script().metadata = more.clone();
        let refused = browser(&server).get("/console/oidc");
        assert_eq!(refused.status, 503, "{more}: {refused:?}");
    }
    assert_eq!(elsewhere.connections(), 0);
}

#[test]
fn who_is_not_let_in_there_is_told_so_here() {
    let (server, _issuer) = started();
    let (_, kept) = begun(&server);
    let mine = browser(&server).with("Cookie", &kept);
    let declined = mine.get("/console/oidc/callback?error=access_denied&error_description=%3Cimg%20src%3Dx%3E&state=a");
    assert!(declined.status == 403 && declined.body.contains("has not let you in"), "{declined:?}");
    assert!(!declined.body.contains("<img src=x"), "{}", declined.body);
    for odd in ["", "?", "?code=", "?code=a", "?state=a", "?code=%FF&state=%FF", "?code=a&code=b&state=c"] {
        let answer = mine.get(&format!("/console/oidc/callback{odd}"));
        assert!(answer.status == 403 && !is_in(&answer), "{odd}: {answer:?}");
    }
}

#[test]
fn clocks_may_differ_by_a_minute() {
    let (server, issuer) = started();
    for ms in [-MINUTE_MS + 1_000, MINUTE_MS - 1_000] {
        issuer.script().now = server.clock_now().plus_ms(ms);
        assert!(is_in(&sign_on(&server, &issuer)), "{ms} ms");
    }
}

#[test]
fn what_one_is_told_at_the_door_tells_nothing_of_the_secret() {
    let (server, issuer): (_, Issuer) = started();
    let (sent_to, kept) = begun(&server);
    issuer.sign_in(&sent_to);
    for secret in ["secret", "code_verifier"] {
        assert!(!sent_to.contains(secret) && !kept.contains(secret), "{sent_to} {kept}");
    }
}
