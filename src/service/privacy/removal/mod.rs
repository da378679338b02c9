//! The end of a contract: a tenant is removed, with all its people.

pub mod tenants;
pub mod cleared_audit;
pub mod removals;
pub mod ledger;
