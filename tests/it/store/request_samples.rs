//! People's requests and erasures to store.

use watchlight::domain::{
    ids::{Partition, ReceiptId, RequestId, UserId, UserKey, timed_bytes},
    privacy::{
        erasure::{Erased, Erasure},
        removal::{Removal, Removed},
        request::{PersonRequest, Reminded, RequestKind, RequestPerson, RequestState, RequestTimes, Step},
        request_steps::{Opening, opened},
    },
    time::DAY_MS,
};

use crate::store::samples::{acme, at, id};

/// A request for a copy that was just opened, by user and number.
pub fn bare_request(user: &UserKey, number: u8) -> PersonRequest {
    let person = RequestPerson {
        user: UserId::parse("u_42").unwrap(),
        address: "ana@example.com".to_owned(),
        locale: Some("fi-FI".to_owned()),
    };
    let id = RequestId(id(user, at(i64::from(number)), number));
    let opening = Opening { id, tenant: acme(), user: *user, kind: RequestKind::Export, person };
    opened(at(i64::from(number)), opening, 30 * DAY_MS)
}

/// A request with every part filled.
pub fn request(user: &UserKey, number: u8) -> PersonRequest {
    let bare = bare_request(user, number);
    let later = |ms| Some(at(ms));
    PersonRequest {
        kind: RequestKind::Erase,
        state: RequestState::Failed,
        times: RequestTimes {
            opened: bare.times.opened,
            asked: later(1_000),
            confirmed: later(2_000),
            carried_out: later(3_000),
            ended: later(4_000),
            fetched: later(5_000),
        },
        step: Step { due_at: at(9_000), since: at(8_000), attempts: 300 },
        reminded: Reminded::Overdue,
        receipt: Some("rcp_01".to_owned()),
        last_error: Some("the mail server said 451".to_owned()),
        ..bare
    }
}

/// A finished removal of a tenant.
pub fn removal() -> Removal {
    let erased = Erased { logins: 300, alerts: 2, sessions: 12, devices: 3 };
    Removal {
        receipt: ReceiptId(timed_bytes(at(5), Partition(0), &[7; 32])),
        tenant: acme(),
        at: at(5),
        removed: Removed { people: 4, erased, api_keys: 5, webhooks: 6 },
    }
}

/// A finished erasure.
pub fn erasure(user: &UserKey) -> Erasure {
    Erasure {
        receipt: ReceiptId(timed_bytes(at(5), user.partition, &[7; 32])),
        tenant: acme(),
        user: *user,
        at: at(5),
        erased: Erased { logins: 300, alerts: 2, sessions: 12, devices: 3 },
    }
}
