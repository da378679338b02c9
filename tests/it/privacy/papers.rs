//! The papers that the law asks for, as the operator prints them.

use serde_json::json;
use watchlight::{adapters::clock::SystemClock, domain::time::DAY_MS, ports::Clock, wire::time};

use crate::{
    privacy::commands::done_on,
    stories::service::{Place, login},
};

/// The time so many days ago.
fn days_ago(days: i64) -> String {
    time::to_text(SystemClock.now().plus_ms(-days * DAY_MS))
}

/// A place with a store that three logins of two users of `acme` are in, one of them ten days old, and its key.
fn used() -> (Place, String) {
    let place = Place::new("sqlite");
    let key = place.key();
    let mut old = login("zoe4711", "chrome-142/windows", 1, "e1");
    old["occurred_at"] = json!(days_ago(10));
    let logins =
        [old, login("zoe4711", "chrome-142/windows", 1, "e2"), login("ben4711", "chrome-142/windows", 2, "e3")];
    let lines: Vec<String> = logins.iter().map(ToString::to_string).collect();
    std::fs::write(place.path("past.ndjson"), lines.join("\n")).unwrap();
    let imported = place.run(&["import", "past.ndjson", "--tenant", "acme"]);
    assert_eq!(imported.code, Some(0), "{imported:?}");
    (place, key)
}

fn printed(place: &Place, arguments: &[&str]) -> String {
    let ended = place.run(&[&["privacy"], arguments].concat());
    assert_eq!(ended.code, Some(0), "{ended:?}");
    ended.stdout
}

#[test]
fn the_record_of_processing_says_what_the_settings_say() {
    let (mut place, key) = used();
    let bare = printed(&place, &["record"]);
    assert!(bare.contains("**not said**: set `privacy.controller`"), "{bare}");
    assert!(bare.contains("| login | 180 days |") && bare.contains("| device | 400 days |"), "{bare}");
    place.set("PRIVACY__CONTROLLER", "Example GmbH, Berlin");
    place.set("PRIVACY__CONTACT", "privacy@example.com");
    place.set("PRIVACY__DPO", "dpo@example.com");
    place.set("RETENTION__LOGINS_DAYS", "730");
    place.set("RETENTION__JUSTIFICATION", "the regulator asks for two years");
    place.set("MAIL__URL", "smtp://relay:hunter2@mail.example.com:587");
    let added = place.run(&["webhooks", "add", "https://hooks.example.com/in?token=hunter2", "--tenant", "acme"]);
    assert_eq!(added.code, Some(0), "{added:?}");
    let told = printed(&place, &["record"]);
    for expected in [
        "Article 30 GDPR",
        "Controller: Example GmbH, Berlin",
        "Contact: privacy@example.com",
        "Data protection officer: dpo@example.com",
        "| login | 730 days |",
        "Why logins are kept for so long: the regulator asks for two years",
        "the mail server mail.example.com",
        "hooks.example.com, by a webhook of the tenant acme",
        "users of the products that post their sign-ins here: acme",
        "reached without TLS",
        "(mode 600)",
        "sealed (XChaCha20-Poly1305)",
    ] {
        assert!(told.to_lowercase().contains(&expected.to_lowercase()), "{expected}\n{told}");
    }
    let secret = key.rsplit('_').next().unwrap();
    assert!(!told.contains("hunter2") && !told.contains(secret) && !told.contains("zoe4711"), "{told}");
}

#[test]
fn the_assessment_of_impact_has_the_four_parts_that_the_law_names() {
    let (mut place, _) = used();
    place.set("PRIVACY__KEEP_EMAIL", "false");
    place.set("RETENTION__FULL_ADDRESS_DAYS", "0");
    let told = printed(&place, &["dpia"]);
    for expected in [
        "35(7)(a)",
        "35(7)(b)",
        "35(7)(c)",
        "35(7)(d)",
        "is not kept: only its network",
        "until the mail has been sent",
    ] {
        assert!(told.contains(expected), "{expected}\n{told}");
    }
}

#[test]
fn a_breach_is_counted_by_tenant_time_and_key() {
    let (place, key) = used();
    let other = place.run(&["keys", "create", "--tenant", "other", "--scope", "logins:write"]);
    assert_eq!(other.code, Some(0), "{other:?}");
    let all = printed(&place, &["breach"]);
    assert!(all.contains("| acme | 2 | 3 |") && all.contains("| other | 0 | 0 |"), "{all}");
    assert!(!all.contains("zoe4711"), "nobody is named: {all}");
    let day = |days| days_ago(days)[..10].to_owned();
    let then = printed(&place, &["breach", "--tenant", "acme", "--from", &day(11), "--to", &day(9)]);
    assert!(then.contains("| acme | 1 | 1 |") && !then.contains("| other |"), "{then}");
    let named = printed(&place, &["breach", "--tenant", "acme", "--list"]);
    assert!(named.contains("| zoe4711 | 2 |") && named.contains("| ben4711 | 1 |"), "{named}");
    let id = key.split('_').nth(2).unwrap();
    assert_eq!(done_on(&place).iter().filter(|it| *it == "acme cli breach.list").count(), 1);
    let stolen = printed(&place, &["breach", "--key-stolen", id]);
    assert!(stolen.contains("| acme | 2 | 3 |") && stolen.contains("is not revoked"), "{stolen}");
    assert!(stolen.contains("could read all that is kept"), "{stolen}");
    let unknown = place.run(&["privacy", "breach", "--key-stolen", "nokey"]);
    assert!(unknown.code != Some(0) && unknown.stderr.contains("there is no key `nokey`"), "{unknown:?}");
}
