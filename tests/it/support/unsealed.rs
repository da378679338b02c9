//! Puts records back into the form of before sealing.

use std::collections::HashMap;

use watchlight::{
    adapters::store::{
        backend::{RowChange, RowParts, RowPlace, SaltBytes, StoredRow, UnsealedBytes},
        coded::store::Coded,
        record,
    },
    domain::{
        history::login_record::LoginIndex,
        ids::{LoginId, TenantId, UserId, UserKey},
        keyring::Keyring,
        tenant::webhook::TenantEvent,
    },
    ports::{AlertStore, LoginStore, ProfileStore, SessionStore, Store},
};

use crate::{
    store::{
        request_samples::request,
        samples::{acme, at, commit_with_alert, event, session},
    },
    support::stores::root,
};

/// The user of the samples, under the key that their id has.
pub fn ana() -> UserKey {
    root().tenant(&acme()).user(&UserId::parse("u_42").unwrap())
}

/// The key of the session of the samples.
pub fn anas_session() -> [u8; 16] {
    root().tenant(&acme()).session(&ana(), "s_19")
}

/// The body of the message about the event of the samples.
pub const BODY: &[u8] = b"{\"user\": \"u_42\"}";

/// The event about the alert of the samples.
pub fn told() -> TenantEvent {
    event(&ana(), at(0), 1)
}

/// An event that nobody has taken up.
pub fn waits() -> TenantEvent {
    TenantEvent { topic: told().topic, ..event(&ana(), at(1), 2) }
}

/// What stood at a place before sealing: a record of each kind, as [`fill`] stores it.
fn plain(place: RowPlace) -> RowParts {
    let commit = commit_with_alert(&ana(), 0, at(0), 1);
    let (alert, delivery) = commit.logins[0].alert.clone().unwrap();
    let of = |record: Vec<u8>| RowParts { record, ..RowParts::default() };
    match place {
        RowPlace::Profile(_) => of(record::user::profile::encode(&commit.profile.unwrap())),
        RowPlace::Login(_) => of(record::login::encode(&commit.logins[0].record)),
        RowPlace::Alert(_) => {
            let recipient = delivery.recipient.map(String::into_bytes);
            RowParts { recipient, ..of(record::alert::encode(&alert)) }
        }
        RowPlace::Session(..) => of(record::session::encode(&session())),
        RowPlace::Request(_) => of(record::privacy::request::encode(&request(&ana(), 1))),
        RowPlace::Event(id, webhook) => {
            let body = Some(webhook.map_or_else(Vec::new, |_| BODY.to_vec()));
            let event = if id == told().id { told() } else { waits() };
            RowParts { body, ..of(record::event::encode(&event, None)) }
        }
    }
}

/// Every row.
pub async fn rows<B: UnsealedBytes>(store: &Coded<B>) -> Vec<StoredRow> {
    let (mut rows, mut position) = (Vec::new(), None);
    loop {
        let page = store.backend.rows_to_seal(position, 3).await.unwrap();
        rows.extend(page.rows);
        position = page.next;
        if position.is_none() {
            rows.sort_by_key(|it| format!("{:?}", it.place));
            rows.dedup();
            return rows;
        }
    }
}

/// Puts what an earlier version would have written in the place of every row; how many.
pub async fn unseal<B: UnsealedBytes + SaltBytes>(store: &Coded<B>) -> u64 {
    let salt = store.backend.salts(&[ana()]).await.unwrap()[0].unwrap();
    let change = |seen: StoredRow| RowChange { next: plain(seen.place), seen, owner: Some((ana(), salt)) };
    let changes: Vec<RowChange> = rows(store).await.into_iter().map(change).collect();
    let count = changes.len() as u64;
    assert_eq!(store.backend.replace_rows(changes).await.unwrap(), count);
    count
}

/// Puts what an earlier version would have written in the place of every profile, login, alert and session of a tenant, as the store
/// tells them; how many. Whoever opens the store again must remove salts and notes.
pub async fn make_old<B>(store: &Coded<B>, keyring: &Keyring, tenant: &TenantId) -> usize
where
    B: UnsealedBytes + SaltBytes,
    Coded<B>: Store,
{
    let all = LoginId([0; 16])..LoginId([0xFF; 16]);
    let logins = store.logins(tenant, &LoginIndex::Time, all, 100_000).await.unwrap();
    let keys = keyring.tenant(tenant);
    let users: HashMap<[u8; 16], UserKey> =
        logins.iter().map(|it| keys.user(&it.user)).map(|it| (it.hash, it)).collect();
    let mut sessions = HashMap::new();
    for (user, session) in logins.iter().filter_map(|it| Some((keys.user(&it.user), it.session_id.as_ref()?))) {
        sessions.insert(keys.session(&user, session), user);
    }
    let mut changes = Vec::new();
    for seen in rows(store).await {
        let of = |user: &UserKey, record: Vec<u8>| (*user, RowParts { record, ..seen.parts.clone() });
        let (user, next) = match seen.place {
            RowPlace::Login(id) => {
                let login = store.login(tenant, id).await.unwrap().unwrap();
                of(&keys.user(&login.user), record::login::encode(&login))
            }
            RowPlace::Alert(id) => {
                let (alert, _) = store.alert(id, at(0)).await.unwrap().unwrap();
                of(&keys.user(&alert.user), record::alert::encode(&alert))
            }
            RowPlace::Profile(user) => {
                let loaded = store.load(&users[&user.hash], None, at(0)).await.unwrap();
                of(&users[&user.hash], record::user::profile::encode(&loaded.profile))
            }
            RowPlace::Session(key, _) => {
                let (_, session) = store.session(&sessions[&key], key).await.unwrap().unwrap();
                of(&sessions[&key], record::session::encode(&session))
            }
            RowPlace::Event(..) | RowPlace::Request(_) => continue,
        };
        let salt = store.backend.salts(&[user]).await.unwrap()[0].unwrap();
        changes.push(RowChange { seen, next, owner: Some((user, salt)) });
    }
    let count = changes.len();
    for step in changes.chunks(200) {
        assert_eq!(store.backend.replace_rows(step.to_vec()).await.unwrap(), step.len() as u64);
    }
    count
}
