//! The stored forms: compact, versioned, and pinned by golden bytes in `tests/it/store/golden.rs`.

pub mod bytes;
pub mod parts;
pub mod user;
pub mod privacy;
pub mod tenant;
pub mod operator;
pub mod evidence;
pub mod login;
pub mod clear;
pub mod session;
pub mod alert;
pub mod delivery;
pub mod api_key;
pub mod event;
pub mod webhook;
pub mod policy;
pub mod attempt;
pub mod trim_memory;
pub mod identity;
pub mod suppression;
