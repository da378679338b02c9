//! By what logins are judged: read, changed, and looked up for a login of the past.

use std::sync::Arc;

use serde_json::{Value, json};
use watchlight::{
    adapters::store::memory::store::MemoryStore,
    domain::{
        ids::TenantId,
        policy::{
            change::PolicyChange,
            policy::{Policy, PolicyVersion},
        },
        tenant::api_key::Scope,
    },
    ports::{Clock, Store},
};

use super::server::{Answer, CHROME, Client, FIREFOX, Options, Server, login};

fn put(client: &Client, policy: &Value) -> Answer {
    client.with("Content-Type", "application/json").send("PUT", "/v1/policy", policy.to_string().as_bytes())
}

/// Why the second device of a new user was not mailed.
fn second_device(client: &Client, user: &str) -> (Value, Value) {
    client.login(&login(user, CHROME));
    let second = client.login(&login(user, FIREFOX)).value();
    (second["alert"]["reason"].clone(), second["id"].clone())
}

#[test]
fn a_policy_is_changed_counts_at_once_and_is_found_by_the_logins_that_it_judged() {
    let server = Server::start();
    let client = server.client();
    let before = client.get("/v1/policy").value();
    let (reason, first) = second_device(&client, "ana");
    assert_eq!(reason, Value::Null, "queued");

    let office = json!([{"name": "Office Berlin", "ranges": ["89.160.20.0/24", "2a02:1810::1"]}]);
    let written = json!({"muted": true, "weights": {"new_device": 0.3}, "trusted_networks": office,
        "muted_signals": ["unusual_hour"], "excluded_users": ["svc_backup"]});
    let changed = put(&client, &written).value();
    assert_eq!((&changed["muted"], &changed["weights"]["new_device"]), (&json!(true), &json!(0.3)), "{changed}");
    assert_eq!((&changed["weights"]["unusual_hour"], &changed["medium_from"]), (&json!(0.0), &before["medium_from"]));
    assert_eq!(changed["trusted_networks"][0]["ranges"], json!(["89.160.20.0/24", "2a02:1810::1/128"]));
    assert_eq!(client.get("/v1/policy").value(), changed);
    let (reason, second) = second_device(&client, "bob");
    assert_eq!(reason, "muted");

    for (login, policy) in [(&first, &before), (&second, &changed)] {
        let login = client.get(&format!("/v1/logins/{}", login.as_str().unwrap())).value();
        assert_eq!(login["policy"], policy["version"]);
        let path = format!("/v1/policy/versions/{}", login["policy"].as_str().unwrap());
        assert_eq!(&client.get(&path).value(), policy);
    }

    assert_eq!(client.send("DELETE", "/v1/policy", b"").status, 204);
    assert_eq!(client.get("/v1/policy").value(), before);
    assert_eq!(second_device(&client, "cyd").0, Value::Null);
}

/// Versions of releases before versions were hashes of canonical bytes.
#[test]
fn a_policy_of_an_earlier_release_is_found_under_the_version_that_its_logins_name() {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let server = Server::with(Options { store: Some(store.clone()), ..Options::default() });
    let version = PolicyVersion([0xAB; 8]);
    let muted = PolicyChange::whole(&Policy { muted: true, ..Policy::default() });
    let acme = TenantId::parse("acme").unwrap();
    let kept = store.keep_policy(&acme, version, &muted, server.clock.now());
    server.run(kept).unwrap();
    let found = server.client().get("/v1/policy/versions/pol_abababababababab").value();
    assert_eq!((&found["muted"], &found["version"]), (&json!(true), &json!("pol_abababababababab")));
}

#[test]
fn another_process_goes_by_a_change_within_a_second() {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let [one, other] = [(); 2].map(|()| Server::with(Options { store: Some(store.clone()), ..Options::default() }));
    let muted = |server: &Server| server.client().get("/v1/policy").value()["muted"].clone();
    assert_eq!((muted(&one), muted(&other)), (json!(false), json!(false)));
    assert_eq!(put(&one.client(), &json!({"muted": true})).status, 200);
    assert_eq!(muted(&one), json!(true));
    other.clock.advance_ms(1_000);
    assert_eq!(muted(&other), json!(true));
    assert_eq!(second_device(&other.client(), "ana").0, "muted");
}

#[test]
fn what_was_read_is_replaced_only_while_it_is_still_so() {
    let server = Server::start();
    let client = server.client();
    let mut read = client.get("/v1/policy").value();
    read["learning_days"] = json!(7);
    let changed = put(&client, &read).value();
    assert_eq!(changed["learning_days"], json!(7), "what is shown can be sent back: {changed}");
    put(&client, &read).problem(409, "policy_changed");
    assert_eq!(client.get("/v1/policy").value(), changed);
    put(&client, &json!({"version": "pol_1"})).problem(422, "invalid_field");
}

#[test]
fn a_policy_that_is_not_sound_changes_nothing() {
    let server = Server::start();
    let client = server.client();
    let before = client.get("/v1/policy").value();
    for (written, status, slug, field) in [
        (json!({"medium_form": 0.1}), 400, "unexpected_field", "medium_form"),
        (json!({"medium_from": "0.1"}), 400, "unexpected_field", "medium_from"),
        (json!({"learning_days": -1}), 400, "unexpected_field", "learning_days"),
        (json!([]), 400, "unexpected_field", "the body"),
        (json!({"medium_from": 1.1}), 422, "invalid_field", "medium_from"),
        (json!({"medium_from": 0.9}), 422, "invalid_field", "high_from"),
        (json!({"mails_per_day": 21}), 422, "invalid_field", "mails_per_day"),
        (json!({"learning_days": 3_651}), 422, "invalid_field", "learning_days"),
        (json!({"weights": {"new_contry": 0.1}}), 422, "invalid_field", "weights"),
        (json!({"weights": {"new_country": -0.1}}), 422, "invalid_field", "weights.new_country"),
        (json!({"muted_signals": ["x"]}), 422, "invalid_field", "muted_signals"),
        (json!({"excluded_users": [""]}), 422, "invalid_field", "excluded_users"),
        (json!({"trusted_networks": [{"name": "", "ranges": []}]}), 422, "invalid_field", "trusted_networks"),
        (json!({"trusted_networks": [{"name": "a", "ranges": ["10/8"]}]}), 422, "invalid_field", "ranges"),
        (
            json!({"trusted_networks": [{"name": "a", "ranges": vec!["10.0.0.1"; 1_001]}]}),
            422,
            "invalid_field",
            "trusted_networks",
        ),
    ] {
        assert!(put(&client, &written).problem(status, slug).contains(field), "{written}");
    }
    put(&server.client_of("acme", &[Scope::LoginsRead, Scope::LoginsWrite]), &json!({}))
        .problem(403, "insufficient_scope");
    assert_eq!(client.get("/v1/policy").value(), before);
}

#[test]
fn a_tenant_has_no_part_in_the_policy_of_another() {
    let server = Server::start();
    let (acme, other) = (server.client(), server.client_of("other", &Scope::ALL));
    let changed = put(&acme, &json!({"muted": true})).value();
    assert_eq!(other.get("/v1/policy").value()["muted"], json!(false));
    let path = format!("/v1/policy/versions/{}", changed["version"].as_str().unwrap());
    assert_eq!(acme.get(&path).status, 200);
    for unknown in [path.as_str(), "/v1/policy/versions/pol_0123456789abcdef", "/v1/policy/versions/x"] {
        other.get(unknown).problem(404, "not_found");
    }
}
