//! What `ports::NoteStore` promises.

use std::sync::Arc;

use watchlight::{domain::privacy::note::Note, ports::Store};

use crate::store::{
    contract::harness::{contract, cutoffs},
    person_samples::note,
    samples::{at, user},
};

contract! {
    notes_are_found_by_login_and_by_user
    notes_are_trimmed_by_when_they_were_written
    notes_of_one_user_are_removed
}

async fn notes_are_found_by_login_and_by_user(store: &Arc<dyn Store>) {
    let (ana, ben) = (user(1), user(2));
    let notes: Vec<Note> = (1..=5).map(|it| note(&ana, it)).collect();
    for it in notes.iter().rev() {
        assert!(store.put_note(&ana, it).await.unwrap());
    }
    let other = Note { text: "other".to_owned(), ..notes[0].clone() };
    assert!(!store.put_note(&ana, &other).await.unwrap(), "there is one of this id");
    assert!(store.put_note(&ben, &note(&ben, 1)).await.unwrap());
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
        store.put_note(&ana, &note(&ana, it)).await.unwrap();
    }
    // The second was written at this time.
    store.trim(&cutoffs(at(0), at(1_002))).await.unwrap();
    assert_eq!(store.notes_of_user(&ana, None, 9).await.unwrap(), [note(&ana, 2), note(&ana, 3)]);
    assert!(store.put_note(&ana, &note(&ana, 1)).await.unwrap(), "nothing is left of it");
}

async fn notes_of_one_user_are_removed(store: &Arc<dyn Store>) {
    let (ana, ben) = (user(1), user(2));
    for it in 1..=3 {
        store.put_note(&ana, &note(&ana, it)).await.unwrap();
        store.put_note(&ben, &note(&ben, it)).await.unwrap();
    }
    assert_eq!(store.remove_notes(&ana).await.unwrap(), 3);
    assert_eq!(store.remove_notes(&ana).await.unwrap(), 0);
    assert_eq!(store.notes_of_user(&ana, None, 9).await.unwrap(), []);
    assert_eq!(store.notes_of_user(&ben, None, 9).await.unwrap().len(), 3);
}
