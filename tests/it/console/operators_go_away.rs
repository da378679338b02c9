//! Operators in a store that goes away, and what the console shows then.

use async_trait::async_trait;
use watchlight::{
    domain::{
        ids::OperatorId,
        operator::{
            operator::Operator,
            role::Role,
            session::{OperatorSession, SessionKey},
        },
        time::Timestamp,
    },
    ports::{OperatorSessionStore, OperatorStore, Unavailable},
};

use std::sync::atomic::Ordering;

use crate::{
    console::people::{PASSWORD, joined, sign_in, signed_in},
    http::{
        server::{Options, Server},
        store_goes_away::Leaving,
    },
};

#[async_trait]
impl OperatorStore for Leaving {
    async fn operators(&self) -> Result<Vec<Operator>, Unavailable> {
        self.answers()?;
        self.inner.operators().await
    }

    async fn operator(&self, id: OperatorId) -> Result<Option<(u64, Operator)>, Unavailable> {
        self.answers()?;
        self.inner.operator(id).await
    }

    async fn put_operator(&self, times: u64, operator: &Operator) -> Result<bool, Unavailable> {
        self.answers()?;
        self.inner.put_operator(times, operator).await
    }

    async fn remove_operator(&self, id: OperatorId, times: u64) -> Result<bool, Unavailable> {
        self.answers()?;
        self.inner.remove_operator(id, times).await
    }
}

#[async_trait]
impl OperatorSessionStore for Leaving {
    async fn operator_session(&self, key: SessionKey) -> Result<Option<OperatorSession>, Unavailable> {
        self.answers()?;
        self.inner.operator_session(key).await
    }

    async fn begin_operator_session(
        &self,
        key: SessionKey,
        session: &OperatorSession,
        now: Timestamp,
    ) -> Result<(), Unavailable> {
        self.answers()?;
        self.inner.begin_operator_session(key, session, now).await
    }

    async fn renew_operator_session(
        &self,
        key: SessionKey,
        session: &OperatorSession,
        now: Timestamp,
    ) -> Result<bool, Unavailable> {
        self.answers()?;
        self.inner.renew_operator_session(key, session, now).await
    }

    async fn end_operator_session(&self, key: SessionKey) -> Result<(), Unavailable> {
        self.answers()?;
        self.inner.end_operator_session(key).await
    }
}

#[test]
fn while_the_store_is_away_nobody_gets_in_and_is_told_so() {
    let store = Leaving::new();
    let server = Server::with(Options { store: Some(store.clone()), ..Options::default() });
    let ana = joined(&server, "ana@example.com", Role::Reader, &["acme"]);
    let client = signed_in(&server, &ana);
    assert_eq!(client.get("/console/").status, 200);
    for answers_left in 0..2 {
        store.answers_left.store(answers_left, Ordering::SeqCst);
        let page = client.get("/console/");
        assert_eq!(page.status, 503, "{page:?}");
        assert!(page.body.contains("The store does not answer") && !page.body.contains("canary"), "{}", page.body);
        assert!(page.header("retry-after").is_some(), "{page:?}");
    }
    store.answers_left.store(0, Ordering::SeqCst);
    assert_eq!(sign_in(&server, "ana@example.com", PASSWORD).status, 503);
    store.answers_left.store(usize::MAX, Ordering::SeqCst);
    assert_eq!(client.get("/console/").status, 200, "and nobody has to sign in anew");
}
