//! Notes on logins, and verdicts: history is facts, and so it is annotated rather than rewritten.

use crate::domain::{
    ids::{LoginId, NoteId, TenantId, UserId},
    time::Timestamp,
};

/// Longest note, in characters.
pub const MAX_NOTE_CHARS: usize = 4 * 1024;
/// How many notes one login may have.
pub const MAX_NOTES: usize = 100;

/// What somebody has decided about a login.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It was the user. This is the word of a colleague, not of the user: no device becomes trusted by it.
    Safe,
    /// It was not the user. Its device is denied.
    Compromised,
    /// It cannot be told.
    Unsure,
}

impl Verdict {
    /// Every verdict. The index in this list is the stored form.
    pub const ALL: [Self; 3] = [Self::Safe, Self::Compromised, Self::Unsure];

    /// The verdict's id in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Safe => "safe",
            Self::Compromised => "compromised",
            Self::Unsure => "unsure",
        }
    }

    /// Reads a verdict's id.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == text)
    }
}

/// What somebody decides about a login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// What it is.
    pub verdict: Verdict,
    /// Why; may be empty.
    pub reason: String,
    /// What whoever decides knows of what others have decided.
    pub seen: Seen,
}

/// What whoever decides about a login knows of the verdict that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// Nothing is said of it: whichever holds is replaced.
    Whatever,
    /// There was none, or one of these.
    NoneBut(Vec<NoteId>),
}

impl Seen {
    /// Whether this verdict may hold.
    #[must_use]
    pub fn includes(&self, verdict: NoteId) -> bool {
        match self {
            Self::Whatever => true,
            Self::NoneBut(seen) => seen.contains(&verdict),
        }
    }
}

/// Something that somebody has written about a login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Identifies the note. Sorts by when the login happened, so that a person's notes are in the order of their logins.
    pub id: NoteId,
    /// The tenant.
    pub tenant: TenantId,
    /// The login.
    pub login: LoginId,
    /// When it was written.
    pub created_at: Timestamp,
    /// Who wrote it: the public part of an API key.
    pub author: String,
    /// Whose login it is.
    pub user: UserId,
    /// What was decided; `None` for a note that decides nothing.
    pub verdict: Option<Verdict>,
    /// What was written: the note, or the reason of the verdict, which may be empty.
    pub text: String,
}

/// The verdict that holds: the latest. Of two of the same millisecond, the one with the higher id.
#[must_use]
pub fn latest_verdict(notes: &[Note]) -> Option<&Note> {
    notes.iter().filter(|note| note.verdict.is_some()).max_by_key(|note| (note.created_at, note.id))
}

/// Checks what is to be written: 1 to [`MAX_NOTE_CHARS`], and no control characters but new lines and tabs.
///
/// # Errors
/// What it must be instead.
pub fn checked_text(text: &str) -> Result<(), &'static str> {
    let allowed = |letter: char| matches!(letter, '\n' | '\t') || !letter.is_control();
    if text.trim().is_empty() || text.chars().count() > MAX_NOTE_CHARS {
        return Err("must have 1 to 4096 characters");
    }
    if text.chars().all(allowed) { Ok(()) } else { Err("must not hold control characters but new lines and tabs") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_a_text_of_some_lines() {
        for text in ["x", "called back\n\tcase 7", &"ä".repeat(4096), &"試".repeat(4096)] {
            assert_eq!(checked_text(text), Ok(()));
        }
        for text in ["", " \n", "a\0b", "a\r\nb", "\u{1b}[31m", &"x".repeat(4097), &"試".repeat(4097)] {
            assert!(checked_text(text).is_err(), "{text:?}");
        }
    }
}
