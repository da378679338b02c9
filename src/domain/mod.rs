//! What the product knows, as values and total functions: no clock, no store, no error that is not the caller's.

pub mod time;
pub mod waiting;
pub mod ids;
pub mod turns;
pub mod place;
pub mod country_names;
pub mod kept_address;
pub mod agent;
pub mod salt;
pub mod keyring;
pub mod tokens;
pub mod store_identity;
pub mod login;
pub mod browser;
pub mod privacy;
pub mod user;
pub mod recognition;
pub mod policy;
pub mod risk;
pub mod observed;
pub mod alert;
pub mod history;
pub mod search;
pub mod inquiry;
pub mod tenant;
pub mod decide;
