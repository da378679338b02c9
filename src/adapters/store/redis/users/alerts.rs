//! Alerts: a hash each.

use std::collections::HashMap;

use crate::{
    adapters::store::{
        backend::{AlertBytes, AlertIndex, AlertRow, AlertsIn, Listed, ListedAlert, Reply},
        record::{
            bytes::Malformed,
            delivery::{AnswerRow, DeliveryRow},
        },
        redis::{
            log::newest::{newest, of_set},
            server::{
                alert_keys, keys,
                link::{Batch, Link, QUICK, WIDE},
            },
            store::Redis,
        },
    },
    domain::{
        ids::{AlertId, Partition},
        time::Timestamp,
    },
};

/// The fields of an alert's hash.
pub type Fields = HashMap<String, Vec<u8>>;

impl AlertBytes for Redis {
    async fn alert(&self, id: AlertId) -> Reply<Option<Result<AlertRow, Malformed>>> {
        let mut ask = Batch::new();
        ask.cmd("HGETALL").arg(alert_keys::alert(id));
        let (fields,) = self.link.ask(QUICK, &ask).await?;
        Ok(alert_in(fields))
    }

    /// Entries of the index may outlive their alerts.
    async fn alerts(&self, index: AlertIndex<'_>, before: Option<AlertId>, limit: usize) -> Reply<Vec<ListedAlert>> {
        let sets: Vec<String> = match index {
            AlertIndex::Tenant(tenant) => keys::partitions().map(|it| alert_keys::alerts_of(it, tenant)).collect(),
            AlertIndex::User(user) => vec![alert_keys::alerts_of_user(user)],
        };
        let below = before.map_or_else(|| b"+".to_vec(), |it| keys::below(&it.0));
        let found = newest(&self.link, &sets, of_set, b"-", below, limit).await?;
        find(&self.link, found.into_iter().map(AlertId).collect()).await
    }

    async fn alerts_named(&self, ids: &[AlertId]) -> Reply<Vec<ListedAlert>> {
        find(&self.link, ids.to_vec()).await
    }

    /// Each partition is walked by the server, which answers with what is asked for alone.
    async fn alerts_in(&self, asked: AlertsIn<'_>, limit: usize) -> Reply<Vec<AlertId>> {
        let AlertsIn { tenant, states, answers, ids } = asked;
        let mut found = Vec::new();
        let mut rest: Vec<(Partition, Vec<u8>)> = keys::partitions().map(|it| (it, keys::below(&ids.end.0))).collect();
        while !rest.is_empty() && found.len() < limit {
            let mut ask = Batch::new();
            for (partition, below) in &rest {
                let (set, pattern) =
                    (alert_keys::alerts_of(*partition, tenant), keys::in_partition(*partition, "alert:"));
                ask.cmd("EVAL").arg(FIND).arg(1).arg(set).arg(below).arg(keys::from(&ids.start.0)).arg(pattern);
                ask.arg(STEP).arg(limit - found.len()).arg(states.join(" ")).arg(answers.join(" "));
            }
            let answers: Vec<(Vec<Vec<u8>>, Vec<u8>)> = self.link.ask(WIDE, &ask).await?;
            let mut next = Vec::new();
            for ((partition, _), (matching, last)) in rest.into_iter().zip(answers) {
                found.extend(matching.into_iter().filter_map(|it| it.try_into().ok()).map(AlertId));
                next.extend(last.try_into().ok().map(|last| (partition, keys::below(&last))));
            }
            rest = next;
        }
        found.truncate(limit);
        Ok(found)
    }
}

/// Members of a partition that the server looks at before it does something else.
const STEP: usize = 2_000;

/// Finds a tenant's alerts by their state and answer.
const FIND: &str = include_str!("alerts_in.lua");

/// The alerts of these ids.
///
/// # Errors
/// The server does not answer in time.
pub async fn find(link: &Link, ids: Vec<AlertId>) -> Reply<Vec<ListedAlert>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut ask = Batch::new();
    for &id in &ids {
        ask.cmd("HGETALL").arg(alert_keys::alert(id));
    }
    let found: Vec<Fields> = link.ask(WIDE, &ask).await?;
    Ok(ids.into_iter().zip(found).map(|(id, fields)| Listed { id, record: alert_in(fields) }).collect())
}

/// The alert in a hash; none in one without fields.
#[must_use]
pub fn alert_in(mut fields: Fields) -> Option<Result<AlertRow, Malformed>> {
    if fields.is_empty() {
        return None;
    }
    let record = fields.remove("record").ok_or(Malformed::Short);
    Some(record.and_then(|record| Ok(AlertRow { record, delivery: delivery_in(&fields)? })))
}

fn delivery_in(fields: &Fields) -> Result<DeliveryRow, Malformed> {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).map_err(|_| Malformed::Impossible("text"));
    let field = |name: &str| fields.get(name).cloned().map(text).transpose();
    let number = |name: &str| {
        let number = field(name)?.map(|it| it.parse::<i64>());
        number.transpose().map_err(|_| Malformed::Impossible("number"))
    };
    let time = |name: &str| Ok::<_, Malformed>(number(name)?.map(Timestamp::from_unix_ms));
    let count = |name| u32::try_from(number(name)?.unwrap_or(0)).map_err(|_| Malformed::Impossible("number"));
    let said = |[answer, by, at, author]: [&str; 4]| {
        let (by, at, author) = (field(by)?.map(Into::into), time(at)?, field(author)?);
        Ok::<_, Malformed>(field(answer)?.map(|it| AnswerRow { answer: it.into(), by, at, author }))
    };
    Ok(DeliveryRow {
        state: field("state")?.unwrap_or_default().into(),
        suppressed: field("suppressed")?.map(Into::into),
        recipient: fields.get("recipient").cloned(),
        attempts: count("attempts")?,
        uncounted: count("uncounted")?,
        resent_at: time("resent_at")?,
        due_at: time("due_at")?,
        last_error: fields.get("last_error").cloned(),
        settled_at: time("settled_at")?,
        answer: said(["answer", "answered_by", "answered_at", "answered_author"])?.ok_or(Malformed::Short)?,
        beside: said(["beside", "beside_by", "beside_at", "beside_author"])?,
    })
}
