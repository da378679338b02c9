//! The HTTP contract: what callers send and get. It knows the services and the ports, and no adapter.

pub mod wire;
pub mod problem;
pub mod random;
pub mod client_address;
pub mod limit;
pub mod state;
pub mod edge;
pub mod pages;
pub mod auth;
pub mod body;
pub mod query;
pub mod cursor;
pub mod export;
pub mod logins;
pub mod import;
pub mod devices;
pub mod alerts;
pub mod suppressions;
pub mod mail_events;
pub mod feed;
pub mod webhooks;
pub mod answer;
pub mod mailbox;
pub mod health;
pub mod description;
pub mod routes;
