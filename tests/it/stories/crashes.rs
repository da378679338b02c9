//! Services that are killed in the middle of their work: what was acknowledged is there, and every new device is mailed.

use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use watchlight::{
    adapters::clock::{ManualClock, SystemClock},
    domain::{
        alert::alert::{Alert, Delivery, State},
        ids::TenantId,
        time::MINUTE_MS,
    },
    ports::Clock,
};

use crate::support::{
    services::{Process, round},
    stores::open_with,
};
use crate::{
    stories::service::{Client, PUBLIC_URL, Place, login, mail_to, message_ids, wait_for},
    support::{redis::RedisServer, smtp::ScriptedSmtp},
};

const USERS: usize = 150;
const THREADS: usize = 6;
const KILLS: usize = 3;
/// Mails that one worker sends at the same time (`service/alert/dispatch.rs`): so many may be out and not settled at a kill.
const MAILS_UNDER_WAY: usize = 16;

/// Each user signs in from one device and then from a new one; the service, and the store with it, is killed meanwhile.
fn killed_under_load(mut redis: Option<RedisServer>) {
    let seed = SystemClock.now().unix_ms();
    println!("seed {seed}");
    let url = redis.as_ref().map_or_else(|| "sqlite".to_owned(), RedisServer::url);
    let sink = ScriptedSmtp::start(&[]);
    let mut place = Place::new(&url);
    place.mail_to(&sink);
    let key = place.key();
    let mut service = place.serve();
    let address = Mutex::new(service.url.clone());
    let (acknowledged, next_user) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let ledger = thread::scope(|scope| {
        let work = || {
            let mut ids = Vec::new();
            loop {
                let user = next_user.fetch_add(1, Ordering::SeqCst);
                if user >= USERS {
                    return ids;
                }
                for (browser, machine) in [("chrome-142/windows", 1), ("firefox-145/linux", 9)] {
                    let event = login(&format!("u{user}"), browser, machine, &format!("{user} {browser}"));
                    ids.push(acknowledge(&address, &key, &event));
                    acknowledged.fetch_add(1, Ordering::SeqCst);
                }
            }
        };
        let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(work)).collect();
        for kill_at in moments(seed) {
            wait_for("the load has got so far", || (acknowledged.load(Ordering::SeqCst) >= kill_at).then_some(()));
            service.kill();
            if let Some(redis) = &mut redis {
                redis.kill();
                redis.restart();
            }
            service = place.serve();
            address.lock().unwrap().clone_from(&service.url);
        }
        threads.into_iter().flat_map(|it| it.join().unwrap()).collect::<Vec<String>>()
    });
    assert_eq!(ledger.len(), 2 * USERS);
    let client = service.client(&key);
    let stored = client.list("/v1/logins");
    let found: BTreeSet<&str> = stored.iter().map(|it| it["id"].as_str().unwrap()).collect();
    let missing: Vec<&String> = ledger.iter().filter(|it| !found.contains(it.as_str())).collect();
    assert!(missing.is_empty(), "acknowledged and lost: {missing:?}");
    assert_eq!((stored.len(), found.len()), (2 * USERS, 2 * USERS), "each event is stored once");
    service.stop();
    let alerts = send_what_a_dead_worker_held(&place, &sink);
    let warned: BTreeSet<&str> = alerts.iter().map(|(it, _)| it.user.as_str()).collect();
    assert_eq!((alerts.len(), warned.len()), (USERS, USERS), "one alert for each new device");
    let mails = message_ids(&sink);
    let distinct: BTreeSet<&String> = mails.iter().collect();
    println!("{} mails, {} twice", distinct.len(), mails.len() - distinct.len());
    assert_eq!(distinct.len(), USERS, "each alert is mailed under its own Message-ID");
    assert!(mails.len() - distinct.len() <= KILLS * MAILS_UNDER_WAY, "{} mails", mails.len());
}

/// After how many acknowledged logins the service is killed.
fn moments(seed: i64) -> Vec<usize> {
    let draw = |round: usize| {
        let hash = blake3::hash(format!("{seed} {round}").as_bytes());
        usize::from(u16::from_be_bytes([hash.as_bytes()[0], hash.as_bytes()[1]])) % (2 * USERS)
    };
    let mut moments: Vec<usize> = (0..KILLS).map(draw).collect();
    moments.sort_unstable();
    moments
}

/// Posts one event as a careful backend does: the same again until it is acknowledged. The login's name.
fn acknowledge(address: &Mutex<String>, key: &str, event: &serde_json::Value) -> String {
    wait_for("a login is acknowledged", || {
        let url = address.lock().unwrap().clone();
        let answer = Client::new(&url, key).try_post(event).ok()?;
        match answer.status {
            200 | 201 => Some(answer.value()["id"].as_str().unwrap().to_owned()),
            503 => None,
            _ => panic!("{answer:?}"),
        }
    })
}

/// Mails that a killed worker had leased are due when the lease has run out: with a clock that is minutes ahead, now.
fn send_what_a_dead_worker_held(place: &Place, sink: &ScriptedSmtp) -> Vec<(Alert, Delivery)> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (store, keys) = open_with(&place.store_url(), &place.path("data/secret.key")).await;
        let mail = mail_to(&sink.url());
        let clock = Arc::new(ManualClock::at(SystemClock.now().plus_ms(10 * MINUTE_MS)));
        let process = Process::over(store.clone(), clock.clone(), keys);
        let dispatch = process.dispatch(mail, &format!("{PUBLIC_URL}/a/{{token}}"));
        while round(&dispatch).await.unwrap() > 0 {}
        let alerts = store.alerts(&TenantId::parse("acme").unwrap(), None, 2 * USERS, clock.now()).await.unwrap();
        assert!(alerts.iter().all(|(_, delivery)| delivery.state == State::Sent), "{alerts:?}");
        alerts
    })
}

#[test]
fn what_was_acknowledged_survives_kills_with_sqlite() {
    killed_under_load(None);
}

#[test]
fn what_was_acknowledged_survives_kills_with_redis_that_is_killed_too() {
    killed_under_load(Some(RedisServer::start(&["--appendonly", "yes", "--appendfsync", "always"])));
}
