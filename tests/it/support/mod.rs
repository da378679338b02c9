//! What the stories stand on.

pub mod agents;
pub mod pem;
pub mod ports;
pub mod waiting;
pub mod redis;
pub mod redis_topologies;
pub mod hooks;
pub mod smtp;
pub mod services;
pub mod issuer;
pub mod wishes;
pub mod places;
pub mod stores;
pub mod events;
pub mod unsealed;
