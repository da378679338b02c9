//! People's requests, with wishes that are only noted.

use std::sync::{
    Arc, Mutex, OnceLock,
    atomic::{AtomicBool, Ordering},
};

use async_trait::async_trait;
use watchlight::{
    domain::{
        ids::{TenantId, UserId},
        privacy::request::RequestKind,
        time::DAY_MS,
    },
    ports::{Mail, Unavailable},
    service::{
        alarm::request_watch::RequestWatch,
        alert::posting::Posting,
        privacy::{
            request_worker::{RequestWorker, RequestWorkerParts},
            requests::{RequestParts, Requests},
            wishes::{PersonWishes, Wishes},
        },
    },
};

use crate::support::services::Process;

/// How long the answer to a request may take.
pub const ANSWER_MS: i64 = 30 * DAY_MS;
/// Where the links of mails about requests lead.
pub const PAGES: &str = "http://127.0.0.1";
/// What an erasure is proved by.
pub const RECEIPT: &str = "rcp_test";

/// Notes what was carried out, and fails while it is told to.
#[derive(Default)]
pub struct TestWishes {
    pub done: Mutex<Vec<(RequestKind, String)>>,
    pub fails: AtomicBool,
    /// Carries them out as well, once it is set.
    pub real: OnceLock<PersonWishes>,
}

impl TestWishes {
    fn note(&self, kind: RequestKind, user: &UserId) -> Result<(), Unavailable> {
        if self.fails.load(Ordering::SeqCst) {
            return Err(Unavailable("away".to_owned()));
        }
        self.done.lock().unwrap().push((kind, user.as_str().to_owned()));
        Ok(())
    }
}

#[async_trait]
impl Wishes for TestWishes {
    fn offers(&self, _: RequestKind) -> bool {
        true
    }

    async fn export(&self, _: &TenantId, user: &UserId) -> Result<(), Unavailable> {
        self.note(RequestKind::Export, user)
    }

    async fn erase(&self, tenant: &TenantId, user: &UserId) -> Result<Option<String>, Unavailable> {
        self.note(RequestKind::Erase, user)?;
        match self.real.get() {
            Some(real) => real.erase(tenant, user).await,
            None => Ok(Some(RECEIPT.to_owned())),
        }
    }

    async fn restrict(&self, tenant: &TenantId, user: &UserId) -> Result<(), Unavailable> {
        self.note(RequestKind::Restrict, user)?;
        let Some(real) = self.real.get() else { return Ok(()) };
        real.restrict(tenant, user).await
    }

    async fn object(&self, tenant: &TenantId, user: &UserId) -> Result<(), Unavailable> {
        self.note(RequestKind::Object, user)?;
        let Some(real) = self.real.get() else { return Ok(()) };
        real.object(tenant, user).await
    }
}

/// What people ask for, over the store of a process.
pub fn requests(process: &Process, wishes: Arc<dyn Wishes>) -> Requests {
    Requests::new(RequestParts {
        requests: process.store.clone(),
        profiles: process.store.clone(),
        suppressions: process.store.clone(),
        wishes,
        clock: process.clock.clone(),
        keyring: process.keyring.clone(),
        answer_ms: ANSWER_MS,
        woken: Arc::default(),
    })
}

/// A worker that takes their steps.
pub fn request_worker(
    process: &Process,
    wishes: Arc<dyn Wishes>,
    mail: Arc<dyn Mail>,
    watch: &Arc<RequestWatch>,
) -> RequestWorker {
    RequestWorker::new(RequestWorkerParts {
        requests: process.store.clone(),
        wishes,
        posting: Posting {
            mail,
            breaker: process.breaker.clone(),
            suppressions: process.store.clone(),
            clock: process.clock.clone(),
        },
        custody: process.custody.clone(),
        keyring: process.keyring.clone(),
        public_url: PAGES.to_owned(),
        answer_ms: ANSWER_MS,
        woken: Arc::default(),
        watch: watch.clone(),
    })
}
