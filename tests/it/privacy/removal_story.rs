//! `watchlight tenants`: the end of a contract, while the service runs, and when it is cut off.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::json;

use crate::{
    privacy::canaries::{files, holds},
    stories::service::{Client, Ended, Place, login, wait_for},
    support::redis::RedisServer,
};

/// How many people sign in, and how often each.
const PEOPLE: usize = 250;
const TIMES: usize = 4;

/// Text of the tenant that stands in the clear while it is there, and nowhere afterwards.
const CANARIES: [&str; 3] = ["canaryhook", "canarysvc", "canaryoffice"];

#[track_caller]
fn done(ended: Ended) -> String {
    assert_eq!(ended.code, Some(0), "{ended:?}");
    ended.stdout
}

fn key(place: &Place, tenant: &str) -> String {
    let scopes =
        ["logins:write", "logins:read", "policy:write", "privacy:write", "privacy:read"].map(|it| ["--scope", it]);
    done(place.run(&[&["keys", "create", "--tenant", tenant], &scopes.concat()[..]].concat())).trim().to_owned()
}

/// Logins of many people from the same machines, for any tenant.
fn past(place: &Place) -> PathBuf {
    let logins = (0..PEOPLE * TIMES).map(|number| {
        let (user, machine) = (number % PEOPLE, u32::try_from(number % 3).unwrap());
        login(&format!("user{user}"), "chrome-142/windows", machine, &format!("event {number}")).to_string()
    });
    let file = place.path("past.ndjson");
    fs::write(&file, logins.collect::<Vec<_>>().join("\n")).unwrap();
    file
}

/// A place with two tenants that have the same people; of the first there is everything that stands in the clear.
fn with_two_tenants(store_url: &str) -> (Place, String, String) {
    let mut place = Place::new(store_url);
    place.set("WEBHOOKS__ALLOW_PRIVATE", "true");
    let keys = ["acme", "other"].map(|it| key(&place, it));
    let file = past(&place);
    for tenant in ["acme", "other"] {
        done(place.run(&["import", file.to_str().unwrap(), "--tenant", tenant]));
    }
    done(place.run(&["webhooks", "add", "http://127.0.0.1:9/canaryhook", "--tenant", "acme"]));
    let [acme, other] = keys;
    (place, acme, other)
}

fn put_policy(client: &Client) {
    let networks = json!([{"name": "canaryoffice", "ranges": ["192.0.2.0/24"]}]);
    let put = client.put("/v1/policy", &json!({"excluded_users": ["canarysvc"], "trusted_networks": networks}));
    assert_eq!(put.status, 200, "{put:?}");
}

/// Which canaries stand in the files of the store.
fn found(folders: &[&Path]) -> Vec<&'static str> {
    let files = files(folders);
    let stands = |canary: &&str| files.iter().any(|(_, bytes)| holds(bytes, canary.as_bytes()));
    CANARIES.into_iter().filter(stands).collect()
}

/// What the command says behind a name.
fn said<'a>(text: &'a str, name: &str) -> &'a str {
    let line = text.lines().find(|it| it.starts_with(name)).unwrap_or_else(|| panic!("no {name}: {text}"));
    line[name.len()..].trim()
}

/// A removal is killed half done, the service that runs then as well, and the next one finishes it. `left` counts the logins
/// of the store, `salts` are those of its people, and `settle` has it write down what it has.
fn ends_a_contract(
    store_url: &str,
    folder: Option<&Path>,
    left: impl Fn(&Place) -> usize,
    salts: impl Fn(&Place) -> Vec<Vec<u8>>,
    settle: impl Fn(),
) {
    let (place, acme, other) = with_two_tenants(store_url);
    let mut service = place.serve();
    let [client, others] = [&acme, &other].map(|it| service.client(it));
    put_policy(&client);
    let theirs = others.list("/v1/logins");
    let listed = done(place.run(&["tenants", "list"]));
    assert!(listed.lines().nth(1).unwrap().starts_with("acme   "), "{listed}");
    let shown = done(place.run(&["tenants", "remove", "acme"]));
    assert_eq!((said(&shown, "logins"), said(&shown, "webhooks")), ("1000", "1"), "{shown}");
    assert!(shown.contains("watchlight tenants remove acme --yes"), "{shown}");
    settle();
    let data = place.path("data");
    let folders: Vec<&Path> = [Some(data.as_path()), folder].into_iter().flatten().collect();
    assert_eq!(found(&folders), CANARIES, "the scan finds what is there");
    let live = salts(&place);

    let all = left(&place);
    assert_eq!(all, 2 * PEOPLE * TIMES);
    let mut removal = place.begin(&["tenants", "remove", "acme", "--yes"]);
    wait_for("some are deleted", || {
        let ended = removal.try_wait().unwrap().is_some_and(|it| !it.success());
        assert!(!ended, "it gave up");
        (left(&place) < all - 200).then_some(())
    });
    removal.kill().unwrap();
    removal.wait().unwrap();
    // Its keys were revoked first. Another process believes in one for a second at most.
    wait_for("its keys are worth nothing", || (client.get("/v1/logins").status == 401).then_some(()));
    assert_eq!(client.post(&login("user1", "chrome-142/windows", 1, "new")).status, 401);
    let listed = done(place.run(&["tenants", "list"]));
    assert!(listed.contains("is being removed since"), "{listed}");
    service.kill();

    let service = place.serve();
    let others = service.client(&other);
    // On a busy machine this takes long.
    wait_for("many are deleted", || (left(&place) < all - PEOPLE * TIMES / 2).then_some(()));
    wait_for("all its logins are deleted", || (left(&place) == PEOPLE * TIMES).then_some(()));
    wait_for("the removal is finished", || {
        let listed = done(place.run(&["tenants", "list"]));
        listed.lines().any(|it| it.starts_with("acme ") && it.contains("removed 2")).then_some(())
    });
    let receipt = done(place.run(&["tenants", "remove", "acme", "--yes"]));
    assert_eq!((said(&receipt, "people"), said(&receipt, "logins")), ("250", "1000"), "{receipt}");
    assert_eq!((said(&receipt, "api keys"), said(&receipt, "webhooks")), ("1", "1"), "{receipt}");
    assert_eq!(done(place.run(&["tenants", "remove", "acme"])), receipt, "the same when asked again");
    assert_eq!(left(&place), PEOPLE * TIMES);
    assert_eq!(others.list("/v1/logins"), theirs, "those of the other tenant");
    assert_eq!(others.post(&login("user7", "chrome-142/windows", 1, "new")).device_status(), "recognized");
    assert!(!done(place.run(&["keys", "list"])).contains("acme"));
    let verified = done(place.run(&["audit", "verify"]));
    assert!(verified.lines().any(|it| it.starts_with("acme ") && it.ends_with("1  intact")), "{verified}");
    let exported = done(place.run(&["erasures", "export"]));
    assert!(exported.lines().count() == 1 && exported.contains(said(&receipt, "receipt")), "{exported}");

    let kept = salts(&place);
    let destroyed: Vec<&Vec<u8>> = live.iter().filter(|it| !kept.contains(it)).collect();
    assert_eq!(destroyed.len(), PEOPLE);
    wait_for("nothing of the tenant stands in any file", || {
        settle();
        let has_salt = files(&folders).iter().any(|(_, bytes)| destroyed.iter().any(|it| holds(bytes, it)));
        (!has_salt && found(&folders).is_empty()).then_some(())
    });
    service.stop();
}

#[test]
fn a_contract_ends_with_sqlite() {
    let left = |place: &Place| {
        let file = rusqlite::Connection::open(place.path("data/watchlight.db")).unwrap();
        file.query_row("SELECT count(*) FROM login", [], |row| row.get::<_, u32>(0)).unwrap() as usize
    };
    let salts = |place: &Place| {
        let file = rusqlite::Connection::open(place.path("data/watchlight.db.salts")).unwrap();
        let mut select = file.prepare("SELECT salt FROM person JOIN slot ON id = slot").unwrap();
        select.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    ends_a_contract("sqlite", None, left, salts, || ());
}

#[test]
fn a_contract_ends_with_redis() {
    // It is never killed, so its thousands of writes need not wait for a disk, which may be slow.
    let server = RedisServer::start(&["--appendonly", "yes", "--appendfsync", "everysec"]);
    let left = |_: &Place| server.logins();
    let script = "local found = {} for p = 0, 255 do
        for _, salt in ipairs(redis.call('HVALS', string.format('wl:{p%03d}:salts', p))) do
            found[#found + 1] = string.gsub(salt, '.', function(it) return string.format('%02x', string.byte(it)) end)
        end end return table.concat(found, ' ')";
    let salts = |_: &Place| {
        let answer = server.command(&["EVAL", script, "0"]);
        let digits = answer.lines().nth(1).unwrap_or_default().to_owned();
        digits.split_whitespace().map(|it| data_encoding::HEXLOWER.decode(it.as_bytes()).unwrap()).collect()
    };
    let settle = || {
        server.command(&["BGREWRITEAOF"]);
        let is_over = |it: &String| it.contains("aof_rewrite_in_progress:0") && it.contains("aof_rewrite_scheduled:0");
        wait_for("the log is written anew", || Some(server.command(&["INFO", "persistence"])).filter(is_over));
    };
    let folder = server.socket().parent().unwrap().to_owned();
    ends_a_contract(&server.url(), Some(&folder), left, salts, settle);
}

#[test]
fn a_tenant_that_there_is_not_is_refused_by_name() {
    let place = Place::new("sqlite");
    for arguments in [&["tenants", "remove", "nobody"][..], &["tenants", "remove", "nobody", "--yes"]] {
        let refused = place.run(arguments);
        assert_eq!(refused.code, Some(1), "{refused:?}");
        assert!(
            refused.stderr.contains("no tenant `nobody`") && refused.stderr.contains("tenants list"),
            "{refused:?}"
        );
    }
    assert_eq!(done(place.run(&["tenants", "list"])).lines().count(), 1);
}

#[test]
fn a_tenant_stays_removed_when_a_backup_from_before_is_restored() {
    let (place, acme, other) = with_two_tenants("sqlite");
    let backup = place.path("backup");
    done(place.run(&["backup", backup.to_str().unwrap()]));
    let receipt = done(place.run(&["tenants", "remove", "acme", "--yes"]));
    let file = place.path("ledger.ndjson");
    fs::write(&file, done(place.run(&["erasures", "export"]))).unwrap();
    done(place.run(&["restore", backup.to_str().unwrap(), "--yes"]));
    assert!(done(place.run(&["tenants", "list"])).lines().any(|it| it.starts_with("acme ") && it.ends_with("0  ")));
    let applied = |place: &Place| {
        let told = done(place.run(&["erasures", "apply", file.to_str().unwrap()]));
        told.lines().filter_map(|it| it.split_whitespace().last()?.parse().ok()).collect::<Vec<u64>>()
    };
    // read, erased, already gone, came back
    assert_eq!(applied(&place), [1, 1, 0, 0]);
    assert_eq!(applied(&place), [1, 0, 1, 0], "twice changes nothing");
    assert_eq!(done(place.run(&["tenants", "remove", "acme"])), receipt, "the receipt that was given then");
    let service = place.serve();
    assert_eq!(service.client(&acme).get("/v1/logins").status, 401);
    assert_eq!(service.client(&other).list("/v1/logins").len(), PEOPLE * TIMES);
    service.stop();
}
