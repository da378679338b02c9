//! Operators and their sessions, sealed with the key of the tenant in which their own logins are recorded.

use async_trait::async_trait;

use crate::{
    adapters::store::{
        backend::{Entry, Kept, OperatorBytes, OperatorSessionBytes},
        coded::{sealing::layout, store::Coded},
        name::Name,
        record::{
            bytes::Malformed,
            operator::{operator, session},
        },
    },
    domain::{
        ids::{OperatorId, TenantId},
        operator::{
            operator::Operator,
            role::CONSOLE_TENANT,
            session::{OperatorSession, SessionKey},
        },
        salt::SealingKey,
        time::Timestamp,
    },
    ports::{OperatorSessionStore, OperatorStore, Unavailable},
};

#[async_trait]
impl<Backend: OperatorBytes> OperatorStore for Coded<Backend> {
    async fn operators(&self) -> Result<Vec<Operator>, Unavailable> {
        let stored = self.backend.operators().await?;
        let read = |it: &Entry<OperatorId>| self.read_operator(it.id, &it.record).ok();
        let mut operators: Vec<Operator> = stored.iter().filter_map(read).collect();
        operators.sort_unstable_by(|a, b| a.email.cmp(&b.email));
        Ok(operators)
    }

    async fn operator(&self, id: OperatorId) -> Result<Option<(u64, Operator)>, Unavailable> {
        let Some(stored) = self.backend.operator(id).await? else { return Ok(None) };
        Ok(Some((stored.version, self.read_operator(id, &stored.record)?)))
    }

    async fn put_operator(&self, times: u64, operator: &Operator) -> Result<bool, Unavailable> {
        let record = layout::seal_part(
            &self.operators_key()?,
            &Name::Operator(operator.id).place(),
            &operator::encode(operator),
        );
        self.backend.put_operator(operator.id, times, record).await
    }

    async fn remove_operator(&self, id: OperatorId, times: u64) -> Result<bool, Unavailable> {
        self.backend.remove_operator(id, times).await
    }
}

#[async_trait]
impl<Backend: OperatorSessionBytes> OperatorSessionStore for Coded<Backend> {
    async fn operator_session(&self, key: SessionKey) -> Result<Option<OperatorSession>, Unavailable> {
        let Some(stored) = self.backend.operator_session(key).await? else { return Ok(None) };
        let opened = layout::open_part(&self.operators_key()?, &place_of_session(key), &stored)
            .map_err(|_| Malformed::Sealed)?;
        Ok(Some(session::decode(&opened)?))
    }

    async fn begin_operator_session(
        &self,
        key: SessionKey,
        session: &OperatorSession,
        now: Timestamp,
    ) -> Result<(), Unavailable> {
        self.backend.begin_operator_session(key, self.sealed(key, session)?, kept(session, now)).await
    }

    async fn renew_operator_session(
        &self,
        key: SessionKey,
        session: &OperatorSession,
        now: Timestamp,
    ) -> Result<bool, Unavailable> {
        self.backend.renew_operator_session(key, self.sealed(key, session)?, kept(session, now)).await
    }

    async fn end_operator_session(&self, key: SessionKey) -> Result<(), Unavailable> {
        self.backend.end_operator_session(key).await
    }
}

impl<Backend> Coded<Backend> {
    /// The key that all of this is sealed with.
    fn operators_key(&self) -> Result<SealingKey, Malformed> {
        let tenant = TenantId::parse(CONSOLE_TENANT).ok_or(Malformed::Impossible("tenant"))?;
        Ok(self.sealer.keys(&tenant).tenant_seal())
    }

    fn read_operator(&self, id: OperatorId, record: &[u8]) -> Result<Operator, Unavailable> {
        Ok(self.noted(Name::Operator(id), self.open_operator(id, record))?)
    }

    /// Reads a sealed operator, and remembers nothing of that.
    ///
    /// # Errors
    /// It was not sealed for this place, or is malformed.
    pub(crate) fn open_operator(&self, id: OperatorId, record: &[u8]) -> Result<Operator, Malformed> {
        let opened = layout::open_part(&self.operators_key()?, &Name::Operator(id).place(), record);
        operator::decode(&opened.map_err(|_| Malformed::Sealed)?)
    }

    fn sealed(&self, key: SessionKey, session: &OperatorSession) -> Result<Vec<u8>, Unavailable> {
        Ok(layout::seal_part(&self.operators_key()?, &place_of_session(key), &session::encode(session)))
    }
}

/// What a sealed record of a session is bound to.
fn place_of_session(key: SessionKey) -> Vec<u8> {
    [b"operator session\0", &key.0[..]].concat()
}

fn kept(session: &OperatorSession, now: Timestamp) -> Kept {
    let until = session.expires_at();
    Kept { until, life_ms: until.ms_since(now) }
}
