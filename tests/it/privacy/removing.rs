//! Removals of tenants, whatever cuts them off and whoever else does the same.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use watchlight::{
    adapters::clock::ManualClock,
    domain::{
        ids::UserId,
        privacy::{
            audit::{Action, Subject},
            removal::{Removal, Removed},
        },
    },
    ports::Store,
    service::{
        privacy::{
            audit::{Audit, AuditFilter, Deed},
            ledger::{Applied, ApplyError},
            removal::{
                ledger::TenantLedger,
                removals::{RemovalPorts, RemovalReceipt, Removals, Waits},
                tenants::Tenants,
            },
        },
        tenant::api_keys::ApiKeys,
    },
};

use crate::{
    http::store_goes_away::Leaving,
    store::{
        contract::harness::contract,
        samples::at,
        tenant_samples::{all_of, fill, keys, tenant},
    },
    support::stores::root,
};

contract! {
    two_who_remove_a_tenant_at_once_have_one_receipt
    a_removal_is_carried_out_in_a_store_from_before
}

/// When the tests remove a tenant.
const AT: i64 = 9;

fn audit(store: &Arc<dyn Store>) -> Audit {
    Audit::new(store.clone(), Arc::new(ManualClock::at(at(AT))), root())
}

/// Removals where no requests are under way.
fn removals(store: &Arc<dyn Store>) -> Removals {
    let clock = Arc::new(ManualClock::at(at(AT)));
    let tenants =
        Tenants { removals: store.clone(), ledger: store.clone(), keys: store.clone(), audits: store.clone() };
    let ports = RemovalPorts {
        tenants,
        erasures: store.clone(),
        webhooks: store.clone(),
        operators: store.clone(),
        clock: clock.clone(),
    };
    let api_keys = ApiKeys::new(store.clone(), clock, root());
    let waits = Waits { requests_end_within: Duration::ZERO, pause: Duration::ZERO };
    Removals::new(ports, api_keys, audit(store), root(), waits)
}

fn ledger(store: &Arc<dyn Store>) -> TenantLedger {
    TenantLedger::new(removals(store), store.clone(), store.clone(), root())
}

/// Somebody looks at three of a tenant's people.
async fn look(store: &Arc<dyn Store>, name: &str) {
    for user in ["ana", "ben", "eve"] {
        let subject = Some(Subject::user(UserId::parse(user).unwrap()));
        audit(store).note(&tenant(name), Deed::on_command_line(Action::Read, subject)).await.unwrap();
    }
}

/// The actions in a tenant's audit, which is intact.
async fn audited(store: &Arc<dyn Store>, name: &str) -> Vec<Action> {
    let page = audit(store).page(&tenant(name), &AuditFilter::default(), None, 99).await.unwrap();
    let verified = audit(store).verify(&tenant(name), &[]).await.unwrap();
    assert_eq!(verified, Ok(page.entries.len() as u64));
    page.entries.into_iter().map(|it| it.event.action).collect()
}

#[tokio::test]
async fn a_removal_that_is_cut_off_anywhere_is_finished_with_the_same_receipt() {
    let mut whole: Option<RemovalReceipt> = None;
    for answers in 0..10_000 {
        let leaving = Leaving::new();
        let store: Arc<dyn Store> = leaving.clone();
        let nothing = all_of(&store, &tenant("acme")).await;
        fill(&store, &tenant("acme"), 1).await;
        fill(&store, &tenant("other"), 5).await;
        look(&store, "acme").await;
        look(&store, "other").await;
        let theirs = all_of(&store, &tenant("other")).await;
        let noted = audit(&store).checkpoints().await.unwrap();

        leaving.answers_left.store(answers, Ordering::SeqCst);
        let cut_off = removals(&store).remove(&tenant("acme")).await;
        leaving.answers_left.store(usize::MAX, Ordering::SeqCst);
        removals(&store).resume().await.unwrap();
        let receipt = removals(&store).remove(&tenant("acme")).await.unwrap().unwrap();
        assert_eq!(receipt.removal.removed.people, 5, "after {answers} answers");
        assert_eq!(&receipt, whole.get_or_insert(receipt.clone()), "after {answers} answers");
        assert_eq!(removals(&store).remove(&tenant("acme")).await.unwrap(), Some(receipt));

        assert_eq!(all_of(&store, &tenant("acme")).await, nothing);
        assert_eq!(audited(&store, "acme").await, [Action::RemoveTenant]);
        assert_eq!(audit(&store).verify(&tenant("acme"), &noted).await.unwrap(), Ok(1), "by what was noted before");
        assert_eq!(store.erasures_begun().await.unwrap(), []);
        assert_eq!(store.erasures(None, 9).await.unwrap(), []);
        assert_eq!(all_of(&store, &tenant("other")).await, theirs);
        assert_eq!(audited(&store, "other").await, [Action::Read; 3]);
        assert_eq!(store.api_keys().await.unwrap().len(), 1);
        if cut_off.is_ok() {
            assert!(answers > 30, "it was cut off {answers} times only");
            return;
        }
    }
    panic!("it never ended");
}

#[tokio::test]
async fn a_removal_goes_on_when_the_store_answers_again() {
    let leaving = Leaving::new();
    let store: Arc<dyn Store> = leaving.clone();
    fill(&store, &tenant("acme"), 1).await;
    leaving.answers_left.store(20, Ordering::SeqCst);
    let (removals, acme) = (removals(&store), tenant("acme"));
    let comes_back = async {
        while leaving.answers_left.load(Ordering::SeqCst) > 0 {
            tokio::task::yield_now().await;
        }
        leaving.answers_left.store(usize::MAX, Ordering::SeqCst);
    };
    let (removed, ()) = tokio::join!(removals.remove(&acme), comes_back);
    assert_eq!(removed.unwrap().unwrap().removal.removed.people, 5);
    assert_eq!(store.removals_begun().await.unwrap(), []);
}

#[tokio::test]
async fn a_tenant_that_never_was_has_no_receipt() {
    let store: Arc<dyn Store> = Leaving::new();
    assert_eq!(removals(&store).remove(&tenant("acme")).await.unwrap(), None);
    assert_eq!(store.removals_begun().await.unwrap(), []);
    // One of which only the audit tells is there to be removed.
    look(&store, "acme").await;
    let receipt = removals(&store).remove(&tenant("acme")).await.unwrap().unwrap();
    assert_eq!(receipt.removal.removed, Removed::default());
    assert_eq!(audited(&store, "acme").await, [Action::RemoveTenant]);
}

async fn two_who_remove_a_tenant_at_once_have_one_receipt(store: &Arc<dyn Store>) {
    fill(store, &tenant("acme"), 1).await;
    fill(store, &tenant("other"), 5).await;
    look(store, "acme").await;
    let theirs = all_of(store, &tenant("other")).await;
    let (acme, [first, second]) = (tenant("acme"), [removals(store), removals(store)]);
    let (first, second) = tokio::join!(first.remove(&acme), second.remove(&acme));
    let (first, second) = (first.unwrap().unwrap(), second.unwrap().unwrap());
    assert_eq!(first, second);
    let Removed { people, erased, api_keys, webhooks } = first.removal.removed;
    assert_eq!((people, erased.logins, erased.alerts, erased.sessions, api_keys, webhooks), (5, 5, 2, 3, 1, 1));
    assert_eq!(all_of(store, &tenant("other")).await, theirs);
    assert_eq!(store.removals().await.unwrap().len(), 1);
    assert_eq!(store.erasures_begun().await.unwrap(), []);
}

async fn a_removal_is_carried_out_in_a_store_from_before(store: &Arc<dyn Store>) {
    let acme = tenant("acme");
    let entry = |ms| {
        let removal = Removal {
            receipt: keys(&acme).removal_receipt_id(at(ms)),
            tenant: acme.clone(),
            at: at(ms),
            removed: Removed { people: 99, ..Removed::default() },
        };
        removals(store).receipt(removal)
    };
    let mut altered = entry(7);
    altered.removal.removed.people = 98;
    assert!(matches!(ledger(store).apply(&altered).await, Err(ApplyError::NotOurs)));
    assert_eq!(ledger(store).apply(&entry(-9)).await.unwrap(), Applied::Gone, "nobody was here");
    fill(store, &acme, 1).await;
    assert_eq!(ledger(store).apply(&entry(-8)).await.unwrap(), Applied::CameBack, "all is from after it");
    assert_eq!(ledger(store).apply(&entry(7)).await.unwrap(), Applied::Erased);
    assert_eq!(ledger(store).apply(&entry(7)).await.unwrap(), Applied::Gone);
    assert_eq!(store.api_keys().await.unwrap(), []);
    let entries = ledger(store).entries().await.unwrap();
    assert_eq!(entries, [entry(-9), entry(-8), entry(7)], "with the counts that it was given then");
    // Of a tenant that is back after a removal that this store knows, all stays.
    fill(store, &acme, 1).await;
    assert_eq!(ledger(store).apply(&entry(7)).await.unwrap(), Applied::CameBack);
    assert_eq!(store.api_keys().await.unwrap().len(), 1);
}
