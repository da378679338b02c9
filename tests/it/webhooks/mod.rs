//! Tenants' own systems are told: signatures, the client that reaches them, the API, and the promise.

mod signing;
mod client;
mod api;
mod telling;
mod feed;
mod service;
