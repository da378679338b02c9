//! Suppressed e-mail addresses.

use async_trait::async_trait;

use crate::{
    adapters::store::{backend::SuppressionBytes, coded::store::Coded, name::Name, record::suppression},
    domain::{
        alert::suppression::{Cause, Suppression},
        ids::{EmailKey, TenantId},
    },
    ports::{SuppressionStore, Unavailable},
};

#[async_trait]
impl<Backend: SuppressionBytes> SuppressionStore for Coded<Backend> {
    async fn suppress(&self, tenant: &TenantId, email: EmailKey, why: Suppression) -> Result<bool, Unavailable> {
        self.backend.suppress(tenant, email, suppression::encode(why)).await
    }

    async fn suppressions(&self, asked: &[(TenantId, EmailKey)]) -> Result<Vec<Option<Suppression>>, Unavailable> {
        let stored = self.backend.suppressions(asked).await?;
        let read = |((tenant, email), record): (&(TenantId, EmailKey), Option<Vec<u8>>)| {
            self.read(Name::Suppression(tenant, *email), &record?, suppression::decode).ok()
        };
        Ok(asked.iter().zip(stored).map(read).collect())
    }

    async fn lift(&self, tenant: &TenantId, email: EmailKey) -> Result<bool, Unavailable> {
        self.backend.lift(tenant, email).await
    }

    async fn count_suppressions(&self, tenant: &TenantId) -> Result<Vec<(Cause, u64)>, Unavailable> {
        let counts = self.backend.count_suppressions(tenant).await?;
        Ok(counts.into_iter().filter_map(|(cause, count)| Some((Cause::parse(&cause)?, count))).collect())
    }
}
