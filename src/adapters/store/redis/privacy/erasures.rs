//! Forgetting users. All that is a user's is in one partition, so that each step is whole.

use std::{collections::HashMap, sync::LazyLock};

use redis::Script;

use crate::{
    adapters::store::{
        backend::{ClueBytes, Entry, ErasureBytes, LedgerBytes, LoginTraces, Reply, WhichErasure},
        redis::{
            forgetting::forget_logins,
            server::{
                alert_keys, history_keys, keys,
                link::{Batch, Link, QUICK, WIDE},
                tenant_keys,
            },
            store::Redis,
        },
    },
    domain::{
        history::login_record::LoginIndex,
        ids::{AlertId, Partition, PrefixKey, ReceiptId, TenantId, UserKey},
        privacy::erasure::{Erased, ErasureBegun},
        time::{DAY_MS, Timestamp},
    },
};

static ERASE: LazyLock<Script> =
    LazyLock::new(|| Script::new(concat!(include_str!("../log/leaves_whole.lua"), include_str!("erase_person.lua"))));
static COUNT: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("count_with_tenant.lua")));
static ENTER: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("enter_erasure.lua")));

/// For how long the counts of a removal are kept that is never ended.
const COUNTS_LIFE_MS: i64 = 400 * DAY_MS;

/// The fields of an erasure that was begun.
type Fields = HashMap<String, String>;

impl ErasureBytes for Redis {
    async fn begin_erasure(&self, begun: &ErasureBegun) -> Reply<ErasureBegun> {
        self.link.must_keep(WIDE).await?;
        let ErasureBegun { tenant, user, at, with_tenant, .. } = begun;
        let key = keys::erasing(user);
        let mut ask = Batch::new();
        ask.atomic();
        ask.cmd("SADD").arg(keys::all_erasing(user.partition)).arg(&user.hash[..]).ignore();
        ask.cmd("HSETNX").arg(&key).arg("tenant").arg(tenant.as_str()).ignore();
        ask.cmd("HSETNX").arg(&key).arg("begun_at").arg(at.unix_ms()).ignore();
        ask.cmd("HSETNX").arg(&key).arg("with_tenant").arg(u8::from(*with_tenant)).ignore();
        ask.cmd("HGETALL").arg(&key);
        let (fields,): (Fields,) = self.link.ask(WIDE, &ask).await?;
        Ok(begun_in(user, &fields).unwrap_or_else(|| begun.clone()))
    }

    async fn erasures_begun(&self) -> Reply<Vec<ErasureBegun>> {
        let mut ask = Batch::new();
        for partition in keys::partitions() {
            ask.cmd("SMEMBERS").arg(keys::all_erasing(partition));
        }
        let members: Vec<Vec<Vec<u8>>> = self.link.ask(WIDE, &ask).await?;
        let user = |partition: Partition, member: Vec<u8>| Some(UserKey { hash: member.try_into().ok()?, partition });
        let users = keys::partitions().zip(members);
        let users: Vec<UserKey> =
            users.flat_map(|(at, it)| it.into_iter().filter_map(move |it| user(at, it))).collect();
        if users.is_empty() {
            return Ok(Vec::new());
        }
        let mut ask = Batch::new();
        for user in &users {
            ask.cmd("HGETALL").arg(keys::erasing(user));
        }
        let found: Vec<Fields> = self.link.ask(WIDE, &ask).await?;
        Ok(users.iter().zip(&found).filter_map(|(user, fields)| begun_in(user, fields)).collect())
    }

    async fn erase_logins(&self, tenant: &TenantId, user: &UserKey, logins: Vec<LoginTraces>) -> Reply<()> {
        let partition = user.partition;
        let clues = logins.iter().flat_map(|it| it.clues.iter().cloned()).collect();
        // Each tells its stretch.
        self.forget_clues(user, Timestamp::default(), clues).await?;
        let mut ask = Batch::new();
        ask.atomic();
        let ids = logins.iter().map(|it| it.id.0);
        ask.add_command(counted(user, "logins", keys::logins_of_user(user), ids)).ignore();
        if !logins.is_empty() {
            ask.add_command(forget_logins(partition, logins.iter().map(|it| (it.id, tenant)))).ignore();
        }
        for login in &logins {
            let traces = login.entries.map(|(prefix, fingerprint)| {
                [LoginIndex::Prefix(PrefixKey(prefix)), LoginIndex::Fingerprint(fingerprint)]
            });
            for index in traces.into_iter().flatten() {
                // A byte may stand behind it.
                let (from, below) = (keys::from(&login.id.0), keys::below(&login.id.next().0));
                ask.cmd("ZREMRANGEBYLEX").arg(keys::index(partition, tenant, &index)).arg(from).arg(below).ignore();
            }
        }
        self.link.ask(WIDE, &ask).await
    }

    async fn erase_alerts(&self, tenant: &TenantId, user: &UserKey, alerts: Vec<AlertId>) -> Reply<()> {
        let partition = user.partition;
        let mut ask = Batch::new();
        ask.atomic();
        let ids = alerts.iter().map(|it| it.0);
        ask.add_command(counted(user, "alerts", alert_keys::alerts_of_user(user), ids)).ignore();
        for alert in &alerts {
            ask.cmd("UNLINK").arg(alert_keys::alert(*alert)).ignore();
            for set in
                [alert_keys::alerts(partition), alert_keys::alerts_of(partition, tenant), alert_keys::outbox(partition)]
            {
                ask.cmd("ZREM").arg(set).arg(&alert.0[..]).ignore();
            }
        }
        self.link.ask(WIDE, &ask).await
    }

    async fn erase_person(&self, user: &UserKey, devices: u64) -> Reply<Option<ErasureBegun>> {
        let mut run = ERASE.key(keys::logins_of_user(user));
        run.key(alert_keys::alerts_of_user(user))
            .key(keys::user(user))
            .key(keys::salts(user.partition))
            .key(keys::erasing(user))
            .key(keys::sessions_of_user(user))
            .key(history_keys::browsers_of_user(user))
            .key(history_keys::browsers_by_week(user.partition, false))
            .key(history_keys::browsers_by_week(user.partition, true));
        run.arg(&user.hash[..]).arg(devices).arg(keys::session(user, &[0; 16]));
        let fields: Option<Vec<String>> = self.link.run(WIDE, &run).await?;
        let pairs = fields.unwrap_or_default();
        let fields: Fields = pairs.chunks_exact(2).map(|it| (it[0].clone(), it[1].clone())).collect();
        Ok(begun_in(user, &fields))
    }

    async fn put_erasure(&self, user: &UserKey, receipt: ReceiptId, record: Vec<u8>) -> Reply<()> {
        let partition = user.partition;
        let mut ask = Batch::new();
        ask.atomic();
        ask.cmd("HSET").arg(keys::erasures(partition)).arg(&receipt.0[..]).arg(record).ignore();
        ask.cmd("HSET").arg(keys::receipts(partition)).arg(&user.hash[..]).arg(&receipt.0[..]).ignore();
        ask.cmd("DEL").arg(keys::erasing(user)).ignore();
        ask.cmd("SREM").arg(keys::all_erasing(partition)).arg(&user.hash[..]).ignore();
        self.link.ask(WIDE, &ask).await
    }

    async fn count_with_tenant(&self, begun: &ErasureBegun) -> Reply<()> {
        let ErasureBegun { tenant, user, at, .. } = begun;
        let mut run = COUNT.key(keys::erasing(user));
        run.key(tenant_keys::removed(user.partition, tenant, *at)).key(keys::all_erasing(user.partition));
        run.arg(&user.hash[..]).arg(COUNTS_LIFE_MS);
        self.link.run(WIDE, &run).await
    }

    async fn erasure(&self, which: WhichErasure<'_>) -> Reply<Option<Entry<ReceiptId>>> {
        let receipt = match which {
            WhichErasure::Receipt(receipt) => Some(receipt),
            WhichErasure::Latest(user) => latest(&self.link, user).await?,
        };
        let Some(id) = receipt else { return Ok(None) };
        let mut ask = Batch::new();
        ask.cmd("HGET").arg(keys::erasures(id.partition())).arg(&id.0[..]);
        let (record,): (Option<Vec<u8>>,) = self.link.ask(QUICK, &ask).await?;
        Ok(record.map(|record| Entry { id, record }))
    }
}

/// Takes ids out of a user's index, and counts with the erasure those that were in it.
fn counted(user: &UserKey, field: &str, index: String, ids: impl Iterator<Item = [u8; 16]>) -> redis::Cmd {
    // The erasure may have ended meanwhile.
    const COUNT: &str = concat!(
        include_str!("../log/leaves.lua"),
        include_str!("../log/leaves_cut.lua"),
        "local count = 0
        for at = 2, #ARGV do count = count + remove(KEYS[1], ARGV[at]) end
        if redis.call('EXISTS', KEYS[2]) == 1 then redis.call('HINCRBY', KEYS[2], ARGV[1], count) end"
    );
    let mut run = redis::cmd("EVAL");
    run.arg(COUNT).arg(2).arg(index).arg(keys::erasing(user)).arg(field);
    for id in ids {
        run.arg(&id[..]);
    }
    run
}

impl LedgerBytes for Redis {
    async fn erasures(&self, after: Option<ReceiptId>, limit: usize) -> Reply<Vec<Entry<ReceiptId>>> {
        let mut ask = Batch::new();
        for partition in keys::partitions() {
            ask.cmd("HGETALL").arg(keys::erasures(partition));
        }
        let found: Vec<HashMap<Vec<u8>, Vec<u8>>> = self.link.ask(WIDE, &ask).await?;
        let entry = |(id, record): (Vec<u8>, Vec<u8>)| Some(Entry { id: ReceiptId(id.try_into().ok()?), record });
        let mut entries: Vec<Entry<ReceiptId>> = found.into_iter().flatten().filter_map(entry).collect();
        entries.retain(|it| after.is_none_or(|after| after < it.id));
        entries.sort_unstable_by_key(|it| it.id);
        entries.truncate(limit);
        Ok(entries)
    }

    async fn enter_erasure(&self, user: &UserKey, receipt: ReceiptId, record: Vec<u8>) -> Reply<()> {
        self.link.must_keep(QUICK).await?;
        let mut run = ENTER.key(keys::erasures(user.partition));
        run.key(keys::receipts(user.partition)).arg(&user.hash[..]).arg(&receipt.0[..]).arg(record);
        self.link.run(QUICK, &run).await
    }
}

async fn latest(link: &Link, user: &UserKey) -> Reply<Option<ReceiptId>> {
    let mut ask = Batch::new();
    ask.cmd("HGET").arg(keys::receipts(user.partition)).arg(&user.hash[..]);
    let (receipt,): (Option<Vec<u8>>,) = link.ask(QUICK, &ask).await?;
    Ok(receipt.and_then(|it| it.try_into().ok()).map(ReceiptId))
}

/// `None` without a tenant.
fn begun_in(user: &UserKey, fields: &Fields) -> Option<ErasureBegun> {
    let count = |name: &str| fields.get(name).and_then(|it| it.parse().ok()).unwrap_or(0);
    let at = fields.get("begun_at").and_then(|it| it.parse().ok()).unwrap_or(0);
    Some(ErasureBegun {
        tenant: TenantId::parse(fields.get("tenant")?)?,
        user: *user,
        at: Timestamp::from_unix_ms(at),
        erased: Erased {
            logins: count("logins"),
            alerts: count("alerts"),
            sessions: count("sessions"),
            devices: count("devices"),
        },
        with_tenant: fields.get("with_tenant").is_some_and(|it| it == "1"),
    })
}
