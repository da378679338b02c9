//! The pages themselves: what they load, what they say of hostile names, and how failures look.

use std::fs;

use watchlight::{domain::operator::role::Role, http::console::assets::Assets};

use crate::{
    console::people::{browser, form, invite, joined, signed_in},
    http::server::Server,
};

const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
    form-action 'self'; frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'";

/// The paths that a page loads.
fn loaded(body: &str) -> Vec<String> {
    let paths = body.split("/console/assets/").skip(1).filter_map(|it| it.split('"').next());
    paths.map(|it| format!("/console/assets/{it}")).collect()
}

#[test]
fn every_page_loads_only_what_is_ours_and_is_kept_nowhere() {
    let server = Server::start();
    let client = signed_in(&server, &joined(&server, "ana@example.com", Role::Admin, &["acme"]));
    let link = invite(&server, "ben@example.com", Role::Reader, &["acme"]);
    for path in ["/console/", "/console/login", &link, "/console/nothing", "/console/invitation/x"] {
        let page = client.get(path);
        assert_eq!(page.header("content-security-policy"), Some(CSP), "{path}");
        assert_eq!(page.header("referrer-policy"), Some("same-origin"), "{path}");
        assert_eq!(page.header("cache-control"), Some("no-store"), "{path}");
        assert_eq!(page.header("x-content-type-options"), Some("nosniff"), "{path}");
        for forbidden in ["<script>", "style=\"", "onclick", "http://", "https://", "javascript:"] {
            assert!(!page.body.contains(forbidden), "{path} has {forbidden}: {}", page.body);
        }
        let assets = loaded(&page.body);
        assert!(assets.len() >= 2, "{path}");
        for asset in assets {
            let answer = server.stranger().get(&asset);
            assert_eq!(answer.status, 200, "{asset}");
            assert_eq!(answer.header("cache-control"), Some("public, max-age=31536000, immutable"), "{asset}");
        }
    }
    for asset in [Assets.css(), Assets.world()] {
        let packed = server.stranger().with("Accept-Encoding", "gzip").send("HEAD", asset, b"");
        assert_eq!((packed.status, packed.header("content-encoding")), (200, Some("gzip")), "{asset}");
        assert_eq!(server.stranger().get(asset).header("content-encoding"), None, "{asset}");
    }
    assert_eq!(server.stranger().get("/console/assets/app.css").status, 404, "by its whole name only");
}

#[test]
fn the_style_sheet_is_small_and_loads_nothing() {
    let css = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/console/app.css")).unwrap();
    assert!(!css.contains("url(") && !css.contains("@import"));
    assert!(css.len() < 34_000, "{} bytes", css.len());
}

#[test]
fn pages_are_compressed_for_who_takes_that() {
    let server = Server::start();
    let client = signed_in(&server, &joined(&server, "ana@example.com", Role::Admin, &["acme"]));
    let asset = loaded(&client.get("/console/").body).remove(0);
    for path in ["/console/", &asset] {
        let (plain, packed) = (client.get(path), client.with("Accept-Encoding", "gzip").get(path));
        assert_eq!((plain.header("content-encoding"), plain.status), (None, 200), "{path}");
        assert_eq!((packed.header("content-encoding"), packed.status), (Some("gzip"), 200), "{path}");
        assert!(
            packed.header("vary").is_some_and(|it| it.eq_ignore_ascii_case("accept-encoding")),
            "{path}: {packed:?}"
        );
        assert_eq!(packed.header("cache-control"), plain.header("cache-control"), "{path}");
    }
    let api = server.client().with("Accept-Encoding", "gzip").get("/v1/logins");
    assert_eq!((api.header("content-encoding"), api.status), (None, 200));
    let nothing = client.with("Accept-Encoding", "gzip").get("/console/nothing");
    assert_eq!(nothing.status, 404);
}

#[test]
fn a_hostile_address_runs_nothing_and_shows() {
    let server = Server::start();
    for hostile in
        ["\"><img src=x onerror=alert(1)>@example.com", "<script>alert(1)</script>", "{{1234567*9}}", "%s\u{202E}"]
    {
        let answer = browser(&server).post("/console/login", form(&[("email", hostile), ("password", "x")]));
        assert_eq!(answer.status, 403, "{answer:?}");
        assert!(!answer.body.contains("<img src=x") && !answer.body.contains("<script>"), "{}", answer.body);
        assert!(!answer.body.contains("11111103"), "{}", answer.body);
    }
    let path = "/console/login?next=%22%3E%3Cimg%20src%3Dx%3E";
    assert!(!browser(&server).get(path).body.contains("<img src=x>"));
}

#[test]
fn forms_that_no_page_of_ours_would_send_are_refused() {
    let server = Server::start();
    let client = browser(&server);
    let long = form(&[("email", &"a".repeat(60_000))]);
    assert_eq!(client.post("/console/login", long).status, 413);
    assert_eq!(client.post("/console/login", b"email=%FF%FE&password=\xFF").status, 400);
    let json = server.stranger().with("Sec-Fetch-Site", "same-origin").with("Content-Type", "application/json");
    assert_eq!(json.post("/console/login", "{}").status, 415);
    for fields in [form(&[]), form(&[("email", "\0"), ("password", "\0")]), "&&&===".to_owned()] {
        let status = client.post("/console/login", fields.clone()).status;
        assert_eq!(status, 403, "{fields}");
    }
    assert_eq!(client.post("/console/login", form(&[("email", "a"), ("password", &"x".repeat(1_000))])).status, 403);
}

#[test]
fn a_tenant_that_is_asked_for_twice_or_is_none_is_refused() {
    let server = Server::start();
    let client = signed_in(&server, &joined(&server, "ana@example.com", Role::Admin, &["acme"]));
    assert_eq!(client.get("/console/?tenant=acme&tenant=acme").status, 400);
    assert_eq!(client.get("/console/?tenant=%3Cimg%3E").status, 404);
    assert_eq!(client.get("/console/?colour=red").status, 400);
}

#[test]
fn failures_are_pages_and_problems_for_whoever_asks_for_json() {
    let server = Server::start();
    let client = signed_in(&server, &joined(&server, "ana@example.com", Role::Reader, &["acme"]));
    let page = client.get("/console/nothing");
    assert_eq!((page.status, page.header("content-type")), (404, Some("text/html; charset=utf-8")));
    assert!(page.body.contains(page.header("x-request-id").unwrap()));
    client.with("Accept", "application/json").get("/console/nothing").problem(404, "not_found");
}

#[test]
fn the_first_page_names_whose_data_one_looks_at() {
    let server = Server::start();
    let client = signed_in(&server, &joined(&server, "ana@example.com", Role::Analyst, &["acme", "other"]));
    let first = client.get("/console/").body;
    assert!(first.contains("href=\"/console/?tenant=acme\" aria-current=\"page\""), "a link names the tenant: {first}");
    let other = client.get("/console/?tenant=other").body;
    assert!(other.contains("Tenant</span> <span class=\"tag\">other</span>"), "{other}");
    assert!(other.contains("href=\"/console/?tenant=other\" aria-current=\"page\""), "the tenant goes along: {other}");
}
