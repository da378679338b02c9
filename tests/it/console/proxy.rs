//! Signing in by the word of a proxy of ours.

use watchlight::{
    domain::{
        history::login_record::LoginIndex,
        ids::LoginId,
        operator::{operator::Standing, role::Role},
    },
    http::door::{
        client_address::TrustedProxies,
        state::{ConsoleSettings, HttpSettings},
    },
};

use crate::{
    console::people::{PASSWORD, browser, cookies, form, invite, joined, sign_in, tenant},
    http::server::{Answer, Client, Options, Server},
};

/// A service that trusts proxies in this network, and believes them what this header says.
fn behind(network: &str, header: Option<&str>) -> Server {
    let proxies =
        TrustedProxies { networks: vec![network.parse().unwrap()], header: Some("x-forwarded-for".to_owned()) };
    let console = ConsoleSettings { proxy_header: header.map(str::to_owned), ..ConsoleSettings::default() };
    let settings = HttpSettings { proxies, console, ..HttpSettings::default() };
    Server::with(Options { settings, ..Options::default() })
}

fn through(server: &Server, email: &str) -> Client {
    browser(server).with("X-Forwarded-For", "198.51.100.7").with("X-User", email)
}

fn go_on(client: &Client) -> Answer {
    client.post("/console/proxy", form(&[("next", "/console/?tenant=acme")]))
}

#[test]
fn whom_a_proxy_names_comes_in_if_somebody_has_invited_them() {
    let server = behind("127.0.0.0/8", Some("x-user"));
    invite(&server, "ana@example.com", Role::Analyst, &["acme"]);
    let ana = through(&server, "Ana@example.com");
    let page = ana.get("/console/login?next=%2Fconsole%2F%3Ftenant%3Dacme").body;
    assert!(page.contains("Continue as <bdi>Ana@example.com</bdi>"), "{page}");
    let answer = go_on(&ana);
    assert_eq!((answer.status, answer.header("location")), (303, Some("/console/?tenant=acme")), "{answer:?}");
    let home = browser(&server).with("Cookie", &cookies(&answer)).get("/console/");
    assert!(home.status == 200 && home.body.contains("analyst"), "{home:?}");
    let listed = server.run(server.process.operators().list(None)).unwrap();
    assert_eq!((listed[0].standing(server.clock_now()), listed[0].role), (Standing::Active, Role::Analyst));
    let everything = LoginId([0; 16])..LoginId([0xFF; 16]);
    let logins = server.run(server.store.logins(&tenant("_console"), &LoginIndex::Time, everything, 9)).unwrap();
    let told: Vec<_> = logins.iter().map(|it| (it.method.as_deref(), it.ip.lowest().to_string())).collect();
    assert_eq!(told, [(Some("proxy"), "198.51.100.7".to_owned())]);
}

#[test]
fn whom_nobody_has_invited_or_somebody_has_revoked_stays_out() {
    let server = behind("127.0.0.0/8", Some("x-user"));
    let unknown = go_on(&through(&server, "ben@example.com"));
    assert_eq!((unknown.status, unknown.header("set-cookie")), (403, None), "{unknown:?}");
    assert!(unknown.body.contains("Nobody with this address is invited"), "{}", unknown.body);
    let ana = joined(&server, "ana@example.com", Role::Reader, &["acme"]);
    assert_eq!(go_on(&through(&server, "ana@example.com")).status, 303);
    assert_eq!(sign_in(&server, "ana@example.com", PASSWORD).status, 303, "her password still holds");
    server.run(server.process.operators().revoke(ana.id, None)).unwrap().unwrap();
    assert_eq!(go_on(&through(&server, "ana@example.com")).status, 403);
}

#[test]
fn from_elsewhere_anybody_could_have_written_it() {
    for server in
        [behind("10.0.0.0/8", Some("x-user")), behind("127.0.0.0/8", None), behind("127.0.0.0/8", Some("x-other"))]
    {
        joined(&server, "ana@example.com", Role::Admin, &[]);
        let ana = through(&server, "ana@example.com").with("X-Forwarded-For", "127.0.0.1");
        let page = ana.get("/console/login");
        assert!(page.status == 200 && !page.body.contains("Continue as"), "{}", page.body);
        let answer = go_on(&ana);
        assert_eq!((answer.status, answer.header("set-cookie")), (404, None), "{answer:?}");
        assert_eq!(ana.get("/console/").status, 303, "and it opens no page");
    }
}

#[test]
fn a_name_that_comes_twice_or_is_no_address_is_nobodys() {
    let server = behind("127.0.0.0/8", Some("x-user"));
    joined(&server, "ana@example.com", Role::Admin, &[]);
    for client in [
        through(&server, "ana@example.com").with("X-User", "ben@example.com"),
        through(&server, "ana"),
        through(&server, ""),
    ] {
        assert_eq!(go_on(&client).status, 404);
    }
}

#[test]
fn opening_the_page_signs_nobody_in() {
    let server = behind("127.0.0.0/8", Some("x-user"));
    joined(&server, "ana@example.com", Role::Admin, &[]);
    let ana = through(&server, "ana@example.com");
    for path in ["/console/login", "/console/proxy", "/console/"] {
        assert_eq!(ana.get(path).header("set-cookie"), None, "{path}");
    }
}
