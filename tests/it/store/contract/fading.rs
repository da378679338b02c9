//! What every store promises about addresses: after a time only the network is left.

use std::{net::IpAddr, sync::Arc};

use watchlight::{
    domain::{
        history::{cutoffs::Cutoffs, login_record::LoginIndex},
        ids::{AlertId, LoginId},
        kept_address::KeptAddress,
        time::{DAY_MS, Timestamp},
    },
    ports::Store,
};

use crate::store::{
    contract::harness::{contract, cutoffs},
    samples::{self, acme, at, commit_with_alert, user},
};

contract! {
    an_address_is_whole_for_thirty_days_and_a_network_afterwards
    what_is_imported_from_long_ago_is_a_network_at_once
    what_is_imported_before_its_week_has_faded_is_whole_until_then
}

/// The addresses of a login and of its alert, by their ids and in lists.
async fn addresses(store: &Arc<dyn Store>, id: [u8; 16], now: Timestamp) -> Vec<KeptAddress> {
    let everything = LoginId([0; 16])..LoginId([0xFF; 16]);
    let listed = store.logins(&acme(), &LoginIndex::User(user(1)), everything, 9).await.unwrap();
    let alerts = store.alerts(&acme(), None, 9, now).await.unwrap();
    vec![
        store.login(&acme(), LoginId(id)).await.unwrap().unwrap().ip,
        listed.iter().find(|it| it.id.0 == id).unwrap().ip,
        store.alert(AlertId(id), now).await.unwrap().unwrap().0.ip,
        alerts.iter().find(|(it, _)| it.id.0 == id).unwrap().0.ip,
    ]
}

/// Those of the samples.
fn whole() -> Vec<KeptAddress> {
    let login = samples::login(&user(1), at(0), 1).ip;
    let alert = samples::alert(&user(1), at(0), 1).ip;
    vec![login, login, alert, alert]
}

async fn an_address_is_whole_for_thirty_days_and_a_network_afterwards(store: &Arc<dyn Store>) {
    store.commit(commit_with_alert(&user(1), 0, at(0), 1)).await.unwrap();
    let id = samples::id(&user(1), at(0), 1);
    assert_eq!(addresses(store, id, at(0)).await, whole());
    let keep = at(-900 * DAY_MS);
    let addresses_before = |ms| Cutoffs { full_address: at(ms), ..cutoffs(keep, keep) };
    // The week of the login began later.
    store.trim(&addresses_before(-7 * DAY_MS)).await.unwrap();
    assert_eq!(addresses(store, id, at(0)).await, whole());
    store.trim(&addresses_before(DAY_MS)).await.unwrap();
    let shortened: Vec<KeptAddress> = whole().into_iter().map(KeptAddress::shortened).collect();
    assert_eq!(addresses(store, id, at(0)).await, shortened);
    let shown: Vec<String> = shortened.iter().map(ToString::to_string).collect();
    assert_eq!((shown[0].as_str(), shown[2].as_str()), ("2a02:1810::/48", "198.51.100.0/24"));
    // A login of a later week is whole.
    store.commit(commit_with_alert(&user(1), 1, at(31 * DAY_MS), 2)).await.unwrap();
    let later = samples::id(&user(1), at(31 * DAY_MS), 2);
    assert_eq!(addresses(store, later, at(31 * DAY_MS)).await, whole());
}

async fn what_is_imported_from_long_ago_is_a_network_at_once(store: &Arc<dyn Store>) {
    let mut import = commit_with_alert(&user(1), 0, at(0), 1);
    import.now = at(40 * DAY_MS);
    store.commit(import).await.unwrap();
    let id = samples::id(&user(1), at(0), 1);
    let shortened: Vec<KeptAddress> = whole().into_iter().map(KeptAddress::shortened).collect();
    assert_eq!(addresses(store, id, at(0)).await, shortened);
    let range = watchlight::domain::place::AddressRange {
        first: IpAddr::from([198, 51, 100, 9]),
        last: IpAddr::from([198, 51, 100, 9]),
    };
    assert!(shortened[2].may_lie_in(&range), "it is found by every address of its network");
}

async fn what_is_imported_before_its_week_has_faded_is_whole_until_then(store: &Arc<dyn Store>) {
    store.commit(commit_with_alert(&user(1), 0, at(0), 1)).await.unwrap();
    let mut import = commit_with_alert(&user(1), 1, at(1), 2);
    import.now = at(40 * DAY_MS);
    store.commit(import).await.unwrap();
    let id = samples::id(&user(1), at(1), 2);
    assert_eq!(addresses(store, id, at(0)).await, whole(), "nobody has trimmed yet");
    let keep = at(-900 * DAY_MS);
    store.trim(&Cutoffs { full_address: at(10 * DAY_MS), ..cutoffs(keep, keep) }).await.unwrap();
    let shortened: Vec<KeptAddress> = whole().into_iter().map(KeptAddress::shortened).collect();
    assert_eq!(addresses(store, id, at(0)).await, shortened);
}
