//! Forgetting.

use std::{sync::atomic::Ordering, time::Instant};

use crate::{
    adapters::store::{
        backend::{Reply, UpkeepBytes},
        record::parts::tenant_of,
        redis::{
            forgetting::forget_logins,
            log::{
                hashes::{self, settle_logs},
                leaves::{self, Bounds},
                rows,
            },
            privacy::notes::note_of,
            server::{
                alert_keys,
                durability::Unconfirmed,
                history_keys, keys,
                link::{Batch, Link, QUICK, WIDE, value},
            },
            store::Redis,
            users::{browsers::trim_browsers, commits::trim_commits},
        },
    },
    domain::{
        alert::alert::State,
        history::{
            cutoffs::Cutoffs,
            retention::{Stock, Stocks},
        },
        ids::{AlertId, LoginId, Partition, TenantId, UserKey},
        salt::Week,
        time::Timestamp,
    },
    ports::{Oldest, Trimmed, Unfit},
};

/// What `/readyz` says of a server that would drop records.
const EVICTING: &str =
    "this Redis drops records when it is full, so nothing is stored: set its `maxmemory-policy` to noeviction";

/// What it says while too few replicas confirm.
const TOO_FEW_REPLICAS: &str = "fewer replicas than `store.durability` asks for confirm what is stored, so nothing is \
                                acknowledged: see that they run and follow their master";
/// What it says while a failover is under way.
const FAILING_OVER: &str = "another Redis is being made the master, so nothing is acknowledged: this ends by itself";

/// No bounds.
const EVERYTHING: Bounds<'_> = Bounds { from: b"-", below: b"+" };
/// Members of one partition's sets that one step of a trim looks at.
const TRIM_MEMBERS: usize = 500;

impl UpkeepBytes for Redis {
    async fn stock(&self, cutoffs: Cutoffs, _enough: u64) -> Reply<Stocks> {
        self.settle_logs().await?;
        let logins = stock_of_logins(&self.link, cutoffs.logins).await?;
        Ok(Stocks { logins, alerts: stock(&self.link, alert_keys::alerts, AlertId::first_at(cutoffs.alerts).0).await? })
    }

    async fn oldest(&self) -> Reply<Oldest> {
        Ok(Oldest {
            login: oldest_login(&self.link).await?,
            minimal_login: oldest(&self.link, keys::brief_logins).await?,
            alert: oldest(&self.link, alert_keys::alerts).await?,
            note: oldest_note(&self.link).await?,
            full_address: oldest_week(&self.link).await?,
            session_expires_at: None,
        })
    }

    async fn trim(&self, cutoffs: Cutoffs) -> Reply<Trimmed> {
        self.forgotten.logins_before.fetch_max(cutoffs.logins.unix_ms(), Ordering::Relaxed);
        self.forgotten.alerts_before.fetch_max(cutoffs.alerts.unix_ms(), Ordering::Relaxed);
        self.settle_logs().await?;
        trim(&self.link, &cutoffs).await
    }

    async fn trim_memory(&self) -> Reply<Option<Vec<u8>>> {
        let mut ask = Batch::new();
        ask.cmd("GET").arg(keys::TRIM_MEMORY);
        let (record,) = self.link.ask(QUICK, &ask).await?;
        Ok(record)
    }

    async fn put_trim_memory(&self, record: Vec<u8>) -> Reply<()> {
        let mut write = Batch::new();
        write.cmd("SET").arg(keys::TRIM_MEMORY).arg(record).ignore();
        self.link.ask(QUICK, &write).await
    }

    async fn close(&self) {
        // What was acknowledged is with the server already.
    }

    async fn probe(&self) -> Result<String, Unfit> {
        let mut write = Batch::new();
        write.cmd("SET").arg(keys::PROBE).arg(1).arg("PX").arg(1_000).ignore();
        let ask = async || tokio::try_join!(self.link.ask::<()>(QUICK, &write), self.link.see_fitness(QUICK));
        // That the server has closed a connection on which nothing came for long is noticed by the first question.
        let asked = match ask().await {
            Err(_) => ask().await,
            answered => answered,
        };
        asked.map_err(|fault| match self.link.unconfirmed() {
            Some(Unconfirmed::TooFewReplicas) => Unfit::Told(TOO_FEW_REPLICAS),
            Some(Unconfirmed::FailingOver) => Unfit::Told(FAILING_OVER),
            None => fault.into(),
        })?;
        self.link.check_fitness().map_err(|_| Unfit::Told(EVICTING))?;
        if let Some(amiss) = self.pulse.amiss(Instant::now()) {
            return Err(Unfit::Told(amiss));
        }
        Ok(self.link.persistence(QUICK).await?)
    }
}

impl Redis {
    /// Once in each process: what an earlier version lists after that is trimmed as it lists it.
    async fn settle_logs(&self) -> Reply<()> {
        if !self.logs_are_settled.load(Ordering::Relaxed) {
            let are_some_left = settle_logs(&self.link).await?;
            self.may_have_old_logins.store(are_some_left, Ordering::Relaxed);
            self.logs_are_settled.store(true, Ordering::Relaxed);
        }
        Ok(())
    }
}

/// Counts the members of a set in every partition before and after an id.
async fn stock(link: &Link, set: fn(Partition) -> String, first_kept: [u8; 16]) -> Reply<Stock> {
    let mut ask = Batch::new();
    for key in keys::partitions().map(set) {
        ask.cmd("ZLEXCOUNT").arg(&key).arg("-").arg(keys::below(&first_kept));
        ask.cmd("ZLEXCOUNT").arg(&key).arg(keys::from(&first_kept)).arg("+");
        ask.cmd("ZREVRANGE").arg(&key).arg(0).arg(0);
    }
    let answers: Vec<redis::Value> = link.ask(WIDE, &ask).await?;
    let mut stock = Stock::default();
    for answer in answers.chunks_exact(3) {
        let (older, kept): (u64, u64) = (value(&answer[0])?, value(&answer[1])?);
        (stock.older, stock.kept) = (stock.older + older, stock.kept + kept);
        stock.newest = stock.newest.max(times(value(&answer[2])?).max());
    }
    Ok(stock)
}

async fn stock_of_logins(link: &Link, first_kept: Timestamp) -> Reply<Stock> {
    let mut ask = Batch::new();
    for partition in keys::partitions() {
        ask.add_command(hashes::stock(partition, first_kept));
        ask.add_command(leaves::stock(&keys::log(partition), &keys::below(&LoginId::first_at(first_kept).0)));
    }
    let answers: Vec<redis::Value> = link.ask(WIDE, &ask).await?;
    let mut stock = Stock::default();
    for answer in answers.chunks_exact(2) {
        let (older, kept, newest_ms): (u64, u64, i64) = value(&answer[0])?;
        let (listed_older, listed_kept, listed_newest): (u64, u64, Vec<Vec<u8>>) = value(&answer[1])?;
        (stock.older, stock.kept) = (stock.older + older + listed_older, stock.kept + kept + listed_kept);
        stock.newest = stock.newest.max(time(newest_ms)).max(times(listed_newest).max());
    }
    Ok(stock)
}

/// A time as scripts tell it: -1 for none.
fn time(ms: i64) -> Option<Timestamp> {
    (ms >= 0).then(|| Timestamp::from_unix_ms(ms))
}

async fn oldest_login(link: &Link) -> Reply<Option<Timestamp>> {
    let mut ask = Batch::new();
    for partition in keys::partitions() {
        ask.add_command(hashes::oldest(partition));
        ask.add_command(leaves::oldest(&keys::log(partition), EVERYTHING, 1));
    }
    let answers: Vec<redis::Value> = link.ask(WIDE, &ask).await?;
    let mut oldest = Vec::new();
    for answer in answers.chunks_exact(2) {
        oldest.extend(time(value(&answer[0])?));
        oldest.extend(times(value(&answer[1])?));
    }
    Ok(oldest.into_iter().min())
}

/// Logins of every partition before a time.
async fn lowest_logins(link: &Link, before: Timestamp, limit: usize) -> Reply<Vec<Vec<Vec<u8>>>> {
    let below = keys::below(&LoginId::first_at(before).0);
    let mut ask = Batch::new();
    for partition in keys::partitions() {
        ask.add_command(hashes::lowest(partition, before, limit));
        ask.add_command(leaves::oldest(&keys::log(partition), Bounds { from: b"-", below: &below }, limit));
    }
    let found: Vec<Vec<Vec<u8>>> = link.ask(WIDE, &ask).await?;
    let of_partition = |found: &[Vec<Vec<u8>>]| {
        let mut ids = found.concat();
        ids.sort_unstable();
        ids.dedup();
        ids.truncate(limit);
        ids
    };
    Ok(found.chunks_exact(2).map(of_partition).collect())
}

/// The time of the first member of a set in any partition.
async fn oldest(link: &Link, set: fn(Partition) -> String) -> Reply<Option<Timestamp>> {
    let mut ask = Batch::new();
    for key in keys::partitions().map(set) {
        ask.cmd("ZRANGE").arg(key).arg(0).arg(0);
    }
    let first: Vec<Vec<Vec<u8>>> = link.ask(WIDE, &ask).await?;
    Ok(first.into_iter().flat_map(times).min())
}

async fn oldest_note(link: &Link) -> Reply<Option<Timestamp>> {
    let mut ask = Batch::new();
    for key in keys::partitions().map(history_keys::notes) {
        ask.cmd("ZRANGE").arg(key).arg(0).arg(0).arg("WITHSCORES");
    }
    let first: Vec<Vec<(Vec<u8>, i64)>> = link.ask(WIDE, &ask).await?;
    Ok(first.into_iter().flatten().map(|(_, written_ms)| Timestamp::from_unix_ms(written_ms)).min())
}

/// When the oldest week begins that has a salt. A tenant has as many as addresses are kept for weeks.
async fn oldest_week(link: &Link) -> Reply<Option<Timestamp>> {
    let mut ask = Batch::new();
    ask.cmd("SMEMBERS").arg(keys::TENANTS_WITH_WEEKS);
    let (tenants,): (Vec<String>,) = link.ask(WIDE, &ask).await?;
    let mut ask = Batch::new();
    for tenant in tenants.iter().filter_map(|it| TenantId::parse(it)) {
        ask.cmd("HKEYS").arg(keys::weeks(&tenant));
    }
    if ask.is_empty() {
        return Ok(None);
    }
    let weeks: Vec<Vec<i64>> = link.ask(WIDE, &ask).await?;
    Ok(weeks.into_iter().flatten().min().map(|it| Week(it).start()))
}

/// The times of ids. Those of alerts and of logins tell it alike.
fn times(ids: Vec<Vec<u8>>) -> impl Iterator<Item = Timestamp> {
    ids.into_iter().filter_map(|it| it.try_into().ok()).map(|it| LoginId(it).time())
}

/// Forgets old logins and settled alerts. What has a time of its own to expire at goes by itself.
async fn trim(link: &Link, cutoffs: &Cutoffs) -> Reply<Trimmed> {
    let below = |cutoff| keys::below(&LoginId::first_at(cutoff).0);
    let old = in_partitions(lowest_logins(link, cutoffs.logins, TRIM_MEMBERS).await?);
    let (old, more) = trim_logins(link, old).await?;
    let brief = members_below(link, keys::brief_logins, &below(cutoffs.minimal_logins)).await?;
    let (brief, more_brief) = trim_logins(link, brief).await?;
    let more_alerts = trim_alerts(link, cutoffs.alerts).await?;
    let more_browsers = trim_browsers(link, false, cutoffs.logins).await?;
    let more_brief_browsers = trim_browsers(link, true, cutoffs.minimal_logins).await?;
    let more_notes = trim_notes(link, cutoffs.notes).await?;
    trim_commits(link).await?;
    forget_empty_hashes(link, cutoffs.logins).await?;
    let more = more || more_browsers || more_brief_browsers;
    Ok(Trimmed { logins: old + brief, more: more || more_brief || more_alerts || more_notes })
}

/// Forgets the numbers of hashes that are empty, by whatever way: that of a trim or of their life.
async fn forget_empty_hashes(link: &Link, until: Timestamp) -> Reply<()> {
    let mut forget = Batch::new();
    for partition in keys::partitions() {
        forget.add_command(hashes::forget_empty(partition, until)).ignore();
    }
    link.ask(WIDE, &forget).await
}

/// Forgets these logins; how many, and whether more may be left.
async fn trim_logins(link: &Link, logins: Vec<(Partition, Vec<Vec<u8>>)>) -> Reply<(u64, bool)> {
    let n_logins = logins.iter().map(|(_, ids)| ids.len() as u64).sum();
    for (partition, members) in &logins {
        let ids = members.iter().filter_map(|it| it.as_slice().try_into().ok()).map(LoginId);
        let ids: Vec<LoginId> = ids.collect();
        let records = rows::find(link, WIDE, &ids).await?;
        let tenants = records.into_iter().map(|it| tenant_of(&it?).ok());
        let tenants: Vec<Option<TenantId>> = tenants.collect();
        let known: Vec<(LoginId, &TenantId)> =
            ids.iter().zip(&tenants).filter_map(|(id, tenant)| Some((*id, tenant.as_ref()?))).collect();
        let mut remove = Batch::new();
        if !known.is_empty() {
            remove.add_command(forget_logins(*partition, known.into_iter())).ignore();
        }
        // What is left of an interrupted trim is found by the next one. Of some there is no record, or none that tells whose it is.
        for command in ids.iter().flat_map(|id| rows::remove(*id)) {
            remove.add_command(command).ignore();
        }
        remove.cmd("ZREM").arg(keys::brief_logins(*partition)).arg(members).ignore();
        remove.add_command(leaves::remove(&keys::log(*partition), members.iter().map(Vec::as_slice))).ignore();
        link.ask::<()>(WIDE, &remove).await?;
    }
    Ok((n_logins, is_full(&logins)))
}

/// Forgets settled alerts before `cutoff`; whether more may be left. Where all that was looked at waits to be mailed, nothing
/// is: it ends within days, and the next trim finds it settled.
async fn trim_alerts(link: &Link, cutoff: Timestamp) -> Reply<bool> {
    let below = keys::below(&AlertId::first_at(cutoff).0);
    let alerts = members_below(link, alert_keys::alerts, &below).await?;
    let ids = alerts.iter().flat_map(|(_, ids)| ids).filter_map(|it| it.as_slice().try_into().ok()).map(AlertId);
    let ids: Vec<AlertId> = ids.collect();
    if ids.is_empty() {
        return Ok(false);
    }
    let mut ask = Batch::new();
    for &id in &ids {
        ask.cmd("HMGET").arg(alert_keys::alert(id)).arg(&["state", "record"]);
    }
    let found: Vec<(Option<String>, Option<Vec<u8>>)> = link.ask(WIDE, &ask).await?;
    let mut remove = Batch::new();
    for (id, (state, bytes)) in ids.into_iter().zip(found) {
        let state = state.as_deref().and_then(State::parse);
        if matches!(state, Some(State::Queued | State::Sending)) {
            continue;
        }
        let (partition, member) = (id.partition(), &id.0[..]);
        // The entry of one that does not tell whose it is stays in its tenant's index, where it is passed over.
        if let Some(tenant) = bytes.and_then(|it| tenant_of(&it).ok()) {
            remove.cmd("ZREM").arg(alert_keys::alerts_of(partition, &tenant)).arg(member).ignore();
        }
        remove.cmd("UNLINK").arg(alert_keys::alert(id)).ignore();
        remove.cmd("ZREM").arg(alert_keys::alerts(partition)).arg(member).ignore();
    }
    if remove.is_empty() {
        return Ok(false);
    }
    link.ask::<()>(WIDE, &remove).await?;
    Ok(is_full(&alerts))
}

/// Forgets notes that were written before `cutoff`; whether more may be left.
async fn trim_notes(link: &Link, cutoff: Timestamp) -> Reply<bool> {
    let mut ask = Batch::new();
    for partition in keys::partitions() {
        ask.cmd("ZRANGEBYSCORE").arg(history_keys::notes(partition)).arg("-inf").arg(format!("({}", cutoff.unix_ms()));
        ask.arg("LIMIT").arg(0).arg(TRIM_MEMBERS);
    }
    let members: Vec<Vec<Vec<u8>>> = link.ask(WIDE, &ask).await?;
    let old: Vec<_> = keys::partitions().zip(members).filter(|(_, members)| !members.is_empty()).collect();
    let mut remove = Batch::new();
    for (partition, members) in &old {
        for (member, id) in members.iter().filter_map(|it| Some((it, note_of(it)?))) {
            remove.cmd("UNLINK").arg(history_keys::note(id)).ignore();
            let hash = member.first_chunk().copied().unwrap_or_default();
            let of_user = history_keys::notes_of_user(&UserKey { hash, partition: *partition });
            remove.cmd("ZREM").arg(of_user).arg(&id.0[..]).ignore();
        }
        remove.cmd("ZREM").arg(history_keys::notes(*partition)).arg(members).ignore();
    }
    if !old.is_empty() {
        link.ask::<()>(WIDE, &remove).await?;
    }
    Ok(is_full(&old))
}

/// Whether a step has taken all that it may in some partition, so that more may be left.
fn is_full(found: &[(Partition, Vec<Vec<u8>>)]) -> bool {
    found.iter().any(|(_, members)| members.len() == TRIM_MEMBERS)
}

/// The lowest members of a set in every partition, where there are any.
async fn members_below(
    link: &Link,
    set: fn(Partition) -> String,
    below: &[u8],
) -> Reply<Vec<(Partition, Vec<Vec<u8>>)>> {
    let mut ask = Batch::new();
    for partition in keys::partitions() {
        ask.cmd("ZRANGEBYLEX").arg(set(partition)).arg("-").arg(below).arg("LIMIT").arg(0).arg(TRIM_MEMBERS);
    }
    let members: Vec<Vec<Vec<u8>>> = link.ask(WIDE, &ask).await?;
    Ok(in_partitions(members))
}

/// What was found in each partition, where it was anything.
fn in_partitions(members: Vec<Vec<Vec<u8>>>) -> Vec<(Partition, Vec<Vec<u8>>)> {
    keys::partitions().zip(members).filter(|(_, members)| !members.is_empty()).collect()
}
