//! People's requests.

use async_trait::async_trait;

use crate::{
    adapters::store::{
        backend::{ListedRequest, RequestBytes, RequestChange, RequestName, Versioned},
        coded::{store::Coded, users::commit::prepare_event},
        name::Name,
        record::{bytes::Malformed, privacy::request},
    },
    domain::{ids::RequestId, privacy::request::PersonRequest, tenant::webhook::TenantEvent, time::Timestamp},
    ports::{RequestDue, RequestIndex, RequestStore, Unavailable},
};

#[async_trait]
impl<Backend: RequestBytes> RequestStore for Coded<Backend> {
    async fn request(&self, id: RequestId) -> Result<Option<(u64, PersonRequest)>, Unavailable> {
        let stored = self.backend.request(id).await?;
        Ok(stored.map(|it| self.read_request(id, &it)).transpose()?)
    }

    async fn put_request(
        &self,
        version: u64,
        request: &PersonRequest,
        event: Option<TenantEvent>,
    ) -> Result<bool, Unavailable> {
        let change = RequestChange {
            name: name(request),
            next: Versioned {
                version,
                record: self.seal_for_tenant(Name::Request(request.id), &request.user, &request::encode(request))?,
            },
            is_open: request.state.is_open(),
            step_at: request.step.due_at,
            answer_by: Some(request.answer_by).filter(|_| request.is_owed()),
            event: event.as_ref().map(|it| prepare_event(it, None)),
        };
        self.backend.put_request(change).await
    }

    async fn requests(
        &self,
        index: RequestIndex<'_>,
        before: Option<RequestId>,
        limit: usize,
    ) -> Result<Vec<(u64, PersonRequest)>, Unavailable> {
        let (mut found, mut before) = (Vec::new(), before);
        while found.len() < limit {
            let wanted = limit - found.len();
            let page = self.backend.requests(index, before, wanted).await?;
            let (count, last) = (page.len(), page.last().map(|it| it.id));
            found.extend(self.readable(page));
            if count < wanted {
                break;
            }
            // Records that were skipped are made up for by those that follow.
            before = last;
        }
        Ok(found)
    }

    async fn requests_due(
        &self,
        due: RequestDue,
        by: Timestamp,
        limit: usize,
    ) -> Result<Vec<(u64, PersonRequest)>, Unavailable> {
        // A record that cannot be read must not hold up the others: more are asked for than may be damaged.
        let found = self.backend.requests_due(due, by, limit.saturating_mul(2)).await?;
        let mut readable = self.readable(found);
        readable.truncate(limit);
        Ok(readable)
    }

    async fn remove_request(&self, version: u64, request: &PersonRequest) -> Result<bool, Unavailable> {
        self.backend.remove_request(version, name(request)).await
    }
}

impl<Backend> Coded<Backend> {
    fn read_request(&self, id: RequestId, stored: &Versioned) -> Result<(u64, PersonRequest), Malformed> {
        let name = Name::Request(id);
        let opened = self.open_for_tenant(name, id.partition(), &stored.record);
        let read = opened.and_then(|record| request::decode(&record));
        Ok((stored.version, self.noted(name, read)?))
    }

    fn readable(&self, page: Vec<ListedRequest>) -> Vec<(u64, PersonRequest)> {
        page.into_iter().filter_map(|it| self.read_request(it.id, &it.record?).ok()).collect()
    }
}

fn name(request: &PersonRequest) -> RequestName {
    RequestName { id: request.id, tenant: request.tenant.clone(), user: request.user, kind: request.kind.as_str() }
}
