//! Records that somebody has copied before their person was forgotten, and every key that is left afterwards.

use std::path::Path;

use rusqlite::Connection;
use watchlight::{
    adapters::store::{coded::sealing::layout, name::Name},
    domain::{
        ids::{AlertId, LoginId, Partition, UserKey},
        salt::{Salt, SealingKey},
    },
};

use crate::{
    store::{
        contract::erasures::forget,
        samples::{acme, at, commit_with_alert, user},
    },
    support::stores::{open_at, root},
};

/// A sealed record: the table and the key of its row, and its bytes.
type Copied = (&'static str, [u8; 16], Vec<u8>);

fn copy(path: &Path) -> Vec<Copied> {
    let file = Connection::open(path).unwrap();
    let rows = |table: &'static str, key: &str| -> Vec<Copied> {
        let mut select = file.prepare(&format!("SELECT {key}, record FROM {table}")).unwrap();
        let rows = select.query_map([], |row| Ok((table, row.get(0)?, row.get(1)?))).unwrap();
        rows.map(Result::unwrap).collect()
    };
    [rows("login", "id"), rows("alert", "id"), rows("profile", "user")].concat()
}

fn salts(path: &Path) -> Vec<Salt> {
    let file = Connection::open(path.with_extension("db.salts")).unwrap();
    let mut select = file.prepare("SELECT salt FROM slot").unwrap();
    select.query_map([], |row| row.get(0).map(Salt)).unwrap().map(Result::unwrap).collect()
}

/// Whose record it is, if one of these keys opens it.
fn opened((table, id, bytes): &Copied, salts: &[Salt]) -> Option<UserKey> {
    let user = UserKey { hash: *id, partition: Partition(0) };
    let (place, owner) = match *table {
        "login" => (Name::Login(LoginId(*id)).place(), layout::owner_of_thing(bytes, LoginId(*id).partition())),
        "alert" => (Name::Alert(AlertId(*id)).place(), layout::owner_of_thing(bytes, AlertId(*id).partition())),
        _ => (Name::Profile(&user).place(), layout::owner_of_users(bytes, &user)),
    };
    let (owner, keys) = (owner.unwrap(), root().tenant(&acme()));
    let opens = |key: &SealingKey| match *table {
        "profile" => layout::open_of_user(key, &place, &owner, bytes).is_ok(),
        _ => layout::open_thing(key, &place, &owner, bytes).is_ok(),
    };
    let persons = salts.iter().map(|salt| keys.person(&owner.user, *salt));
    persons.chain([keys.tenant_seal()]).any(|key| opens(&key)).then_some(owner.user)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_of_old_records_opens_with_no_key_that_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("watchlight.db");
    let store = open_at(&format!("sqlite:{}", path.display())).await;
    for number in 1..=3 {
        store.commit(commit_with_alert(&user(number), 0, at(0), number)).await.unwrap();
    }
    let copied = copy(&path);
    assert_eq!(copied.iter().filter(|it| opened(it, &salts(&path)).is_some()).count(), 9, "with all keys");
    forget(&store, user(2), 1).await;
    let left: Vec<UserKey> = copied.iter().filter_map(|it| opened(it, &salts(&path))).collect();
    assert!(left.len() == 6 && left.iter().all(|it| it.hash != user(2).hash), "{left:?}");
}
