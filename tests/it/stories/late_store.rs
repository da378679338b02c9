//! Past logins are recorded while their store is late.

use std::{
    collections::HashMap,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use futures_util::{StreamExt, stream};
use watchlight::{
    adapters::clock::ManualClock,
    domain::{
        history::login_record::LoginIndex, ids::LoginId, ids::TenantId, keyring::Keyring, policy::policy::Policy,
    },
    ports::{Clock, LoginStore},
    service::login::{
        intake::{Done, Intake, IntakeError, NewLogin, Past, Purpose},
        observing::Observer,
    },
};

use crate::{
    http::store_goes_away::Leaving,
    stories::{
        line::{What, parse, time},
        world::Atlas,
    },
    support::{agents::CommonAgents, services::Process},
};

const USERS: usize = 20;
const LOGINS_OF_EACH: usize = 5;

struct Import {
    store: Arc<Leaving>,
    intake: Intake,
    tenant: TenantId,
    atlas: Arc<Atlas>,
}

impl Import {
    fn new() -> Self {
        let (store, atlas) = (Leaving::new(), Arc::new(Atlas::default()));
        let clock: Arc<dyn Clock> = Arc::new(ManualClock::at(time("9.09:00")));
        let observer = Observer { agents: CommonAgents::shared(), geo: atlas.clone(), clock: clock.clone() };
        let process = Process::over(store.clone(), clock, Keyring::new([3; 32]));
        let intake = process.intake(observer, Policy::default());
        Self { store, intake, tenant: TenantId::parse("acme").unwrap(), atlas }
    }

    /// The logins of all users, one after the other, each an hour after the one before.
    fn logins(&self) -> Vec<Past<usize>> {
        let login = |place: usize| {
            let (user, hour) = (place % USERS, place / USERS);
            let line = format!("0.{hour:02}:00@9.09:00 ana{user} FI chrome-142/windows imported");
            let What::Login(login) = parse(&line, &self.atlas).what else { panic!("no login: {line}") };
            let (body, request_id) = (line.into(), format!("{place}"));
            let login =
                NewLogin { draft: login.draft, body, idempotency_key: None, request_id, purpose: Purpose::Import };
            Past { place, seen: self.intake.see(&self.tenant, login).unwrap() }
        };
        (0..USERS * LOGINS_OF_EACH).map(login).collect()
    }

    async fn record(&self, pauses: &[Duration]) -> Vec<Done<usize>> {
        let mut done = Vec::new();
        let logins = stream::iter(self.logins()).inspect(|past| {
            // Somewhere in the midst of them.
            if past.place == USERS + 3 {
                self.store.answers_left.store(0, Ordering::SeqCst);
            }
        });
        self.intake.record_past(&self.tenant, logins, pauses, |it| done.push(it)).await;
        done
    }

    async fn stored(&self) -> Vec<LoginId> {
        self.store.answers_left.store(usize::MAX, Ordering::SeqCst);
        let all = LoginId([0; 16])..LoginId([0xFF; 16]);
        let found = self.store.logins(&self.tenant, &LoginIndex::Time, all, 1_000).await.unwrap();
        found.iter().map(|it| it.id).collect()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_store_did_not_answer_is_recorded_once_it_does() {
    let import = Import::new();
    let store = import.store.clone();
    let back = async {
        while store.unanswered.load(Ordering::SeqCst) < 2 * USERS {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        store.answers_left.store(usize::MAX, Ordering::SeqCst);
    };
    let pauses = vec![Duration::from_millis(2); 5_000];
    let (done, ()) = tokio::join!(import.record(&pauses), back);

    assert_eq!(done.len(), USERS * LOGINS_OF_EACH);
    assert!(done.iter().all(|it| it.answer.as_ref().is_ok_and(|it| !it.replayed)), "{done:?}");
    let tried_again = done.iter().filter(|it| it.tries > 1).count();
    assert!((1..done.len()).contains(&tried_again), "{tried_again}");
    let mut places: HashMap<usize, Vec<usize>> = HashMap::new();
    for it in &done {
        places.entry(it.place % USERS).or_default().push(it.place);
    }
    assert!(places.values().all(|it| it.len() == LOGINS_OF_EACH && it.is_sorted()), "in their order: {places:?}");
    let first = |it: &Done<usize>| it.answer.as_ref().unwrap().record.device.status.as_str().to_owned();
    let firsts: Vec<usize> = done.iter().filter(|it| first(it) == "first").map(|it| it.place).collect();
    assert!(firsts.len() == USERS && firsts.iter().all(|it| *it < USERS), "each was decided after the one before");
    assert_eq!(import.stored().await.len(), USERS * LOGINS_OF_EACH, "each once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_stays_away_is_given_up() {
    let import = Import::new();
    let done = import.record(&[Duration::from_millis(1); 3]).await;
    assert_eq!(done.len(), USERS * LOGINS_OF_EACH);
    let (stored, refused): (Vec<_>, Vec<_>) = done.iter().partition(|it| it.answer.is_ok());
    assert!(!refused.is_empty());
    assert!(refused.iter().all(|it| matches!(it.answer, Err(IntakeError::Unavailable(_))) && it.tries == 4));
    assert_eq!(import.stored().await.len(), stored.len());
}
