//! What a backend keeps: bytes under keys, and beside them what it has to look at itself, such as when something is due.
//!
//! A backend knows no stored form: [`Coded`](crate::adapters::store::coded::store::Coded) turns values into bytes before it asks
//! a backend and reads them afterwards, for every backend alike, and so implements the ports. Here is one trait a subject, as
//! in `ports/store/`; what the ports promise of order, of versions and of what is stored together, a backend keeps.
//!
//! Every method is [`Unavailable`](crate::ports::Unavailable) where the store does not answer.

pub mod rows;
pub mod users;
pub mod tenants;
pub mod whole;

pub use rows::{
    AlertIndex, AlertRow, DeliveryChange, Entry, EventLease, EventRow, Kept, Listed, ListedAlert, ListedLogin,
    LoadedBytes, LoginPage, Reply, Versioned,
};
pub use tenants::{ApiKeyBytes, PolicyBytes, SuppressionBytes, WebhookBytes};
pub use users::{AlertBytes, EventBytes, LoginBytes, OutboxBytes, ProfileBytes, SessionBytes};
pub use whole::{CounterNumbers, Examine, IdentityBytes, IntegrityBytes, UpkeepBytes};
