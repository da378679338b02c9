//! What the keys are called of persons' requests: see [`keys`](crate::adapters::store::redis::server::keys). A stored form: never
//! rename.

use crate::{
    adapters::store::redis::server::keys::{in_partition, named},
    domain::ids::{Partition, RequestId, TenantId, UserKey},
};

/// A person's request.
#[must_use]
pub fn request(id: RequestId) -> String {
    named(id.partition(), "request:", &id.0)
}

/// A tenant's requests of a partition.
#[must_use]
pub fn requests(partition: Partition, tenant: &TenantId) -> String {
    in_partition(partition, &format!("requests:{}", tenant.as_str()))
}

/// A user's requests.
#[must_use]
pub fn requests_of_user(user: &UserKey) -> String {
    named(user.partition, "requests-of:", &user.hash)
}

/// Requests by when their next step is due.
#[must_use]
pub fn request_steps(partition: Partition) -> String {
    in_partition(partition, "request-steps")
}

/// Requests that are owed an answer, by when it is due.
#[must_use]
pub fn request_answers(partition: Partition) -> String {
    in_partition(partition, "request-answers")
}

/// The request of a user and a kind that is open.
#[must_use]
pub fn request_open(user: &UserKey, kind: &str) -> String {
    format!("{}:{kind}", named(user.partition, "request-open:", &user.hash))
}
