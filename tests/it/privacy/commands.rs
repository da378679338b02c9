//! The audit of what is done on the command line, and the command that verifies it.

use std::fs;

use rusqlite::Connection;

use crate::stories::service::{Ended, Place};

/// What was done, by whom, the oldest first, as the record says behind its number, tenant and time.
pub fn done_on(place: &Place) -> Vec<String> {
    use watchlight::adapters::store::record::privacy::audit::decode;
    let file = Connection::open(place.path("data/watchlight.db")).unwrap();
    let mut select = file.prepare("SELECT record FROM audit ORDER BY tenant, number").unwrap();
    let records = select.query_map([], |row| row.get::<_, Vec<u8>>(0)).unwrap();
    let said = |record: Vec<u8>| {
        let event = decode(&record).unwrap().event;
        format!("{} {} {}", event.tenant.as_str(), event.actor, event.action.as_str())
    };
    records.map(|it| said(it.unwrap())).collect()
}

fn verify(place: &Place, code: i32) -> Ended {
    let ended = place.run(&["audit", "verify"]);
    assert_eq!(ended.code, Some(code), "{ended:?}");
    ended
}

#[test]
fn what_is_changed_and_read_on_the_command_line_is_noted() {
    let mut place = Place::new("sqlite");
    place.set("WEBHOOKS__ALLOW_PRIVATE", "true");
    let key = place.key();
    let added = place.run(&["webhooks", "add", "http://127.0.0.1:9/", "--tenant", "acme"]);
    let webhook = added.stdout.lines().next().unwrap().to_owned();
    for arguments in [
        &["webhooks", "rotate", &webhook, "--tenant", "acme"][..],
        &["webhooks", "remove", &webhook, "--tenant", "acme"],
        &["alerts", "list", "--tenant", "acme", "--user", "ana"],
        &["alerts", "lookup", "ana@example.com", "--tenant", "acme"],
        &["store", "trim", "--yes"],
        &["keys", "revoke", &key[8..24]],
    ] {
        let ended = place.run(arguments);
        assert_eq!(ended.code, Some(0), "{ended:?}");
    }
    let expected = [
        "key.create",
        "webhook.change",
        "webhook.change",
        "webhook.change",
        "persons.search",
        "person.read",
        "store.trim",
        "key.revoke",
    ];
    assert_eq!(done_on(&place), expected.map(|it| format!("acme cli {it}")));
    let verified = verify(&place, 0);
    let lines: Vec<&str> = verified.stdout.lines().collect();
    assert_eq!(lines, ["TENANT               VERIFIED  RESULT", "acme                        8  intact"]);
    assert_eq!(place.run(&["audit", "verify", "--tenant", "other"]).code, Some(0), "one that has no audit");
}

#[test]
fn the_first_broken_entry_is_named_and_a_cut_end_is_found_by_the_file() {
    let mut place = Place::new("sqlite");
    place.set("PRIVACY__AUDIT_CHECKPOINT_FILE", "elsewhere/checkpoints.jsonl");
    for _ in 0..3 {
        place.key();
    }
    let service = place.serve();
    service.stop();
    let noted = fs::read_to_string(place.path("elsewhere/checkpoints.jsonl")).unwrap();
    assert!(noted.starts_with(r#"{"tenant":"acme","number":3,"hash":""#), "{noted}");
    assert_eq!(noted.lines().count(), 1, "nothing has come since: {noted}");
    verify(&place, 0);

    let file = Connection::open(place.path("data/watchlight.db")).unwrap();
    let change = "UPDATE audit SET record = replace(record, x'6163', x'6162') WHERE number = 2";
    file.execute_batch(&format!("CREATE TABLE kept AS SELECT * FROM audit; {change}")).unwrap();
    let told = verify(&place, 1);
    assert!(told.stderr.contains("1 of 1 chains"), "{told:?}");
    assert!(told.stdout.contains("  broken: entry 2"), "{told:?}");

    file.execute_batch("DELETE FROM audit; INSERT INTO audit SELECT * FROM kept WHERE number <> 2").unwrap();
    let told = verify(&place, 1).stdout;
    assert!(
        told.contains("acme                        1  broken: entry 2 is missing; next is entry 3 of 20"),
        "{told}"
    );
    assert!(told.contains("Z by cli"), "{told}");

    // Whoever cuts the end off can put the end of the chain back as well, but not the file.
    file.execute_batch("DELETE FROM audit; DELETE FROM audit_chain").unwrap();
    let told = verify(&place, 1).stdout;
    assert!(
        told.contains(
            "acme                        0  broken: entry 1 and all that followed are cut off (it was there at"
        ),
        "{told}"
    );
}
