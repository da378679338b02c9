//! The command line: what operators read, and what scripts read from exit codes.

use std::{
    fs,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{
    stories::service::{Place, login, wait_for},
    support::smtp::{ScriptedSmtp, Turn},
};

#[test]
fn check_finds_good_settings_good() {
    let mut place = Place::new("sqlite");
    place.set("HTTP__PUBLIC_URL", "https://login.example.com");
    place.set("HTTP__MAILBOX", "off");
    let checked = place.run(&["check"]);
    assert_eq!(checked.code, Some(0), "{checked:?}");
    assert_eq!(checked.stdout.lines().filter(|it| it.starts_with("ok ")).count(), 11, "{checked:?}");
    assert!(checked.stdout.contains("no API key yet"), "{checked:?}");
    place.key();
    assert!(place.run(&["check"]).stdout.contains("answers; 1 API key"));
}

#[test]
fn check_names_each_thing_that_is_wrong() {
    let mut place = Place::new("sqlite");
    place.set("MAIL__URL", "smtp://127.9.9.9:1");
    place.set("MAIL__TLS", "none");
    place.set("GEOIP__DIR", "nowhere");
    let checked = place.run(&["check"]);
    assert_eq!(checked.code, Some(1), "{checked:?}");
    for name in ["links", "mail", "places"] {
        let found = checked.stdout.lines().any(|it| it.starts_with("wrong") && it.contains(name));
        assert!(found, "{name}: {checked:?}");
    }
    assert!(checked.stderr.contains("3 of 10"), "{checked:?}");
}

#[test]
fn what_strangers_could_get_at_is_told_by_check_and_at_the_start() {
    let mut place = Place::new("sqlite");
    place.set("HTTP__BIND", "0.0.0.0:0");
    place.set("HTTP__PUBLIC_URL", "http://login.example.com");
    let checked = place.run(&["check"]);
    assert_eq!(checked.code, Some(1), "{checked:?}");
    let door = checked.stdout.lines().find(|it| it.starts_with("wrong   door")).unwrap();
    assert!(door.contains("/mailbox") && door.contains("no TLS"), "{door}");
    let service = place.serve();
    let log = service.log();
    assert!(log.contains("WARN") && log.contains("/mailbox") && log.contains("with no TLS: API keys"), "{log}");
    service.stop();
}

#[test]
fn own_words_are_checked_and_looked_at() {
    let mut place = Place::new("sqlite");
    let words = place.path("words");
    fs::create_dir_all(words.join("acme")).unwrap();
    fs::write(words.join("acme/ar.ftl"), "button = { $name }\n").unwrap();
    place.set("MAIL__TEMPLATES_DIR", &words.display().to_string());
    let checked = place.run(&["check"]);
    let expected = "acme/ar.ftl: line 1: button: the message is not given $name";
    assert!(checked.stdout.lines().any(|it| it.starts_with("wrong") && it.ends_with(expected)), "{checked:?}");
    assert_eq!(place.run(&["serve"]).code, Some(1), "no mail leaves in words that cannot be said");

    fs::write(words.join("acme/ar.ftl"), "button = انظر\n").unwrap();
    let preview = place.path("preview");
    let shown = place.run(&["templates", "preview", &preview.display().to_string(), "--tenant", "acme"]);
    assert_eq!(shown.code, Some(0), "{shown:?}");
    assert!(fs::read_to_string(preview.join("ar/standard.html")).unwrap().contains(">انظر</a>"));
    let sheet = fs::read_to_string(preview.join("index.html")).unwrap();
    for language in ["en", "de", "fr", "es", "fi", "sv", "pt-BR", "ja", "ar"] {
        for file in ["standard.html", "high_risk.txt", "late.eml", "digest.html", "page_ask.html", "page_gone.html"] {
            assert!(preview.join(language).join(file).is_file(), "{language}/{file}");
            assert!(sheet.contains(&format!("{language}/{file}")), "{language}/{file}");
        }
    }
}

#[test]
fn the_button_leads_to_the_products_own_page() {
    let mut place = Place::new("sqlite");
    place.set("MAIL__REVIEW_URL", "https://app.example.com/review?from=mail&token={token}");
    place.set("MAIL__SUPPORT", "https://app.example.com/help");
    place.set("MAIL__IP_ADDRESS", "truncated");
    let key = place.key();
    let service = place.serve();
    let client = service.client(&key);
    client.post(&login("ana", "chrome-142/windows", 1, "a"));
    client.post(&login("ana", "firefox-145/linux", 9, "b"));
    client.sent_alerts(1);
    let mail = place.mails().remove(0).replace("=\r\n", "").replace("=3D", "=");
    let (_, rest) = mail.split_once("https://app.example.com/review?from=mail&token=").unwrap();
    let token = rest.split_whitespace().next().unwrap();
    // The same token opens our own page: the product's page may lead there.
    assert_eq!(client.get(&format!("/a/{token}")).status, 200, "{mail}");
    assert!(mail.contains("Questions? app.example.com/help") && !mail.contains("://app.example.com/help"), "{mail}");
    assert!(mail.contains("IP address: 89.160.20.x") && !mail.contains("89.160.20.112"), "{mail}");
    let feed = client.get("/v1/users/ana/alerts").value();
    let reference = feed["data"][0]["reference"].as_str().unwrap().to_owned();
    assert!(mail.contains(&format!("Reference: {reference}")), "{reference}: {mail}");
    service.stop();
}

#[test]
fn a_setting_that_there_is_not_is_refused_by_name() {
    let mut place = Place::new("sqlite");
    place.set("MAIL__PASSWORD", "hunter2");
    for command in [&["check"][..], &["serve"], &[], &["keys", "list"]] {
        let refused = place.run(command);
        assert_eq!(refused.code, Some(1), "{refused:?}");
        assert!(
            refused.stderr.contains("WATCHLIGHT_MAIL__PASSWORD") && !refused.stderr.contains("hunter2"),
            "{refused:?}"
        );
    }
    let place = Place::new("sqlite");
    fs::write(place.path("watchlight.toml"), "[http]\nbnid = \"127.0.0.1:1\"\n").unwrap();
    let refused = place.run(&["check"]);
    assert!(refused.code == Some(1) && refused.stderr.contains("bnid"), "{refused:?}");
}

#[test]
fn settings_that_make_no_sense_are_all_listed() {
    let mut place = Place::new("sqlite");
    place.set("HTTP__BIND", "everywhere");
    place.set("MAIL__TLS", "maybe");
    let refused = place.run(&["serve"]);
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(refused.stderr.contains("http.bind") && refused.stderr.contains("mail.tls"), "{refused:?}");
}

#[test]
fn bad_usage_is_2() {
    let place = Place::new("sqlite");
    for command in [
        &["srve"][..],
        &["keys", "create", "--tenant", "acme"],
        &["keys", "create", "--tenant", "Acme!", "--scope", "logins:write"],
        &["keys", "create", "--tenant", "acme", "--scope", "everything"],
        &["import"],
        &["evaluate"],
        &["geoip", "lookup", "nowhere"],
    ] {
        let refused = place.run(command);
        assert_eq!((refused.code, refused.stdout.as_str()), (Some(2), ""), "{command:?}: {refused:?}");
        assert!(refused.stderr.contains("error:"), "{refused:?}");
    }
}

/// A log: one user on two devices, then a stranger, each with what is true of it.
fn log(place: &Place) -> String {
    let lines = (0..20).map(|day| {
        let (browser, machine, owner) = match day {
            19 => ("chrome-140/windows", 9, false),
            day if day % 2 == 0 => ("chrome-142/windows", 1, true),
            _ => ("firefox-145/linux", 2, true),
        };
        let mut line = login("ana", browser, machine, &format!("event {day}"));
        line["occurred_at"] = format!("2026-10-{:02}T09:00:00Z", day + 1).into();
        line["truth"] = json!({"owner": owner, "known_device": day > 1 && owner});
        line.to_string() + "\n"
    });
    let path = place.path("log.ndjson");
    fs::write(&path, lines.collect::<String>()).unwrap();
    path.to_str().unwrap().to_owned()
}

/// The number behind a name in a table.
fn count(table: &str, name: &str) -> u64 {
    let line = table.lines().map(str::trim).find(|it| it.strip_prefix(name).is_some_and(|it| it.starts_with("  ")));
    let line = line.unwrap_or_else(|| panic!("no `{name}` in\n{table}"));
    line.split_whitespace().last().unwrap().parse().unwrap()
}

#[test]
fn a_log_is_imported_once_and_mails_nobody() {
    let place = Place::new("sqlite");
    let log = log(&place);
    let first = place.run(&["import", &log, "--tenant", "acme"]);
    assert_eq!(first.code, Some(0), "{first:?}");
    assert_eq!(["stored", "stored already", "refused"].map(|it| count(&first.stdout, it)), [20, 0, 0]);
    let again = place.run(&["import", &log, "--tenant", "acme"]);
    assert_eq!(["stored", "stored already", "refused"].map(|it| count(&again.stdout, it)), [0, 20, 0], "{again:?}");

    let key = place.key();
    let service = place.serve();
    let client = service.client(&key);
    assert_eq!((client.list("/v1/logins?user=ana").len(), client.list("/v1/alerts").len()), (20, 0));
    let known = client.post(&login("ana", "firefox-145/linux", 2, "live"));
    assert_eq!(known.device_status(), "recognized");
    assert_eq!(known.value()["alert"], Value::Null);

    fs::write(place.path("bad.ndjson"), "{\"user\": {\"id\": \"ana\"}}\nno json\n").unwrap();
    let refused = place.run(&["import", "bad.ndjson", "--tenant", "acme"]);
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(refused.stderr.contains("line 1: ") && refused.stderr.contains("line 2: "), "{refused:?}");
}

#[test]
fn a_replay_says_the_same_twice_and_keeps_nothing() {
    let place = Place::new("sqlite");
    let log = log(&place);
    let [first, second] = [(); 2].map(|()| place.run(&["replay", &log]));
    assert_eq!((first.code, &first.stdout), (Some(0), &second.stdout), "{first:?}");
    assert_eq!(["logins", "users", "mails", "recognized"].map(|it| count(&first.stdout, it)), [20, 1, 2, 17]);
    assert!(first.stdout.contains("owner, known device"), "{first:?}");
    assert!(!place.path("data/watchlight.db").exists(), "a replay stores nothing");
}

#[test]
fn two_policies_are_compared_on_one_log() {
    let place = Place::new("sqlite");
    let log = log(&place);
    fs::write(place.path("now.toml"), "").unwrap();
    fs::write(place.path("quiet.toml"), "[tenant.acme]\nshadow = true\n").unwrap();
    let run = |tenant: &str| {
        place.run(&["replay", &log, "--policy", "now.toml", "--policy", "quiet.toml", "--tenant", tenant])
    };
    let acme = run("acme");
    assert_eq!((acme.code, count(&acme.stdout, "muted")), (Some(0), 2), "{acme:?}");
    assert_eq!(acme.stdout, run("acme").stdout);
    assert!(acme.stdout.contains("the first only"), "{acme:?}");
    let other = run("other");
    assert!(other.stdout.contains("no difference in 20 logins"), "{other:?}");

    fs::write(place.path("bad.toml"), "[default]\nmedium_form = 0.5\n").unwrap();
    let bad = place.run(&["replay", &log, "--policy", "bad.toml"]);
    assert!(bad.code == Some(1) && bad.stderr.contains("medium_form"), "{bad:?}");
}

#[test]
fn a_log_may_be_csv_whose_columns_are_named() {
    let place = Place::new("sqlite");
    let rows = "account,client.ip,when,ok,ignored\n\
        ana,89.160.20.112,2026-11-01T09:00:00Z,success,x\n\
        ana,89.160.20.112,2026-11-02T09:00:00Z,success,\"a, b\"\n\
        ana,nowhere,2026-11-02T09:00:00Z,success,\n";
    fs::write(place.path("log.csv"), rows).unwrap();
    let named = ["replay", "log.csv", "--column", "user.id=account", "--column", "occurred_at=when"];
    let replayed = place.run(&[&named[..], &["--column", "outcome=ok"]].concat());
    assert_eq!((replayed.code, count(&replayed.stdout, "logins")), (Some(1), 2), "{replayed:?}");
    assert!(replayed.stderr.contains("line 4: client.ip"), "{replayed:?}");
    let missing = place.run(&["replay", "log.csv", "--column", "user.id=acount"]);
    assert!(missing.code == Some(1) && missing.stderr.contains("no column `acount`"), "{missing:?}");
}

#[test]
fn a_revoked_key_is_refused_within_a_second() {
    let place = Place::new("sqlite");
    let key = place.key();
    let service = place.serve();
    let client = service.client(&key);
    assert_eq!(client.get("/v1/logins").status, 200);
    let listed = place.run(&["keys", "list"]);
    let id = listed.stdout.lines().nth(1).unwrap().split_whitespace().next().unwrap();
    assert!(key.contains(id) && !listed.stdout.contains(&key), "{listed:?}");
    let revoked = place.run(&["keys", "revoke", id]);
    let revoked_at = Instant::now();
    assert_eq!(revoked.code, Some(0), "{revoked:?}");
    wait_for("the service has noticed", || {
        let is_late = revoked_at.elapsed() >= Duration::from_secs(1);
        let status = client.get("/v1/logins").status;
        assert!(status == 401 || status == 200 && !is_late, "{status}");
        (status == 401).then_some(())
    });
    assert_eq!(client.post(&login("ana", "chrome-142/windows", 1, "late")).status, 401);
    assert_eq!(place.run(&["keys", "revoke", "nobody"]).code, Some(1));
}

#[test]
fn places_are_looked_up() {
    let place = Place::new("sqlite");
    let found = place.run(&["geoip", "lookup", "89.160.20.112"]);
    assert!(found.code == Some(0) && found.stdout.contains("Sweden (SE)"), "{found:?}");
    let private = place.run(&["geoip", "lookup", "192.168.1.1"]);
    assert!(private.stdout.contains("not an address on the public Internet"), "{private:?}");
    let databases = place.run(&["geoip", "status"]);
    assert!(databases.code == Some(0) && databases.stdout.contains("in use"), "{databases:?}");
    let mut nowhere = Place::new("sqlite");
    nowhere.set("GEOIP__DIR", "nowhere");
    assert_eq!(nowhere.run(&["geoip", "status"]).code, Some(1));
}

#[test]
fn what_was_refused_is_found_lifted_and_sent_again() {
    let server = ScriptedSmtp::start(&[Turn::Answer("RCPT", "550 5.1.1 no such user")]);
    let mut place = Place::new("sqlite");
    place.mail_to(&server);
    let key = place.key();
    let service = place.serve();
    let client = service.client(&key);
    client.post(&login("ana", "chrome-142/windows", 1, "a"));
    let raised = client.post(&login("ana", "firefox-145/linux", 9, "b")).value();
    let alert = raised["alert"]["id"].as_str().unwrap().to_owned();
    let alerts = |arguments: &[&str]| place.run(&[&["alerts"], arguments, &["--tenant", "acme"]].concat());
    let failed = wait_for("the mail is refused", || {
        Some(alerts(&["list", "--state", "failed"])).filter(|it| it.stdout.contains(&alert))
    });
    assert!(failed.stdout.contains("the address is refused for good") && !failed.stdout.contains('@'), "{failed:?}");
    assert!(alerts(&["show", &alert]).stdout.lines().any(|it| it == "state     failed"));
    assert!(alerts(&["suppressions"]).stdout.lines().any(|it| it == "refused       1"));
    assert!(alerts(&["lookup", "ana@example.com"]).stdout.starts_with("gets no mail since"));
    assert_eq!(alerts(&["resend", &alert]).code, Some(1), "its address is forgotten");
    assert_eq!(alerts(&["lift", "ana@example.com"]).code, Some(0));
    assert_eq!(alerts(&["lift", "ana@example.com"]).code, Some(1));
    let resent = alerts(&["resend", &alert, "--email", "ana@example.com"]);
    assert_eq!((resent.code, resent.stdout.as_str()), (Some(0), "1 queued to be sent now\n"));
    client.sent_alerts(1);
    assert_eq!(server.received().len(), 1);
    assert_eq!(alerts(&["resend", "--reason", "storm"]).stdout, "0 queued to be sent now\n");
    assert_eq!(alerts(&["resend"]).code, Some(2), "nothing is named");
    assert_eq!(
        alerts(&["resend", "--failed", "--email", "ana@example.com"]).code,
        Some(2),
        "everything to one address"
    );
    service.stop();
}

#[test]
fn a_mail_that_came_back_is_read_from_a_mailbox() {
    let server = ScriptedSmtp::start(&[]);
    let mut place = Place::new("sqlite");
    place.mail_to(&server);
    place.set("MAIL__RETURN_PATH", "bounces@example.com");
    let key = place.key();
    let service = place.serve();
    let client = service.client(&key);
    client.post(&login("ana", "chrome-142/windows", 1, "a"));
    client.post(&login("ana", "firefox-145/linux", 9, "b"));
    client.sent_alerts(1);
    let from = server.received().remove(0).envelope.remove(0);
    let token = from.split_once('+').unwrap().1.split_once('@').unwrap().0.to_owned();
    let report = include_str!("../../data/mail/reports/postfix.eml").replace("TOKEN", &token);
    let mailbox =
        format!("From MAILER-DAEMON Mon Nov 23\n{report}\nFrom ana Mon Nov 23\nSubject: away\n\nUntil Monday.\n");
    fs::write(place.path("mailbox"), mailbox).unwrap();
    let told = |it: &str| place.run(&["bounces", "mailbox"]).stdout.lines().any(|line| line.trim_start() == it);
    assert!(told("1  addresses get no more mail from now on"));
    assert!(told("1  about addresses that get none already"), "the same mailbox again");
    assert!(told("1  no report about a mail"));
    assert_eq!(client.get("/v1/alerts?state=failed").value()["data"][0]["last_error"], "it came back: 5.1.1");
    let maildir = place.path("maildir/new");
    fs::create_dir_all(&maildir).unwrap();
    fs::write(maildir.join("1"), report).unwrap();
    let read = place.run(&["bounces", "maildir"]);
    assert!(read.code == Some(0) && read.stdout.contains("1  about addresses that get none"), "{read:?}");
    assert_eq!(place.run(&["bounces"]).code, Some(0), "nothing on standard input");
    assert_eq!(place.run(&["bounces", "nowhere"]).code, Some(1));
    service.stop();
    place.set("MAIL__RETURN_PATH", "a-name-of-22-characters@example.com");
    assert!(place.run(&["serve"]).stderr.contains("mail.return_path"));
    place.set("MAIL__RETURN_PATH", "");
    fs::write(place.path("secret"), "whsec_short").unwrap();
    place.set("MAIL__EVENTS_SECRET_FILE", "secret");
    assert!(place.run(&["serve"]).stderr.contains("mail.events_secret_file"));
}
