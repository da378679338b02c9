//! Every route of the console, by every role, over every tenant; and what another site can make a browser send.

use watchlight::{
    domain::operator::role::Role,
    http::{
        door::{access::Access, body::Body, state::HttpSettings},
        routes::{Operation, operations},
    },
};

use crate::{
    console::people::{browser, joined, signed_in},
    http::{
        routes::path,
        server::{Options, Server},
    },
};

fn console() -> Vec<Operation> {
    operations().into_iter().filter(|it| it.path.starts_with("/console")).collect()
}

#[test]
fn each_route_lets_in_by_role_and_tenant_as_the_table_says() {
    let server = Server::start();
    // Tenants that there are, for whoever sees every one.
    for tenant in ["acme", "other", "third"] {
        server.key(tenant, &[]);
    }
    let seen: [&[&str]; 3] = [&["acme"], &["acme", "other"], &[]];
    for role in Role::ALL {
        for (number, tenants) in seen.iter().enumerate() {
            let email = format!("{}{number}@example.com", role.as_str());
            let client = signed_in(&server, &joined(&server, &email, role, tenants));
            for operation in console() {
                let path = path(&operation);
                let (scope, is_door) = match operation.access {
                    Access::Operator(scope) => (Some(scope), false),
                    Access::SignedIn => (None, false),
                    Access::Console => (None, true),
                    other => panic!("{operation:?}: {other:?}"),
                };
                if is_door || operation.body != Body::Nothing {
                    continue;
                }
                for asked in ["acme", "other", "third", "nobody", "_console", "..%2Facme", ""] {
                    let answer = client.send(operation.method.as_str(), &format!("{path}?tenant={asked}"), b"");
                    let is_seen = match tenants {
                        [] => ["acme", "other", "third", "_console"].contains(&asked),
                        named => named.contains(&asked),
                    };
                    let is_let_in = is_seen && scope.is_none_or(|it| role.allows(it));
                    let context = format!("{operation:?} {role:?} {tenants:?} {asked:?}: {}", answer.status);
                    if !is_seen {
                        assert_eq!(answer.status, 404, "{context}");
                        assert!(!answer.body.contains(">nobody<"), "{context}");
                    } else if is_let_in
                        && ["/console/case.", "/console/counts."].iter().any(|it| operation.path.starts_with(it))
                    {
                        assert_eq!(answer.status, 400, "no case without logins, no counts of nothing: {context}");
                    } else if is_let_in && !operation.path.contains('{') {
                        assert!(answer.status < 400, "{context}");
                    } else if !is_let_in {
                        assert_eq!(answer.status, 403, "{context}");
                    }
                }
            }
        }
    }
}

#[test]
fn nobody_gets_past_the_door_without_a_session() {
    let server = Server::start();
    let forged = browser(&server).with("Cookie", "watchlight=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    let odd = browser(&server).with("Cookie", "watchlight=; watchlight=\u{e9}");
    for client in [browser(&server), forged, odd] {
        for operation in console().iter().filter(|it| matches!(it.access, Access::Operator(_) | Access::SignedIn)) {
            let answer = client.send(operation.method.as_str(), &path(operation), b"");
            assert_eq!(answer.status, 303, "{operation:?}: {answer:?}");
            assert!(answer.header("location").unwrap().starts_with("/console/login"), "{answer:?}");
        }
    }
}

#[test]
fn a_key_of_the_api_opens_no_page_and_a_session_no_call_of_the_api() {
    let server = Server::start();
    assert_eq!(server.client().get("/console/").status, 303);
    let client = signed_in(&server, &joined(&server, "ana@example.com", Role::Admin, &[]));
    client.get("/v1/logins").problem(401, "unauthorized");
}

#[test]
fn no_other_site_can_change_anything() {
    let settings = HttpSettings { public_url: "https://watch.example".to_owned(), ..HttpSettings::default() };
    let server = Server::with(Options { settings, ..Options::default() });
    let changes: Vec<Operation> = console().into_iter().filter(|it| it.method != "GET").collect();
    assert!(changes.len() >= 3);
    let plain = server.stranger().with("Content-Type", "application/x-www-form-urlencoded");
    let foreign: [&[(&str, &str)]; 6] = [
        &[],
        &[("Sec-Fetch-Site", "cross-site")],
        &[("Sec-Fetch-Site", "same-site"), ("Origin", "https://watch.example")],
        &[("Origin", "https://evil.example")],
        &[("Origin", "null")],
        &[("Origin", "https://watch.example.evil.example")],
    ];
    for operation in &changes {
        for headers in foreign {
            let client = headers.iter().fold(plain.clone(), |it, (name, value)| it.with(name, value));
            let answer = client.send(operation.method.as_str(), &path(operation), b"");
            assert_eq!(answer.status, 403, "{operation:?} {headers:?}: {answer:?}");
            assert!(answer.body.contains("another site") && answer.header("set-cookie").is_none(), "{answer:?}");
        }
        let own = plain.with("Origin", "https://watch.example");
        let answer = own.send(operation.method.as_str(), &path(operation), b"");
        assert!(!answer.body.contains("another site"), "{operation:?}: {answer:?}");
    }
}

#[test]
fn nothing_is_changed_by_being_opened() {
    for operation in console() {
        assert!(operation.method != "GET" || operation.body == Body::Nothing, "{operation:?}");
    }
    let server = Server::start();
    let client = signed_in(&server, &joined(&server, "ana@example.com", Role::Admin, &[]));
    client.get("/console/logout");
    assert_eq!(client.get("/console/").status, 200, "still signed in");
}
