//! The audit: a stream for each tenant, in which nothing can be replaced, and beside it where the chain begins and ends.
//! All keys of a tenant's audit lie in one slot.

use std::{collections::HashMap, sync::LazyLock};

use redis::Script;

use crate::{
    adapters::store::{
        backend::{AuditBytes, AuditEndsRow, AuditRow, Entry, Reply},
        redis::{
            server::{
                audit_keys,
                link::{Batch, Link, QUICK, WIDE},
            },
            store::Redis,
        },
    },
    domain::{ids::TenantId, privacy::chain::AuditHead},
    ports::{Appended, AuditPage, Unavailable},
};

static APPEND: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("append_audit.lua")));
static FORGET: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("forget_audit.lua")));

/// What a stream answers: the id of each entry, and its fields and values in turn.
type Found = Vec<(String, Vec<Vec<u8>>)>;

impl AuditBytes for Redis {
    async fn append_audit(&self, tenant: &TenantId, head: AuditHead, rows: Vec<AuditRow>) -> Reply<Appended> {
        let Some(last) = rows.last() else { return Ok(Appended::Stored(head)) };
        self.link.must_keep(QUICK).await?;
        if head.number == 0 {
            let mut ask = Batch::new();
            ask.cmd("SADD").arg(audit_keys::AUDITED).arg(tenant.as_str()).ignore();
            self.link.ask::<()>(QUICK, &ask).await?;
        }
        let mut run = APPEND.key(audit_keys::audit_ends(tenant));
        run.key(audit_keys::audit_log(tenant));
        run.arg(head.number).arg(&head.hash[..]).arg(last.number).arg(&last.hash[..]);
        let mut keys_given = 2;
        for row in &rows {
            let user = row.user.as_ref().map_or(&[][..], |it| it);
            if let Some(user) = &row.user {
                run.key(audit_keys::audit_of(tenant, user));
                keys_given += 1;
            }
            run.arg(row.number).arg(row.user.map_or(0, |_| keys_given)).arg(user).arg(&row.record);
        }
        let newest: Vec<Vec<u8>> = self.link.run(QUICK, &run).await?;
        match newest.as_slice() {
            [] => Ok(Appended::Stored(last.head())),
            [number, hash, ..] => Ok(Appended::Behind(head_of(Some(number), Some(hash)))),
            [_] => Err(Unavailable("Redis: the end of an audit without a hash".to_owned())),
        }
    }

    async fn audit_page(&self, page: AuditPage<'_>) -> Reply<Vec<Entry<u64>>> {
        if let Some(user) = page.user {
            return of_user(&self.link, &page, &user.hash).await;
        }
        let end = page.before.map_or_else(|| "+".to_owned(), |it| it.saturating_sub(1).to_string());
        let mut ask = Batch::new();
        ask.cmd("XREVRANGE").arg(audit_keys::audit_log(page.tenant)).arg(end).arg("-").arg("COUNT").arg(page.limit);
        let (found,): (Found,) = self.link.ask(WIDE, &ask).await?;
        Ok(entries(found))
    }

    async fn audit_after(&self, tenant: &TenantId, after: u64, limit: usize) -> Reply<Vec<Entry<u64>>> {
        let mut ask = Batch::new();
        let start = after.saturating_add(1);
        ask.cmd("XRANGE").arg(audit_keys::audit_log(tenant)).arg(start).arg("+").arg("COUNT").arg(limit);
        let (found,): (Found,) = self.link.ask(WIDE, &ask).await?;
        Ok(entries(found))
    }

    async fn audit_ends(&self, tenant: &TenantId) -> Reply<AuditEndsRow> {
        let mut ask = Batch::new();
        ask.cmd("HMGET").arg(audit_keys::audit_ends(tenant)).arg("number").arg("hash").arg("base");
        let ([number, hash, base],): ([Option<Vec<u8>>; 3],) = self.link.ask(QUICK, &ask).await?;
        Ok(AuditEndsRow { head: head_of(number.as_deref(), hash.as_deref()), base })
    }

    async fn audited_tenants(&self) -> Reply<Vec<TenantId>> {
        let mut ask = Batch::new();
        ask.cmd("SMEMBERS").arg(audit_keys::AUDITED);
        let (names,): (Vec<String>,) = self.link.ask(WIDE, &ask).await?;
        Ok(names.iter().filter_map(|it| TenantId::parse(it)).collect())
    }

    async fn forget_audit(&self, tenant: &TenantId, number: u64, base: Vec<u8>) -> Reply<()> {
        let mut ask = Batch::new();
        ask.cmd("XRANGE").arg(audit_keys::audit_log(tenant)).arg("-").arg(number);
        let (old,): (Found,) = self.link.ask(WIDE, &ask).await?;
        let mut users: Vec<Vec<u8>> = old.into_iter().filter_map(|(_, it)| fields(it).remove("user")).collect();
        users.sort_unstable();
        users.dedup();
        let mut run = FORGET.key(audit_keys::audit_ends(tenant));
        run.key(audit_keys::audit_log(tenant));
        for user in users.iter().filter_map(|it| it.as_slice().try_into().ok()) {
            run.key(audit_keys::audit_of(tenant, user));
        }
        run.arg(number).arg(number.saturating_add(1)).arg(base);
        self.link.run::<()>(WIDE, &run).await
    }
}

async fn of_user(link: &Link, page: &AuditPage<'_>, user: &[u8; 16]) -> Reply<Vec<Entry<u64>>> {
    let below = page.before.map_or_else(|| "+inf".to_owned(), |it| format!("({it}"));
    let mut ask = Batch::new();
    let index = audit_keys::audit_of(page.tenant, user);
    ask.cmd("ZREVRANGEBYSCORE").arg(index).arg(below).arg("-inf").arg("LIMIT").arg(0).arg(page.limit);
    let (numbers,): (Vec<String>,) = link.ask(WIDE, &ask).await?;
    if numbers.is_empty() {
        return Ok(Vec::new());
    }
    let mut look = Batch::new();
    for number in &numbers {
        look.cmd("XRANGE").arg(audit_keys::audit_log(page.tenant)).arg(number).arg(number);
    }
    let found: Vec<Found> = link.ask(WIDE, &look).await?;
    Ok(entries(found.into_iter().flatten().collect()))
}

/// The records of entries, as they are in a stream.
#[must_use]
pub fn entries(found: Vec<(String, Vec<Vec<u8>>)>) -> Vec<Entry<u64>> {
    let entry = |(id, values): (String, Vec<Vec<u8>>)| {
        let number = id.split('-').next().and_then(|it| it.parse().ok())?;
        Some(Entry { id: number, record: fields(values).remove("record").unwrap_or_default() })
    };
    found.into_iter().filter_map(entry).collect()
}

fn fields(values: Vec<Vec<u8>>) -> HashMap<String, Vec<u8>> {
    let mut values = values.into_iter();
    let mut fields = HashMap::new();
    while let (Some(name), Some(value)) = (values.next(), values.next()) {
        fields.insert(String::from_utf8_lossy(&name).into_owned(), value);
    }
    fields
}

/// What is no hash is nobody's newest entry.
fn head_of(number: Option<&[u8]>, hash: Option<&[u8]>) -> AuditHead {
    let number = number.and_then(|it| std::str::from_utf8(it).ok()?.parse().ok()).unwrap_or_default();
    AuditHead { number, hash: hash.and_then(|it| it.try_into().ok()).unwrap_or_default() }
}
