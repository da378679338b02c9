//! The store goes away and comes back; callers send what they should not, and go before they are answered.

use std::{
    io::{Read, Write},
    net::TcpStream,
    ops::Range,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use serde_json::json;
use watchlight::{
    adapters::store::memory::MemoryStore,
    domain::{
        alert::{Alert, Delivery},
        api_key::ApiKeyRecord,
        history::{LoginIndex, LoginRecord},
        ids::{AlertId, LoginId, MailboxKey, TenantId, UserKey, WebhookId},
        session::Session,
        suppression::{Cause, Suppression},
        time::Timestamp,
        webhook::{Attempt, TenantEvent, Webhook},
    },
    ports::{
        Claimed, ClaimedEvent, Commit, CommitError, Count, EventSettlement, Loaded, Mailbox, MailboxEntry, MailboxMail,
        Requeued, Settlement, Store, Unavailable,
    },
};

use super::server::{CHROME, Options, Server, login};

/// A store that answers so many more times to what a request asks, API keys aside, and then no more.
struct Leaving {
    inner: MemoryStore,
    answers_left: AtomicUsize,
}

impl Leaving {
    fn new() -> Arc<Self> {
        Arc::new(Self { inner: MemoryStore::new(), answers_left: AtomicUsize::new(usize::MAX) })
    }

    fn answers(&self) -> Result<(), Unavailable> {
        let left = self.answers_left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |it| it.checked_sub(1));
        left.map(drop).map_err(|_| Unavailable("canary: 10.9.8.7 refused".to_owned()))
    }
}

#[async_trait]
impl Store for Leaving {
    async fn load(
        &self,
        tenant: &TenantId,
        user: &UserKey,
        idempotency: Option<[u8; 16]>,
        now: Timestamp,
    ) -> Result<Loaded, Unavailable> {
        self.answers()?;
        self.inner.load(tenant, user, idempotency, now).await
    }

    async fn commit(&self, commit: Commit) -> Result<(), CommitError> {
        self.answers()?;
        self.inner.commit(commit).await
    }

    async fn login(&self, tenant: &TenantId, id: LoginId) -> Result<Option<LoginRecord>, Unavailable> {
        self.answers()?;
        self.inner.login(tenant, id).await
    }

    async fn logins(
        &self,
        tenant: &TenantId,
        index: &LoginIndex,
        ids: Range<LoginId>,
        limit: usize,
    ) -> Result<Vec<LoginRecord>, Unavailable> {
        self.answers()?;
        self.inner.logins(tenant, index, ids, limit).await
    }

    async fn alert(&self, id: AlertId, now: Timestamp) -> Result<Option<(Alert, Delivery)>, Unavailable> {
        self.answers()?;
        self.inner.alert(id, now).await
    }

    async fn alerts(
        &self,
        tenant: &TenantId,
        before: Option<AlertId>,
        limit: usize,
        now: Timestamp,
    ) -> Result<Vec<(Alert, Delivery)>, Unavailable> {
        self.answers()?;
        self.inner.alerts(tenant, before, limit, now).await
    }

    async fn alerts_of(
        &self,
        user: &UserKey,
        before: Option<AlertId>,
        limit: usize,
        now: Timestamp,
    ) -> Result<Vec<(Alert, Delivery)>, Unavailable> {
        self.answers()?;
        self.inner.alerts_of(user, before, limit, now).await
    }

    async fn claim(&self, now: Timestamp, until: Timestamp, limit: usize) -> Result<Vec<Claimed>, Unavailable> {
        self.inner.claim(now, until, limit).await
    }

    async fn settle(
        &self,
        id: AlertId,
        fence: u64,
        now: Timestamp,
        it: Settlement,
        event: Option<TenantEvent>,
    ) -> Result<bool, Unavailable> {
        self.inner.settle(id, fence, now, it, event).await
    }

    async fn claim_events(
        &self,
        now: Timestamp,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<ClaimedEvent>, Unavailable> {
        self.inner.claim_events(now, until, limit).await
    }

    async fn settle_event(
        &self,
        claimed: &ClaimedEvent,
        now: Timestamp,
        it: EventSettlement,
    ) -> Result<bool, Unavailable> {
        self.inner.settle_event(claimed, now, it).await
    }

    async fn next_event_due(&self) -> Result<Option<Timestamp>, Unavailable> {
        self.inner.next_event_due().await
    }

    async fn put_webhook(&self, webhook: Webhook) -> Result<(), Unavailable> {
        self.answers()?;
        self.inner.put_webhook(webhook).await
    }

    async fn webhooks(&self, tenant: &TenantId) -> Result<Vec<Webhook>, Unavailable> {
        self.answers()?;
        self.inner.webhooks(tenant).await
    }

    async fn remove_webhook(&self, tenant: &TenantId, id: WebhookId) -> Result<bool, Unavailable> {
        self.answers()?;
        self.inner.remove_webhook(tenant, id).await
    }

    async fn put_attempt(&self, webhook: WebhookId, attempt: Attempt) -> Result<(), Unavailable> {
        self.inner.put_attempt(webhook, attempt).await
    }

    async fn attempts(&self, webhook: WebhookId) -> Result<Vec<Attempt>, Unavailable> {
        self.answers()?;
        self.inner.attempts(webhook).await
    }

    async fn requeue(&self, id: AlertId, now: Timestamp, recipient: Option<String>) -> Result<Requeued, Unavailable> {
        self.answers()?;
        self.inner.requeue(id, now, recipient).await
    }

    async fn bounce(&self, id: AlertId, now: Timestamp, why: String, event: TenantEvent) -> Result<bool, Unavailable> {
        self.answers()?;
        self.inner.bounce(id, now, why, event).await
    }

    async fn suppress(&self, tenant: &TenantId, mailbox: MailboxKey, why: Suppression) -> Result<bool, Unavailable> {
        self.answers()?;
        self.inner.suppress(tenant, mailbox, why).await
    }

    async fn suppressions(&self, asked: &[(TenantId, MailboxKey)]) -> Result<Vec<Option<Suppression>>, Unavailable> {
        self.answers()?;
        self.inner.suppressions(asked).await
    }

    async fn session(&self, user: &UserKey, key: [u8; 16]) -> Result<Option<(u64, Session)>, Unavailable> {
        self.answers()?;
        self.inner.session(user, key).await
    }

    async fn put_session(
        &self,
        user: &UserKey,
        key: [u8; 16],
        version: u64,
        session: &Session,
        life: (Timestamp, i64),
    ) -> Result<bool, Unavailable> {
        self.answers()?;
        self.inner.put_session(user, key, version, session, life).await
    }

    async fn lift(&self, tenant: &TenantId, mailbox: MailboxKey) -> Result<bool, Unavailable> {
        self.answers()?;
        self.inner.lift(tenant, mailbox).await
    }

    async fn count_suppressions(&self, tenant: &TenantId) -> Result<Vec<(Cause, u64)>, Unavailable> {
        self.answers()?;
        self.inner.count_suppressions(tenant).await
    }

    async fn count(&self, counts: &[Count], now: Timestamp) -> Result<Vec<u64>, Unavailable> {
        self.inner.count(counts, now).await
    }

    async fn next_due(&self) -> Result<Option<Timestamp>, Unavailable> {
        self.inner.next_due().await
    }

    async fn put_api_key(&self, record: ApiKeyRecord) -> Result<(), Unavailable> {
        self.inner.put_api_key(record).await
    }

    async fn api_key(&self, id: &str) -> Result<Option<ApiKeyRecord>, Unavailable> {
        self.inner.api_key(id).await
    }

    async fn api_keys(&self) -> Result<Vec<ApiKeyRecord>, Unavailable> {
        self.inner.api_keys().await
    }

    async fn trim(&self, now: Timestamp, cutoff: Timestamp) -> Result<u64, Unavailable> {
        self.inner.trim(now, cutoff).await
    }

    async fn probe(&self) -> Result<(), Unavailable> {
        self.answers()?;
        self.inner.probe().await
    }
}

#[test]
fn while_the_store_is_away_everything_is_503_and_nothing_is_told_of_why() {
    let store = Leaving::new();
    let server = Server::with(Options { store: Some(store.clone()), ..Options::default() });
    let client = server.client();
    assert_eq!(client.login(&login("ana", CHROME)).status, 201);
    store.answers_left.store(0, Ordering::SeqCst);
    let answers = [
        client.login(&login("ana", CHROME)),
        client.get("/v1/logins"),
        client.with("Accept", "text/csv").get("/v1/logins"),
        client.get("/v1/alerts"),
        client.get("/v1/users/ana/devices"),
    ];
    for answer in &answers {
        answer.problem(503, "store_unavailable");
        let retry_after: u32 = answer.header("retry-after").unwrap().parse().unwrap();
        assert!((5..=30).contains(&retry_after), "{retry_after}");
        assert!(!answer.body.contains("canary"), "{answer:?}");
    }
    let ready = client.get("/readyz");
    assert_eq!((ready.status, ready.value()["status"].as_str()), (503, Some("unavailable")));
    assert_eq!((ready.value()["checks"][0]["status"].as_str(), ready.body.contains("canary")), (Some("failed"), false));
    assert_eq!(client.get("/healthz").status, 200, "the process lives");
    store.answers_left.store(usize::MAX, Ordering::SeqCst);
    assert_eq!((client.login(&login("ana", CHROME)).status, client.get("/readyz").status), (201, 200));
}

#[test]
fn a_stream_that_cannot_be_finished_breaks_off() {
    let store = Leaving::new();
    let server = Server::with(Options { store: Some(store.clone()), ..Options::default() });
    let client = server.client();
    let lines: Vec<String> = (0..1_100).map(|it| login(&format!("u{it}"), CHROME).to_string()).collect();
    client.with("Content-Type", "application/x-ndjson").post("/v1/logins/import", lines.join("\n"));
    store.answers_left.store(1, Ordering::SeqCst);
    let key = server.key("acme", &watchlight::domain::api_key::Scope::ALL);
    let mut stream = TcpStream::connect(server.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let head = "GET /v1/logins HTTP/1.1\r\nHost: x\r\nAccept: application/x-ndjson\r\n";
    stream.write_all(format!("{head}Authorization: Bearer {key}\r\n\r\n").as_bytes()).unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("lgn_"), "it had begun");
    assert!(!answer.ends_with("0\r\n\r\n"), "nobody takes it for the whole list");
}

#[test]
fn who_is_refused_while_still_sending_is_told_why() {
    let server = Server::start();
    let large = "x".repeat(20 * 1024 * 1024);
    server.stranger().with("Content-Type", "application/json").post("/v1/logins", &large).problem(401, "unauthorized");
    server.client().json(&large).problem(413, "body_too_large");
    assert_eq!(server.stranger().get("/healthz").status, 200);
}

struct OneMail;

impl Mailbox for OneMail {
    fn list(&self, limit: usize) -> Vec<MailboxEntry> {
        assert!(limit > 0);
        let text = |it: &str| it.to_owned();
        let subject = text("New <b>sign-in</b>");
        vec![MailboxEntry { name: text("mail_1"), to: text("ana@example.com"), subject, date: text("today") }]
    }

    fn read(&self, name: &str) -> Option<MailboxMail> {
        let headers = vec![("Subject".to_owned(), "New".to_owned())];
        (name == "mail_1").then(|| MailboxMail { headers, text: "plain".to_owned(), html: "<p>rich</p>".to_owned() })
    }
}

#[test]
fn mails_in_a_folder_are_shown_without_running_anything() {
    let server = Server::with(Options { mailbox: Some(Arc::new(OneMail)), ..Options::default() });
    let (list, mail) = (server.stranger().get("/mailbox"), server.stranger().get("/mailbox/mail_1"));
    assert!(list.body.contains("/mailbox/mail_1") && !list.body.contains("<b>"), "{}", list.body);
    assert!(mail.body.contains("sandbox") && !mail.body.contains("<p>rich"), "{}", mail.body);
    for page in [&list, &mail] {
        assert_eq!((page.status, page.header("content-type")), (200, Some("text/html; charset=utf-8")));
        assert!(page.header("content-security-policy").unwrap().starts_with("default-src 'none'"));
    }
    server.stranger().get("/mailbox/..%2Fmail_1").problem(404, "not_found");
}

#[test]
fn devices_are_listed_as_they_are_known() {
    let server = Server::start();
    let client = server.client();
    let first = client.login(&login("ana", CHROME)).value();
    server.clock.advance_ms(1_500);
    let again = client.login(&login("ana", CHROME)).value();
    assert_eq!((&again["device"]["status"], &again["device"]["id"]), (&json!("recognized"), &first["device"]["id"]));
    let devices = client.get("/v1/users/ana/devices").value();
    let expected = json!({"data": [{
        "id": first["device"]["id"], "name": "Chrome 142 on Windows 10", "browser": "Chrome", "browser_version": "142",
        "os": "Windows", "os_version": "10", "type": "desktop", "first_seen_at": "2026-11-22T10:00:00.000Z",
        "last_seen_at": "2026-11-22T10:00:01.500Z", "logins": 2, "trust": "unconfirmed"
    }]});
    assert_eq!(devices, expected);
    let id = first["device"]["id"].as_str().unwrap();
    assert_eq!(client.post(&format!("/v1/users/ana/devices/{id}/confirm"), "").value()["trust"], "confirmed");
    assert_eq!(client.get("/v1/users/nobody/devices").value(), json!({"data": []}));
}
