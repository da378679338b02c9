//! The HTTP contract: what callers send and get. It knows the services and the ports, and no adapter.

pub mod tls;
pub mod outages;
pub mod door;
pub mod api;
pub mod pages;
pub mod console;
pub mod ops;
pub mod routes;
pub mod description;
pub mod server;
