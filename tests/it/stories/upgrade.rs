//! Devices stored by an earlier version are recognized by this one: a change of form, of the canonical bytes or of the
//! weights mails nobody.

use std::sync::Arc;

use serde_json::Value;
use watchlight::{
    adapters::{clock::ManualClock, store::record, user_agent::UapAgents},
    domain::{
        decide::decide,
        ids::TenantId,
        keyring::Keyring,
        policy::policy::Policy,
        recognition::verdict::{DeviceStatus, MatchedBy},
        time::DAY_MS,
        user::profile::Profile,
    },
    service::login::observing::{NewLogin, Observer, Purpose},
    wire::login_request::LoginRequest,
};

use crate::stories::world::Atlas;

/// What the version of 24 November 2026 stored of one login each: a profile of form 1, and the login, as NDJSON. The master
/// key was 32 times 7, the tenant `acme`. The first is FingerprintJS's result of a real Chromium, which lies beside.
const STORED: &str = include_str!("../../data/profiles/form-1.ndjson");
const CHROMIUM: &str = include_str!("../../data/fingerprintjs/fingerprintjs_5_chromium.json");
const HEADERS: &str = include_str!("../../data/fingerprintjs/chromium_headers.json");

/// The login of a stored line, as the backend would post it again.
fn again(line: &Value) -> Value {
    let mut login = line["login"].clone();
    if login["user"]["id"] == "u_42" {
        let [result, headers]: [Value; 2] = [CHROMIUM, HEADERS].map(|it| serde_json::from_str(it).unwrap());
        login["client"]["headers"] = headers["headers"][1].clone();
        login["client"]["fingerprint"]["components"] = result["components"].clone();
    }
    login
}

#[test]
fn what_an_earlier_version_stored_is_recognized() {
    let tenant = TenantId::parse("acme").unwrap();
    let keys = Keyring::new([7; 32]).tenant(&tenant);
    let clock = Arc::new(ManualClock::default());
    let observer =
        Observer { agents: Arc::new(UapAgents::new()), geo: Arc::new(Atlas::default()), clock: clock.clone() };
    for line in STORED.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        let profile = data_encoding::HEXLOWER.decode(line["profile"].as_str().unwrap().as_bytes()).unwrap();
        let profile = record::user::profile::decode(&profile).unwrap();
        let decide_again = |profile: &Profile, days: i64| {
            let request: LoginRequest = serde_json::from_value(again(&line)).unwrap();
            let mut draft = request.into_draft().unwrap();
            draft.occurred_at = draft.occurred_at.map(|it| it.plus_ms(days * DAY_MS));
            clock.set(draft.occurred_at.unwrap());
            let request_id = "req".to_owned();
            let (body, purpose) = (bytes::Bytes::new(), Purpose::Live);
            let login = NewLogin { draft, body, idempotency_key: None, request_id, purpose };
            let seen = observer.see(&keys, login).unwrap();
            decide(seen.received_at, &Policy::default(), profile, &seen.observed(&tenant, &keys))
        };
        let first = decide_again(&profile, 9);
        let device = &first.record.device;
        let agent = device.agent.name();
        assert_eq!((device.status, device.id), (DeviceStatus::Recognized, profile.devices[0].id), "{agent}");
        assert!(first.alert.is_none(), "{agent}");
        let second = decide_again(&first.profile, 10);
        let by = second.record.device.matched_by;
        assert_eq!(by, Some(MatchedBy::Exact), "{agent}: learned in the new form");
    }
}
