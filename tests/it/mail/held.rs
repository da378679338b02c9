//! Mails wait while the store is another one than before.

use std::sync::{Arc, Mutex};

use watchlight::{
    domain::{
        alert::alert::State,
        keyring::Keyring,
        store_identity::{Standing, StoreId, StoreIdentity, WrappedRoot},
        time::HOUR_MS,
    },
    ports::{Clock, StoreMemory},
    service::alarm::custody::Custody,
};

use crate::{
    mail::outbox::{Outbox, memory},
    support::services::{Process, round},
};

/// What is written beside the key, without a file.
#[derive(Default)]
struct Note(Mutex<Option<StoreId>>);

impl StoreMemory for Note {
    fn recall(&self) -> Result<Option<StoreId>, String> {
        Ok(*self.0.lock().unwrap())
    }

    fn recall_root(&self) -> Option<WrappedRoot> {
        None
    }

    fn remember(&self, identity: &StoreIdentity) -> Result<(), String> {
        *self.0.lock().unwrap() = Some(identity.id);
        Ok(())
    }
}

#[tokio::test]
async fn mails_wait_for_the_operator_while_the_store_is_another_and_none_is_lost() {
    let mail = memory();
    let outbox = Outbox::new(mail.clone());
    let note = Arc::new(Note(Mutex::new(Some(StoreId([1; 16])))));
    let now = outbox.clock.now();
    let keyring = Keyring::new([5; 32]);
    let other = StoreIdentity::new(StoreId([2; 16]), now, &keyring);
    assert!(outbox.store.put_identity(None, &other).await.unwrap());
    let custody = || Arc::new(Custody::new(outbox.store.clone(), keyring.clone(), Some(note.clone()), None));
    let (service, command) = (custody(), custody());
    service.begin(StoreId([3; 16]), now).await.unwrap();
    assert_eq!(service.standing(), Standing::Another);
    let process = Process { custody: service.clone(), ..outbox.process.clone() };
    let outbox = Outbox::of(process, outbox.clock.clone(), mail.clone());
    let waiting = [outbox.queue(1).await, outbox.queue(2).await];
    for _ in 0..5 {
        assert_eq!(round(&outbox.dispatch).await.unwrap(), 0);
        outbox.clock.advance_ms(HOUR_MS);
    }
    assert_eq!(mail.sent().len(), 0);
    for id in waiting {
        let held = outbox.delivery(id).await;
        assert_eq!((held.state, held.attempts, held.last_error), (State::Queued, 0, None));
    }
    command.adopt(StoreId([4; 16]), now).await.unwrap();
    assert_eq!(service.look().await.unwrap(), Standing::Same);
    outbox.rounds().await;
    assert_eq!((mail.sent().len(), outbox.states().await), (2, vec![State::Sent; 2]));
    assert_eq!(note.recall(), Ok(Some(other.id)));
}

#[tokio::test]
async fn a_process_that_knows_no_file_learns_by_the_store_that_it_was_adopted() {
    let outbox = Outbox::new(memory());
    let now = outbox.clock.now();
    let custody = |note: Option<StoreId>| {
        let note = note.map(|it| Arc::new(Note(Mutex::new(Some(it)))) as Arc<dyn StoreMemory>);
        Custody::new(outbox.store.clone(), Keyring::new([5; 32]), note, None)
    };
    let running = custody(None);
    running.begin(StoreId([1; 16]), now).await.unwrap();
    assert_eq!(running.look().await.unwrap(), Standing::Same);
    let elsewhere = custody(Some(StoreId([9; 16])));
    elsewhere.begin(StoreId([2; 16]), now).await.unwrap();
    assert_eq!(elsewhere.standing(), Standing::Another, "it used another one");
    let adopted = elsewhere.adopt(StoreId([3; 16]), now).await.unwrap();
    assert_eq!((adopted.id, adopted.replaces), (StoreId([1; 16]), vec![StoreId([9; 16])]), "the name stays");
    assert_eq!(running.look().await.unwrap(), Standing::Same);
    let third = custody(Some(StoreId([9; 16])));
    third.begin(StoreId([4; 16]), now).await.unwrap();
    assert_eq!(third.standing(), Standing::Same, "the operator's word is for all that used that one");
}
