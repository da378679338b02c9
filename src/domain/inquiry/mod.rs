//! What somebody asks who looks into a login, and the facts that answer it: values, computed from what was gathered.

pub mod question;
pub mod around;
pub mod habits;
pub mod changes;
pub mod entry;
pub mod sources;
pub mod journey;
pub mod aftermath;
pub mod answers;
pub mod proposal;
pub mod naming;
pub mod comparison;
pub mod campaign;
pub mod gathering;
