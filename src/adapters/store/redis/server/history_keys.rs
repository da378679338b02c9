//! What the keys are called of what is kept beside logins: see [`keys`](crate::adapters::store::redis::server::keys). A stored form:
//! never rename.

use crate::{
    adapters::store::{damage::hex, redis::server::keys::in_partition},
    domain::{
        history::clue::Stretch,
        ids::{ClueKey, NoteId, Partition, UserKey},
    },
};

/// The browsers that a user's logins came from.
#[must_use]
pub fn browsers_of_user(user: &UserKey) -> String {
    in_partition(user.partition, &format!("browsers-of:{}", hex(&user.hash)))
}

/// What leads to logins and people of a partition, of a stretch.
#[must_use]
pub fn clues(partition: Partition, stretch: Stretch) -> String {
    in_partition(partition, &format!("clues:{}", stretch.0))
}

/// The same from before there were leaves, as far as its key begins with the byte of this one.
#[must_use]
pub fn old_clues(partition: Partition, stretch: Stretch, key: &ClueKey) -> String {
    in_partition(partition, &format!("clues:{}:{:02x}", stretch.0, key.0[0]))
}

/// The users of a partition who have browsers, or such as are kept for a shorter time.
#[must_use]
pub fn browsers_by_week(partition: Partition, is_brief: bool) -> String {
    in_partition(partition, if is_brief { "brief-browsers" } else { "browsers" })
}

/// A note on a login.
#[must_use]
pub fn note(id: NoteId) -> String {
    in_partition(id.partition(), &format!("note:{}", hex(&id.0)))
}

/// A user's notes.
#[must_use]
pub fn notes_of_user(user: &UserKey) -> String {
    in_partition(user.partition, &format!("notes-of:{}", hex(&user.hash)))
}

/// Every note of a partition.
#[must_use]
pub fn notes(partition: Partition) -> String {
    in_partition(partition, "notes")
}
