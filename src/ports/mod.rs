//! What the services need of the world: six traits. Their contracts are prose here and tests in `tests/it`.

pub mod surroundings;
pub mod storing;
pub mod sending;

pub use sending::{Hooks, Mail, MailFault, Mailbox, MailboxEntry, MailboxMail};
pub use storing::{
    Claimed, ClaimedEvent, Commit, CommitError, Count, EventSettlement, Idempotency, Loaded, LoginWrite, Requeued,
    Settlement, Store, Unavailable,
};
pub use surroundings::{Agents, Clock, DatabaseStatus, Geo};
