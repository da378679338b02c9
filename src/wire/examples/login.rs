//! Logins and devices.

use serde_json::{Value, json};

use crate::wire::examples::{
    merge::{list, merge},
    session::session,
};

/// What a backend posts.
#[must_use]
pub fn login_request() -> Value {
    json!({
        "event_id": "evt_7f3a",
        "occurred_at": "2026-11-22T10:15:00.000Z",
        "outcome": "success",
        "method": "password",
        "session_id": "s_20",
        "user": {
            "id": "u_42", "email": "ana@example.com", "name": "Ana", "locale": "fi", "time_zone": "Europe/Helsinki",
            "created_at": "2024-03-01T00:00:00Z"
        },
        "client": {
            "ip": "200.160.2.3",
            "user_agent": "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
            "headers": {"accept-language": "fi-FI,fi;q=0.9"},
            "fingerprint": {
                "version": "5.2.0",
                "components": {"platform": {"value": "Linux x86_64"}, "fonts": {"error": "timeout"}}
            }
        }
    })
}

/// The answer to [`login_request`]: a device that was never seen, far from home.
#[must_use]
pub fn login() -> Value {
    json!({
        "id": "lgn_01M88BR29V3HMEG27S69NTFQE2",
        "occurred_at": "2026-11-22T10:15:00.000Z",
        "received_at": "2026-11-22T10:15:00.412Z",
        "outcome": "success",
        "user_id": "u_42",
        "device": merge(agent(), json!({
            "id": "dev_d404d00f00bf43c2", "status": "new", "matched_by": null, "score": 0.0021, "changed": ["gpu_renderer"],
            "first_seen_at": "2026-11-22T10:15:00.000Z", "last_seen_at": "2026-11-22T10:15:00.000Z",
            "trust": "unconfirmed", "token": "wld_d404d00f00bf43c2f1895fffe55fafeb1e1647e89b8d39fe"
        })),
        "fingerprint": "b3:0eb18e6ed8c241581d9433277dd82fcb2d2f7dc5895d879fef783f3fe469b713",
        "location": {
            "country": "BR", "country_name": "Brazil", "region": "São Paulo", "city": "São Paulo", "latitude": -23.5,
            "longitude": -46.6, "accuracy_km": 20, "time_zone": "America/Sao_Paulo", "asn": 22548, "network": "NIC.br"
        },
        "risk": {"score": 0.676, "level": "high", "signals": [
            {"name": "new_device", "weight": 0.4, "detail": "not among the 2 known devices of this user"},
            {"name": "new_country", "weight": 0.4, "detail": "first login from Brazil; the last 34 were in Finland"},
            {"name": "new_network", "weight": 0.1, "detail": "a network that the user has not signed in from"}
        ]},
        "action": "challenge",
        "alert": {"id": "alr_01M88BR29V3GDW5B0V94C9ZXMR", "status": "queued", "reason": null},
        "restricted": false
    })
}

/// The same login in the history, without its token.
#[must_use]
pub fn past_login() -> Value {
    let mut login = merge(login(), json!({"ip": "200.160.2.3", "method": "password", "session_id": "s_20"}));
    login["device"]["token"] = Value::Null;
    login
}

/// A page of the history.
#[must_use]
pub fn logins() -> Value {
    list(&past_login())
}

/// The same login with the evidence behind its verdict.
#[must_use]
pub fn login_detail() -> Value {
    let evidence = json!({
        "closest_device": "dev_555394e948958c0a",
        "gate": "other_operating_system",
        "network": {
            "result": "changed", "bits": -1.5,
            "explanation": "another network: 2.8 times as likely of another device as of the same"
        },
        "attributes": [{
            "name": "gpu_renderer", "words": "graphics renderer", "result": "changed", "bits": -5.0,
            "explanation": "another graphics renderer: 32 times as likely of another device as of the same"
        }]
    });
    merge(
        past_login(),
        json!({"policy": "pol_4da021e440c81269", "session": session(), "evidence": evidence, "verdict": null}),
    )
}

/// The answer to a line of an import.
#[must_use]
pub fn import_line() -> Value {
    json!({"line": 1, "id": "lgn_01M88BR29V3HMEG27S69NTFQE2", "status": "created"})
}

/// What is followed, as it is sent.
#[must_use]
pub fn events() -> Value {
    let login = past_login();
    let id = login["id"].as_str().unwrap_or_default();
    json!(format!(": logins as they are stored\nretry: 500\n\nid: {id}\nevent: login\ndata: {login}\n\n"))
}

/// The history as a table.
#[must_use]
pub fn table() -> Value {
    json!(
        "id,occurred_at,received_at,outcome,user_id,…\r\nlgn_01M88BR29V3HMEG27S69NTFQE2,2026-11-22T10:15:00.000Z,…\r\n"
    )
}

fn agent() -> Value {
    json!({
        "name": "Firefox 145 on Linux", "browser": "Firefox", "browser_version": "145", "os": "Linux", "os_version": null,
        "type": "desktop"
    })
}

/// A device.
#[must_use]
pub fn device() -> Value {
    merge(
        agent(),
        json!({
            "id": "dev_d404d00f00bf43c2", "first_seen_at": "2026-11-22T10:15:00.000Z",
            "last_seen_at": "2026-11-22T10:15:00.000Z", "logins": 1, "trust": "unconfirmed"
        }),
    )
}

/// A user's devices.
#[must_use]
pub fn devices() -> Value {
    json!({"data": [device()]})
}

/// Logins counted by day and place.
#[must_use]
pub fn regions() -> Value {
    json!({
        "data": [
            {
                "date": "2026-11-22", "country": "BR", "country_name": "Brazil", "region": "São Paulo", "logins": 1,
                "users": 1, "new_devices": 1
            },
            {
                "date": "2026-11-22", "country": "FI", "country_name": "Finland", "region": "Uusimaa", "logins": 34,
                "users": 21, "new_devices": 0
            }
        ],
        "complete": true,
        "counted_from": "2026-10-23T10:15:00.000Z"
    })
}

/// Whose browsers are like that of the attacker.
#[must_use]
pub fn alike() -> Value {
    json!({
        "data": [{
            "user_id": "u_77",
            "login_id": "lgn_01KAMXR5N2C3D4E5F6G7H8J9K0",
            "device_id": "dev_5d7e24689c1f3b0a",
            "last_seen_at": "2026-11-22T03:11:09.120Z",
            "fingerprint": "b3:0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0",
            "bits": 11.31,
            "score": 0.9996,
            "logins": 3
        }],
        "told_apart": true,
        "note": null,
        "most_bits": 14.29,
        "from_bits": 9.0
    })
}
