//! What the services need of the world, as traits. Their contracts are prose here and tests in `tests/it`.

pub mod surroundings;
pub mod unavailable;
pub mod identity;
pub mod integrity;
pub mod policies;
pub mod upkeep;
pub mod storing;
pub mod sending;

pub use identity::{IdentityStore, StoreMemory};
pub use integrity::{Integrity, LookedThrough, RecordKind, Unreadable};
pub use policies::{KEPT_LONGER_MS, PolicyStore};
pub use sending::{DevMail, DevMailEntry, DevMailMessage, Hooks, Mail, MailFault};
pub use storing::{
    Commit, CommitError, Count, EventSettlement, Idempotency, LeasedAlert, LeasedEvent, Loaded, LoginWrite, Requeued,
    Settlement, Store,
};
pub use surroundings::{Agents, Clock, DatabaseStatus, Geo};
pub use unavailable::{Unavailable, Unfit};
pub use upkeep::Upkeep;
