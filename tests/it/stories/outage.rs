//! The mail server is away while fifty users get a new device, and comes back hours later.

use std::{collections::BTreeSet, net::TcpListener, sync::Arc};

use watchlight::{
    adapters::{clock::ManualClock, store::memory::store::MemoryStore},
    domain::{
        alert::alert::State,
        ids::TenantId,
        keyring::Keyring,
        policy::policy::Policy,
        time::{HOUR_MS, MINUTE_MS},
    },
    ports::{Clock, Store},
    service::login::{intake::NewLogin, observing::Observer},
};

use crate::support::services::{Process, round};
use crate::{
    stories::{
        line::{What, parse, time},
        service::{PUBLIC_URL, mail_to, message_ids},
        world::Atlas,
    },
    support::{agents::CommonAgents, smtp::ScriptedSmtp},
};

const ALERTS: usize = 50;

#[tokio::test]
async fn mails_wait_for_a_server_that_is_down_and_say_that_they_are_late() {
    // An address of loopback that no other test uses: its port stays free while the server is down.
    let listener = TcpListener::bind("127.9.8.7:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let (clock, atlas) = (Arc::new(ManualClock::at(time("1.09:00"))), Arc::new(Atlas::default()));
    let shared: Arc<dyn Clock> = clock.clone();
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let mail = mail_to(&format!("smtp://{address}"));
    let (keyring, tenant) = (Keyring::new([5; 32]), TenantId::parse("acme").unwrap());
    let observer = Observer { agents: CommonAgents::shared(), geo: atlas.clone(), clock: shared.clone() };
    let process = Process::over(store.clone(), shared, keyring);
    let intake = process.intake(observer, Policy::default());
    let dispatch = process.dispatch(mail, &format!("{PUBLIC_URL}/a/{{token}}"));
    for user in 0..ALERTS {
        for browser in ["FI chrome-142/windows", "BR firefox-145/linux machine-3"] {
            let What::Login(login) = parse(&format!("1.09:00 user{user} {browser}"), &atlas).what else { panic!() };
            let request_id = format!("{user} {browser}");
            let body = request_id.clone().into();
            let login =
                NewLogin { draft: login.draft, body, idempotency_key: None, request_id, purpose: login.purpose };
            intake.record(&tenant, login).await.unwrap();
        }
    }
    let rounds = async || while round(&dispatch).await.unwrap() > 0 {};
    for _ in 0..6 {
        rounds().await;
        let alerts = store.alerts(&tenant, None, 2 * ALERTS, clock.now()).await.unwrap();
        assert!(alerts.iter().all(|(_, it)| it.state == State::Queued && it.last_error.is_some()), "{alerts:?}");
        clock.advance_ms(20 * MINUTE_MS);
    }
    assert_eq!(store.alerts(&tenant, None, 2 * ALERTS, clock.now()).await.unwrap().len(), ALERTS);

    let server = ScriptedSmtp::start_at(TcpListener::bind(address).unwrap());
    clock.advance_ms(2 * HOUR_MS);
    rounds().await;
    assert_eq!(store.next_due().await.unwrap(), None, "nothing waits any more");
    let alerts = store.alerts(&tenant, None, 2 * ALERTS, clock.now()).await.unwrap();
    assert!(alerts.iter().all(|(_, it)| it.state == State::Sent && it.attempts > 1), "{alerts:?}");
    let ids = message_ids(&server);
    assert_eq!((ids.len(), ids.iter().collect::<BTreeSet<_>>().len()), (ALERTS, ALERTS), "each mail once");
    for it in server.received() {
        let text = String::from_utf8_lossy(&it.message).into_owned();
        assert!(text.contains("We could not send this earlier."), "{text}");
    }
}
