//! What `ports::SavedSearchStore` promises.

use std::sync::Arc;

use watchlight::{
    domain::{
        ids::{EventId, LoginId, TenantId},
        tenant::saved_search::{Found, SavedSearch, SearchName},
    },
    ports::Store,
};

use crate::store::{
    contract::harness::contract,
    samples::{acme, at},
};

contract! {
    a_list_is_kept_as_it_is
    of_two_who_replace_a_list_one_succeeds
}

fn search(name: &str, found: Option<Found>) -> SavedSearch {
    let name = SearchName::parse(name).unwrap();
    SavedSearch { name, q: "user:ana last:7d".to_owned(), notify: true, saved_at: at(5), found }
}

async fn a_list_is_kept_as_it_is(store: &Arc<dyn Store>) {
    assert_eq!(store.saved_searches(&acme()).await.unwrap(), (0, Vec::new()));
    let found = Found { event: EventId([1; 16]), login: LoginId([2; 16]), at: at(6) };
    let list = [search("a", None), search("Brasília", Some(found))];
    assert!(store.put_saved_searches(&acme(), 0, &list).await.unwrap());
    assert_eq!(store.saved_searches(&acme()).await.unwrap(), (1, list.to_vec()));
    let other = TenantId::parse("other").unwrap();
    assert_eq!(store.saved_searches(&other).await.unwrap(), (0, Vec::new()));
}

async fn of_two_who_replace_a_list_one_succeeds(store: &Arc<dyn Store>) {
    assert!(store.put_saved_searches(&acme(), 0, &[search("a", None)]).await.unwrap());
    assert!(!store.put_saved_searches(&acme(), 0, &[search("b", None)]).await.unwrap());
    assert!(!store.put_saved_searches(&acme(), 7, &[search("b", None)]).await.unwrap());
    assert!(store.put_saved_searches(&acme(), 1, &[]).await.unwrap());
    assert_eq!(store.saved_searches(&acme()).await.unwrap(), (2, Vec::new()));
}
