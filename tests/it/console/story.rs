//! The whole program: somebody is invited on the command line, comes in, and is revoked by another process; or comes by an issuer.

use std::{
    fs,
    time::{Duration, Instant},
};

use watchlight::{adapters::clock::SystemClock, ports::Clock};

use crate::{
    console::people::{PASSWORD, form},
    stories::service::{PUBLIC_URL, Place, wait_for},
    support::issuer::{CLIENT_ID, Issuer, SECRET},
};

/// A browser without cookies of its own, which follows nothing.
fn browser() -> ureq::Agent {
    ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build().into()
}

fn status_of(agent: &ureq::Agent, url: &str, cookie: &str) -> u16 {
    agent.get(url).header("Cookie", cookie).call().unwrap().status().as_u16()
}

#[test]
fn somebody_is_invited_comes_in_and_is_revoked_by_another_process() {
    let place = Place::new("sqlite");
    place.key();
    let service = place.serve();
    let invited = place.run(&["operators", "invite", "kim@example.com", "--role", "analyst", "--tenant", "acme"]);
    assert_eq!((invited.code, invited.stdout.lines().count()), (Some(0), 1), "{invited:?}");
    let token = invited.stdout.trim().rsplit_once("/console/invitation/").unwrap().1.to_owned();
    let (agent, door) = (browser(), format!("{}/console/invitation/{token}", service.url));
    assert_eq!(status_of(&agent, &door, ""), 200);
    let chosen = form(&[("password", PASSWORD), ("again", PASSWORD)]);
    let post = agent.post(&door).header("Sec-Fetch-Site", "same-origin");
    let joined = post.content_type("application/x-www-form-urlencoded").send(chosen.as_str()).unwrap();
    assert_eq!(joined.status().as_u16(), 303);
    let cookie = joined.headers().get("set-cookie").unwrap().to_str().unwrap().split(';').next().unwrap().to_owned();
    let home = format!("{}/console/", service.url);
    assert_eq!(status_of(&agent, &home, &cookie), 200);

    let listed = place.run(&["operators", "list"]).stdout;
    let line = listed.lines().find(|it| it.contains("kim@example.com")).unwrap();
    assert!(line.contains("analyst") && line.contains("active") && line.ends_with("acme"), "{listed}");
    let id = line.split(' ').next().unwrap();
    let revoked = place.run(&["operators", "revoke", id]);
    assert_eq!(revoked.code, Some(0), "{revoked:?}");
    let began = Instant::now();
    wait_for("the session is worth nothing", || (status_of(&agent, &home, &cookie) == 303).then_some(()));
    assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
    assert!(place.run(&["operators", "list"]).stdout.contains("revoked"));
    assert_eq!(place.run(&["audit", "verify"]).code, Some(0));
    let log = service.log();
    assert!(!log.contains(&token) && !log.contains("kim@example.com") && !log.contains(&cookie[12..]), "{log}");
    service.stop();
}

#[test]
fn somebody_comes_in_by_the_issuer_that_the_settings_name() {
    let issuer = Issuer::start(SystemClock.now());
    issuer.script().back = format!("{PUBLIC_URL}/console/oidc/callback");
    let mut place = Place::new("sqlite");
    fs::write(place.path("oidc.secret"), format!("{SECRET}\n")).unwrap();
    let file = place.path("oidc.secret").display().to_string();
    for (name, value) in [("ISSUER", issuer.url().as_str()), ("CLIENT_ID", CLIENT_ID), ("CLIENT_SECRET_FILE", &file)] {
        place.set(&format!("CONSOLE__OIDC_{name}"), value);
    }
    let checked = place.run(&["check"]);
    assert!(
        checked.stdout.contains("answers and has 2 keys") && checked.stdout.contains("/oidc/callback"),
        "{checked:?}"
    );
    place.key();
    let service = place.serve();
    let agent = browser();
    let get =
        |path: &str, cookie: &str| agent.get(format!("{}{path}", service.url)).header("Cookie", cookie).call().unwrap();
    let away = get("/console/oidc", "");
    let header = |answer: &ureq::http::Response<ureq::Body>, name: &str| {
        answer.headers().get(name).unwrap().to_str().unwrap().split(';').next().unwrap().to_owned()
    };
    let back = get(&issuer.sign_in(&header(&away, "location")), &header(&away, "set-cookie"));
    assert_eq!(back.status().as_u16(), 303);
    assert_eq!(get("/console/", &header(&back, "set-cookie")).status().as_u16(), 200);
    assert!(place.run(&["operators", "list"]).stdout.contains("active"));
    let log = service.log();
    assert!(!log.contains("ana@example.com") && !log.contains(SECRET) && !log.contains("code0"), "{log}");
    service.stop();
    issuer.script().is_down = true;
    let checked = place.run(&["check"]);
    assert!(checked.code == Some(1) && checked.stdout.contains("look at console.oidc_issuer"), "{checked:?}");
}

#[test]
fn what_cannot_be_is_refused_by_name() {
    let mut place = Place::new("sqlite");
    let refused: [(&[&str], i32, &str); 5] = [
        (&["operators", "invite", "kim", "--role", "reader"], 1, "is no e-mail address"),
        (&["operators", "invite", "kim@example.com", "--role", "root"], 2, "reader, analyst or admin"),
        (&["operators", "invite", "kim@example.com"], 2, "--role"),
        (&["operators", "revoke", "kim"], 2, "opr_"),
        (&["operators", "revoke", "opr_00000000000000000000000000"], 1, "there is no operator"),
    ];
    for (arguments, code, words) in refused {
        let ended = place.run(arguments);
        assert_eq!(ended.code, Some(code), "{arguments:?}: {ended:?}");
        assert!(ended.stderr.contains(words), "{arguments:?}: {ended:?}");
    }
    place.set("CONSOLE__ENABLED", "false");
    let ended = place.run(&["operators", "invite", "kim@example.com", "--role", "reader"]);
    assert!(ended.code == Some(1) && ended.stderr.contains("console.enabled"), "{ended:?}");
}
