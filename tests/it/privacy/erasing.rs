//! `DELETE /v1/users/{id}` and the receipts for it.

use std::thread;

use serde_json::{Value, json};
use watchlight::{
    domain::{
        ids::{TenantId, UserId},
        privacy::erasure::{Erased, ErasureBegun},
        tenant::api_key::Scope,
    },
    ports::Clock,
};

use crate::http::server::{Answer, CHROME, Client, FIREFOX, Server, login as login_of};

fn login(user: &str, user_agent: &str, event: &str) -> Value {
    let mut login = login_of(user, user_agent);
    login["event_id"] = json!(event);
    login
}

fn erase(client: &Client, user: &str) -> Answer {
    client.send("DELETE", &format!("/v1/users/{user}"), b"")
}

#[test]
fn a_user_is_forgotten_with_a_receipt_and_comes_back_as_nobody() {
    let server = Server::start();
    let client = server.client();
    for (user, agent, event) in [("ana", CHROME, "1"), ("ana", FIREFOX, "2"), ("ben", CHROME, "3")] {
        assert_eq!(client.login(&login(user, agent, event)).status, 201);
    }
    let erased = erase(&client, "ana");
    assert_eq!(erased.status, 200, "{erased:?}");
    let receipt = erased.value();
    assert_eq!(receipt["counts"]["logins"], 2);
    assert_eq!(receipt["counts"]["alerts"], 1);
    assert!(!erased.body.contains("ana"), "it names nobody: {}", erased.body);
    for path in ["/v1/users/ana/devices", "/v1/logins?user=ana", "/v1/users/ana/alerts"] {
        let left = client.get(path);
        assert!(left.status == 404 || left.value()["data"] == json!([]), "{path} {left:?}");
    }
    assert_eq!(client.get("/v1/logins").value()["data"].as_array().unwrap().len(), 1, "ben's");
    // The same receipt, and it can be confirmed.
    assert_eq!(erase(&client, "ana").value(), receipt);
    let path = format!("/v1/erasures/{}", receipt["receipt"].as_str().unwrap());
    assert_eq!(client.get(&path).value(), receipt);
    // The same event again is the first of somebody who was never known.
    let back = client.login(&login("ana", CHROME, "1"));
    assert_eq!((back.status, back.value()["device"]["status"].as_str()), (201, Some("first")), "{back:?}");
    server.clock.advance_ms(1_000);
    assert_ne!(erase(&client, "ana").value()["receipt"], receipt["receipt"], "what came since is another erasure");
}

#[test]
fn who_is_unknown_or_another_tenants_is_not_found() {
    let server = Server::start();
    let (client, other) = (server.client(), server.client_of("other", &Scope::ALL));
    client.login(&login("ana", CHROME, "1"));
    let unknown = erase(&client, "nobody");
    let foreign = erase(&other, "ana");
    assert_eq!((unknown.status, foreign.status), (404, 404));
    let receipt = erase(&client, "ana").value()["receipt"].as_str().unwrap().to_owned();
    for (client, receipt) in
        [(&other, receipt.as_str()), (&client, "rcp_00000000000000000000000000"), (&client, "rcp_x")]
    {
        assert_eq!(client.get(&format!("/v1/erasures/{receipt}")).status, 404, "{receipt}");
    }
    let reader = server.client_of("acme", &[Scope::PrivacyRead]);
    assert_eq!(erase(&reader, "ana").status, 403);
    assert_eq!(reader.get(&format!("/v1/erasures/{receipt}")).status, 200);
}

#[test]
fn a_user_is_forgotten_while_their_logins_arrive() {
    let server = Server::start();
    let client = server.client();
    client.login(&login("ana", CHROME, "first"));
    let statuses: Vec<u16> = thread::scope(|scope| {
        let posts: Vec<_> = (0..100)
            .map(|number| {
                let client = client.clone();
                scope.spawn(move || client.login(&login("ana", CHROME, &format!("e{number}"))).status)
            })
            .collect();
        let erased = erase(&client, "ana");
        assert_eq!(erased.status, 200, "{erased:?}");
        posts.into_iter().map(|it| it.join().unwrap()).collect()
    });
    assert!(statuses.iter().all(|it| *it == 201), "{statuses:?}");
    // Nothing is half there: what is left began anew, with a first login.
    let left = client.get("/v1/logins?user=ana&limit=500").value()["data"].as_array().unwrap().clone();
    let firsts = left.iter().filter(|it| it["device"]["status"] == "first").count();
    assert!(left.is_empty() || firsts == 1, "{firsts} of {}", left.len());
    let devices = client.get("/v1/users/ana/devices").value()["data"].as_array().unwrap().len();
    assert_eq!(devices, usize::from(!left.is_empty()));
    erase(&client, "ana");
    assert_eq!(client.get("/v1/logins?user=ana").value()["data"], json!([]));
}

#[test]
fn an_erasure_of_which_only_the_receipt_is_missing_is_finished_by_whoever_asks() {
    let server = Server::start();
    let client = server.client();
    client.login(&login("ana", CHROME, "1"));
    let earlier = erase(&client, "ana").value();
    let tenant = TenantId::parse("acme").unwrap();
    let user = server.keyring.tenant(&tenant).user(&UserId::parse("ana").unwrap());
    server.clock.advance_ms(1_000);
    // As a process leaves it that is killed when everything of a later one is deleted.
    let erased = Erased { logins: 7, ..Erased::default() };
    let begun = ErasureBegun { tenant, user, at: server.clock.now(), erased, with_tenant: false };
    server.run(server.store.begin_erasure(&begun)).unwrap();
    let asked = erase(&client, "ana").value();
    assert_ne!(asked["receipt"], earlier["receipt"], "{asked}");
    assert_eq!(server.run(server.store.erasures_begun()).unwrap(), []);
    assert_eq!(erase(&client, "ana").value(), asked);
}

#[test]
fn an_erasure_that_was_cut_off_is_finished() {
    let server = Server::start();
    let client = server.client();
    client.login(&login("ana", CHROME, "1"));
    let (tenant, user) = (TenantId::parse("acme").unwrap(), UserId::parse("ana").unwrap());
    let key = server.keyring.tenant(&tenant).user(&user);
    let at = server.clock.now();
    // As a process leaves it that is killed after the first step.
    server.run(async {
        let begun =
            ErasureBegun { tenant: tenant.clone(), user: key, at, erased: Erased::default(), with_tenant: false };
        server.store.begin_erasure(&begun).await.unwrap();
        server.store.erase_some(&tenant, &key).await.unwrap();
    });
    let erasures = server.process.erasures();
    assert_eq!(server.run(erasures.resume()).unwrap(), 1);
    assert_eq!(server.run(erasures.resume()).unwrap(), 0);
    assert_eq!(client.get("/v1/users/ana/devices").value()["data"], json!([]));
    assert_eq!(erase(&client, "ana").value()["counts"]["logins"], 1, "the receipt of the erasure that was finished");
}
