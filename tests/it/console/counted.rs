//! What views count beside their rows: as the API counts it, and in how many questions to the store.

use std::{collections::BTreeMap, sync::atomic::Ordering};

use watchlight::domain::operator::role::Role;

use crate::{
    console::people::{joined, signed_in},
    http::{
        counts::{asked, with_segments},
        server::{CHROME, Client, Options, Server, login},
        store_goes_away::Leaving,
    },
};

/// What is counted: as a page calls it, and as the API does.
const FACETS: [(&str, &str); 7] = [
    ("Signal", "signal"),
    ("Country", "country"),
    ("Network", "asn"),
    ("Browser", "browser"),
    ("System", "os"),
    ("Device", "status"),
    ("Method", "method"),
];

fn operator(server: &Server) -> Client {
    signed_in(server, &joined(server, "kim@example.com", Role::Analyst, &["acme"]))
}

/// The counts of a page, by its headings.
fn shown(page: &str) -> BTreeMap<String, Vec<u64>> {
    let facets =
        page.split("<aside class=\"facets\"").nth(1).and_then(|it| it.split("</aside>").next()).unwrap_or_default();
    let list = |section: &str| {
        let title = section.split('"').next().unwrap().to_owned();
        let rows = section.split("<li>").skip(1).map(|it| it.split("<span class=\"number\">").nth(1).unwrap());
        (title, rows.map(|it| it.split('<').next().unwrap().replace(',', "").parse().unwrap()).collect())
    };
    facets.split("<section aria-label=\"").skip(1).map(list).collect()
}

#[test]
fn a_page_counts_in_common_passes_what_the_api_counts_one_by_one() {
    let folder = tempfile::tempdir().unwrap();
    let (server, api) = with_segments(&folder.path().join("watchlight.db"));
    let client = operator(&server);
    // By tallies, by columns, by what stands in the clear, and by records; the method of half of them is the product's own.
    for q in [
        "",
        "country:SE",
        "-status:recognized",
        "method:passkey browser:firefox",
        "risk>0.1",
        "user:ana",
        "last:9h",
        "note:none",
    ] {
        let page = client.get(&format!("/console/search?from=all&{}", asked(q)));
        let shown = shown(&page.body);
        assert!(page.status == 200 && shown.len() > 4, "{q}: {page:?}");
        for (title, by) in FACETS {
            let told = api.get(&format!("/v1/logins/counts?top=6&by={by}&{}", asked(q))).value();
            let told: Vec<u64> =
                told["data"].as_array().unwrap().iter().map(|it| it["logins"].as_u64().unwrap()).collect();
            assert_eq!(shown.get(title).cloned().unwrap_or_default(), told, "{q} by {by}");
        }
        let logins = api.get(&format!("/v1/logins/counts?by=hour&{}", asked(q))).value()["logins"].to_string();
        assert!(page.body.contains(&format!("<h1>{logins} login")), "{q}: {logins}");
    }
}

#[test]
fn pages_ask_the_store_few_times() {
    let store = Leaving::new();
    let server = Server::with(Options { store: Some(store.clone()), ..Options::default() });
    for number in 0..12 {
        assert_eq!(server.client().login(&login(&format!("u{number}"), CHROME)).status, 201);
    }
    let client = operator(&server);
    let asked = |path: &str| {
        assert_eq!(client.get(path).status, 200, "{path}");
        let before = store.answers_left.load(Ordering::SeqCst);
        assert_eq!(client.get(path).status, 200, "{path}");
        before - store.answers_left.load(Ordering::SeqCst)
    };
    let bounds = [
        ("/console/search", 10),
        ("/console/search?show=map", 10),
        ("/console/search?q=status%3Afirst", 20),
        ("/console/search?q=country%3ASE", 21),
        // What an index leads to is read once, and counted there.
        ("/console/search?q=user%3Au1", 7),
        ("/console/search?q=ip%3A89.160.20.112", 6),
        ("/console/about?q=ip%3A89.160.20.112", 17),
        ("/console/", 11),
    ];
    let times: Vec<(&str, usize)> = bounds.iter().map(|(path, _)| (*path, asked(path))).collect();
    assert!(times.iter().zip(&bounds).all(|(times, most)| times.1 <= most.1), "{times:?}");
}

#[test]
fn what_an_index_leads_to_is_opened_once_a_page() {
    let store = Leaving::new();
    let server = Server::with(Options { store: Some(store.clone()), ..Options::default() });
    for number in 0..12 {
        let mut body = login(&format!("u{number}"), CHROME);
        body["client"]["ip"] = serde_json::json!("89.160.20.112");
        assert_eq!(server.client().login(&body).status, 201);
    }
    let client = operator(&server);
    for (path, logins) in [
        ("/console/about?q=ip%3A89.160.20.112", 12),
        ("/console/about?q=ip%3A89.160.20.0%2F24", 12),
        ("/console/search?q=ip%3A89.160.20.112", 12),
        ("/console/search?q=user%3Au1", 1),
    ] {
        let before = store.opened.load(Ordering::SeqCst);
        let page = client.get(path);
        assert!(page.status == 200 && page.body.contains("/console/users/u1"), "{path}: {page:?}");
        assert_eq!(store.opened.load(Ordering::SeqCst) - before, logins, "{path}");
    }
}
