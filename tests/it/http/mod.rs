//! The HTTP contract, asked over the wire.

pub mod server;
mod bad_input;
mod access;
mod alerts;
mod mail_events;
mod history;
pub mod browsers;
mod search;
mod sessions;
mod policy;
mod suites;
mod regions;
mod import;
mod answer;
mod every_route;
pub mod routes;
mod examples;
mod slow;
pub mod store_goes_away;
mod logins_go_away;
mod commits_go_away;
mod persons_go_away;
mod door;
mod faults;
mod custody;
mod hammering;
mod thin;
