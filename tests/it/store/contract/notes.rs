//! What `ports::NoteStore` promises.

use std::sync::Arc;

use watchlight::{
    domain::{
        ids::{EventId, NoteId, TenantId},
        privacy::note::Note,
        tenant::webhook::{EventKind, TenantEvent},
        turns::Room,
    },
    ports::Store,
};

use crate::store::{
    contract::harness::{contract, cutoffs},
    person_samples::{note, verdict},
    samples::{acme, at, user},
};

contract! {
    notes_are_found_by_login_and_by_user
    notes_are_trimmed_by_when_they_were_written
    notes_of_one_user_are_removed
    a_verdict_is_stored_with_its_event_or_neither
    notes_of_a_tenant_are_found_the_newest_login_first
}

async fn notes_are_found_by_login_and_by_user(store: &Arc<dyn Store>) {
    let (ana, ben) = (user(1), user(2));
    let notes: Vec<Note> = (1..=5).map(|it| note(&ana, it)).collect();
    for it in notes.iter().rev() {
        assert!(store.put_note(&ana, it, None).await.unwrap());
    }
    let other = Note { text: "other".to_owned(), ..notes[0].clone() };
    assert!(!store.put_note(&ana, &other, None).await.unwrap(), "there is one of this id");
    assert!(store.put_note(&ben, &note(&ben, 1), None).await.unwrap());
    assert_eq!(store.notes_of_login(&ana, notes[2].login).await.unwrap(), notes[2..3]);
    assert_eq!(store.notes_of_login(&ben, notes[2].login).await.unwrap(), []);
    assert_eq!(store.notes_of_user(&ana, None, 9).await.unwrap(), notes);
    assert_eq!(store.notes_of_user(&ana, None, 2).await.unwrap(), notes[..2]);
    assert_eq!(store.notes_of_user(&ana, Some(notes[1].id), 2).await.unwrap(), notes[2..4]);
    assert_eq!(store.notes_of_user(&ana, Some(notes[4].id), 2).await.unwrap(), []);
}

async fn notes_are_trimmed_by_when_they_were_written(store: &Arc<dyn Store>) {
    let ana = user(1);
    for it in 1..=3 {
        store.put_note(&ana, &note(&ana, it), None).await.unwrap();
    }
    // The second was written at this time.
    store.trim(&cutoffs(at(0), at(1_002))).await.unwrap();
    assert_eq!(store.notes_of_user(&ana, None, 9).await.unwrap(), [note(&ana, 2), note(&ana, 3)]);
    assert!(store.put_note(&ana, &note(&ana, 1), None).await.unwrap(), "nothing is left of it");
}

async fn notes_of_one_user_are_removed(store: &Arc<dyn Store>) {
    let (ana, ben) = (user(1), user(2));
    for it in 1..=3 {
        store.put_note(&ana, &note(&ana, it), None).await.unwrap();
        store.put_note(&ben, &note(&ben, it), None).await.unwrap();
    }
    assert_eq!(store.remove_notes(&ana).await.unwrap(), 3);
    assert_eq!(store.remove_notes(&ana).await.unwrap(), 0);
    assert_eq!(store.notes_of_user(&ana, None, 9).await.unwrap(), []);
    assert_eq!(store.notes_of_user(&ben, None, 9).await.unwrap().len(), 3);
}

async fn notes_of_a_tenant_are_found_the_newest_login_first(store: &Arc<dyn Store>) {
    let (ana, ben, cat) = (user(1), user(2), user(3));
    let other = TenantId::parse("other").unwrap();
    let notes = [note(&ana, 1), note(&ben, 2), note(&ana, 3), note(&ben, 4)];
    for (owner, it) in [&ana, &ben, &ana, &ben].into_iter().zip(&notes) {
        assert!(store.put_note(owner, it, None).await.unwrap());
    }
    let elsewhere = Note { tenant: other.clone(), ..note(&cat, 5) };
    assert!(store.put_note(&cat, &elsewhere, None).await.unwrap());
    let everything = NoteId([0; 16])..NoteId([0xFF; 16]);
    let find = async |tenant: &TenantId, ids, limit| store.notes_of_tenant(tenant, ids, limit).await.unwrap();
    let newest: Vec<Note> = notes.iter().rev().cloned().collect();
    assert_eq!(find(&acme(), everything.clone(), 9).await, newest);
    assert_eq!(find(&acme(), everything.clone(), 2).await, newest[..2]);
    assert_eq!(find(&acme(), notes[1].id..notes[3].id, 9).await, newest[1..3]);
    assert_eq!(find(&other, everything, 9).await, [elsewhere]);
    let mut of =
        store.notes_of_logins(&[(ana, notes[0].login), (ben, notes[3].login), (ben, notes[2].login)]).await.unwrap();
    of.sort_by_key(|it| it.id);
    assert_eq!(of, [notes[0].clone(), notes[3].clone()]);
}

async fn a_verdict_is_stored_with_its_event_or_neither(store: &Arc<dyn Store>) {
    let ana = user(1);
    let (first, second) = (verdict(&ana, 1), Note { text: String::new(), ..verdict(&ana, 2) });
    let event = |note: &Note| TenantEvent {
        id: EventId(note.id.0),
        kind: EventKind::Judged,
        tenant: acme(),
        topic: note.id.into(),
        at: note.created_at,
    };
    for it in [&first, &second] {
        assert!(store.put_note(&ana, it, Some(event(it))).await.unwrap());
        assert_eq!(store.note(it.id).await.unwrap().as_ref(), Some(it));
    }
    assert_eq!(store.note(note(&user(2), 1).id).await.unwrap(), None);
    let other = TenantEvent { id: EventId(note(&ana, 9).id.0), ..event(&first) };
    assert!(!store.put_note(&ana, &first, Some(other)).await.unwrap(), "there is one of this id");
    let mut told = store.lease_events(at(9_000), at(9_001), &Room::of(9)).await.unwrap();
    told.sort_by_key(|it| it.event.id);
    assert_eq!(told.iter().map(|it| &it.event).collect::<Vec<_>>(), [&event(&first), &event(&second)]);
    assert!(told.iter().all(|it| it.user == Some(ana)), "so it is dropped when the person is forgotten");
}
