//! People's requests, in memory.

use crate::{
    adapters::store::{
        backend::{ListedRequest, Reply, RequestBytes, RequestChange, RequestName, Versioned},
        memory::store::{Memory, StoredRequest},
    },
    domain::{ids::RequestId, time::Timestamp},
    ports::{RequestDue, RequestIndex},
};

impl RequestBytes for Memory {
    async fn request(&self, id: RequestId) -> Reply<Option<Versioned>> {
        Ok(self.tables().requests.get(&id).map(|it| it.stored.clone()))
    }

    async fn put_request(&self, change: RequestChange) -> Reply<bool> {
        let RequestChange { name, next, is_open, step_at, answer_by, event } = change;
        let mut tables = self.tables();
        let version = tables.requests.get(&name.id).map_or(0, |it| it.stored.version);
        let is_beside = |it: &StoredRequest| {
            it.is_open && it.name.id != name.id && it.name.user == name.user && it.name.kind == name.kind
        };
        if version != next.version || is_open && tables.requests.values().any(is_beside) {
            return Ok(false);
        }
        let stored = Versioned { version: version + 1, ..next };
        tables.requests.insert(name.id, StoredRequest { name, stored, is_open, step_at, answer_by });
        if let Some(event) = event {
            tables.insert_event(event);
        }
        Ok(true)
    }

    async fn requests(
        &self,
        index: RequestIndex<'_>,
        before: Option<RequestId>,
        limit: usize,
    ) -> Reply<Vec<ListedRequest>> {
        let is_listed = |it: &&StoredRequest| match index {
            RequestIndex::Tenant(tenant) => it.name.tenant == *tenant,
            RequestIndex::User(user) => it.name.user == *user,
        };
        let tables = self.tables();
        let below = tables.requests.iter().rev().filter(|(id, _)| before.is_none_or(|before| **id < before));
        Ok(below.map(|(_, it)| it).filter(is_listed).take(limit).map(listed).collect())
    }

    async fn requests_due(&self, due: RequestDue, by: Timestamp, limit: usize) -> Reply<Vec<ListedRequest>> {
        let tables = self.tables();
        let due_at = |it: &StoredRequest| match due {
            RequestDue::Step => Some(it.step_at),
            RequestDue::Answer => it.answer_by,
        };
        let dated = tables.requests.values().filter_map(|it| Some((due_at(it)?, it)));
        let mut found: Vec<_> = dated.filter(|(due_at, _)| *due_at <= by).collect();
        found.sort_by_key(|(due_at, it)| (*due_at, it.name.id));
        Ok(found.into_iter().take(limit).map(|(_, it)| listed(it)).collect())
    }

    async fn remove_request(&self, version: u64, name: RequestName) -> Reply<bool> {
        let requests = &mut self.tables().requests;
        let is_latest = requests.get(&name.id).is_some_and(|it| it.stored.version == version);
        if is_latest {
            requests.remove(&name.id);
        }
        Ok(is_latest)
    }
}

fn listed(request: &StoredRequest) -> ListedRequest {
    ListedRequest { id: request.name.id, record: Some(request.stored.clone()) }
}
