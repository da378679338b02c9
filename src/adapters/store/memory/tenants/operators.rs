//! Operators and their sessions, in memory.

use crate::{
    adapters::store::{
        backend::{Entry, Kept, OperatorBytes, OperatorSessionBytes, Reply, Versioned},
        memory::store::Memory,
    },
    domain::{ids::OperatorId, operator::session::SessionKey},
};

impl OperatorBytes for Memory {
    async fn operators(&self) -> Reply<Vec<Entry<OperatorId>>> {
        let entry = |(id, stored): (&OperatorId, &Versioned)| Entry { id: *id, record: stored.record.clone() };
        Ok(self.tables().operators.iter().map(entry).collect())
    }

    async fn operator(&self, id: OperatorId) -> Reply<Option<Versioned>> {
        Ok(self.tables().operators.get(&id).cloned())
    }

    async fn put_operator(&self, id: OperatorId, times: u64, record: Vec<u8>) -> Reply<bool> {
        let operators = &mut self.tables().operators;
        let is_latest = operators.get(&id).map_or(0, |it| it.version) == times;
        if is_latest {
            operators.insert(id, Versioned { version: times + 1, record });
        }
        Ok(is_latest)
    }

    async fn remove_operator(&self, id: OperatorId, times: u64) -> Reply<bool> {
        let operators = &mut self.tables().operators;
        let is_latest = operators.get(&id).is_some_and(|it| it.version == times);
        if is_latest {
            operators.remove(&id);
        }
        Ok(is_latest)
    }
}

impl OperatorSessionBytes for Memory {
    async fn operator_session(&self, key: SessionKey) -> Reply<Option<Vec<u8>>> {
        Ok(self.tables().operator_sessions.get(&key).map(|(record, _)| record.clone()))
    }

    async fn begin_operator_session(&self, key: SessionKey, record: Vec<u8>, kept: Kept) -> Reply<()> {
        self.tables().operator_sessions.insert(key, (record, kept.until));
        Ok(())
    }

    async fn renew_operator_session(&self, key: SessionKey, record: Vec<u8>, kept: Kept) -> Reply<bool> {
        let mut tables = self.tables();
        let Some(stored) = tables.operator_sessions.get_mut(&key) else { return Ok(false) };
        *stored = (record, kept.until);
        Ok(true)
    }

    async fn end_operator_session(&self, key: SessionKey) -> Reply<()> {
        self.tables().operator_sessions.remove(&key);
        Ok(())
    }
}
