//! The browsers that logins came from, as they are kept beside the logins.

use serde_json::{Value, json};
use watchlight::domain::{
    browser::{attributes::Attribute, fingerprint::Fingerprint},
    history::kept_browser::{BrowserKey, KeptBrowser},
    ids::{TenantId, UserId},
};

use super::server::{CHROME, FIREFOX, Server, login};

/// What is kept of the browser that a login came from, as it was answered.
pub fn browser(server: &Server, user: &str, answer: &Value) -> Option<KeptBrowser> {
    let tenant = TenantId::parse("acme").unwrap();
    let user = server.keyring.tenant(&tenant).user(&UserId::parse(user).unwrap());
    let fingerprint = Fingerprint::parse(answer["fingerprint"].as_str().unwrap()).unwrap();
    server.run(server.store.browsers(&tenant, &[BrowserKey::new(user, &fingerprint)])).unwrap().remove(0)
}

/// A login with what a script measured.
pub fn measured(user: &str, user_agent: &str) -> Value {
    let mut login = login(user, user_agent);
    login["client"]["fingerprint"] = json!({"platform": "Win32", "hardwareConcurrency": 8, "canvas": "0123456789"});
    login
}

#[test]
fn the_browser_of_each_login_is_kept_also_of_one_that_failed() {
    let server = Server::start();
    let client = server.client();
    let own = client.login(&measured("ana", CHROME)).value();
    let mut attempt = measured("ana", FIREFOX);
    attempt["outcome"] = json!("failure");
    let attempt = client.login(&attempt).value();
    let (own, attempted) = (browser(&server, "ana", &own).unwrap(), browser(&server, "ana", &attempt).unwrap());
    assert_eq!(own.traits.attributes.get(Attribute::HardwareConcurrency), 9);
    assert!(own.traits.scripted && own.traits.browser != attempted.traits.browser);
    assert_eq!(browser(&server, "ben", &attempt), None, "it is Ana's");
    let mut silent = login("ana", "");
    silent["client"]["user_agent"] = Value::Null;
    let silent = client.login(&silent).value();
    assert_eq!(browser(&server, "ana", &silent), None, "it says nothing of a browser");
}
