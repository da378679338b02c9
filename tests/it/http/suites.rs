//! What others have published of what is suspicious, and of what is not, replayed over HTTP at the times of the events, with
//! a database of the same places. What is a matter of policy is left out: single cities, other speeds and memories.

use std::{fs, path::Path, sync::Arc};

use serde_json::{Value, json};
use tempfile::TempDir;
use watchlight::{
    adapters::geo::MaxmindGeo,
    domain::{ids::TenantId, time::Timestamp},
};

use super::server::{CHROME, Client, FIREFOX, Options, Server, login};

const MAC_CHROME: &str = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) \
                          Chrome/113.0.0.0 Safari/537.36";

/// Places of the suites, as their database has them.
const NEW_YORK: &str = "1.2.3.4";
const PITTSBURGH: &str = "1.2.4.4";
const SUDAN: &str = "5.6.7.8";
const BOLOGNA: &str = "9.10.11.12";
const AUCKLAND: &str = "12.12.12.12";
const LOS_ANGELES: &str = "12.12.13.12";
/// In Los Angeles, too.
const RELAY: &str = "12.12.14.12";
const VPN: &str = "12.12.15.12";
const DENVER: &str = "42.42.42.42";
const TOKYO: &str = "111.111.111.111";
/// In Mechelen: one subscriber's network.
const AT_HOME_V6: &str = "2a02:1810:1:2:3:4:5:6";

/// A service that knows where the suites' addresses are.
struct Suite {
    server: Server,
    client: Client,
    _places: TempDir,
}

impl Suite {
    fn start() -> Self {
        let places = TempDir::new().unwrap();
        let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/geoip");
        for file in ["suites-city-ipv4.mmdb", "flat-city-ipv6.mmdb"] {
            fs::copy(data.join(file), places.path().join(file)).unwrap();
        }
        fs::write(places.path().join("relays.txt"), "12.12.14.0/24\n").unwrap();
        fs::write(places.path().join("anonymous.txt"), "12.12.15.0/24\n").unwrap();
        let geo = Some(Arc::new(MaxmindGeo::open(places.path())));
        let server = Server::with(Options { geo, ..Options::default() });
        let client = server.client();
        Self { server, client, _places: places }
    }

    /// Posts a login when it happens; the answer.
    fn at(&self, time: &str, ip: &str, user_agent: &str) -> Value {
        self.post(time, time, &|it| (it["client"]["ip"], it["client"]["user_agent"]) = (json!(ip), json!(user_agent)))
    }

    /// Posts a login that happened at one time and is heard of at another, with a change; the answer.
    fn post(&self, occurred: &str, received: &str, change: &dyn Fn(&mut Value)) -> Value {
        let received: jiff::Timestamp = received.parse().unwrap();
        self.server.clock.set(Timestamp::from_unix_ms(received.as_millisecond()));
        let mut body = login("homer", MAC_CHROME);
        body["occurred_at"] = json!(occurred);
        change(&mut body);
        let answer = self.client.login(&body);
        assert_eq!(answer.status, 201, "{answer:?}");
        answer.value()
    }
}

/// The names of an answer's signals, less that a browser is only just recognized: it says little without a script.
fn signals(answer: &Value) -> Vec<&str> {
    let told = answer["risk"]["signals"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap());
    told.filter(|it| *it != "new_device" || answer["device"]["status"] == "new").collect()
}

fn raises(answer: &Value, signal: &str) -> bool {
    signals(answer).contains(&signal)
}

/// panther-labs/panther-analysis, `rules/standard_rules/impossible_travel_login.yml`.
#[test]
fn panther_impossible_travel() {
    let new_york = "2023-05-26T18:14:51Z";
    for (second_at, ip, travelled, named) in [
        ("2023-05-26T20:14:51Z", AUCKLAND, true, None),
        ("2023-05-26T20:18:51Z", RELAY, true, Some("anonymous_network")),
        ("2023-05-26T20:18:51Z", VPN, true, Some("anonymous_network")),
        ("2023-05-26T20:18:51Z", LOS_ANGELES, true, None),
        ("2023-05-27T20:18:51Z", LOS_ANGELES, false, None),
        ("2023-05-26T20:18:51Z", PITTSBURGH, false, None),
    ] {
        let suite = Suite::start();
        assert_eq!(signals(&suite.at(new_york, NEW_YORK, MAC_CHROME)), [""; 0], "no history");
        let second = suite.at(second_at, ip, MAC_CHROME);
        assert_eq!(raises(&second, "impossible_travel"), travelled, "{ip} at {second_at}: {second}");
        assert_eq!(raises(&second, "anonymous_network"), named.is_some(), "{ip}: {second}");
    }
}

/// The same: a login by relay or VPN is never what the next is compared with.
#[test]
fn panther_relays_and_vpns_are_not_compared_with() {
    for ip in [RELAY, VPN] {
        let suite = Suite::start();
        suite.at("2023-05-26T18:14:51Z", NEW_YORK, MAC_CHROME);
        suite.at("2023-05-26T20:14:51Z", ip, MAC_CHROME);
        let home = suite.at("2023-05-26T20:20:51Z", NEW_YORK, MAC_CHROME);
        assert!(!raises(&home, "impossible_travel"), "{home}");
    }
}

/// certego/BuffaLogs, `tests/detection/test_detection.py`: nobody is in two places at the same instant, and two minutes
/// in one place are no journey.
#[test]
fn buffalogs_impossible_travel() {
    let suite = Suite::start();
    suite.at("2023-03-08T17:08:33.358Z", PITTSBURGH, CHROME);
    assert_eq!(signals(&suite.at("2023-03-08T17:10:33.358Z", PITTSBURGH, CHROME)), [""; 0]);
    let suite = Suite::start();
    suite.at("2023-03-08T17:08:33.358Z", PITTSBURGH, CHROME);
    let sudan = suite.at("2023-03-08T17:08:33.358Z", SUDAN, CHROME);
    assert!(raises(&sudan, "impossible_travel"), "{sudan}");
}

/// The same, `test_login_from_new_country.py` and `test_login_from_new_device.py`.
#[test]
fn buffalogs_new_country_and_new_device() {
    let suite = Suite::start();
    suite.at("2023-03-08T17:08:33.358Z", SUDAN, CHROME);
    let same = suite.at("2023-03-08T17:10:33.358Z", SUDAN, FIREFOX);
    assert!(raises(&same, "new_device") && !raises(&same, "new_country"), "{same}");
    let suite = Suite::start();
    suite.at("2023-03-08T17:08:33.358Z", SUDAN, CHROME);
    let italy = suite.at("2023-03-08T17:10:33.358Z", BOLOGNA, FIREFOX);
    assert!(raises(&italy, "new_country") && raises(&italy, "new_device"), "{italy}");
}

/// Google Chronicle's `repeatedAuthFailure_thenSuccess` and Sigma's brute force with success: failures, then one success.
#[test]
fn failures_and_then_a_success() {
    let suite = Suite::start();
    suite.at("2023-03-01T09:00:00Z", NEW_YORK, CHROME);
    let failed = |time: &str| suite.post(time, time, &|it| it["outcome"] = json!("failure"));
    for second in 10..15 {
        failed(&format!("2023-03-08T09:00:{second}Z"));
    }
    let got_in = suite.at("2023-03-08T09:01:00Z", NEW_YORK, CHROME);
    assert!(raises(&got_in, "failed_attempts"), "{got_in}");
    let next_day = suite.at("2023-03-09T09:01:00Z", NEW_YORK, CHROME);
    assert!(!raises(&next_day, "failed_attempts"), "{next_day}");
}

/// What identity providers post, as a backend would pass it on.
#[test]
fn provider_payloads_are_judged_as_they_are_named() {
    // FusionAuth: user.login.success, user.login.new-device, user.login.suspicious (ImpossibleTravel).
    let suite = Suite::start();
    let at = "2017-09-18T19:23:35.056Z";
    assert_eq!(signals(&suite.at(at, DENVER, MAC_CHROME)), [""; 0]);
    assert!(raises(&suite.at("2017-09-18T19:30:00Z", DENVER, FIREFOX), "new_device"));
    assert!(raises(&suite.at("2017-09-18T19:40:00Z", AUCKLAND, MAC_CHROME), "impossible_travel"));
    // Okta and Google by Panther's samples: no user agent, and so no device.
    let suite = Suite::start();
    let without_agent = |time: &str, outcome: &str| {
        suite.post(time, time, &|it| {
            it["outcome"] = json!(outcome);
            it["client"] = json!({"ip": TOKYO});
        })
    };
    assert_eq!(without_agent("2021-06-04T09:59:53.650Z", "failure")["device"]["status"], "unknown");
    assert_eq!(without_agent("2021-06-04T10:02:33.650Z", "success")["device"]["status"], "unknown");
    // Keycloak, Supabase, WorkOS and Clerk: addresses that are nowhere.
    let suite = Suite::start();
    for (minute, ip) in
        ["192.0.2.100", "192.0.2.1", "192.168.1.100", "2001:db8:bb78:ad10:343c:4c88:60cb:be04"].into_iter().enumerate()
    {
        let answer = suite.at(&format!("2026-03-02T09:0{minute}:00Z"), ip, FIREFOX);
        assert_eq!((&answer["location"], signals(&answer)), (&Value::Null, Vec::new()), "{ip}: {answer}");
    }
}

/// A defect of others: `timedelta.seconds` drops the days, so that a day and twenty minutes were twenty minutes.
#[test]
fn a_day_and_twenty_minutes_are_not_twenty_minutes() {
    for (second_at, travelled) in
        [("2023-05-27T18:34:51Z", false), ("2023-05-26T18:34:51Z", true), ("2023-06-26T18:15:51Z", false)]
    {
        let suite = Suite::start();
        suite.at("2023-05-26T18:14:51Z", NEW_YORK, CHROME);
        let second = suite.at(second_at, AUCKLAND, CHROME);
        assert_eq!(raises(&second, "impossible_travel"), travelled, "{second_at}: {second}");
    }
}

/// A defect of others: the last event to arrive was taken for the last to happen.
#[test]
fn a_late_event_rewinds_no_place() {
    let suite = Suite::start();
    suite.at("2023-05-26T08:00:00Z", AUCKLAND, CHROME);
    suite.at("2023-05-27T18:00:00Z", NEW_YORK, CHROME);
    let chrome = |it: &mut Value| it["client"] = json!({"ip": AUCKLAND, "user_agent": CHROME});
    let late = suite.post("2023-05-26T20:00:00Z", "2023-05-27T18:05:00Z", &chrome);
    assert!(!raises(&late, "impossible_travel"), "{late}");
    let after = suite.at("2023-05-27T18:10:00Z", NEW_YORK, CHROME);
    assert_eq!(signals(&after), [""; 0], "the last place is still New York: {after}");
}

/// A defect of others: an address of the company's own network was a place abroad.
#[test]
fn a_private_address_is_no_foreign_place() {
    let suite = Suite::start();
    suite.at("2023-05-26T18:00:00Z", NEW_YORK, CHROME);
    for (minute, ip) in
        ["10.1.2.3", "100.64.0.9", "127.0.0.1", "fd00::1", "fe80::1%eth0", "::ffff:192.168.1.1"].into_iter().enumerate()
    {
        let inside = suite.at(&format!("2023-05-26T18:0{}:00Z", minute + 1), ip, CHROME);
        assert_eq!((&inside["location"], signals(&inside)), (&Value::Null, Vec::new()), "{ip}: {inside}");
    }
    assert_eq!(signals(&suite.at("2023-05-26T18:20:00Z", NEW_YORK, CHROME)), [""; 0]);
}

/// A defect of others: every privacy address of IPv6 (RFC 8981) was a new network.
#[test]
fn privacy_addresses_within_one_64_are_one_network() {
    let suite = Suite::start();
    suite.at("2023-05-26T18:00:00Z", AT_HOME_V6, CHROME);
    for day in 27..=31 {
        let ip = format!("2a02:1810:1:2:{day}:beef:{day}:1");
        assert_eq!(signals(&suite.at(&format!("2023-05-{day}T18:00:00Z"), &ip, CHROME)), [""; 0], "{ip}");
    }
}

/// A defect of others: behind Docker or a proxy everybody had its address, or one that the attacker had written.
#[test]
fn an_address_of_docker_or_of_a_proxy_is_not_believed() {
    let suite = Suite::start();
    suite.at("2023-05-26T18:00:00Z", NEW_YORK, CHROME);
    let forwarded = |it: &mut Value| {
        it["client"]["ip"] = json!("172.17.0.1");
        it["client"]["user_agent"] = json!(CHROME);
        it["client"]["headers"] = json!({"x-forwarded-for": AUCKLAND, "forwarded": format!("for={AUCKLAND}")});
    };
    let docker = suite.post("2023-05-26T18:10:00Z", "2023-05-26T18:10:00Z", &forwarded);
    assert_eq!((&docker["location"], signals(&docker)), (&Value::Null, Vec::new()), "{docker}");
    let proxied = suite.client.with("X-Forwarded-For", AUCKLAND).with("Forwarded", &format!("for={AUCKLAND}"));
    let mut body = login("homer", CHROME);
    (body["client"]["ip"], body["occurred_at"]) = (json!(NEW_YORK), json!("2023-05-26T18:10:00Z"));
    assert_eq!(
        proxied.login(&body).value()["location"]["city"],
        "New York City",
        "the hook's own headers mean nothing"
    );
}

/// A defect of others: the mail was in the language of the browser that signed in, the attacker's.
#[test]
fn a_mail_is_in_the_language_of_the_account() {
    let suite = Suite::start();
    suite.at("2023-05-26T18:00:00Z", NEW_YORK, CHROME);
    let attack = |locale: Value| {
        move |it: &mut Value| {
            it["user"]["locale"] = locale.clone();
            it["client"] = json!({"ip": BOLOGNA, "user_agent": FIREFOX, "headers": {"accept-language": "pt-BR,pt"}});
        }
    };
    let time = "2023-05-26T18:10:00Z";
    assert_eq!(suite.post(time, time, &attack(json!("fi")))["alert"]["status"], "queued");
    let tenant = TenantId::parse("acme").unwrap();
    let store = &suite.server.store;
    let alerts = suite.server.run(store.alerts(&tenant, None, 9, suite.server.clock_now())).unwrap();
    let locales: Vec<Option<&str>> = alerts.iter().map(|(alert, _)| alert.locale.as_deref()).collect();
    assert_eq!(locales, [Some("fi")]);
}
