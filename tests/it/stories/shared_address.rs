//! An address that several accounts have: nobody is muted because others have it too, and nobody is flooded.

use watchlight::domain::{
    alert::alert::{State, Suppressed},
    time::HOUR_MS,
};

use crate::{
    stories::flood::{Flood, Visit, network},
    support::redis::RedisServer,
};

const SHARED: &str = "ana@example.com";

fn at_ana<'a>(user: &'a str, machine: u32, ip: &'a str) -> Visit<'a> {
    Visit { email: Some(SHARED), ..Visit::new(user, machine, ip) }
}

/// Ten accounts of an attacker's, with the address of the victim, raise five alerts each within the hour; then somebody breaks
/// in at the victim's.
async fn the_victim_is_told(url: &str) {
    let flood = Flood::over(url).await;
    flood.establish("mallory", 10).await;
    flood.establish("ana", 1).await;
    for number in 0..10 {
        for machine in 10..15 {
            flood.intrude(at_ana(&format!("mallory{number}"), machine, &network(number))).await;
        }
        flood.rounds().await;
    }
    assert_eq!(flood.mails_to(SHARED).len(), 10 + 5, "the first of each user, and five more");
    let process = flood.another();
    let alert = process.intrude(at_ana("ana0", 9, "14.1.1.1")).await;
    process.rounds().await;
    assert_eq!(process.delivery(alert).await.state, State::Sent, "a user's first alert of a day passes");
    assert!(flood.mails_to(SHARED).last().unwrap().shows("ana0"));

    flood.pass_s(1);
    let beyond = process.intrude(at_ana("ana0", 10, "14.1.1.1")).await;
    process.rounds().await;
    let held = process.delivery(beyond).await;
    assert_eq!((held.state, held.suppressed), (State::Queued, Some(Suppressed::RateLimited)));
    assert!(held.due_at.unwrap().ms_since(flood.clock_now()) <= HOUR_MS, "{held:?}");
    flood.pass_s(3_600);
    process.rounds().await;
    let mails = flood.mails_to(SHARED);
    assert_eq!(mails.len(), 17, "one more tells of all the rest");
    assert_eq!(mails[16].total, 50 + 2 - 16);
    assert!(mails[16].shows("ana0"), "the newest is shown");
    let told = process.delivery(beyond).await;
    assert_eq!((told.state, told.suppressed, told.recipient), (State::Suppressed, Some(Suppressed::RateLimited), None));
    assert_eq!(flood.store.next_due().await.unwrap(), None);
}

#[tokio::test]
async fn a_victim_is_told_although_an_attackers_accounts_have_the_address_in_memory() {
    the_victim_is_told("memory:").await;
}

#[tokio::test]
async fn a_victim_is_told_although_an_attackers_accounts_have_the_address_with_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    the_victim_is_told(&format!("sqlite:{}", folder.path().join("watchlight.db").display())).await;
}

#[tokio::test]
async fn a_victim_is_told_although_an_attackers_accounts_have_the_address_with_redis() {
    the_victim_is_told(&RedisServer::start(&[]).url()).await;
}

#[tokio::test]
async fn a_thousand_accounts_neither_mute_nor_flood_a_mailbox() {
    const ACCOUNTS: u32 = 1_000;
    let flood = Flood::over("memory:").await;
    flood.establish("mallory", ACCOUNTS).await;
    flood.establish("ana", 1).await;
    for number in 0..ACCOUNTS {
        // All of one network: no storm.
        flood.intrude(at_ana(&format!("mallory{number}"), 10, "13.1.1.1")).await;
    }
    flood.rounds().await;
    assert_eq!(flood.mails_to(SHARED).len(), 20);
    flood.pass_s(1);
    let alert = flood.intrude(at_ana("ana0", 9, "14.1.1.1")).await;
    flood.rounds().await;
    assert_eq!(flood.delivery(alert).await.suppressed, Some(Suppressed::RateLimited));
    for _ in 0..60 {
        flood.pass_s(60);
        flood.rounds().await;
    }
    let mails = flood.mails_to(SHARED);
    assert_eq!(mails.len(), 21, "within an hour one mail tells of all the others");
    assert_eq!(mails[20].total, u64::from(ACCOUNTS) + 1 - 20);
    assert!(mails[20].shows("ana0"), "the newest is shown");
    assert_eq!(flood.store.next_due().await.unwrap(), None);

    for hour in 1..12 {
        for number in 0..ACCOUNTS / 10 {
            flood.intrude(at_ana(&format!("mallory{number}"), 1_000 * hour, "13.1.1.1")).await;
            flood.sign_in(at_ana(&format!("mallory{number}"), 1, "13.1.1.1")).await;
        }
        flood.pass_s(3_600);
        flood.rounds().await;
    }
    let day = flood.mails_to(SHARED).len();
    assert!((40..=40 + 20 + 12).contains(&day), "{day} mails in a day: its share, and one an hour");
}

#[tokio::test]
async fn who_has_the_address_alone_has_the_budget_alone() {
    let flood = Flood::over("memory:").await;
    flood.establish("ana", 1).await;
    flood.establish("ben", 1).await;
    for machine in 10..16 {
        flood.intrude(at_ana("ana0", machine, "14.1.1.1")).await;
    }
    flood.intrude(Visit::new("ben0", 10, "14.1.1.1")).await;
    flood.rounds().await;
    assert_eq!((flood.mails_to(SHARED).len(), flood.mails_to("ben0@example.com").len()), (5, 1));
    flood.pass_s(2 * 3_600);
    flood.rounds().await;
    assert_eq!(flood.mails_to(SHARED).len(), 6);
}
