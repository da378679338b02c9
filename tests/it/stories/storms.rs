//! Storms: a changed page mails nobody in masses, and nobody outside can make one that silences a warning.

use std::fmt::Write;

use watchlight::domain::{
    alert::{
        alert::{State, Suppressed},
        storm::{Sign, WINDOW_MS},
    },
    time::{DAY_MS, MINUTE_MS},
};
use watchlight::service::alarm::storms::Witness;

use crate::{
    stories::{
        flood::{Flood, Visit, network},
        service::{Client, Place, login, wait_for},
    },
    support::redis::RedisServer,
};

/// What an attacker does within ten minutes, so that the tenant's mails would be held back.
#[derive(Clone, Copy, Debug)]
enum Attack {
    /// Signs in to one account of theirs with made-up fingerprints.
    OneAccount,
    /// The same by headers only, each time from another address.
    OneAccountByHeaders,
    /// Signs up, with many addresses.
    SignUps,
    /// Signs up, and signs in with another browser at once.
    YoungAccounts,
    /// Has many old accounts and one network.
    OneNetwork,
    /// The same from one customer's network of IPv6.
    OneNetworkOfIpv6,
    /// Fails to sign in to many accounts, from many addresses.
    Failures,
}

const ATTACKS: [Attack; 7] = [
    Attack::OneAccount,
    Attack::OneAccountByHeaders,
    Attack::SignUps,
    Attack::YoungAccounts,
    Attack::OneNetwork,
    Attack::OneNetworkOfIpv6,
    Attack::Failures,
];
const TIMES: u32 = 120;

async fn attack(flood: &Flood, attack: Attack) {
    for number in 0..TIMES {
        let (own, new, user) = (format!("mallory{number}"), format!("newcomer{number}"), format!("user{number}"));
        let networks = [network(1_000 + number), format!("13.1.1.{number}"), format!("2a02:1:1:{number:x}::1")];
        let [network, neighbour, neighbour_v6] = networks.each_ref().map(String::as_str);
        let visit = match attack {
            Attack::OneAccount => Visit::new("mallory0", 100 + number, "13.1.1.1"),
            Attack::OneAccountByHeaders => Visit { words: "headers", ..Visit::new("mallory0", 100 + number, network) },
            Attack::SignUps => Visit::new(&new, 100 + number, network),
            Attack::YoungAccounts => {
                flood.sign_in(Visit::new(&new, 1, network)).await;
                Visit::new(&new, 200, network)
            }
            Attack::OneNetwork => Visit::new(&own, 200, neighbour),
            Attack::OneNetworkOfIpv6 => Visit::new(&own, 200, neighbour_v6),
            Attack::Failures => Visit { words: "failed", ..Visit::new(&user, 200, network) },
        };
        flood.sign_in(visit).await;
    }
}

#[tokio::test]
async fn nobody_makes_a_storm_with_what_an_outsider_has() {
    for it in ATTACKS {
        let flood = Flood::over("memory:").await;
        flood.establish("mallory", TIMES).await;
        flood.establish("user", 40).await;
        attack(&flood, it).await;
        let another = flood.another();
        attack(&another, it).await;
        let alert = another.intrude(Visit::new("user0", 9, "14.1.1.1")).await;
        another.rounds().await;
        assert!(!flood.is_stormy() && !another.is_stormy(), "{it:?}");
        assert_eq!(flood.mails_to("user0@example.com").len(), 1, "{it:?}: {:?}", flood.delivery(alert).await);
    }
}

/// A changed page: so many established users are on unknown devices within ten minutes, seen by two processes in turn, both of
/// which are restarted meanwhile.
async fn a_changed_page(url: &str, users: u32) {
    let flood = Flood::over(url).await;
    flood.establish("user", users).await;
    let mut processes = [flood.another(), flood.another()];
    let mut alerts = Vec::new();
    for number in 0..users {
        if number == 30 {
            processes = [flood.another(), flood.another()];
        }
        let process = &processes[usize::try_from(number % 2).unwrap()];
        alerts.push(process.intrude(Visit::new(&format!("user{number}"), 9, &network(number))).await);
        process.rounds().await;
    }
    let at_once = flood.mails().len();
    assert!((45..=52).contains(&at_once), "{at_once} mails at once");
    assert!(processes.iter().all(Flood::is_stormy), "every process knows it");
    let held = flood.delivery(alerts[alerts.len() - 1]).await;
    assert_eq!((held.state, held.suppressed, held.counted()), (State::Queued, Some(Suppressed::Storm), 0));
    assert!(held.due_at.is_some() && held.recipient.is_some());

    processes[0].live_s(30).await;
    let passed = flood.mails().len() - at_once;
    assert!((28..=31).contains(&passed), "{passed} in thirty seconds: one a second");
    flood.pass_s(13 * 60);
    processes[1].rounds().await;
    assert!(!processes[1].is_stormy());
    for number in 0..users {
        assert_eq!(flood.mails_to(&format!("user{number}@example.com")).len(), 1, "user{number}");
    }
    assert_eq!(flood.store.next_due().await.unwrap(), None, "nothing waits");
}

#[tokio::test]
async fn a_changed_page_mails_few_at_once_and_everybody_once_in_memory() {
    a_changed_page("memory:", 500).await;
}

#[tokio::test]
async fn a_changed_page_mails_few_at_once_and_everybody_once_with_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    a_changed_page(&format!("sqlite:{}", folder.path().join("watchlight.db").display()), 120).await;
}

#[tokio::test]
async fn a_changed_page_mails_few_at_once_and_everybody_once_with_redis() {
    a_changed_page(&RedisServer::start(&[]).url(), 120).await;
}

/// Keeps a storm going: established users of a botnet, each from a network of its own.
async fn blow(flood: &Flood, from: u32, users: u32) {
    let keys = flood.keyring.tenant(&flood.tenant);
    for number in from..from + users {
        let user = keys.user(&watchlight::domain::ids::UserId::parse(&format!("bot{number}")).unwrap());
        let witness = Witness { user, address: network(number).parse().unwrap(), sign: Sign::Unknown };
        flood.storms.note(&flood.tenant, &keys, flood.clock_now(), witness).await;
    }
}

#[tokio::test]
async fn what_a_storm_held_back_of_a_user_is_one_mail_when_it_is_over() {
    let flood = Flood::over("memory:").await;
    flood.establish("user", 2).await;
    blow(&flood, 0, 60).await;
    for machine in 10..14 {
        flood.intrude(Visit::new("user0", machine, "14.1.1.1")).await;
        flood.rounds().await;
    }
    let other = flood.intrude(Visit::new("user1", 9, "14.2.1.1")).await;
    flood.rounds().await;
    assert!(flood.mails().is_empty());
    flood.live_s(60).await;
    let mails = flood.mails_to("user0@example.com");
    assert_eq!(mails.iter().map(|it| it.total).collect::<Vec<_>>(), [1], "the first of the day has passed");
    assert_eq!(flood.delivery(other).await.state, State::Sent);
    flood.pass_s(12 * 60);
    flood.another().rounds().await;
    let mails = flood.mails_to("user0@example.com");
    assert_eq!(mails.iter().map(|it| it.total).collect::<Vec<_>>(), [1, 3], "and the rest is one digest");
    let told = flood.store.alerts(&flood.tenant, None, 9, flood.clock_now()).await.unwrap();
    let forgotten = |delivery: &watchlight::domain::alert::alert::Delivery| delivery.recipient.is_none();
    assert!(told.iter().all(|(_, it)| forgotten(it) && it.settled_at.is_some()), "{told:?}");
}

#[tokio::test]
async fn a_storm_that_never_ends_delays_a_warning_and_does_not_swallow_it() {
    let flood = Flood::over("memory:").await;
    flood.establish("bot", 400).await;
    flood.establish("user", 1).await;
    for number in 0..400 {
        flood.intrude(Visit::new(&format!("bot{number}"), 9, &network(number))).await;
    }
    flood.rounds().await;
    let alert = flood.intrude(Visit::new("user0", 9, "14.1.1.1")).await;
    flood.rounds().await;
    assert_eq!(flood.delivery(alert).await.state, State::Queued);
    // Meanwhile it goes on, with others who would like to be in front.
    for minute in 0..8 {
        blow(&flood, 1_000 + 100 * minute, 100).await;
        flood.live_s(60).await;
    }
    assert!(flood.is_stormy());
    assert_eq!(flood.mails_to("user0@example.com").len(), 1, "400 are before it, and it takes no longer than 400 s");
    // What is not the first of its user's day waits, but not for ever.
    let second = flood.intrude(Visit::new("user0", 10, "14.1.1.1")).await;
    flood.rounds().await;
    for quarter in 0..100 {
        blow(&flood, 10_000 + 200 * quarter, 200).await;
        flood.pass_s(15 * 60);
        blow(&flood, 10_100 + 200 * quarter, 100).await;
        flood.rounds().await;
    }
    assert!(flood.is_stormy());
    assert_eq!((flood.delivery(second).await.state, flood.mails_to("user0@example.com").len()), (State::Sent, 2));
}

#[tokio::test]
async fn a_high_risk_is_mailed_at_once_in_a_storm() {
    let flood = Flood::over("memory:").await;
    let (home, away) = (flood.place("FI"), flood.place("BR"));
    flood.sign_in(Visit::new("user0", 1, &home)).await;
    flood.pass_s(26 * 3_600);
    blow(&flood, 0, 60).await;
    for _ in 0..5 {
        flood.sign_in(Visit { words: "failed", ..Visit::new("user0", 9, &away) }).await;
    }
    flood.intrude(Visit::new("user0", 9, &away)).await;
    flood.rounds().await;
    assert!(flood.is_stormy());
    assert_eq!(flood.mails_to("user0@example.com").len(), 1);
}

/// Logins of the past that establish users, as a file to import.
fn past(place: &Place, users: u32) -> String {
    let mut lines = String::new();
    for number in 0..users {
        let mut line = login(&format!("user{number}"), "chrome-142/windows", 1, &format!("past {number}"));
        line["occurred_at"] = "2026-01-01T09:00:00Z".into();
        line["client"]["ip"] = network(number).into();
        writeln!(lines, "{line}").unwrap();
    }
    let path = place.path("past.ndjson");
    std::fs::write(&path, lines).unwrap();
    path.to_str().unwrap().to_owned()
}

/// An ordinary morning: a hundred users on their devices.
fn usual(client: &Client, day: &str) {
    for number in 0..100 {
        let known = login(&format!("user{number}"), "chrome-142/windows", 1, &format!("{day} {number}"));
        assert_eq!(client.post(&known).device_status(), "recognized");
    }
}

/// Somebody breaks in at a user's, who is mailed, once and at once.
fn is_mailed(place: &Place, client: &Client, user: &str) {
    let raised = client.post(&login(user, "firefox-145/linux", 9, &format!("break-in at {user}"))).value();
    let alert = format!("/v1/alerts/{}", raised["alert"]["id"].as_str().unwrap());
    wait_for("the victim is mailed", || (client.get(&alert).value()["state"] == "sent").then_some(()));
    let to = format!("To: {user}@example.com");
    assert_eq!(place.mails().iter().filter(|it| it.contains(&to)).count(), 1);
}

/// The two attacks of the incident, by a whole service, which is restarted between them.
fn the_victim_is_mailed(store_url: &str) {
    let place = Place::new(store_url);
    let past = past(&place, 120);
    assert_eq!(place.run(&["import", &past, "--tenant", "acme"]).code, Some(0));
    let key = place.key();
    let mut service = place.serve();
    let client = service.client(&key);
    usual(&client, "monday");
    for number in 0..120 {
        client.post(&login("mallory", "firefox-145/linux", 100 + number, &format!("made up {number}")));
    }
    is_mailed(&place, &client, "user0");
    service.kill();

    let service = place.serve();
    let client = service.client(&key);
    usual(&client, "tuesday");
    for number in 0..120 {
        let name = format!("newcomer{number}");
        let mut sign_up = login(&name, "firefox-145/linux", 100 + number, &name);
        sign_up["client"]["ip"] = network(number).into();
        assert_eq!(client.post(&sign_up).device_status(), "first");
    }
    is_mailed(&place, &client, "user1");
    assert_eq!(client.list("/v1/alerts?reason=storm").len(), 0);
    service.stop();
}

#[test]
fn the_victim_is_mailed_whatever_others_do_with_sqlite() {
    the_victim_is_mailed("sqlite");
}

#[test]
fn the_victim_is_mailed_whatever_others_do_with_redis() {
    the_victim_is_mailed(&RedisServer::start(&["--appendonly", "yes"]).url());
}

#[test]
fn a_changed_page_is_seen_across_a_restart() {
    const USERS: u32 = 18;
    let mut place = Place::new("sqlite");
    place.set("LIMITS__STORM_SAMPLE", "20");
    let past = past(&place, USERS);
    assert_eq!(place.run(&["import", &past, "--tenant", "acme"]).code, Some(0));
    let key = place.key();
    let mut service = place.serve();
    for number in 0..USERS {
        if number == 8 {
            service.client(&key).sent_alerts(8);
            service.kill();
            service = place.serve();
        }
        let name = format!("user{number}");
        let mut changed = login(&name, "firefox-145/linux", 200, &format!("changed {number}"));
        changed["client"]["ip"] = network(number).into();
        assert_eq!(service.client(&key).post(&changed).device_status(), "new");
    }
    let client = service.client(&key);
    let held = wait_for("mails are held", || Some(client.list("/v1/alerts?reason=storm")).filter(|it| it.len() >= 5));
    assert!(held.iter().all(|it| ["queued", "sending", "sent"].contains(&it["state"].as_str().unwrap())), "{held:?}");
    assert!(service.log().contains("ALARM") && client.get("/readyz").body.contains("unknown devices"));
    let listed = place.run(&["alerts", "list", "--reason", "storm", "--tenant", "acme"]);
    assert!(listed.stdout.lines().count() > held.len(), "{listed:?}");
    client.sent_alerts(usize::try_from(USERS).unwrap());
    assert_eq!(place.mails().len(), usize::try_from(USERS).unwrap(), "each user once");
    service.stop();
}

#[test]
fn the_window_is_ten_minutes_and_a_day_makes_a_user_established() {
    assert_eq!((WINDOW_MS, watchlight::domain::alert::storm::ESTABLISHED_AFTER_MS), (10 * MINUTE_MS, DAY_MS));
}
