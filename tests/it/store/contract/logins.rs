//! What `ports::LoginStore` promises.

use std::{net::IpAddr, sync::Arc};

use watchlight::{
    domain::{
        history::login_record::{LoginIndex, LoginRecord},
        ids::{LoginId, Partitions, PrefixKey, TenantId},
        search::clear::facets::{ClearLogin, Facets},
        time::{DAY_MS, HOUR_MS},
    },
    ports::Store,
};

use crate::store::contract::harness::{contract, ids, put};
use crate::store::samples::{self, acme, at, commit, commit_with_alert, user};

contract! {
    logins_are_found_by_every_index
    of_a_network_those_from_one_address_are_found
    pages_of_logins_join_without_gaps
    pages_of_a_user_join_over_days_and_years
    a_page_is_full_although_the_newest_are_one_users
    tenants_do_not_see_each_other
    logins_are_found_by_their_ids
    what_stands_in_the_clear_is_listed_as_the_records_say
    of_one_millisecond_as_many_are_listed_at_once
}

async fn logins_are_found_by_every_index(store: &Arc<dyn Store>) {
    // The number is the fingerprint and the prefix: users 1 and 2 share number 7.
    for (number, version, time, login) in [(1, 0, 10, 7), (1, 1, 20, 8), (2, 0, 30, 7)] {
        put(store, commit(&user(number), version, at(time), login)).await;
    }
    let id = |number, time, login| LoginId(samples::id(&user(number), at(time), login));
    let (first, second, third) = (id(1, 10, 7), id(1, 20, 8), id(2, 30, 7));
    let all = |index| ids(store, index, at(0), at(DAY_MS));
    assert_eq!(all(LoginIndex::Time).await, [third, second, first]);
    assert_eq!(all(LoginIndex::User(user(1))).await, [second, first]);
    assert_eq!(all(LoginIndex::Prefix(PrefixKey([7; 16]))).await, [third, first]);
    assert_eq!(all(LoginIndex::Fingerprint([8; 16])).await, [second]);
    assert_eq!(all(LoginIndex::Fingerprint([1; 16])).await, []);
    assert_eq!(ids(store, LoginIndex::Time, at(10), at(30)).await, [second, first], "the end is not in the range");
    assert_eq!(ids(store, LoginIndex::Time, at(11), at(30)).await, [second]);
    assert_eq!(ids(store, LoginIndex::Time, at(30), at(10)).await, [], "an empty range");
}

/// Addresses of two kinds, of which each network has many; those that are not asked for are not opened.
async fn of_a_network_those_from_one_address_are_found(store: &Arc<dyn Store>) {
    let (v4, v6) =
        (|host: u8| IpAddr::from([192, 0, 2, host]), |host: u8| format!("2a02:1810::{host:x}").parse().unwrap());
    let addresses: [&dyn Fn(u8) -> IpAddr; 2] = [&v4, &v6];
    for (network, address) in (1_u8..).zip(addresses) {
        for it in 0..96_u8 {
            let who = user(it / 2);
            let version = store.load(&who, None, at(0)).await.unwrap().version;
            let mut commit = commit(&who, version, at(i64::from(network) * 40 * DAY_MS + i64::from(it) * HOUR_MS), it);
            commit.logins[0].prefix = PrefixKey([network; 16]);
            commit.logins[0].record.ip = address(it % 3).into();
            put(store, commit).await;
        }
        for (host, expected) in [(0, 32), (2, 32), (77, 0)] {
            let index = LoginIndex::Address(PrefixKey([network; 16]), address(host));
            let (mut end, mut found) = (LoginId::first_at(at(90 * DAY_MS)), Vec::new());
            loop {
                let page = store.logins(&acme(), &index, LoginId([0; 16])..end, 7).await.unwrap();
                assert!(page.iter().all(|it| it.ip == address(host).into()), "{host}: {page:?}");
                found.extend(page.iter().map(|it| it.id));
                end = match page.last() {
                    Some(last) if page.len() == 7 => last.id,
                    _ => break,
                };
            }
            assert_eq!(found.len(), expected, "{}", address(host));
            assert!(found.is_sorted_by(|a, b| a > b));
        }
        let all = ids(store, LoginIndex::Prefix(PrefixKey([network; 16])), at(0), at(90 * DAY_MS)).await;
        assert_eq!(all.len(), 96);
    }
}

async fn pages_of_logins_join_without_gaps(store: &Arc<dyn Store>) {
    for it in 0..40_u8 {
        put(store, commit(&user(it), 0, at(i64::from(it % 10)), it)).await;
    }
    let mut pages = Vec::new();
    let mut end = LoginId::first_at(at(DAY_MS));
    loop {
        let range = LoginId::first_at(at(0))..end;
        let page = store.logins(&acme(), &LoginIndex::Time, range, 7).await.unwrap();
        let Some(last) = page.last() else { break };
        end = last.id;
        pages.push(page);
    }
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [7, 7, 7, 7, 7, 5]);
    let seen: Vec<LoginId> = pages.into_iter().flatten().map(|it| it.id).collect();
    assert!(seen.is_sorted_by(|a, b| a > b));
}

async fn pages_of_a_user_join_over_days_and_years(store: &Arc<dyn Store>) {
    let ana = user(1);
    // Three on one day, then one each on days that lie far from each other, the last before 1970 plus a year.
    let times = [0, 1, 2, DAY_MS, 3 * DAY_MS, 400 * DAY_MS, -2_000 * DAY_MS, DAY_MS - 1, -1];
    for (number, time) in (0..).zip(times) {
        put(store, commit(&ana, number, at(time), 7)).await;
        put(store, commit(&user(2), number, at(time), 7)).await;
    }
    let mut expected: Vec<LoginId> = times.iter().map(|it| LoginId(samples::id(&ana, at(*it), 7))).collect();
    expected.sort_unstable_by(|a, b| b.cmp(a));
    for limit in 1..=times.len() + 1 {
        let (mut found, mut end) = (Vec::new(), LoginId([0xFF; 16]));
        loop {
            let range = LoginId([0; 16])..end;
            let page = store.logins(&acme(), &LoginIndex::User(ana), range, limit).await.unwrap();
            found.extend(page.iter().map(|it| it.id));
            let Some(last) = page.last().filter(|_| page.len() == limit) else { break };
            end = last.id;
        }
        assert_eq!(found, expected, "by {limit}");
    }
    assert_eq!(ids(store, LoginIndex::User(ana), at(0), at(DAY_MS)).await, expected[3..7], "the day alone");
    assert_eq!(ids(store, LoginIndex::User(ana), at(1), at(DAY_MS)).await, expected[3..6]);
    let print = LoginIndex::Fingerprint([7; 16]);
    let of_both = store.logins(&acme(), &print, LoginId([0; 16])..LoginId([0xFF; 16]), 99).await.unwrap();
    assert!(of_both.len() == 2 * times.len() && of_both.is_sorted_by(|a, b| a.id > b.id), "{of_both:?}");
}

async fn a_page_is_full_although_the_newest_are_one_users(store: &Arc<dyn Store>) {
    let mut all = Vec::new();
    for it in 0..100_u8 {
        let (whose, version, time) =
            if it < 60 { (1, u64::from(it), 100 + i64::from(it)) } else { (it, 0, i64::from(it)) };
        put(store, commit(&user(whose), version, at(time), it)).await;
        all.push(LoginId(samples::id(&user(whose), at(time), it)));
    }
    all.sort_unstable_by(|a, b| b.cmp(a));
    for limit in [1, 17, 59, 60, 61, 80, 99, 100, 101] {
        let range = LoginId::first_at(at(0))..LoginId::first_at(at(DAY_MS));
        let page = store.logins(&acme(), &LoginIndex::Time, range, limit).await.unwrap();
        let found: Vec<LoginId> = page.into_iter().map(|it| it.id).collect();
        assert_eq!(found, all[..limit.min(100)], "{limit}");
    }
}

async fn tenants_do_not_see_each_other(store: &Arc<dyn Store>) {
    put(store, commit_with_alert(&user(1), 0, at(0), 1)).await;
    let other = TenantId::parse("other").unwrap();
    let (id, range) = (LoginId(samples::id(&user(1), at(0), 1)), LoginId([0; 16])..LoginId([0xFF; 16]));
    assert_eq!(store.login(&other, id).await.unwrap(), None);
    for index in [LoginIndex::Time, LoginIndex::User(user(1)), LoginIndex::Fingerprint([1; 16])] {
        assert_eq!(store.logins(&other, &index, range.clone(), 9).await.unwrap(), [], "{index:?}");
        assert_eq!(store.logins(&acme(), &index, range.clone(), 9).await.unwrap().len(), 1, "{index:?}");
    }
    assert_eq!(store.alerts(&other, None, 9, at(0)).await.unwrap(), []);
    assert_eq!(store.alerts(&acme(), None, 9, at(0)).await.unwrap().len(), 1);
}

async fn logins_are_found_by_their_ids(store: &Arc<dyn Store>) {
    for it in 0..3_u8 {
        put(store, commit(&user(it), 0, at(i64::from(it)), it)).await;
    }
    let id = |it: u8| LoginId(samples::id(&user(it), at(i64::from(it)), it));
    let find = async |tenant: &TenantId, ids: &[LoginId]| -> Vec<LoginId> {
        store.logins_named(tenant, ids).await.unwrap().into_iter().map(|login| login.id).collect()
    };
    assert_eq!(find(&acme(), &[id(2), id(9), id(0)]).await, [id(2), id(0)]);
    assert_eq!(find(&acme(), &[]).await, []);
    assert_eq!(find(&TenantId::parse("other").unwrap(), &[id(2)]).await, []);
}

async fn what_stands_in_the_clear_is_listed_as_the_records_say(store: &Arc<dyn Store>) {
    for it in 0..60_u8 {
        put(store, commit(&user(it), 0, at(i64::from(it % 10)), it)).await;
    }
    let all = LoginId::first_at(at(0))..LoginId::first_at(at(DAY_MS));
    let records = store.logins(&acme(), &LoginIndex::Time, all.clone(), 99).await.unwrap();
    let clear = |records: &[LoginRecord]| -> Vec<ClearLogin> {
        records.iter().map(|it| ClearLogin { id: it.id, facets: Some(Facets::of(it)) }).collect()
    };
    let (mut found, mut range) = (Vec::new(), all.clone());
    loop {
        let page = store.clear_logins(&acme(), range.clone(), &Partitions::ALL, 7).await.unwrap();
        assert!(!page.logins.is_empty() || page.next.is_none());
        found.extend(page.logins);
        let Some(next) = page.next else { break };
        range.end = next;
    }
    assert_eq!(found, clear(&records));
    let (from, to) = (records[40].id, records[20].id);
    let some = store.clear_logins(&acme(), from..to, &Partitions::ALL, 99).await.unwrap();
    assert_eq!((some.logins, some.next), (clear(&records[21..=40]), None));
    assert_eq!(store.clear_logins(&acme(), to..from, &Partitions::ALL, 99).await.unwrap().logins, [], "an empty range");
    let other = TenantId::parse("other").unwrap();
    assert_eq!(store.clear_logins(&other, all, &Partitions::ALL, 99).await.unwrap().logins, []);
}

/// As in a log that has days and no hours.
async fn of_one_millisecond_as_many_are_listed_at_once(store: &Arc<dyn Store>) {
    for number in 0..80_u8 {
        for whose in [1, 2, 3] {
            put(store, commit(&user(whose), u64::from(number), at(0), number)).await;
        }
    }
    let mut range = LoginId::first_at(at(0))..LoginId::first_at(at(1));
    let records = store.logins(&acme(), &LoginIndex::Time, range.clone(), 999).await.unwrap();
    assert_eq!(records.len(), 240);
    let (mut found, mut pages) = (Vec::new(), 0);
    loop {
        let page = store.clear_logins(&acme(), range.clone(), &Partitions::ALL, 128).await.unwrap();
        found.extend(page.logins.into_iter().map(|it| it.id));
        pages += 1;
        let Some(next) = page.next else { break };
        range.end = next;
    }
    assert_eq!(found, records.iter().map(|it| it.id).collect::<Vec<_>>());
    assert!(pages <= 4, "{pages}");
}
