//! What is written about persons.

use watchlight::domain::{
    browser::fingerprint::Fingerprint,
    history::kept_browser::KeptBrowser,
    ids::{LoginId, NoteId, UserId, UserKey},
    privacy::note::{Note, Verdict},
};

use crate::store::samples::{acme, at, device, id};

/// A note on a login of this number, with every part filled.
pub fn note(user: &UserKey, number: u8) -> Note {
    let login = LoginId(id(user, at(i64::from(number)), number));
    Note {
        id: NoteId(id(user, login.time(), number ^ 0xFF)),
        tenant: acme(),
        login,
        created_at: at(1_000 + i64::from(number)),
        author: "7k2m9q4w8x1c5v3b".to_owned(),
        user: UserId::parse("u_42").unwrap(),
        verdict: None,
        text: "Called back:\nit was her.".to_owned(),
    }
}

/// The same, as the reason of a verdict.
pub fn verdict(user: &UserKey, number: u8) -> Note {
    Note { verdict: Some(Verdict::Compromised), ..note(user, number) }
}

/// The browser of a sample of a login with this number.
pub fn kept_browser(number: u8) -> KeptBrowser {
    KeptBrowser::of(&Fingerprint([number; 32]), &device(number).traits)
}
