//! How logins lie in Redis: many, and those of earlier versions.

use std::sync::Arc;

use watchlight::{
    adapters::store::redis::server::keys,
    domain::{
        history::login_record::LoginIndex,
        ids::{LoginId, Partitions, PrefixKey, UserKey},
        time::{DAY_MS, HOUR_MS},
    },
    ports::{Commit, Store},
};

use crate::{
    store::{
        contract::{
            erasures::forget,
            harness::{cutoffs, is_duplicate},
        },
        samples::{self, acme, at, commit, user},
    },
    support::{
        redis::RedisServer,
        stores::{open_at, root},
    },
};

async fn opened(server: &RedisServer) -> Arc<dyn Store> {
    open_at(&server.url()).await
}

/// A login after so many hours, from network and browser 8, that began a session of its own. By the last byte of its id it
/// is one with which a leaf is looked at.
fn after(who: &UserKey, hours: i64) -> Commit {
    let mut commit = Commit { profile: None, ..commit(who, 0, at(hours * HOUR_MS), 8) };
    commit.logins[0].record.session_id = Some(format!("s_{hours}"));
    commit
}

fn id(who: &UserKey, hours: i64) -> LoginId {
    LoginId(samples::id(who, at(hours * HOUR_MS), 8))
}

/// What an index lists, in pages of 90.
async fn listed(store: &Arc<dyn Store>, index: LoginIndex) -> Vec<LoginId> {
    let (mut found, mut end) = (Vec::new(), LoginId([0xFF; 16]));
    loop {
        let page = store.logins(&acme(), &index, LoginId([0; 16])..end, 90).await.unwrap();
        let Some(last) = page.last() else { return found };
        end = last.id;
        found.extend(page.into_iter().map(|it| it.id));
    }
}

/// Asserts that every index lists the logins of these hours, of these users, and nothing else does.
async fn are_listed(store: &Arc<dyn Store>, users: &[UserKey], hours: &[i64]) {
    let of = |who: &UserKey| hours.iter().map(|it| id(who, *it)).collect::<Vec<_>>();
    let sorted = |mut ids: Vec<LoginId>| {
        ids.sort_unstable_by(|a, b| b.cmp(a));
        ids
    };
    let all = sorted(users.iter().flat_map(of).collect());
    for index in [LoginIndex::Time, LoginIndex::Prefix(PrefixKey([8; 16])), LoginIndex::Fingerprint([8; 16])] {
        assert_eq!(listed(store, index).await, all, "{index:?}");
    }
    for who in users {
        assert_eq!(listed(store, LoginIndex::User(*who)).await, sorted(of(who)));
    }
    let tenant = acme();
    let page = store.clear_logins(&tenant, LoginId([0; 16])..LoginId([0xFF; 16]), &Partitions::ALL, 1_000_000);
    assert_eq!(sorted(page.await.unwrap().logins.iter().map(|it| it.id).collect()), all);
}

async fn session_leads_to(store: &Arc<dyn Store>, hours: i64) -> Vec<LoginId> {
    let clue = root().tenant(&acme()).session_clue(&format!("s_{hours}"));
    store.clues_to_logins(&[clue], LoginId([0; 16])..LoginId([0xFF; 16]), 99, at(hours * HOUR_MS)).await.unwrap()
}

fn count(server: &RedisServer, pattern: &str) -> usize {
    server.command(&["KEYS", pattern]).lines().filter(|it| it.starts_with("wl:")).count()
}

/// How many sorted sets of logins there are that are too large to be kept in one piece.
fn large_sets(server: &RedisServer) -> String {
    let script = "local count = 0
        for _, name in ipairs(redis.call('KEYS', 'wl:{*')) do
          local is_one = string.find(name, ':log') or string.find(name, ':time:') or string.find(name, ':by%-user') or string.find(name, ':clues:')
          if is_one and redis.call('TYPE', name).ok == 'zset' and redis.call('ZCARD', name) > 128 then count = count + 1 end
        end return count";
    server.command(&["EVAL", script, "0"])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hundreds_of_logins_lie_in_small_pieces() {
    let server = RedisServer::start(&[]);
    let store = opened(&server).await;
    let (ana, ben) = (user(1), user(2));
    // Every tenth comes late.
    let late = |it: &i64| it % 10 == 3;
    let hours: Vec<i64> = (0..400).collect();
    let in_order: Vec<i64> =
        hours.iter().copied().filter(|it| !late(it)).chain(hours.iter().copied().filter(late)).collect();
    for hour in &in_order {
        store.commit(after(&ana, *hour)).await.unwrap();
        store.commit(after(&ben, *hour)).await.unwrap();
        assert!(*hour % 50 != 0 || is_duplicate(&store.commit(after(&ana, *hour)).await));
    }
    are_listed(&store, &[ana, ben], &hours).await;
    assert_eq!(large_sets(&server).trim(), ":0");
    for hour in [0, 127, 128, 129, 255, 399] {
        assert_eq!(session_leads_to(&store, hour).await.len(), 2, "hour {hour}");
    }
    let stock = async |hours| store.stock(&cutoffs(at(0), at(hours * HOUR_MS)), 9).await.unwrap().logins;
    assert_eq!((stock(150).await.older, stock(150).await.kept), (300, 500));
    assert_eq!(stock(150).await.newest, Some(at(399 * HOUR_MS)));
    while store.trim(&cutoffs(at(0), at(150 * HOUR_MS))).await.unwrap().more {}
    let kept: Vec<i64> = (150..400).collect();
    assert_eq!(listed(&store, LoginIndex::Time).await.len(), 500);
    are_listed(&store, &[ana, ben], &kept).await;
    assert_eq!(store.oldest().await.unwrap().login, Some(at(150 * HOUR_MS)));
    forget(&store, ben, 5).await;
    are_listed(&store, &[ana], &kept).await;
    while store.trim(&cutoffs(at(0), at(400 * HOUR_MS))).await.unwrap().more {}
    assert_eq!(listed(&store, LoginIndex::Time).await, []);
    for of_all in ["wl:{*}:log*", "wl:{*}:time:*", "wl:{*}:by-user:0202*"] {
        assert_eq!(count(&server, of_all), 0, "{of_all}");
    }
}

/// Lists logins as the version before the last did: each in the log of its partition, and no hash. And one that is gone.
fn list_in_logs(server: &RedisServer) -> String {
    let script = "local count = 0
        for _, name in ipairs(redis.call('KEYS', 'wl:{p*}:logins:*')) do
          local tag, partition, number = string.match(name, '^(wl:{p(%d+)}:)logins:(%d+)$')
          local high = math.floor(number / 32)
          local start = string.char(math.floor(high / 256), high % 256)
          for _, field in ipairs(redis.call('HKEYS', name)) do
            local id = start .. string.sub(field, 1, 4) .. string.char(partition) .. string.sub(field, 5)
            redis.call('ZADD', tag .. 'log', 0, id)
            redis.call('ZADD', tag .. 'log', 0, string.sub(id, 1, 15) .. 'x')
            count = count + 1
          end
          redis.call('DEL', tag .. 'login-numbers')
        end return count";
    server.command(&["EVAL", script, "0"])
}

/// Puts logins and clues where earlier versions had them; how many logins.
fn make_old(server: &RedisServer) -> String {
    list_in_logs(server);
    let script = "local count = 0
        local function hex(bytes) return (string.gsub(bytes, '.', function(it) return string.format('%02x', string.byte(it)) end)) end
        for _, name in ipairs(redis.call('KEYS', 'wl:{p*}:logins:*')) do
          local tag, partition, number = string.match(name, '^(wl:{p(%d+)}:)logins:(%d+)$')
          local high = math.floor(number / 32)
          local start = string.char(math.floor(high / 256), high % 256)
          local found, life = redis.call('HGETALL', name), redis.call('PTTL', name)
          for at = 1, #found, 2 do
            local id = start .. string.sub(found[at], 1, 4) .. string.char(partition) .. string.sub(found[at], 5)
            redis.call('SET', tag .. 'login:' .. hex(id), found[at + 1], 'PX', life)
            count = count + 1
          end
          redis.call('DEL', name)
        end
        for _, name in ipairs(redis.call('KEYS', 'wl:{p*}:clues:*')) do
          local life = redis.call('PTTL', name)
          for _, clue in ipairs(redis.call('ZRANGE', name, 0, -1)) do
            local old = name .. ':' .. hex(string.sub(clue, 1, 1))
            redis.call('ZADD', old, 0, clue)
            redis.call('PEXPIRE', old, life)
          end
          redis.call('DEL', name)
        end
        return count";
    server.command(&["EVAL", script, "0"])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_an_earlier_version_listed_is_found_by_its_hash() {
    let server = RedisServer::start(&[]);
    let store = opened(&server).await;
    let (ana, ben) = (user(1), user(2));
    let all: Vec<i64> = (0..200).collect();
    for hour in &all {
        for who in [&ana, &ben] {
            store.commit(after(who, *hour)).await.unwrap();
        }
    }
    assert_eq!(list_in_logs(&server).trim(), ":400");
    // Another process of this version, which knows of none of them.
    let store = opened(&server).await;
    store.commit(after(&ana, 200)).await.unwrap();
    assert!(is_duplicate(&store.commit(after(&ana, 7)).await));
    assert_eq!(store.look_through(1_000_000).await.unwrap().records, 401);
    assert_eq!(store.oldest().await.unwrap().login, Some(at(0)));
    let stock = store.stock(&cutoffs(at(0), at(150 * HOUR_MS)), 9).await.unwrap().logins;
    assert_eq!((stock.older, stock.kept, stock.newest), (300, 101, Some(at(200 * HOUR_MS))));
    assert_eq!(count(&server, "wl:{*}:log"), 0, "each is found by its hash");
    while store.trim(&cutoffs(at(0), at(150 * HOUR_MS))).await.unwrap().more {}
    assert_eq!(store.oldest().await.unwrap().login, Some(at(150 * HOUR_MS)));
    forget(&store, ben, 5).await;
    are_listed(&store, &[ana], &(150..=200).collect::<Vec<_>>()).await;
    while store.trim(&cutoffs(at(0), at(999 * HOUR_MS))).await.unwrap().more {}
    assert_eq!((count(&server, "wl:{*}:login*"), count(&server, "wl:{*}:log")), (0, 0));
}

/// Whoever has looked at the life of what logins go to does not look again for some hours: but at what was forgotten meanwhile.
#[tokio::test]
async fn what_is_made_anew_has_a_life() {
    let server = RedisServer::start(&[]);
    let store = opened(&server).await;
    let ana = user(1);
    let ends = || {
        let keys = server.command(&["KEYS", "wl:{p037}:*"]);
        let keys = keys.lines().filter(|it| it.starts_with("wl:") && !it.contains("salts"));
        let has_end = |it: &str| server.command(&["PTTL", it]).trim() != ":-1";
        keys.filter(|it| has_end(it)).count()
    };
    for ms in 0..3 {
        store.commit(Commit { profile: None, ..commit(&ana, 0, at(ms), 8) }).await.unwrap();
    }
    let all = ends();
    assert_eq!(all, 7, "records, by time, user, network and browser; clues; browsers");
    while store.trim(&cutoffs(at(0), at(10))).await.unwrap().more {}
    for index in ["by-user:01010101010101010101010101010101", "by-print:08080808080808080808080808080808"] {
        server.command(&["DEL", &format!("wl:{{p037}}:{index}")]);
    }
    assert!(ends() < all);
    store.commit(Commit { profile: None, ..commit(&ana, 0, at(11), 8) }).await.unwrap();
    assert_eq!(ends(), all);
    assert_eq!(store.oldest().await.unwrap().login, Some(at(11)), "and its hash is listed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn logins_of_earlier_versions_are_found_and_forgotten() {
    let server = RedisServer::start(&[]);
    let store = opened(&server).await;
    let (ana, ben) = (user(1), user(2));
    let old: Vec<i64> = (0..100).collect();
    for hour in &old {
        for who in [&ana, &ben] {
            store.commit(after(who, *hour)).await.unwrap();
        }
    }
    assert_eq!(make_old(&server).trim(), ":200");
    // Looked for from the start of a process on.
    let store = opened(&server).await;
    assert!(count(&server, &keys::old_login(id(&ana, 0))) == 1 && count(&server, "wl:{*}:logins:*") == 0);
    are_listed(&store, &[ana, ben], &old).await;
    assert_eq!(store.login(&acme(), id(&ana, 5)).await.unwrap().unwrap().id, id(&ana, 5));
    assert!(is_duplicate(&store.commit(after(&ana, 5)).await));
    assert_eq!(session_leads_to(&store, 5).await.len(), 2);
    // What comes now lies beside it.
    let both: Vec<i64> = (0..140).collect();
    for hour in 100..140 {
        for who in [&ana, &ben] {
            store.commit(after(who, hour)).await.unwrap();
        }
    }
    are_listed(&store, &[ana, ben], &both).await;
    assert_eq!(store.look_through(1_000_000).await.unwrap().records, 280);
    forget(&store, ben, 5).await;
    are_listed(&store, &[ana], &both).await;
    assert_eq!(session_leads_to(&store, 5).await, [id(&ana, 5)]);
    assert_eq!(count(&server, "wl:{*}:login:*"), 100);
    while store.trim(&cutoffs(at(0), at(120 * HOUR_MS))).await.unwrap().more {}
    are_listed(&store, &[ana], &(120..140).collect::<Vec<_>>()).await;
    assert_eq!(count(&server, "wl:{*}:login:*"), 0);
    assert_eq!(store.oldest().await.unwrap().login, Some(at(5 * DAY_MS)));
}
