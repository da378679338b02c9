//! People's requests: a hash each, in its user's partition.

use std::sync::LazyLock;

use redis::Script;

use crate::{
    adapters::store::{
        backend::{ListedRequest, Reply, RequestBytes, RequestChange, RequestName, Versioned},
        redis::{
            log::newest::{newest, of_set},
            server::{
                alert_keys::{self, Waiting},
                keys,
                link::{Batch, Link, QUICK, WIDE},
                request_keys, versioned,
            },
            store::Redis,
        },
    },
    domain::{
        ids::{Partition, RequestId},
        time::Timestamp,
    },
    ports::{RequestDue, RequestIndex},
};

static PUT: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("put_request.lua")));
static REMOVE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("remove_request.lua")));

impl RequestBytes for Redis {
    async fn request(&self, id: RequestId) -> Reply<Option<Versioned>> {
        versioned::find(&self.link, &request_keys::request(id)).await
    }

    async fn put_request(&self, change: RequestChange) -> Reply<bool> {
        self.link.must_keep(QUICK).await?;
        let RequestChange { name, next, is_open, step_at, answer_by, event } = change;
        let [request, rest @ ..] = keys_of(&name);
        let mut run = PUT.key(request);
        for key in rest {
            run.key(key);
        }
        run.arg(&name.id.0[..]).arg(next.version).arg(next.record).arg(u8::from(is_open)).arg(step_at.unix_ms());
        run.arg(answer_by.map_or(String::new(), |it| it.unix_ms().to_string()));
        match event {
            Some(event) => {
                let waiting = Waiting { event: event.id, webhook: None };
                run.key(waiting.key()).key(alert_keys::events(event.id.partition()));
                run.arg(waiting.name()).arg(event.record).arg(event.due_at.unix_ms());
            }
            None => drop(run.arg("").arg("").arg("")),
        }
        self.link.run(QUICK, &run).await
    }

    async fn requests(
        &self,
        index: RequestIndex<'_>,
        before: Option<RequestId>,
        limit: usize,
    ) -> Reply<Vec<ListedRequest>> {
        let sets: Vec<String> = match index {
            RequestIndex::Tenant(tenant) => keys::partitions().map(|it| request_keys::requests(it, tenant)).collect(),
            RequestIndex::User(user) => vec![request_keys::requests_of_user(user)],
        };
        let below = before.map_or_else(|| b"+".to_vec(), |it| keys::below(&it.0));
        let found = newest(&self.link, &sets, of_set, b"-", below, limit).await?;
        find(&self.link, found.into_iter().map(RequestId).collect()).await
    }

    async fn requests_due(&self, due: RequestDue, by: Timestamp, limit: usize) -> Reply<Vec<ListedRequest>> {
        let set: fn(Partition) -> String = match due {
            RequestDue::Step => request_keys::request_steps,
            RequestDue::Answer => request_keys::request_answers,
        };
        let mut ask = Batch::new();
        for partition in keys::partitions() {
            ask.cmd("ZRANGEBYSCORE").arg(set(partition)).arg("-inf").arg(by.unix_ms());
            ask.arg("WITHSCORES").arg("LIMIT").arg(0).arg(limit);
        }
        let members: Vec<Vec<(Vec<u8>, i64)>> = self.link.ask(WIDE, &ask).await?;
        let dated = members.into_iter().flatten();
        let mut dated: Vec<(i64, RequestId)> =
            dated.filter_map(|(id, due_at)| Some((due_at, RequestId(id.try_into().ok()?)))).collect();
        dated.sort_unstable();
        dated.truncate(limit);
        find(&self.link, dated.into_iter().map(|(_, id)| id).collect()).await
    }

    async fn remove_request(&self, version: u64, name: RequestName) -> Reply<bool> {
        let [request, rest @ ..] = keys_of(&name);
        let mut run = REMOVE.key(request);
        for key in rest {
            run.key(key);
        }
        run.arg(&name.id.0[..]).arg(version);
        self.link.run(QUICK, &run).await
    }
}

/// The request, and wherever it is listed.
fn keys_of(name: &RequestName) -> [String; 6] {
    let partition = name.id.partition();
    [
        request_keys::request(name.id),
        request_keys::requests(partition, &name.tenant),
        request_keys::requests_of_user(&name.user),
        request_keys::request_steps(partition),
        request_keys::request_answers(partition),
        request_keys::request_open(&name.user, name.kind),
    ]
}

/// The requests of these ids.
///
/// # Errors
/// The server does not answer in time.
pub async fn find(link: &Link, ids: Vec<RequestId>) -> Reply<Vec<ListedRequest>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut ask = Batch::new();
    for id in &ids {
        ask.cmd("HMGET").arg(request_keys::request(*id)).arg("version").arg("record");
    }
    let found: Vec<(Option<u64>, Option<Vec<u8>>)> = link.ask(WIDE, &ask).await?;
    let listed = |(id, (version, record)): (_, (Option<u64>, Option<Vec<u8>>))| ListedRequest {
        id,
        record: version.zip(record).map(|(version, record)| Versioned { version, record }),
    };
    Ok(ids.into_iter().zip(found).map(listed).collect())
}
