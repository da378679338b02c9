//! People's rights, as they travel.

pub mod erasure;
pub mod ledger;
pub mod removal_line;
pub mod request;
pub mod person;
pub mod audit;
pub mod import_line;
pub mod exported;
pub mod export;
