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

/// The path of an operation with ids in the places that it leaves open, of things that there are not.
pub fn path(operation: &Operation) -> String {
    let none = "00000000000000000000000000";
    let id = match operation.path.split('/').nth(2) {
        Some("logins") => format!("lgn_{none}"),
        Some("alerts") => format!("alr_{none}"),
        Some("webhooks") => format!("whk_{none}"),
        _ => "x".to_owned(),
    };
    let path = operation.path.replace("{id}", &id).replace("{device}", "dev_0000000000000000");
    let path = path.replace("{version}", "pol_0000000000000000");
    let segment = |it: &str| match it.strip_prefix('{').and_then(|it| it.split_once('}')) {
        Some((_, ending)) => format!("x{ending}"),
        None => it.to_owned(),
    };
    path.split('/').map(segment).collect::<Vec<String>>().join("/")
}

/// The operations that need a key, and the scopes of each, of which one is enough.
fn keyed() -> Vec<(Operation, Vec<Scope>)> {
    let scope = |operation: Operation| match operation.access {
        Access::Key(scope) => Some((operation, vec![scope])),
        Access::Either(scopes) => Some((operation, scopes.to_vec())),
        Access::Signature
        | Access::Link
        | Access::Operator(_)
        | Access::SignedIn
        | Access::Console
        | Access::Shown(_)
        | Access::Anybody => None,
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
    for (operation, scopes) in keyed() {
        let (method, path) = (operation.method.as_str(), path(&operation));
        let answer = server.stranger().send(method, &path, b"");
        answer.problem(401, "unauthorized");
        assert_eq!(answer.header("www-authenticate"), Some("Bearer"), "{method} {path}");
        let others: Vec<Scope> = Scope::ALL.into_iter().filter(|it| !scopes.contains(it)).collect();
        let refused = server.client_of("acme", &others).send(method, &path, b"").problem(403, "insufficient_scope");
        assert!(refused.contains(&format!("`{}`", scopes[0].as_str())), "{method} {path}: {refused}");
        for scope in scopes {
            let let_in = server.client_of("acme", &[scope]).send(method, &path, b"").status;
            assert!(![401, 403].contains(&let_in), "{method} {path}: {let_in}");
        }
    }
}

#[test]
fn what_needs_no_key_asks_for_none() {
    let server = Server::start();
    for operation in operations().iter().filter(|it| !matches!(it.access, Access::Key(_) | Access::Either(_))) {
        let answer = server.stranger().send(operation.method.as_str(), &path(operation), b"");
        assert!(answer.status < 500 && answer.header("www-authenticate").is_none(), "{operation:?}: {answer:?}");
    }
}

#[test]
fn every_path_under_v1_but_one_needs_a_key() {
    let open: BTreeSet<&str> = operations()
        .iter()
        .filter(|it| it.path.starts_with("/v1/") && !matches!(it.access, Access::Key(_) | Access::Either(_)))
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
            Access::Either([first, second]) => {
                assert_eq!(said["security"][1]["api_key"][0], second.as_str(), "{operation:?}");
                Value::from(first.as_str())
            }
            Access::Signature
            | Access::Link
            | Access::Operator(_)
            | Access::SignedIn
            | Access::Console
            | Access::Shown(_)
            | Access::Anybody => Value::Null,
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

/// The statuses of failures that an operation is described to have.
fn described_failures(description: &Value, operation: &Operation) -> BTreeSet<String> {
    let said = &description["paths"][operation.path][operation.method.as_str().to_lowercase()];
    let answers = said["responses"].as_object().unwrap().iter();
    let problems = answers.filter(|(_, answer)| answer["content"].get("application/problem+json").is_some());
    problems.map(|(status, _)| status.clone()).collect()
}

#[test]
fn each_operation_is_described_with_exactly_the_failures_that_it_has() {
    let server = Server::start();
    let description = description(&server);
    for operation in operations().iter().filter(|it| it.described) {
        let expected = operation.failures.iter().map(|it| it.row().status.as_u16().to_string()).collect();
        assert_eq!(described_failures(&description, operation), expected, "{operation:?}");
        let said = &description["paths"][operation.path][operation.method.as_str().to_lowercase()]["responses"];
        for kind in &operation.failures {
            let words = said[kind.row().status.as_str()]["description"].as_str().unwrap();
            assert!(words.contains(kind.row().slug), "{operation:?}: {words}");
        }
    }
}

#[test]
fn what_goes_wrong_with_a_request_is_described() {
    let server = Server::start();
    let description = description(&server);
    let (client, stranger) = (server.client(), server.stranger());
    for operation in operations().iter().filter(|it| it.described) {
        let (method, path) = (operation.method.as_str(), path(operation));
        let client = if matches!(operation.access, Access::Key(_) | Access::Either(_)) { &client } else { &stranger };
        let described = described_failures(&description, operation);
        let sent = |content_type: &str, path: &str, body: &str| {
            client.with("Content-Type", content_type).send(method, path, body.as_bytes())
        };
        let answers = [
            sent("application/json", &path, ""),
            sent("application/json", &path, "{}"),
            sent("application/json", &path, "{\"unheard_of\":1}"),
            sent("application/json", &path, "nonsense"),
            sent("text/plain", &path, "{}"),
            sent("application/json", &path, &" ".repeat(300_000)),
            sent("application/json", &format!("{path}?unheard_of=1"), "{}"),
        ];
        for answer in answers.iter().filter(|it| it.header("content-type") == Some("application/problem+json")) {
            assert!(described.contains(&answer.status.to_string()), "{method} {path}: {answer:?} in {described:?}");
        }
        let [.., another_type, too_large, unknown_parameter] = answers;
        if operation.body == Body::Json && operation.access != Access::Signature {
            another_type.problem(415, "unsupported_media_type");
            too_large.problem(413, "body_too_large");
        }
        if described.contains("400") && operation.body == Body::Nothing {
            unknown_parameter.problem(400, "invalid_parameter");
        }
    }
}
