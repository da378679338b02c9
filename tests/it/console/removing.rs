//! What becomes of operators when tenants are removed, and when nobody needs to know any more who they were.

use watchlight::{
    domain::{
        operator::role::Role,
        time::{DAY_MS, Timestamp},
    },
    service::operator::operators::forget_tenant,
};

use crate::{
    console::people::{invite, joined, sees, signed_in, tenant},
    http::server::Server,
};

#[test]
fn of_a_tenant_that_was_removed_nobody_sees_anything() {
    let server = Server::start();
    let one = joined(&server, "one@example.com", Role::Reader, &["acme"]);
    let both = joined(&server, "two@example.com", Role::Reader, &["acme", "other"]);
    let clients = [signed_in(&server, &one), signed_in(&server, &both)];
    server.run(forget_tenant(server.store.as_ref(), &tenant("acme"))).unwrap();
    assert_eq!(clients[0].get("/console/").status, 303, "who saw no other is gone");
    let home = clients[1].get("/console/");
    assert!(home.status == 200 && !home.body.contains("acme"), "{}", home.body);
    let listed = server.run(server.process.operators().list(None)).unwrap();
    assert_eq!(listed.iter().map(|it| it.sees.clone()).collect::<Vec<_>>(), [sees(&["other"])]);
}

#[test]
fn who_was_revoked_or_never_came_is_forgotten_with_the_audit() {
    let server = Server::start();
    let operators = server.process.operators();
    joined(&server, "stays@example.com", Role::Reader, &["acme"]);
    let gone = joined(&server, "gone@example.com", Role::Reader, &["acme"]);
    invite(&server, "never@example.com", Role::Reader, &["acme"]);
    server.run(operators.revoke(gone.id, None)).unwrap().unwrap();
    let now: Timestamp = server.clock_now();
    assert_eq!(server.run(operators.forget(now)).unwrap(), 0, "not at once");
    assert_eq!(server.run(operators.forget(now.plus_ms(DAY_MS))).unwrap(), 2);
    let left: Vec<String> = server.run(operators.list(None)).unwrap().into_iter().map(|it| it.email).collect();
    assert_eq!(left, ["stays@example.com"]);
}
