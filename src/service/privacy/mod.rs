//! What persons have a right to, and were promised, carried out.

pub mod request_forgetting;
pub mod erasures;
pub mod ledger;
pub mod sealing;
pub mod people;
pub mod notes;
pub mod verdicts;
pub mod export;
pub mod idle_devices;
pub mod audit;
pub mod checkpoints;
pub mod removal;
pub mod wishes;
pub mod requests;
pub mod request_worker;
