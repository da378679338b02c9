//! What the keys are called of what is kept beside logins: see [`keys`](crate::adapters::store::redis::server::keys). A stored form:
//! never rename.

use crate::{
    adapters::store::{damage::hex, redis::server::keys::in_partition},
    domain::ids::{Partition, UserKey},
};

/// The browsers that a user's logins came from.
#[must_use]
pub fn browsers_of_user(user: &UserKey) -> String {
    in_partition(user.partition, &format!("browsers-of:{}", hex(&user.hash)))
}

/// The users of a partition who have browsers, or such as are kept for a shorter time.
#[must_use]
pub fn browsers_by_week(partition: Partition, is_brief: bool) -> String {
    in_partition(partition, if is_brief { "brief-browsers" } else { "browsers" })
}
