//! Policies: how a tenant's logins are judged.

pub mod policy;
pub mod version;
pub mod change;
