//! How a server is reached, be it one, a master that Sentinels name, or a Cluster: its address, a connection of every thread, what is
//! sent in one trip, and what a refusal means.

pub mod address;
pub mod tls;
pub mod refusal;
pub mod nodes;
pub mod standing;
pub mod sentinels;
pub mod topology;
pub mod batch;
pub mod request;
pub mod line;
pub mod memory_policy;
pub mod facts;
