//! The views, one a file.

pub mod search;
pub mod about;
pub mod meanwhile;
pub mod queue;
pub mod judging;
pub mod user;
pub mod login;
pub mod compare;
pub mod tail;
pub mod help;
pub mod rehearse;
pub mod campaign;
pub mod case;
pub mod audit;
pub mod settings;
