//! An outbox in memory for the stories of delivery.

use std::sync::Arc;

use watchlight::{
    adapters::{clock::ManualClock, mail::memory::MemoryMail, store::memory::store::MemoryStore},
    domain::{
        alert::alert::{Delivery, State},
        ids::{AlertId, UserId},
        keyring::Keyring,
    },
    ports::{Clock, Mail, Store},
    service::{alarm::mail_breaker::MailBreaker, alert::dispatch::Dispatch},
};

use crate::{
    mail::samples::composer,
    store::samples::{acme, at, commit_with_alert, user},
    support::services::{Process, round},
};

const LINK: &str = "https://login.example.com/a/{token}";

/// An outbox in memory, whose clock the test sets.
pub struct Outbox {
    pub store: Arc<dyn Store>,
    pub clock: Arc<ManualClock>,
    pub breaker: Arc<MailBreaker>,
    pub dispatch: Dispatch,
    pub process: Process,
}

impl Outbox {
    pub fn new(mail: Arc<dyn Mail>) -> Self {
        Self::over(Arc::new(MemoryStore::new()), Arc::new(ManualClock::at(at(0))), mail)
    }

    pub fn over(store: Arc<dyn Store>, clock: Arc<ManualClock>, mail: Arc<dyn Mail>) -> Self {
        let process = Process::over(store, clock.clone(), Keyring::new([5; 32]));
        Self::of(process, clock, mail)
    }

    pub fn of(process: Process, clock: Arc<ManualClock>, mail: Arc<dyn Mail>) -> Self {
        let dispatch = process.dispatch(mail, LINK);
        Self { store: process.store.clone(), clock, dispatch, breaker: process.breaker.clone(), process }
    }

    /// Another process over the same store.
    pub fn beside(&self, mail: Arc<dyn Mail>) -> Self {
        Self::over(self.store.clone(), self.clock.clone(), mail)
    }

    /// Queues an alert of a user to an address.
    pub async fn queue_to(&self, number: u8, address: &str) -> AlertId {
        let now = self.clock.now();
        let key = user(number);
        let version = self.store.load(&key, None, now).await.unwrap().version;
        let mut commit = commit_with_alert(&key, version, now, number);
        let (alert, delivery) = commit.logins[0].alert.as_mut().unwrap();
        alert.user = UserId::parse(&format!("user {number}")).unwrap();
        *delivery = Delivery::queued(now, address.to_owned());
        let id = alert.id;
        self.store.commit(commit).await.unwrap();
        id
    }

    pub async fn queue(&self, number: u8) -> AlertId {
        self.queue_to(number, &format!("user{number}@example.com")).await
    }

    pub async fn rounds(&self) {
        while round(&self.dispatch).await.unwrap() > 0 {}
    }

    pub async fn delivery(&self, id: AlertId) -> Delivery {
        self.store.alert(id, self.clock.now()).await.unwrap().unwrap().1
    }

    pub async fn states(&self) -> Vec<State> {
        let alerts = self.store.alerts(&acme(), None, 500, self.clock.now()).await.unwrap();
        alerts.into_iter().map(|(_, it)| it.state).collect()
    }
}

pub fn memory() -> Arc<MemoryMail> {
    Arc::new(MemoryMail::new(composer()))
}
