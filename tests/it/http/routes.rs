//! The table of routes, walked: each way in refuses what it must, and the description has exactly these.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use watchlight::{
    domain::tenant::api_key::Scope,
    http::{
        door::{access::Access, body::Body},
        routes::{Operation, operations},
    },
};

use super::server::Server;

/// Methods that something may be asked by.
const METHODS: [&str; 6] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

/// The path of an operation with something in the place of what it leaves open.
fn path(operation: &Operation) -> String {
    let segment = |it: &str| if it.starts_with('{') { "x".to_owned() } else { it.to_owned() };
    operation.path.split('/').map(segment).collect::<Vec<String>>().join("/")
}

/// The operations that need a key, and the scope of each.
fn keyed() -> Vec<(Operation, Scope)> {
    let scope = |operation: Operation| match operation.access {
        Access::Key(scope) => Some((operation, scope)),
        Access::Signature | Access::Link | Access::Shown(_) | Access::Anybody => None,
    };
    operations().into_iter().filter_map(scope).collect()
}

fn description(server: &Server) -> Value {
    server.stranger().get("/openapi.json").value()
}

#[test]
fn every_path_tells_by_which_methods_it_can_be_asked() {
    let server = Server::start();
    let mut allowed: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for operation in operations() {
        let methods = allowed.entry(path(&operation)).or_default();
        methods.push(operation.method.to_string());
        methods.extend((operation.method == "GET").then(|| "HEAD".to_owned()));
    }
    for (path, allowed) in &allowed {
        for method in METHODS.iter().filter(|method| !allowed.iter().any(|it| it == *method)) {
            let answer = server.stranger().send(method, path, b"");
            if *method != "HEAD" {
                answer.problem(405, "method_not_allowed");
            }
            assert_eq!(
                (answer.status, answer.header("allow")),
                (405, Some(allowed.join(", ").as_str())),
                "{method} {path}"
            );
        }
    }
    assert!(allowed.len() > 30);
}

#[test]
fn what_needs_a_key_is_told_to_nobody_without_one_nor_with_every_other_scope() {
    let server = Server::start();
    for (operation, scope) in keyed() {
        let (method, path) = (operation.method.as_str(), path(&operation));
        let answer = server.stranger().send(method, &path, b"");
        answer.problem(401, "unauthorized");
        assert_eq!(answer.header("www-authenticate"), Some("Bearer"), "{method} {path}");
        let others: Vec<Scope> = Scope::ALL.into_iter().filter(|it| *it != scope).collect();
        let refused = server.client_of("acme", &others).send(method, &path, b"").problem(403, "insufficient_scope");
        assert!(refused.contains(&format!("`{}`", scope.as_str())), "{method} {path}: {refused}");
        let let_in = server.client_of("acme", &[scope]).send(method, &path, b"").status;
        assert!(![401, 403].contains(&let_in), "{method} {path}: {let_in}");
    }
}

#[test]
fn what_needs_no_key_asks_for_none() {
    let server = Server::start();
    for operation in operations().iter().filter(|it| !matches!(it.access, Access::Key(_))) {
        let answer = server.stranger().send(operation.method.as_str(), &path(operation), b"");
        assert!(answer.status < 500 && answer.header("www-authenticate").is_none(), "{operation:?}: {answer:?}");
    }
}

#[test]
fn every_path_under_v1_but_one_needs_a_key() {
    let open: BTreeSet<&str> = operations()
        .iter()
        .filter(|it| it.path.starts_with("/v1/") && !matches!(it.access, Access::Key(_)))
        .map(|it| it.path)
        .collect();
    assert_eq!(open, BTreeSet::from(["/v1/mail/events"]));
}

#[test]
fn the_description_has_exactly_the_operations_of_the_table() {
    let server = Server::start();
    let description = description(&server);
    let mut described = BTreeMap::new();
    for (path, ways) in description["paths"].as_object().unwrap() {
        for (method, operation) in ways.as_object().unwrap() {
            described.insert((path.clone(), method.to_uppercase()), operation);
        }
    }
    let expected: BTreeSet<(String, String)> =
        operations().iter().filter(|it| it.described).map(|it| (it.path.to_owned(), it.method.to_string())).collect();
    assert_eq!(described.keys().cloned().collect::<BTreeSet<_>>(), expected);
    for operation in operations().iter().filter(|it| it.described) {
        let said = described[&(operation.path.to_owned(), operation.method.to_string())];
        let scope = match operation.access {
            Access::Key(scope) => Value::from(scope.as_str()),
            Access::Signature | Access::Link | Access::Shown(_) | Access::Anybody => Value::Null,
        };
        assert_eq!(said["security"][0]["api_key"][0], scope, "{operation:?}");
        let types = said["requestBody"]["content"].as_object().map(|it| it.keys().map(String::as_str).collect());
        let expected: Option<Vec<&str>> = match operation.body {
            Body::Nothing => None,
            Body::Json | Body::MaybeJson => Some(vec!["application/json"]),
            Body::Lines => Some(vec!["application/x-ndjson"]),
            Body::Form => Some(vec!["application/x-www-form-urlencoded"]),
        };
        assert_eq!(types, expected, "{operation:?}");
        let named: BTreeSet<&str> = operation.path.split(['{', '}']).skip(1).step_by(2).collect();
        let parameters = said["parameters"].as_array().cloned().unwrap_or_default();
        let in_path = parameters.iter().filter(|it| it["in"] == "path").filter_map(|it| it["name"].as_str());
        assert_eq!(in_path.collect::<BTreeSet<&str>>(), named, "{operation:?}");
    }
}
