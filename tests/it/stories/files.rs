//! What happens to the file of the store while nobody looks: it is deleted, moved, replaced by an older copy, damaged.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use serde_json::Value;

use crate::{
    stories::service::{Client, Ended, Place, Service, login, wait_for},
    support::smtp::{ScriptedSmtp, Turn},
};

/// A service with one login in its store.
struct World {
    place: Place,
    key: String,
    service: Service,
    client: Client,
    /// The names of the logins that were answered 201.
    acknowledged: Vec<String>,
}

impl World {
    fn new() -> Self {
        let place = Place::new("sqlite");
        let key = place.key();
        let service = place.serve();
        let client = service.client(&key);
        let mut world = Self { place, key, service, client, acknowledged: Vec::new() };
        world.post(201);
        world
    }

    fn database(&self, ending: &str) -> PathBuf {
        self.place.path(&format!("data/watchlight.db{ending}"))
    }

    /// Posts a login of another user, and sees that it is answered with this status.
    #[track_caller]
    fn post(&mut self, status: u16) {
        let number = self.acknowledged.len();
        let answer = self.client.post(&login(&format!("u{number}"), "chrome-142/windows", 1, &format!("e{number}")));
        assert_eq!(answer.status, status, "{answer:?}\n{}", self.service.log());
        if status == 201 {
            self.acknowledged.push(answer.value()["id"].as_str().unwrap().to_owned());
        }
    }

    fn readiness(&self) -> (u16, String) {
        let answer = self.client.get("/readyz");
        let detail = answer.value()["checks"][0]["detail"].as_str().unwrap_or_default().to_owned();
        (answer.status, detail)
    }

    /// Everything is refused, and the readiness says what has happened.
    #[track_caller]
    fn is_refused_with(&mut self, words: &str) {
        self.post(503);
        // What was found may be a second old.
        wait_for("the readiness tells of it", || {
            let (status, detail) = self.readiness();
            (status == 503 && detail.contains(words)).then_some(())
        });
    }

    /// Everything goes on by itself, and nothing that was acknowledged is missing, then and after a restart.
    #[track_caller]
    fn goes_on(mut self) {
        self.post(201);
        wait_for("it is ready again", || (self.readiness() == (200, String::new())).then_some(()));
        self.service.kill();
        self.service = self.place.serve();
        self.client = self.service.client(&self.key);
        self.holds_what_was_acknowledged();
    }

    #[track_caller]
    fn holds_what_was_acknowledged(&self) {
        let stored = self.client.list("/v1/logins");
        let stored: Vec<&str> = stored.iter().map(|it: &Value| it["id"].as_str().unwrap()).collect();
        let missing: Vec<&String> = self.acknowledged.iter().filter(|it| !stored.contains(&it.as_str())).collect();
        assert!(missing.is_empty(), "acknowledged and gone: {missing:?}");
    }
}

#[test]
fn a_deleted_database_is_noticed_until_it_is_put_back() {
    let mut world = World::new();
    let aside = world.place.path("aside.db");
    // A second name keeps the file, as a careless `rm` would not.
    fs::hard_link(world.database(""), &aside).unwrap();
    fs::remove_file(world.database("")).unwrap();
    world.is_refused_with("was deleted, moved or replaced");
    fs::rename(&aside, world.database("")).unwrap();
    world.goes_on();
}

#[test]
fn a_deleted_file_of_salts_is_noticed_until_it_is_put_back() {
    let mut world = World::new();
    let aside = world.place.path("aside.salts");
    fs::hard_link(world.database(".salts"), &aside).unwrap();
    fs::remove_file(world.database(".salts")).unwrap();
    world.is_refused_with("the database's file of salts");
    fs::rename(&aside, world.database(".salts")).unwrap();
    world.goes_on();
}

#[test]
fn a_moved_folder_is_noticed_until_it_is_moved_back() {
    let mut world = World::new();
    fs::rename(world.place.path("data"), world.place.path("elsewhere")).unwrap();
    world.is_refused_with("was deleted, moved or replaced");
    fs::rename(world.place.path("elsewhere"), world.place.path("data")).unwrap();
    world.goes_on();
}

#[test]
fn an_older_copy_in_the_place_of_the_database_is_noticed() {
    let mut world = World::new();
    let (older, newer) = (world.place.path("older.db"), world.place.path("newer.db"));
    // As an operator copies who knows of one file only.
    fs::copy(world.database(""), &older).unwrap();
    (0..20).for_each(|_| world.post(201));
    fs::rename(world.database(""), &newer).unwrap();
    fs::copy(&older, world.database("")).unwrap();
    world.is_refused_with("put the same file back, or restart");
    // What the log held was moved into the file that it belongs to, so that a restart does not read it into the other one.
    assert_eq!(fs::metadata(world.database("-wal")).unwrap().len(), 0);
    fs::rename(&newer, world.database("")).unwrap();
    world.goes_on();
}

/// Posts logins of a user until one is refused; the names of those that were not.
fn post_until_refused(client: &Client, user: &str, acknowledged: &AtomicUsize) -> Vec<String> {
    let mut ids = Vec::new();
    loop {
        let answer = client.post(&login(user, "chrome-142/windows", 1, &format!("{user} {}", ids.len())));
        if answer.status != 201 {
            assert_eq!(answer.status, 503, "{answer:?}");
            return ids;
        }
        ids.push(answer.value()["id"].as_str().unwrap().to_owned());
        acknowledged.fetch_add(1, Ordering::SeqCst);
    }
}

#[test]
fn a_database_that_is_moved_away_under_load_holds_all_that_was_acknowledged() {
    let mut world = World::new();
    let (elsewhere, count) = (Place::new("sqlite"), AtomicUsize::new(0));
    fs::create_dir(elsewhere.path("data")).unwrap();
    let path = world.database("");
    let posted: Vec<String> = thread::scope(|scope| {
        let (client, count) = (&world.client, &count);
        let threads = ["v1", "v2", "v3", "v4"].map(|user| scope.spawn(move || post_until_refused(client, user, count)));
        wait_for("there is load", || (count.load(Ordering::SeqCst) >= 200).then_some(()));
        fs::rename(&path, elsewhere.path("data/watchlight.db")).unwrap();
        for part in [".salts", ".salts-wal"] {
            fs::copy(world.database(part), elsewhere.path(&format!("data/watchlight.db{part}"))).unwrap();
        }
        threads.into_iter().flat_map(|it| it.join().unwrap()).collect()
    });
    world.acknowledged.extend(posted);
    world.service.kill();
    fs::copy(world.place.path("data/secret.key"), elsewhere.path("data/secret.key")).unwrap();
    // The file, without the log that it had.
    world.service = elsewhere.serve();
    world.client = world.service.client(&world.key);
    world.holds_what_was_acknowledged();
}

#[test]
fn a_restart_takes_what_is_in_the_place_of_the_database() {
    let mut world = World::new();
    (0..20).for_each(|_| world.post(201));
    world.service.kill();
    let copy = world.place.path("copy.db");
    empty_log(&world.database(""));
    fs::copy(world.database(""), &copy).unwrap();
    world.service = world.place.serve();
    world.client = world.service.client(&world.key);
    let kept = world.acknowledged.clone();
    (0..20).for_each(|_| world.post(201));
    fs::rename(&copy, world.database("")).unwrap();
    world.is_refused_with("was deleted, moved or replaced");
    world.service.kill();
    world.service = world.place.serve();
    world.client = world.service.client(&world.key);
    world.acknowledged = kept;
    world.holds_what_was_acknowledged();
    let checked = rusqlite::Connection::open(world.database("")).unwrap();
    let verdict: String = checked.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(verdict, "ok", "no page of the other file got into it");
}

#[test]
fn a_deleted_log_is_noticed_and_loses_nothing() {
    for ending in ["-wal", "-shm"] {
        let mut world = World::new();
        (0..20).for_each(|_| world.post(201));
        fs::remove_file(world.database(ending)).unwrap();
        world.is_refused_with("-wal or -shm");
        world.service.kill();
        world.service = world.place.serve();
        world.client = world.service.client(&world.key);
        world.goes_on();
    }
}

#[test]
fn readiness_tells_of_writes_that_fail_while_others_succeed() {
    let mut world = World::new();
    let other = rusqlite::Connection::open(world.database("")).unwrap();
    let trigger = "CREATE TRIGGER broken BEFORE INSERT ON login BEGIN SELECT RAISE(ABORT, 'canary'); END";
    other.execute_batch(trigger).unwrap();
    wait_for("half of the latest writes have failed", || {
        world.post(503);
        let (status, detail) = world.readiness();
        (status == 503 && detail.contains("most writes of the last seconds failed")).then_some(())
    });
    other.execute_batch("DROP TRIGGER broken").unwrap();
    drop(other);
    wait_for("it is ready again", || {
        world.post(201);
        (world.readiness().0 == 200).then_some(())
    });
}

/// Whether the database has a log with something in it.
fn has_log(path: &Path) -> bool {
    let log = path.with_file_name("watchlight.db-wal");
    fs::metadata(log).is_ok_and(|it| it.len() > 0)
}

#[test]
fn a_stopped_service_leaves_everything_in_the_two_files() {
    let mut world = World::new();
    (0..100).for_each(|_| world.post(201));
    let (path, place) = (world.database(""), Place::new("sqlite"));
    world.service.stop();
    assert!(!has_log(&path));
    fs::create_dir(place.path("data")).unwrap();
    for name in ["watchlight.db", "watchlight.db.salts", "secret.key"] {
        fs::copy(world.place.path("data").join(name), place.path("data").join(name)).unwrap();
    }
    let service = place.serve();
    let stored = service.client(&world.key).list("/v1/logins").len();
    assert_eq!(stored, world.acknowledged.len(), "of a copy of the files alone");
}

#[test]
fn a_command_leaves_everything_in_the_file_alone() {
    let place = Place::new("sqlite");
    let path = place.path("data/watchlight.db");
    place.key();
    assert!(!has_log(&path), "after a key was made");
    let lines: Vec<String> =
        (0..50).map(|it| login(&format!("u{it}"), "chrome-142/windows", 1, &format!("e{it}")).to_string()).collect();
    fs::write(place.path("past.ndjson"), lines.join("\n")).unwrap();
    let imported = place.run(&["import", "past.ndjson", "--tenant", "acme"]);
    assert_eq!(imported.code, Some(0), "{imported:?}");
    assert!(!has_log(&path), "after an import");
    fs::write(place.path("bad.ndjson"), "no line of ours\n").unwrap();
    assert_eq!(place.run(&["import", "bad.ndjson", "--tenant", "acme"]).code, Some(1));
    assert!(!has_log(&path), "after a command that failed");
}

#[test]
fn addresses_are_forgotten_within_a_minute_after_their_mails_are_sent() {
    let smtp = ScriptedSmtp::start(&[Turn::Answer("RCPT", "450 4.2.1 <canary0@example.com>: try again later")]);
    let mut place = Place::new("sqlite");
    place.mail_to(&smtp);
    let key = place.key();
    let service = place.serve();
    let client = service.client(&key);
    for it in 0..40 {
        for (machine, browser) in [(1, "chrome-142/windows"), (9, "firefox-145/linux")] {
            let user = format!("canary{it}");
            assert_eq!(client.post(&login(&user, browser, machine, &format!("{user} {machine}"))).status, 201);
        }
    }
    client.sent_alerts(40);
    let files = ["data/watchlight.db", "data/watchlight.db-wal"].map(|it| place.path(it));
    let left = || -> usize {
        let text = "@example.com";
        let found = |it: &PathBuf| {
            let bytes = fs::read(it).unwrap_or_default();
            bytes.windows(text.len()).filter(|it| *it == text.as_bytes()).count()
        };
        files.iter().map(found).sum()
    };
    wait_for("no address is left", || (left() == 0).then_some(()));
}

/// Moves what is in the log into the file.
fn empty_log(path: &Path) {
    let connection = rusqlite::Connection::open(path).unwrap();
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
}

/// Opens the store, which must be refused; what is said.
#[track_caller]
fn refusal(place: &Place) -> String {
    let Ended { code, stdout, stderr } = place.run(&["keys", "list"]);
    assert_eq!(code, Some(1), "{stdout}{stderr}");
    for statement in ["SELECT", "PRAGMA", "CREATE", "INSERT", " at offset "] {
        assert!(!stderr.contains(statement), "{stderr}");
    }
    assert!(stderr.contains("setting: store.url"), "{stderr}");
    stderr
}

/// A place whose store the service has made.
fn place_with_store() -> (Place, PathBuf) {
    let place = Place::new("sqlite");
    place.key();
    let path = place.path("data/watchlight.db");
    empty_log(&path);
    (place, path)
}

fn overwrite(path: &Path, from: usize, with: &[u8]) {
    let mut bytes = fs::read(path).unwrap();
    bytes[from..from + with.len()].copy_from_slice(with);
    fs::write(path, bytes).unwrap();
}

#[test]
fn a_start_names_what_is_wrong_with_the_file() {
    let (place, path) = place_with_store();
    overwrite(&path, 100, &[0xFF; 3_000]);
    assert!(refusal(&place).contains("is damaged: restore it from a backup"));

    let (place, path) = place_with_store();
    overwrite(&path, 0, b"no database at all");
    assert!(refusal(&place).contains("it is no SQLite database"));

    let (place, path) = place_with_store();
    fs::write(&path, "shorter than a page").unwrap();
    assert!(refusal(&place).contains("it is no SQLite database"));

    let (place, path) = place_with_store();
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    assert!(refusal(&place).contains("a folder is in its place"));

    let mut place = Place::new("sqlite");
    fs::write(place.path("file"), "").unwrap();
    place.set("STORE__URL", "sqlite:file/watchlight.db");
    assert!(refusal(&place).contains("a part of its path is a file and no folder"));

    let mut place = Place::new("sqlite");
    place.set("STORE__URL", "sqlite:/dev/null");
    assert!(refusal(&place).contains("it is a device or a pipe"));
}

#[test]
fn the_database_of_another_program_is_left_as_it_was() {
    let mut place = Place::new("sqlite");
    let path = place.path("other.db");
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("CREATE TABLE songs (title TEXT); INSERT INTO songs VALUES ('Lunar')").unwrap();
    drop(other);
    let before = fs::read(&path).unwrap();
    place.set("STORE__URL", "sqlite:other.db");
    assert!(refusal(&place).contains("the database of another program"));
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn a_store_of_a_later_version_is_left_as_it_was() {
    let (place, path) = place_with_store();
    let later = rusqlite::Connection::open(&path).unwrap();
    later.execute_batch("PRAGMA user_version = 99; DROP TABLE kept_policy").unwrap();
    drop(later);
    let words = refusal(&place);
    assert!(words.contains("version 99") && words.contains("run the version of Watchlight that wrote it"), "{words}");
    let later = rusqlite::Connection::open(&path).unwrap();
    let known: i64 =
        later.query_row("SELECT count(*) FROM sqlite_schema WHERE name = 'kept_policy'", [], |row| row.get(0)).unwrap();
    assert_eq!(known, 0, "nothing was made in it");
}
