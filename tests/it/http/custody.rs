//! The store is another one than before, or of another master key.

use watchlight::{
    domain::{
        keyring::Keyring,
        store_identity::{Found, Standing, StoreId, StoreIdentity},
        tenant::api_key::Scope,
    },
    ports::Clock,
};

use super::server::{CHROME, Server, login};

const FIRST: StoreId = StoreId([1; 16]);
const OTHER: StoreId = StoreId([2; 16]);

/// A key that looks right and opens nothing.
fn unknown_key(server: &Server) -> String {
    let elsewhere = Server::start();
    let key = elsewhere.key("elsewhere", &Scope::ALL);
    assert!(server.run(server.keys.authenticate(&key)).unwrap().is_none());
    key
}

/// Puts another store in the place of the one that is there, as far as its name tells.
fn replace(server: &Server, id: StoreId, keyring: &Keyring) {
    let Found::Named(was) = server.run(server.store.identity()).unwrap() else { panic!("it has a name") };
    let is = StoreIdentity::new(id, server.clock.now(), keyring);
    assert!(server.run(server.store.put_identity(Some(&was), &is)).unwrap());
}

#[test]
fn a_key_that_is_not_there_is_no_stranger_s_while_the_store_is_another() {
    let server = Server::start();
    server.run(server.custody.begin(FIRST, server.clock.now())).unwrap();
    let (known, unknown) = (server.client(), server.stranger());
    let unknown = unknown.with("Authorization", &format!("Bearer {}", unknown_key(&server)));
    unknown.login(&login("ana", CHROME)).problem(401, "unauthorized");
    replace(&server, OTHER, &server.keyring);
    let refused = unknown.login(&login("ana", CHROME));
    let detail = refused.problem(503, "store_changed");
    assert!(detail.contains("keep the key") && refused.header("retry-after").is_some(), "{refused:?}");
    assert_eq!(known.login(&login("ana", CHROME)).status, 201, "what is there goes on");
    server.stranger().get("/v1/logins").problem(401, "unauthorized");
    let ready = known.get("/readyz");
    assert_eq!((ready.status, ready.value()["status"].as_str()), (200, Some("degraded")));
    assert!(ready.body.contains("watchlight store adopt"), "{ready:?}");
    server.run(server.custody.adopt(OTHER, server.clock.now())).unwrap();
    unknown.login(&login("ana", CHROME)).problem(401, "unauthorized");
    assert_eq!(known.get("/readyz").value()["status"], "ready");
}

#[test]
fn a_store_of_another_key_takes_nothing_until_the_right_one_is_back() {
    let server = Server::start();
    server.run(server.custody.begin(FIRST, server.clock.now())).unwrap();
    let client = server.client();
    replace(&server, OTHER, &Keyring::new([8; 32]));
    assert_eq!(server.run(server.custody.look()).unwrap(), Standing::WrongKey);
    client.login(&login("ana", CHROME)).problem(503, "store_changed");
    client.get("/v1/logins").problem(503, "store_changed");
    client.get("/a/some-token").problem(503, "store_changed");
    let ready = client.get("/readyz");
    assert_eq!((ready.status, ready.value()["status"].as_str()), (503, Some("unavailable")));
    assert!(ready.body.contains("master key"), "{ready:?}");
    assert!(server.run(server.custody.adopt(OTHER, server.clock.now())).is_err(), "nothing in it can be found");
    replace(&server, FIRST, &server.keyring);
    assert_eq!(server.run(server.custody.look()).unwrap(), Standing::Same);
    assert_eq!(client.login(&login("ana", CHROME)).status, 201);
}
