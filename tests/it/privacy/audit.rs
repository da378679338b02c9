//! The audit, asked over HTTP, and written by two services at once.

use std::sync::{Arc, atomic::Ordering};

use serde_json::{Value, json};
use watchlight::{
    adapters::clock::ManualClock,
    domain::{
        history::retention_days::RetentionDays,
        ids::TenantId,
        privacy::audit::{Action, Subject},
        time::{DAY_MS, HOUR_MS},
    },
    service::{
        privacy::audit::{Deed, Forgotten},
        retention::Retention,
    },
};

use crate::{
    http::{
        server::{Answer, CHROME, Client, Options, Server, login},
        store_goes_away::Leaving,
    },
    privacy::audit_samples::{ana, audit_over, sweeps},
    store::samples::{acme, at},
    support::{redis::RedisServer, stores::open_at},
};

fn data(answer: &Answer) -> Vec<Value> {
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.value()["data"].as_array().unwrap().clone()
}

/// The purposes of entries, as a list has them.
fn purposes(client: &Client, path: &str) -> Vec<String> {
    let purpose = |it: &Value| it["purpose"].as_str().unwrap_or("-").to_owned();
    data(&client.get(path)).iter().map(purpose).collect()
}

#[test]
fn who_looked_when_and_what_for_is_told() {
    let server = Server::start();
    let client = server.client();
    let logged_in = client.login(&login("ana", CHROME)).value();
    let login_id = logged_in["id"].as_str().unwrap();
    server.clock.advance_ms(1_000);
    client.with("X-Purpose", "Ticket 4711").get(&format!("/v1/logins/{login_id}"));
    client.get("/v1/logins?status=new&limit=7");
    client.with("X-Purpose", "  ").get("/v1/users/nobody/devices");
    let entries = data(&client.get("/v1/audit"));
    let actor = entries[0]["actor"].clone();
    assert!(actor.as_str().unwrap().starts_with("key:"), "{actor}");
    let expected = json!([
        {
            "number": 3, "at": "2026-11-22T10:00:01.000Z", "actor": actor, "action": "person.read", "outcome": "done",
            "subject": {"kind": "user", "id": null, "user_id": null}, "query": null, "purpose": null,
            "hash": entries[0]["hash"]
        },
        {
            "number": 2, "at": "2026-11-22T10:00:01.000Z", "actor": actor, "action": "persons.search", "outcome": "done",
            "subject": null, "query": "status=new&limit=7", "purpose": null, "hash": entries[1]["hash"]
        },
        {
            "number": 1, "at": "2026-11-22T10:00:01.000Z", "actor": actor, "action": "person.read", "outcome": "done",
            "subject": {"kind": "login", "id": login_id, "user_id": "ana"}, "query": null, "purpose": "Ticket 4711",
            "hash": entries[2]["hash"]
        }
    ]);
    assert_eq!(Value::from(entries), expected);
    let reads = data(&client.get("/v1/users/ana/reads"));
    assert_eq!((reads.len(), reads[0]["purpose"].as_str()), (1, Some("Ticket 4711")));
    let reads = data(&client.get("/v1/users/ana/reads"));
    assert_eq!(reads[0]["action"], "audit.read", "looking at that is a look, too");
    assert_eq!(server.run(server.process.audit().verify(&acme(), &[])).unwrap(), Ok(6));
}

#[test]
fn another_tenant_sees_nothing_of_it() {
    let server = Server::start();
    let (ours, theirs) = (server.client(), server.client_of("other", &watchlight::domain::tenant::api_key::Scope::ALL));
    ours.get("/v1/users/ana/devices");
    assert_eq!(data(&theirs.get("/v1/audit")), [json!(null); 0]);
    assert_eq!(data(&theirs.get("/v1/users/ana/reads")), [json!(null); 0]);
    assert_eq!(data(&theirs.get("/v1/audit")).len(), 2, "but what it did itself");
    assert_eq!(data(&ours.get("/v1/audit")).len(), 1);
}

#[test]
fn a_list_is_asked_for_by_user_actor_action_and_time_and_read_by_page() {
    let server = Server::start();
    let client = server.client();
    let look = |purpose: &str, path: &str| {
        server.clock.advance_ms(HOUR_MS);
        client.with("X-Purpose", purpose).get(path);
    };
    look("a", "/v1/users/ana/devices");
    look("b", "/v1/logins?user=ana");
    look("c", "/v1/alerts");
    look("d", "/v1/users/ben/alerts");
    look("e", "/v1/alerts?user=ana&state=sent");
    client.with("Content-Type", "application/json").with("X-Purpose", "f").send("PUT", "/v1/policy", b"{}");
    assert_eq!(purposes(&client, "/v1/audit?user=ana"), ["e", "b", "a"]);
    assert_eq!(purposes(&client, "/v1/users/ben/reads"), ["d"]);
    assert_eq!(purposes(&client, "/v1/audit?action=policy.change"), ["f"]);
    assert_eq!(purposes(&client, "/v1/audit?actor=cli"), [""; 0]);
    let actor = data(&client.get("/v1/audit?limit=1"))[0]["actor"].as_str().unwrap().to_owned();
    let path = format!("/v1/audit?actor={actor}&from=2026-11-22T12:00:00Z&to=2026-11-22T14:00:00Z");
    assert_eq!(purposes(&client, &path), ["c", "b"]);
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = client.get(&format!("/v1/audit?limit=2&user=ana{cursor}")).value();
        seen.extend(page["data"].as_array().unwrap().iter().map(|it| it["number"].as_u64().unwrap()));
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    // Of this page, those that it left itself stand behind the cursor.
    assert_eq!(&seen[seen.len() - 3..], [5, 2, 1]);
    for wrong in ["actor=x", "action=look", "from=now", "limit=0", "cursor=x", "unheard=1", "user="] {
        client.get(&format!("/v1/audit?{wrong}")).problem(400, "invalid_parameter");
    }
    client.get("/v1/users/ana/reads?user=ben").problem(400, "invalid_parameter");
}

#[test]
fn nobody_reads_unseen() {
    let store = Leaving::new();
    let server = Server::with(Options { store: Some(store.clone()), ..Options::default() });
    let client = server.client();
    client.login(&login("ana", CHROME));
    for path in ["/v1/users/ana/devices", "/v1/alerts", "/v1/users/nobody/devices"] {
        // With one answer less than is needed, what is asked for is read, and that cannot be noted.
        let needed = (1..20).find(|answers| {
            store.answers_left.store(*answers, Ordering::SeqCst);
            let answer = client.get(path);
            if answer.status != 200 {
                answer.problem(503, "store_unavailable");
                assert!(!answer.body.contains("dev_"), "{answer:?}");
            }
            answer.status == 200
        });
        assert!(needed.is_some_and(|it| it >= 2) && store.answers_left.load(Ordering::SeqCst) == 0, "{path}");
    }
    store.answers_left.store(usize::MAX, Ordering::SeqCst);
    assert_eq!(server.run(server.process.audit().verify(&acme(), &[])).unwrap(), Ok(3));
}

#[test]
fn what_comes_at_once_is_one_chain() {
    let server = Server::start();
    let client = server.client();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| (0..10).for_each(|_| assert_eq!(client.get("/v1/alerts").status, 200)));
        }
    });
    assert_eq!(server.run(server.process.audit().verify(&acme(), &[])).unwrap(), Ok(80));
}

fn deed() -> Deed {
    Deed::on_command_line(Action::Read, Some(Subject::user(ana())))
}

/// Two services append at once to one store; each of them often finds that the other was faster.
async fn two_services_leave_one_chain(url: &str) {
    let clock = Arc::new(ManualClock::at(at(0)));
    let (one, other) = (open_at(url).await, open_at(url).await);
    let services = [audit_over(&one, &clock), audit_over(&other, &clock)];
    let mut notes = tokio::task::JoinSet::new();
    for number in 0..50 {
        let audit = services[number % 2].clone();
        notes.spawn(async move { audit.note(&acme(), deed()).await });
        tokio::task::yield_now().await;
    }
    for noted in notes.join_all().await {
        noted.unwrap();
    }
    assert_eq!(services[0].verify(&acme(), &[]).await.unwrap(), Ok(50));
    assert_eq!(services[1].checkpoints().await.unwrap()[0].head.number, 50);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_services_on_one_file_leave_one_chain() {
    let folder = tempfile::tempdir().unwrap();
    two_services_leave_one_chain(&format!("sqlite:{}/a.db", folder.path().display())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_services_on_one_redis_leave_one_chain() {
    let server = RedisServer::start(&[]);
    two_services_leave_one_chain(&server.url()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_old_is_forgotten_step_by_step_and_the_rest_verifies() {
    let store = open_at("memory:").await;
    let clock = Arc::new(ManualClock::at(at(0)));
    let (audit, other) = (audit_over(&store, &clock), TenantId::parse("other").unwrap());
    assert_eq!(audit.oldest().await.unwrap(), None);
    for _ in 0..1_500 {
        audit.note(&acme(), deed()).await.unwrap();
    }
    audit.note(&other, deed()).await.unwrap();
    let checkpoints = audit.checkpoints().await.unwrap();
    clock.advance_ms(DAY_MS);
    audit.note(&acme(), deed()).await.unwrap();
    assert_eq!(audit.forget(at(0)).await.unwrap(), Forgotten::default(), "not before its time");
    assert_eq!(audit.forget(at(1)).await.unwrap(), Forgotten { entries: 1_001, more: true });
    assert_eq!(audit.verify(&acme(), &checkpoints).await.unwrap(), Ok(501));
    assert_eq!(audit.forget(at(1)).await.unwrap(), Forgotten { entries: 500, more: false });
    assert_eq!(audit.forget(at(1)).await.unwrap(), Forgotten::default());
    assert_eq!(audit.oldest().await.unwrap(), Some(at(DAY_MS)));
    assert_eq!(audit.verify(&acme(), &checkpoints).await.unwrap(), Ok(1));
    assert_eq!(audit.verify(&other, &checkpoints).await.unwrap(), Ok(0), "all of it is forgotten");
    audit.note(&other, deed()).await.unwrap();
    assert_eq!(audit.verify(&other, &checkpoints).await.unwrap(), Ok(1), "and it goes on");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_audit_is_kept_for_its_days_and_no_longer() {
    let store = open_at("memory:").await;
    let clock = Arc::new(ManualClock::at(at(0)));
    let audit = audit_over(&store, &clock);
    let (days, sweeps) = (RetentionDays::default(), sweeps(&store, &clock));
    let retention = Retention::new(store.clone(), clock.clone(), days, Arc::default(), sweeps);
    audit.note(&acme(), deed()).await.unwrap();
    for (days, left) in [(364, 1), (366, 0)] {
        clock.set(at(days * DAY_MS));
        retention.trim_by_the_clock().await.unwrap();
        assert_eq!(store.audit_after(&acme(), 0, 9).await.unwrap().len(), left, "{days}");
    }
    assert_eq!(audit.verify(&acme(), &[]).await.unwrap(), Ok(0));
}
