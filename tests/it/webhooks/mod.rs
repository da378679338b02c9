//! Tenants' own systems are told: signatures, the client that reaches them, the API, and the promise.

mod signing;
mod client;
mod api;
mod delivery;
mod user_alerts;
mod service;
