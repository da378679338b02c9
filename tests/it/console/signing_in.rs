//! Signing in and out, and how long one stays signed in.

use watchlight::{
    domain::{
        history::login_record::LoginIndex,
        ids::LoginId,
        login::login::Outcome,
        operator::{
            role::Role,
            session::{IDLE_MS, LONGEST_MS},
        },
        recognition::verdict::DeviceStatus,
        time::{DAY_MS, HOUR_MS},
    },
    http::door::state::{ConsoleSettings, HttpSettings},
};

use crate::{
    console::people::{PASSWORD, browser, cookies, form, joined, sign_in, signed_in, tenant},
    http::server::{Options, Server},
};

#[test]
fn the_right_password_lets_in_and_nothing_else_does() {
    let server = Server::start();
    joined(&server, "ana@example.com", Role::Reader, &["acme"]);
    let wrong = sign_in(&server, "ana@example.com", "correct horse battery stable");
    let unknown = sign_in(&server, "ben@example.com", PASSWORD);
    for answer in [&wrong, &unknown] {
        assert_eq!((answer.status, answer.header("set-cookie")), (403, None), "{answer:?}");
        assert!(answer.body.contains("E-mail address or password is wrong."));
    }
    // Nothing but the address that was typed tells the two apart.
    assert_eq!(wrong.body.replace("ana@", "ben@"), unknown.body);
    let right = sign_in(&server, " Ana@example.com", PASSWORD);
    assert_eq!((right.status, right.header("location")), (303, Some("/console/")), "{right:?}");
    assert_eq!(browser(&server).with("Cookie", &cookies(&right)).get("/console/").status, 200);
}

#[test]
fn who_has_not_signed_in_is_led_there_and_back() {
    let server = Server::start();
    joined(&server, "ana@example.com", Role::Reader, &["acme"]);
    let away = browser(&server).get("/console/?tenant=acme");
    assert_eq!(
        (away.status, away.header("location")),
        (303, Some("/console/login?next=%2Fconsole%2F%3Ftenant%3Dacme"))
    );
    let page = browser(&server).get(away.header("location").unwrap());
    assert!(page.body.contains("name=\"next\" value=\"/console/?tenant=acme\""), "{}", page.body);
    let fields = form(&[("email", "ana@example.com"), ("password", PASSWORD), ("next", "/console/?tenant=acme")]);
    let back = browser(&server).post("/console/login", fields);
    assert_eq!((back.status, back.header("location")), (303, Some("/console/?tenant=acme")));
    let evil = form(&[("email", "ana@example.com"), ("password", PASSWORD), ("next", "https://evil.example/")]);
    assert_eq!(browser(&server).post("/console/login", evil).header("location"), Some("/console/"));
    browser(&server).with("Accept", "application/json").get("/console/").problem(401, "signed_out");
}

#[test]
fn a_cookie_is_the_browsers_alone() {
    for (public_url, expected) in
        [("https://watch.example", "__Host-watchlight="), ("http://127.0.0.1:8080", "watchlight=")]
    {
        let settings = HttpSettings { public_url: public_url.to_owned(), ..HttpSettings::default() };
        let server = Server::with(Options { settings, ..Options::default() });
        joined(&server, "ana@example.com", Role::Reader, &["acme"]);
        let answer = sign_in(&server, "ana@example.com", PASSWORD);
        let session = answer.headers.iter().find(|(_, it)| it.starts_with(expected)).unwrap();
        for part in ["HttpOnly", "SameSite=Lax", "Path=/"] {
            assert!(session.1.contains(part), "{session:?}");
        }
        assert_eq!(session.1.contains("Secure"), public_url.starts_with("https"), "{session:?}");
        assert!(!session.1.contains("Domain"), "{session:?}");
    }
}

#[test]
fn who_signs_out_is_out() {
    let server = Server::start();
    let ana = joined(&server, "ana@example.com", Role::Reader, &["acme"]);
    let client = signed_in(&server, &ana);
    assert_eq!(client.get("/console/").status, 200);
    let out = client.post("/console/logout", "");
    assert_eq!((out.status, out.header("location")), (303, Some("/console/login")));
    assert!(out.header("set-cookie").unwrap().contains("Max-Age=0"), "{out:?}");
    assert_eq!(client.get("/console/").status, 303);
    assert_eq!(browser(&server).post("/console/logout", "").status, 303, "out already");
}

#[test]
fn a_session_ends_when_it_is_idle_and_after_a_day() {
    let server = Server::start();
    let ana = joined(&server, "ana@example.com", Role::Reader, &["acme"]);
    let client = signed_in(&server, &ana);
    server.clock.advance_ms(IDLE_MS - 1);
    assert_eq!(client.get("/console/").status, 200);
    server.clock.advance_ms(IDLE_MS);
    assert_eq!(client.get("/console/").status, 303, "eight hours without a request");
    let ana = joined(&server, "ana@example.com", Role::Reader, &["acme"]);
    let client = signed_in(&server, &ana);
    for _ in 0..5 {
        server.clock.advance_ms(4 * HOUR_MS);
        assert_eq!(client.get("/console/").status, 200);
    }
    server.clock.advance_ms(LONGEST_MS - 20 * HOUR_MS);
    assert_eq!(client.get("/console/").status, 303, "a day");
}

#[test]
fn who_is_revoked_is_out_at_once_in_every_process() {
    let server = Server::start();
    let other = Server::with(Options { store: Some(server.store.clone()), ..Options::default() });
    let ana = joined(&server, "ana@example.com", Role::Reader, &["acme"]);
    let (here, there) = (signed_in(&server, &ana), signed_in(&other, &ana));
    assert_eq!((here.get("/console/").status, there.get("/console/").status), (200, 200));
    server.run(server.process.operators().revoke(ana.id, None)).unwrap().unwrap();
    assert_eq!((here.get("/console/").status, there.get("/console/").status), (303, 303), "by the next request");
    assert_eq!(sign_in(&other, "ana@example.com", PASSWORD).status, 403);
}

#[test]
fn who_guesses_is_stopped() {
    let server = Server::start();
    joined(&server, "ana@example.com", Role::Reader, &["acme"]);
    let mut statuses: Vec<u16> = (0..11).map(|_| sign_in(&server, "ana@example.com", "x").status).collect();
    assert_eq!(statuses.pop(), Some(429));
    assert!(statuses.iter().all(|it| *it == 403), "{statuses:?}");
    let stopped = sign_in(&server, "ana@example.com", PASSWORD);
    assert!(stopped.header("retry-after").unwrap().parse::<u32>().unwrap() >= 1, "{stopped:?}");
    assert!(stopped.header("content-type").unwrap().starts_with("text/html"), "{stopped:?}");
}

#[test]
fn operators_logins_go_through_watchlight_itself() {
    let server = Server::start();
    let ana = joined(&server, "ana@example.com", Role::Reader, &["acme"]);
    let logins = || {
        let everything = LoginId([0; 16])..LoginId([0xFF; 16]);
        let own = tenant("_console");
        server.run(server.store.logins(&own, &LoginIndex::Time, everything, 9)).unwrap()
    };
    let first = sign_in(&server, "ana@example.com", PASSWORD);
    let first = cookies(&first);
    assert!(first.contains("watchlight-device=wld_"), "{first}");
    server.clock.advance_ms(DAY_MS);
    let known = browser(&server).with("Cookie", &first);
    known.post("/console/login", form(&[("email", "ana@example.com"), ("password", PASSWORD)]));
    server.clock.advance_ms(30 * DAY_MS);
    sign_in(&server, "ana@example.com", "a wrong one");
    server.clock.advance_ms(1_000);
    let elsewhere = server.stranger().with("User-Agent", crate::http::server::FIREFOX);
    let elsewhere = elsewhere.with("Sec-Fetch-Site", "same-origin");
    let elsewhere = elsewhere.with("Content-Type", "application/x-www-form-urlencoded");
    elsewhere.post("/console/login", form(&[("email", "ana@example.com"), ("password", PASSWORD)]));
    let found = logins();
    let told: Vec<_> = found.iter().rev().map(|it| (it.outcome, it.device.status)).collect();
    assert_eq!(
        told,
        [
            (Outcome::Success, DeviceStatus::First),
            (Outcome::Success, DeviceStatus::Recognized),
            (Outcome::Failure, DeviceStatus::Recognized),
            (Outcome::Success, DeviceStatus::New),
        ]
    );
    assert!(found.iter().all(|it| it.user.as_str() == ana.id.to_string()));
    assert!(found[0].alert.is_some(), "a new device mails the operator");
}

#[test]
fn where_there_is_no_console_there_is_nothing() {
    let console = ConsoleSettings { is_enabled: false, ..ConsoleSettings::default() };
    let server =
        Server::with(Options { settings: HttpSettings { console, ..HttpSettings::default() }, ..Options::default() });
    for path in
        ["/console", "/console/", "/console/login", "/console/oidc", "/console/invitation/x", "/console/anything"]
    {
        assert_eq!(browser(&server).get(path).status, 404, "{path}");
    }
}
