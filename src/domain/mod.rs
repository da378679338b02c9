//! What the product knows, as values and total functions: no clock, no store, no error that is not the caller's.

pub mod time;
pub mod ids;
pub mod place;
pub mod keyring;
pub mod api_key;
pub mod agent;
pub mod components;
pub mod login;
pub mod attributes;
pub mod fingerprint;
pub mod extraction;
pub mod device;
pub mod profile;
pub mod policy;
pub mod alert;
pub mod digest;
pub mod webhook;
pub mod verdict;
pub mod history;
pub mod weights;
pub mod matching;
pub mod learning;
pub mod risk;
pub mod decide;
