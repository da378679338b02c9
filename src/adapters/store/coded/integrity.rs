//! Whether the stored records can be read.

use std::{sync::Arc, time::Instant};

use async_trait::async_trait;

use crate::{
    adapters::store::{
        backend::{AlertRow, Examine, IntegrityBytes},
        coded::store::Coded,
        record::{
            alert, api_key, attempt, bytes::Malformed, delivery, event, login, policy, privacy, session, suppression,
            user, webhook,
        },
    },
    domain::ids::TenantId,
    ports::{Integrity, LookedThrough, RecordKind, Unavailable},
};

#[async_trait]
impl<Backend: IntegrityBytes> Integrity for Coded<Backend> {
    fn unreadable(&self) -> usize {
        self.damage.count(Instant::now())
    }

    async fn look_through(&self, limit: usize) -> Result<LookedThrough, Unavailable> {
        self.backend.look_through(limit, Arc::new(Decode)).await
    }
}

/// Examines a record by decoding it.
struct Decode;

impl Examine for Decode {
    fn record(&self, kind: RecordKind, bytes: &[u8]) -> Result<(), Malformed> {
        match kind {
            RecordKind::Profile => user::profile::decode(bytes).map(drop),
            RecordKind::Login => login::decode(bytes).map(drop),
            RecordKind::Alert => alert::decode(bytes).map(drop),
            RecordKind::Session => session::decode(bytes).map(drop),
            RecordKind::ApiKey => api_key::decode(bytes).map(drop),
            RecordKind::Webhook => webhook::decode(bytes).map(drop),
            RecordKind::Attempt => attempt::decode(bytes).map(drop),
            RecordKind::Event => event::decode(bytes).map(drop),
            RecordKind::Policy => policy::decode(bytes).map(drop),
            RecordKind::Request => privacy::request::decode(bytes).map(drop),
            RecordKind::Suppression => suppression::decode(bytes).map(drop),
        }
    }

    fn alert(&self, row: AlertRow) -> Result<(), Malformed> {
        delivery::decode(row.delivery)?;
        self.record(RecordKind::Alert, &row.record)
    }

    fn tenant_of_key(&self, bytes: &[u8]) -> Option<TenantId> {
        api_key::decode(bytes).ok().map(|it| it.tenant)
    }
}
