//! What becomes of records that cannot be read, in every store that others can reach. What the store in memory does is tested
//! beside it.

use std::{path::PathBuf, sync::Arc};

use watchlight::{
    adapters::store::redis::server::{alert_keys, keys, tally_keys, tenant_keys},
    domain::{
        history::login_record::LoginIndex,
        ids::{AlertId, LoginId, WebhookId},
        policy::change::PolicyChange,
        search::clear::{
            columns::Column,
            segment::{Segment, SegmentNumber},
        },
        turns::Room,
    },
    ports::{RecordKind, SessionChange, Store},
};

use crate::{
    store::{
        contract::{segments, tallies::recount},
        samples::{self, acme, api_key, at, attempt, commit, commit_with_alert, event, user, webhook},
        tenant_samples::operator,
    },
    support::{redis::RedisServer, stores::open_at},
};

/// What stands in the place of a record that is damaged: form 99 of nothing.
const DAMAGED: &str = "c";

/// How a test gets at the records behind the store's back.
enum Behind {
    Sqlite(PathBuf, #[expect(dead_code, reason = "kept for its Drop")] tempfile::TempDir),
    Redis(RedisServer),
}

impl Behind {
    fn sql(&self, statement: &str, id: &[u8]) {
        let Self::Sqlite(path, _) = self else { return };
        let connection = rusqlite::Connection::open(path).unwrap();
        assert_eq!(connection.execute(statement, [id]).unwrap(), 1, "{statement}");
    }

    /// Damages the value of a key, or the field of its hash.
    fn redis(&self, key: &str, field: Option<&str>) {
        let Self::Redis(server) = self else { return };
        match field {
            Some(field) => server.command(&["HSET", key, field, DAMAGED]),
            None => server.command(&["SET", key, DAMAGED]),
        };
    }

    fn login(&self, id: LoginId) {
        self.sql("UPDATE login SET record = 'c' WHERE id = ?", &id.0);
        if let Self::Redis(server) = self {
            server.damage_login(id, DAMAGED);
        }
    }

    fn alert(&self, id: AlertId, field: &str) {
        self.sql(&format!("UPDATE alert SET {field} = 'c' WHERE id = ?"), &id.0);
        self.redis(&alert_keys::alert(id), Some(field));
    }

    /// Damages the first field of a hash whose fields are no text.
    fn first_field(&self, key: &str) {
        let Self::Redis(server) = self else { return };
        let script = "local names = redis.call('HKEYS', KEYS[1]); table.sort(names);
                      redis.call('HSET', KEYS[1], names[1], ARGV[1])";
        server.command(&["EVAL", script, "1", key, DAMAGED]);
    }
}

async fn sqlite() -> (Arc<dyn Store>, Behind) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("watchlight.db");
    let store = open_at(&format!("sqlite:{}", path.display())).await;
    (store, Behind::Sqlite(path, folder))
}

async fn redis() -> (Arc<dyn Store>, Behind) {
    let server = RedisServer::start(&[]);
    (open_at(&server.url()).await, Behind::Redis(server))
}

macro_rules! over_both {
    ($($test:ident)+) => { $(mod $test {
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn with_sqlite() {
            let (store, behind) = super::sqlite().await;
            super::$test(&store, &behind).await;
        }
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn with_redis() {
            let (store, behind) = super::redis().await;
            super::$test(&store, &behind).await;
        }
    })+ };
}

over_both! {
    pages_of_logins_go_past_what_cannot_be_read
    lists_of_alerts_go_past_what_cannot_be_read
    what_waits_is_leased_although_other_things_cannot_be_read
    other_lists_leave_out_what_cannot_be_read
    what_is_asked_for_by_name_and_cannot_be_read_is_unavailable
    a_look_through_names_everything_that_cannot_be_read
    pages_of_segments_go_past_what_cannot_be_read
}

/// Logins of one user, the oldest first.
async fn logins(store: &Arc<dyn Store>, count: u8) -> Vec<LoginId> {
    for number in 0..count {
        store.commit(commit_with_alert(&user(1), number.into(), at(number.into()), number)).await.unwrap();
    }
    (0..count).map(|it| LoginId(samples::id(&user(1), at(it.into()), it))).collect()
}

async fn pages_of_logins_go_past_what_cannot_be_read(store: &Arc<dyn Store>, behind: &Behind) {
    let ids = logins(store, 40).await;
    // The newest, the oldest, one alone, and more than a page of them.
    let damaged: Vec<usize> = [0, 39, 35].into_iter().chain(10..20).collect();
    for it in &damaged {
        behind.login(ids[*it]);
    }
    let sound: Vec<LoginId> = (0..40).rev().filter(|it| !damaged.contains(it)).map(|it| ids[it]).collect();
    for index in [LoginIndex::Time, LoginIndex::User(user(1))] {
        let (mut seen, mut end) = (Vec::new(), LoginId([0xFF; 16]));
        loop {
            let page = store.logins(&acme(), &index, LoginId([0; 16])..end, 4).await.unwrap();
            let Some(last) = page.last() else { break };
            assert!(page.len() == 4 || last.id == sound[sound.len() - 1], "a short page is the last");
            end = last.id;
            seen.extend(page.into_iter().map(|it| it.id));
        }
        assert_eq!(seen, sound, "{index:?}");
    }
    assert_eq!(store.unreadable(), damaged.len(), "each once, however often it was met");
}

async fn lists_of_alerts_go_past_what_cannot_be_read(store: &Arc<dyn Store>, behind: &Behind) {
    let ids: Vec<AlertId> = logins(store, 12).await.into_iter().map(|it| AlertId(it.0)).collect();
    behind.alert(ids[11], "record");
    behind.alert(ids[7], "state");
    behind.alert(ids[6], "record");
    let sound: Vec<AlertId> = (0..11).rev().filter(|it| ![6, 7].contains(it)).map(|it| ids[it]).collect();
    let (mut of_tenant, mut of_user) = (Vec::new(), Vec::new());
    for _ in 0..3 {
        let page = store.alerts(&acme(), of_tenant.last().copied(), 3, at(50)).await.unwrap();
        of_tenant.extend(page.iter().map(|(it, _)| it.id));
        let page = store.alerts_of(&user(1), of_user.last().copied(), 3, at(50)).await.unwrap();
        of_user.extend(page.iter().map(|(it, _)| it.id));
    }
    assert_eq!((&of_tenant, &of_user), (&sound, &sound));
    assert!(store.alert(ids[7], at(50)).await.is_err());
    assert_eq!(store.unreadable(), 3);
}

async fn what_waits_is_leased_although_other_things_cannot_be_read(store: &Arc<dyn Store>, behind: &Behind) {
    let ids: Vec<AlertId> = logins(store, 3).await.into_iter().map(|it| AlertId(it.0)).collect();
    behind.alert(ids[0], "record");
    behind.alert(ids[1], "answer");
    let leased = store.lease(at(50), at(90), 9).await.unwrap();
    assert_eq!(leased.iter().map(|it| it.alert.id).collect::<Vec<_>>(), [ids[2]]);
    let mut with_events = commit(&user(2), 0, at(0), 1);
    with_events.events = vec![event(&user(2), at(0), 1), event(&user(2), at(1), 2)];
    let (broken, sound) = (with_events.events[0].id, with_events.events[1].id);
    store.commit(with_events).await.unwrap();
    behind.sql("UPDATE event SET record = 'c' WHERE id = ?", &broken.0);
    let waiting = alert_keys::Waiting { event: broken, webhook: None };
    behind.redis(&waiting.key(), Some("record"));
    let leased = store.lease_events(at(50), at(90), &Room::of(9)).await.unwrap();
    assert_eq!(leased.iter().map(|it| it.event.id).collect::<Vec<_>>(), [sound]);
    assert_eq!(store.unreadable(), 3);
}

async fn other_lists_leave_out_what_cannot_be_read(store: &Arc<dyn Store>, behind: &Behind) {
    let mut webhooks: Vec<WebhookId> = Vec::new();
    for number in 1..=3 {
        webhooks.push(webhook(&acme(), number).id);
        store.put_webhook(webhook(&acme(), number)).await.unwrap();
        store.put_attempt(webhooks[0], attempt(number.into())).await.unwrap();
    }
    webhooks.sort_unstable();
    behind.sql("UPDATE webhook SET record = 'c' WHERE id = ?", &webhooks[0].0);
    behind.first_field(&tenant_keys::webhooks(&acme()));
    let left: Vec<WebhookId> = store.webhooks(&acme()).await.unwrap().into_iter().map(|it| it.id).collect();
    assert_eq!(left, webhooks[1..]);
    let of = webhook(&acme(), 1).id;
    behind.sql("UPDATE webhook_attempt SET record = 'c' WHERE webhook = ? AND number = 2", &of.0);
    if let Behind::Redis(server) = behind {
        server.command(&["LSET", &tenant_keys::attempts(of), "1", DAMAGED]);
    }
    assert_eq!(store.attempts(of).await.unwrap(), [attempt(3), attempt(1)]);
    for id in ["a", "b", "c"] {
        store.put_api_key(api_key(id, at(0))).await.unwrap();
    }
    behind.sql("UPDATE api_key SET record = 'c' WHERE id = CAST(? AS TEXT)", b"b");
    behind.redis(keys::API_KEYS, Some("b"));
    let left: Vec<String> = store.api_keys().await.unwrap().into_iter().map(|it| it.id).collect();
    assert_eq!(left, ["a", "c"]);
    assert_eq!(store.unreadable(), 3);
}

async fn what_is_asked_for_by_name_and_cannot_be_read_is_unavailable(store: &Arc<dyn Store>, behind: &Behind) {
    let (user, session, change) = (user(1), [5; 16], PolicyChange::default());
    let ids = logins(store, 2).await;
    behind.login(ids[0]);
    assert!(store.login(&acme(), ids[0]).await.is_err());
    assert!(store.login(&acme(), ids[1]).await.unwrap().is_some());
    behind.sql("UPDATE profile SET record = 'c' WHERE user = ?", &user.hash);
    behind.redis(&keys::user(&user), None);
    assert!(store.load(&user, None, at(5)).await.is_err());
    assert!(
        store
            .put_session(
                &user,
                session,
                SessionChange {
                    tenant: &acme(),
                    version: 0,
                    session: &samples::session(),
                    now: at(0),
                    life_ms: 99_999
                }
            )
            .await
            .unwrap()
    );
    behind.sql("UPDATE session SET record = 'c' WHERE key = ?", &session);
    behind.redis(&keys::session(&user, &session), Some("record"));
    assert!(store.session(&user, session).await.is_err());
    assert!(store.put_policy(&acme(), 0, &change).await.unwrap());
    behind.sql("UPDATE policy SET record = 'c' WHERE tenant = CAST(? AS TEXT)", b"acme");
    behind.redis(&tenant_keys::policy(&acme()), Some("record"));
    assert!(store.policy(&acme()).await.is_err());
    assert_eq!(store.unreadable(), 4);
    // What is mended is no longer told of.
    assert!(store.put_policy(&acme(), 1, &change).await.unwrap());
    store.policy(&acme()).await.unwrap();
    assert_eq!(store.unreadable(), 3);
}

async fn pages_of_segments_go_past_what_cannot_be_read(store: &Arc<dyn Store>, behind: &Behind) {
    segments::fill(store).await;
    segments::make_all(store).await;
    // A column that was read stays as it was read.
    let (read, column) = (Column::Asn, Column::Verdict);
    let all = store.segments(&acme(), SegmentNumber(0)..=segments::END, &[read], 100).await.unwrap().segments;
    let newest = all[0].number;
    // Redis is looked through by the tenants that have a key.
    store.put_api_key(api_key("a", at(0))).await.unwrap();
    assert_eq!(store.look_through(100_000).await.unwrap().unreadable, []);
    for column in [read, column] {
        if let Behind::Sqlite(path, _) = behind {
            let connection = rusqlite::Connection::open(path).unwrap();
            let damage = "UPDATE segment SET bytes = x'63' WHERE field = ? AND number = ?";
            assert_eq!(connection.execute(damage, [column as i64, newest.0]).unwrap(), 1);
        }
        behind.redis(&tally_keys::segment(&acme(), newest), Some(&(column as u8).to_string()));
    }
    let kept = store.segments(&acme(), SegmentNumber(0)..=newest, &[read], 100).await.unwrap().segments;
    assert_eq!(kept, all);
    let page = store.segments(&acme(), SegmentNumber(0)..=newest, &[column], 1).await.unwrap();
    assert_eq!((page.segments.len(), page.told_from), (0, Some(newest)), "there are earlier ones");
    let page = store.segments(&acme(), SegmentNumber(0)..=newest, &[column], 100).await.unwrap();
    let numbers = |segments: &[Segment]| segments.iter().map(|it| it.number).collect::<Vec<_>>();
    assert_eq!((numbers(&page.segments), page.told_from), (numbers(&all[1..]), None));
    assert_eq!(store.unreadable(), 1);
    let found = store.look_through(100_000).await.unwrap().unreadable;
    let named: Vec<(RecordKind, &str)> = found.iter().map(|it| (it.kind, it.id.as_str())).collect();
    assert_eq!(named, [(RecordKind::Segment, format!("acme {}", newest.0).as_str())]);
    // Counting anew makes it anew.
    recount(store, async |_| {}).await;
    segments::are_right(store).await;
    assert_eq!(store.unreadable(), 0);
}

async fn a_look_through_names_everything_that_cannot_be_read(store: &Arc<dyn Store>, behind: &Behind) {
    let ids = logins(store, 5).await;
    store.put_api_key(api_key("a", at(0))).await.unwrap();
    store.put_webhook(webhook(&acme(), 1)).await.unwrap();
    let operator = operator();
    assert!(store.put_operator(0, &operator).await.unwrap());
    let sound = store.look_through(100_000).await.unwrap();
    assert_eq!(sound.unreadable, []);
    assert!(sound.records >= 12, "{sound:?}");
    behind.login(ids[2]);
    behind.alert(AlertId(ids[3].0), "record");
    behind.sql("UPDATE webhook SET record = 'c' WHERE id = ?", &webhook(&acme(), 1).id.0);
    behind.first_field(&tenant_keys::webhooks(&acme()));
    behind.sql("UPDATE operator SET record = 'c' WHERE id = ?", &operator.id.0);
    behind.first_field(tenant_keys::OPERATORS);
    assert_eq!(store.operators().await.unwrap(), [], "passed over");
    assert!(store.operator(operator.id).await.is_err());
    let found = store.look_through(100_000).await.unwrap();
    let mut named: Vec<(RecordKind, String)> = found.unreadable.iter().map(|it| (it.kind, it.id.clone())).collect();
    named.sort();
    let expected = [
        (RecordKind::Login, ids[2].to_string()),
        (RecordKind::Alert, AlertId(ids[3].0).to_string()),
        (RecordKind::Operator, operator.id.to_string()),
        (RecordKind::Webhook, webhook(&acme(), 1).id.to_string()),
    ];
    assert_eq!(named, expected);
    assert_eq!(found.records, sound.records);
    let few = store.look_through(1).await.unwrap();
    assert!(few.records < found.records, "{few:?}");
}
