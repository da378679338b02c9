//! Where customers sign in from.

use serde_json::{Value, json};
use watchlight::{domain::time::DAY_MS, ports::Clock};

use crate::http::server::{CHROME, FIREFOX, Server, login};

#[test]
fn logins_users_and_new_devices_are_counted_by_day_and_place() {
    let server = Server::start();
    let client = server.client();
    client.login(&login("ana", CHROME));
    client.login(&login("ana", FIREFOX));
    client.login(&login("bob", CHROME));
    let mut failed = login("bob", CHROME);
    failed["outcome"] = json!("failure");
    client.login(&failed);
    let mut home = login("bob", CHROME);
    home["client"]["ip"] = json!("192.168.1.1");
    server.clock.set(server.clock.now().plus_ms(DAY_MS));
    client.login(&home);

    let regions = client.get("/v1/regions").value();
    assert_eq!(regions["complete"], json!(true), "{regions}");
    let rows: Vec<&Value> = regions["data"].as_array().unwrap().iter().collect();
    assert_eq!(rows.len(), 2, "{regions}");
    let counted = |row: &Value| [&row["logins"], &row["users"], &row["new_devices"]].map(|it| it.as_u64().unwrap());
    assert_eq!((counted(rows[0]), &rows[0]["country"]), ([3, 2, 1], &json!("SE")), "{regions}");
    assert_eq!((counted(rows[1]), &rows[1]["country"]), ([1, 1, 0], &Value::Null), "{regions}");
    assert!(rows[0]["date"].as_str() < rows[1]["date"].as_str(), "{regions}");

    let day = rows[1]["date"].as_str().unwrap();
    let later = client.get(&format!("/v1/regions?from={day}T00:00:00Z")).value();
    assert_eq!(later["data"].as_array().unwrap().len(), 1, "{later}");
}

#[test]
fn a_time_that_is_too_long_or_no_time_is_refused() {
    let server = Server::start();
    let client = server.client();
    for (question, named) in [
        ("from=2020-01-01T00:00:00Z", "from"),
        ("from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", "from"),
        ("to=tomorrow", "to"),
        ("country=FI", "country"),
    ] {
        let fault = client.get(&format!("/v1/regions?{question}"));
        assert!(fault.problem(400, "invalid_parameter").contains(named), "{question}: {fault:?}");
    }
}
