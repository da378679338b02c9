//! The one integration binary: stories through one door, contracts, and the shape of the source.

mod support;

mod allocations;
mod layers;
mod docs;
mod user_agent;
mod freeman;
mod geo;
mod user_queues;
mod mail;
mod store;
mod search;
mod http;
mod webhooks;
mod console;
mod privacy;
mod stories;
