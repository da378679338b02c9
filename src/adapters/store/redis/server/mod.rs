//! The link to the servers, how keys are called there, and what several subjects ask alike.

pub mod keys;
pub mod alert_keys;
pub mod request_keys;
pub mod audit_keys;
pub mod tenant_keys;
pub mod history_keys;
pub mod tally_keys;
pub mod once_keys;
pub mod link;
pub mod durability;
pub mod versioned;
pub mod due;
pub mod recall;
