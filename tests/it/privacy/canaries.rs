//! Nothing of a person stands in the clear in any file, while they live; and when they are forgotten, the salts that would open
//! a copy are nowhere.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};

use crate::{
    stories::service::{Place, wait_for},
    support::{redis::RedisServer, smtp::ScriptedSmtp},
};

/// How many people sign in.
pub const PEOPLE: usize = 40;

/// What marks a person: text that stands nowhere else, and an address of their own.
pub fn login(number: usize, browser: &str) -> Value {
    let user_agent =
        format!("Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 {browser}/145.0 canaryagent{number}");
    json!({
        "event_id": format!("canaryevent{number}{browser}"),
        "method": format!("canarymethod{number}"),
        "session_id": format!("canarysession{number}"),
        "user": {"id": format!("canaryuser{number}"), "email": format!("canarymail{number}@example.com"),
            "name": format!("Canaryname{number}"), "locale": "fi", "time_zone": "Europe/Helsinki"},
        "client": {"ip": format!("89.160.20.{}", 100 + number), "user_agent": user_agent}
    })
}

/// Every file below these folders, with its bytes.
pub fn files(folders: &[&Path]) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    let mut waiting: Vec<PathBuf> = folders.iter().map(|it| (*it).to_owned()).collect();
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            waiting.extend(fs::read_dir(&path).unwrap().filter_map(|it| Some(it.ok()?.path())));
        } else if let (true, Ok(bytes)) = (path.is_file(), fs::read(&path)) {
            // The databases of places are no record of anybody.
            if path.extension().is_none_or(|it| it != "mmdb") {
                found.push((path, bytes));
            }
        }
    }
    found
}

pub fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|it| it == part)
}

/// Addresses are kept as 4 bytes behind their length, and as text nowhere.
pub fn canaries() -> Vec<Vec<u8>> {
    let texts = ["canary", "Canaryname", "89.160.20.1"].map(|it| it.as_bytes().to_vec());
    let addresses = (0..PEOPLE).map(|it| vec![4, 89, 160, 20, u8::try_from(100 + it).unwrap()]);
    texts.into_iter().chain(addresses).collect()
}

#[track_caller]
fn no_canary_is_in(folders: &[&Path], when: &str) {
    for (path, bytes) in files(folders) {
        for canary in canaries() {
            assert!(!holds(&bytes, &canary), "{when}: {} holds {}", path.display(), String::from_utf8_lossy(&canary));
        }
    }
}

/// Forty people sign in twice, the second time with a mail; all of them are forgotten. `salts` are those that the store
/// keeps, and `settle` has it write down what it has.
fn nobody_is_found(store_url: &str, folder: Option<&Path>, salts: impl Fn(&Place) -> Vec<Vec<u8>>, settle: impl Fn()) {
    let smtp = ScriptedSmtp::start(&[]);
    let mut place = Place::new(store_url);
    place.mail_to(&smtp);
    place.set("LOG__LEVEL", "trace");
    let scopes = ["logins:write", "logins:read", "privacy:write"].map(|it| ["--scope", it]).concat();
    let key = place.run(&[&["keys", "create", "--tenant", "acme"], &scopes[..]].concat()).stdout.trim().to_owned();
    let service = place.serve();
    let client = service.client(&key);
    for number in 0..PEOPLE {
        for browser in ["Firefox", "Seamonkey"] {
            assert_eq!(client.post(&login(number, browser)).status, 201);
        }
    }
    let alerts = client.list("/v1/alerts").len();
    client.sent_alerts(alerts);
    settle();
    let data = place.path("data");
    let folders: Vec<&Path> = [Some(data.as_path()), folder].into_iter().flatten().collect();
    no_canary_is_in(&folders, "while they live");
    let log = service.log();
    assert!(canaries().iter().all(|it| !holds(log.as_bytes(), it)), "the log names somebody");
    let live = salts(&place);
    assert!(live.len() >= PEOPLE, "{}", live.len());
    for number in 0..PEOPLE {
        let erased = client.delete(&format!("/v1/users/canaryuser{number}"));
        assert_eq!(erased.status, 200, "{erased:?}");
    }
    settle();
    assert_eq!(salts(&place).len(), live.len() - PEOPLE, "only the weeks' are left");
    let destroyed: Vec<Vec<u8>> = live.into_iter().filter(|it| !salts(&place).contains(it)).collect();
    wait_for("no salt of somebody who was forgotten is in any file", || {
        settle();
        let files = files(&folders);
        (!files.iter().any(|(_, bytes)| destroyed.iter().any(|salt| holds(bytes, salt)))).then_some(())
    });
    no_canary_is_in(&folders, "when they are forgotten");
    assert_eq!(client.list("/v1/logins").len(), 0);
    service.stop();
}

#[test]
fn nobody_is_found_in_the_files_of_sqlite() {
    let salts = |place: &Place| {
        let file = rusqlite::Connection::open(place.path("data/watchlight.db.salts")).unwrap();
        let mut select = file.prepare("SELECT salt FROM slot WHERE salt <> zeroblob(16)").unwrap();
        select.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    nobody_is_found("sqlite", None, salts, || ());
}

#[test]
fn nobody_is_found_in_the_files_of_redis() {
    let server = RedisServer::start(&["--appendonly", "yes", "--appendfsync", "always"]);
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
        server.command(&["SAVE"]);
        server.command(&["BGREWRITEAOF"]);
        let under_way =
            |it: &String| it.contains("aof_rewrite_in_progress:0") && it.contains("aof_rewrite_scheduled:0");
        wait_for("the log is written anew", || Some(server.command(&["INFO", "persistence"])).filter(under_way));
    };
    let folder = server.socket().parent().unwrap().to_owned();
    nobody_is_found(&server.url(), Some(&folder), salts, settle);
}
