//! What the keys are called of what is kept beside logins: see [`keys`](crate::adapters::store::redis::server::keys). A stored form:
//! never rename.

use crate::{
    adapters::store::{
        damage::hex,
        redis::server::keys::{in_partition, numbered},
    },
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
    numbered(partition, "clues:", stretch.0)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        adapters::store::redis::server::keys,
        domain::ids::{LoginId, TenantId},
    };

    #[test]
    fn keys_are_called_as_they_always_were() {
        for (partition, begins) in [(0, "wl:{p000}:"), (7, "wl:{p007}:"), (98, "wl:{p098}:"), (255, "wl:{p255}:")] {
            let user = UserKey { hash: [0x0A; 16], partition: Partition(partition) };
            let named = |rest: &str| format!("{begins}{rest}");
            assert_eq!(keys::user(&user), named("user:0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a"));
            assert_eq!(browsers_of_user(&user), named("browsers-of:0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a"));
            assert_eq!(keys::erasures(user.partition), named("erasures"));
            assert_eq!(clues(user.partition, Stretch(-3)), named("clues:-3"));
            assert_eq!(keys::logins_of(user.partition, &TenantId::parse("acme").unwrap()), named("time:acme"));
            let login = LoginId::first_at(crate::domain::time::Timestamp::from_unix_ms(1_790_000_000_123));
            assert_eq!(keys::logins_numbered(user.partition, keys::number_of_logins(login)), named("logins:13336"));
        }
        assert_eq!(keys::counter(&[0xF0; 16]), "wl:count:f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0");
    }
}
