//! Signing in with the issuer of operators' identities.

use serde_json::json;
use watchlight::{
    adapters::web::issuer::{identity::ClaimNames, provider::IssuerClient},
    domain::{
        history::login_record::LoginIndex,
        ids::LoginId,
        login::login::Outcome,
        operator::{operator::Standing, role::Role, ticket::TICKET_MS},
        privacy::{
            audit::{Action, Actor},
            chain::AuditEntry,
        },
    },
};

use crate::{
    console::people::{PASSWORD, browser, cookies, joined, sees, sign_in, signed_in, tenant},
    http::server::{Answer, Options, Server},
    support::issuer::{Issuer, Signing},
};

/// A service whose operators' identities this issuer issues.
pub fn started() -> (Server, Issuer) {
    let issuer = Issuer::start(crate::http::server::START);
    let server = Server::with(Options { issuer: Some(issuer.client()), ..Options::default() });
    (server, issuer)
}

/// Begins a sign-in; where the browser is sent, and the cookies that it keeps.
pub fn begun(server: &Server) -> (String, String) {
    let away = browser(server).get("/console/oidc?next=%2Fconsole%2F%3Ftenant%3D_console");
    assert_eq!(away.status, 303, "{away:?}");
    (away.header("location").unwrap().to_owned(), cookies(&away))
}

/// Signs in as whom the issuer says.
pub fn sign_on(server: &Server, issuer: &Issuer) -> Answer {
    let (sent_to, kept) = begun(server);
    browser(server).with("Cookie", &kept).get(&issuer.sign_in(&sent_to))
}

/// Whether an answer begins a session.
pub fn is_in(answer: &Answer) -> bool {
    answer.status == 303 && cookies(answer).split("; ").any(|it| it.starts_with("watchlight=") && it.len() > 40)
}

/// What the browser that got this answer is told about who is signed in.
fn whoami(server: &Server, answer: &Answer) -> Answer {
    browser(server).with("Cookie", &cookies(answer)).get("/console/settings")
}

fn own_audit(server: &Server) -> Vec<AuditEntry> {
    let found = server.run(server.store.audit_after(&tenant("_console"), 0, 100)).unwrap();
    found.into_iter().map(|it| it.entry.unwrap()).collect()
}

#[test]
fn who_has_a_role_at_the_issuer_comes_in() {
    let (server, issuer) = started();
    let page = browser(&server).get("/console/login?next=%2Fconsole%2F%3Ftenant%3Dacme").body;
    assert!(
        page.contains("href=\"/console/oidc?next=%2Fconsole%2F%3Ftenant%3Dacme\">Sign in with 127.0.0.1<"),
        "{page}"
    );
    let answer = sign_on(&server, &issuer);
    assert!(is_in(&answer), "{answer:?}");
    assert_eq!(answer.header("location"), Some("/console/?tenant=_console"));
    let told = whoami(&server, &answer);
    assert!(told.status == 200 && told.body.contains("ana@example.com") && told.body.contains("analyst"), "{told:?}");
    let listed = server.run(server.process.operators().list(None)).unwrap();
    assert_eq!((listed.len(), listed[0].role, listed[0].password.as_ref()), (1, Role::Analyst, None));
    assert_eq!(listed[0].standing(server.clock_now()), Standing::Active);
    server.clock.advance_ms(1_000);
    assert_eq!(sign_in(&server, "ana@example.com", PASSWORD).status, 403, "she has no password");
    let everything = LoginId([0; 16])..LoginId([0xFF; 16]);
    let logins = server.run(server.store.logins(&tenant("_console"), &LoginIndex::Time, everything, 9)).unwrap();
    let told: Vec<_> = logins.iter().map(|it| (it.outcome, it.method.as_deref())).collect();
    assert_eq!(told, [(Outcome::Failure, Some("password")), (Outcome::Success, Some("oidc"))]);
    let actions: Vec<Action> = own_audit(&server).iter().map(|it| it.event.action).collect();
    assert_eq!(actions, [Action::JoinOperator, Action::SignIn]);
}

#[test]
fn the_role_is_the_issuers_at_each_sign_in() {
    let (server, issuer) = started();
    let first = sign_on(&server, &issuer);
    for (roles, shown) in [(json!("admin"), "admin"), (json!(["reader", "staff"]), "reader")] {
        issuer.script().claims["roles"] = roles;
        assert!(is_in(&sign_on(&server, &issuer)));
        let told = whoami(&server, &first);
        assert!(told.body.contains(&format!("<dd>{shown}:")), "the session of before has the role too: {}", told.body);
    }
    issuer.script().signing = Signing::EdDsa;
    assert!(is_in(&sign_on(&server, &issuer)));
    let actions: Vec<Action> = own_audit(&server).iter().map(|it| it.event.action).collect();
    assert_eq!(actions.iter().filter(|it| **it == Action::JoinOperator).count(), 3, "when it changes: {actions:?}");
}

#[test]
fn who_has_no_role_any_more_is_out_with_every_session() {
    let (server, issuer) = started();
    let first = sign_on(&server, &issuer);
    assert_eq!(whoami(&server, &first).status, 200);
    for roles in [json!([]), json!(null), json!(["Admin", "administrators"]), json!({"admin": true})] {
        issuer.script().claims["roles"] = roles;
        let refused = sign_on(&server, &issuer);
        assert!(refused.status == 403 && !is_in(&refused), "{refused:?}");
        assert!(refused.body.contains("has no role for this console"), "{}", refused.body);
        assert_eq!(whoami(&server, &first).status, 303, "the session has ended");
    }
    let revoked = own_audit(&server).into_iter().find(|it| it.event.action == Action::RevokeOperator).unwrap();
    assert_eq!(revoked.event.actor, Actor::System);
    issuer.script().claims["roles"] = json!(["reader"]);
    server.clock.advance_ms(1_000);
    let again = sign_on(&server, &issuer);
    assert_eq!(whoami(&server, &again).status, 200, "what the issuer has taken it can give again");
    assert_eq!(whoami(&server, &first).status, 303, "but not the session of before");
}

#[test]
fn who_never_had_a_role_is_no_operator() {
    let (server, issuer) = started();
    issuer.script().claims["roles"] = json!(["staff"]);
    assert_eq!(sign_on(&server, &issuer).status, 403);
    assert_eq!(server.run(server.process.operators().list(None)).unwrap(), []);
    let ana = joined(&server, "ana@example.com", Role::Reader, &["acme"]);
    let client = signed_in(&server, &ana);
    assert_eq!(sign_on(&server, &issuer).status, 403);
    assert_eq!(client.get("/console/").status, 200, "who comes by a password is not the issuer's to revoke");
}

#[test]
fn who_was_revoked_here_stays_out_until_invited_anew() {
    let (server, issuer) = started();
    let first = sign_on(&server, &issuer);
    let operators = server.process.operators();
    let id = server.keyring.operator_id("ana@example.com");
    server.run(operators.revoke(id, None)).unwrap().unwrap();
    assert_eq!(whoami(&server, &first).status, 303);
    let refused = sign_on(&server, &issuer);
    assert!(refused.status == 403 && refused.body.contains("You were revoked here"), "{refused:?}");
    crate::console::people::invite(&server, "ana@example.com", Role::Reader, &["acme"]);
    assert!(is_in(&sign_on(&server, &issuer)));
    let listed = server.run(operators.list(None)).unwrap();
    assert_eq!(
        (listed[0].role, listed[0].sees.clone()),
        (Role::Analyst, sees(&["acme"])),
        "no more than was said here"
    );
}

#[test]
fn another_account_does_not_get_in_by_the_same_address() {
    let (server, issuer) = started();
    assert!(is_in(&sign_on(&server, &issuer)));
    issuer.script().claims["sub"] = json!("2");
    let refused = sign_on(&server, &issuer);
    assert!(refused.status == 403 && refused.body.contains("Another account"), "{refused:?}");
    issuer.script().claims["email"] = json!("ben@example.com");
    assert!(is_in(&sign_on(&server, &issuer)));
}

#[test]
fn the_issuer_may_say_whose_logins_one_sees() {
    let issuer = Issuer::start(crate::http::server::START);
    let claims = ClaimNames { role: "realm.roles".to_owned(), tenants: Some("tenants".to_owned()) };
    let client = IssuerClient { claims, ..issuer.client() };
    let server = Server::with(Options { issuer: Some(client), ..Options::default() });
    issuer.script().claims["realm"] = json!({"roles": ["reader"]});
    let refused = sign_on(&server, &issuer);
    assert!(refused.status == 403 && refused.body.contains("names no tenant"), "{refused:?}");
    for (tenants, expected) in [(json!(["acme", "other"]), vec!["acme", "other"]), (json!("acme"), vec!["acme"])] {
        issuer.script().claims["tenants"] = tenants;
        assert!(is_in(&sign_on(&server, &issuer)));
        let listed = server.run(server.process.operators().list(None)).unwrap();
        assert_eq!(listed[0].sees, sees(&expected));
    }
}

#[test]
fn a_sign_in_is_finished_once_and_in_the_browser_in_which_it_was_begun() {
    let (server, issuer) = started();
    issuer.script().takes_again = true;
    let (sent_to, kept) = begun(&server);
    let back = issuer.sign_in(&sent_to);
    let not_begun = |answer: &Answer| answer.status == 403 && answer.body.contains("not begun in this browser");
    assert!(not_begun(&browser(&server).get(&back)), "somebody else's browser");
    let (_, others) = begun(&server);
    assert!(not_begun(&browser(&server).with("Cookie", &others).get(&back)), "another sign-in of this browser");
    let state = back.split("state=").nth(1).unwrap().split('&').next().unwrap();
    let mine = browser(&server).with("Cookie", &kept);
    for wrong in
        [back.replace(state, "AAAA"), back.replace(&format!("&state={state}"), ""), format!("{back}&state={state}")]
    {
        assert!(not_begun(&mine.get(&wrong)), "{wrong}");
    }
    assert!(not_begun(&mine.get(&back.replace("iss=http", "iss=https"))), "another issuer");
    assert_eq!(issuer.asked_for("/token"), 0, "nobody was asked");
    let first = mine.get(&back);
    assert!(is_in(&first), "{first:?}");
    let gone = first.headers.iter().any(|(_, it)| it.starts_with("watchlight-ticket=;") && it.contains("Max-Age=0"));
    assert!(gone, "{first:?}");
    assert!(not_begun(&mine.get(&back)), "again, though the issuer takes the code again");
}

#[test]
fn a_code_is_worth_nothing_in_another_process_either() {
    let (server, issuer) = started();
    let other = Server::with(Options {
        store: Some(server.store.clone()),
        issuer: Some(issuer.client()),
        ..Options::default()
    });
    let (sent_to, kept) = begun(&server);
    let back = issuer.sign_in(&sent_to);
    let there = browser(&other).with("Cookie", &kept).get(&back);
    assert!(is_in(&there), "begun in one process, finished in another: {there:?}");
    let again = browser(&server).with("Cookie", &kept).get(&back);
    assert!(again.status == 403 && again.body.contains("could not be believed"), "{again:?}");
}

#[test]
fn a_sign_in_takes_ten_minutes_at_most() {
    let (server, issuer) = started();
    let (sent_to, kept) = begun(&server);
    let back = issuer.sign_in(&sent_to);
    server.clock.advance_ms(TICKET_MS);
    let late = browser(&server).with("Cookie", &kept).get(&back);
    assert!(late.status == 403 && !is_in(&late), "{late:?}");
    assert_eq!(issuer.asked_for("/token"), 0);
}

#[test]
fn where_no_issuer_is_set_there_is_no_such_way_in() {
    let server = Server::start();
    for path in ["/console/oidc", "/console/oidc/callback?code=a&state=b"] {
        assert_eq!(browser(&server).get(path).status, 404, "{path}");
    }
    let page = browser(&server).get("/console/login").body;
    assert!(!page.contains("/console/oidc") && !page.contains("or with a password"), "{page}");
}
