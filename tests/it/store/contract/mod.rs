//! What every store promises, one file a port, asked of every store there is.

pub mod harness;
mod profiles;
mod logins;
mod commits;
mod browsers;
mod alerts;
mod outbox;
mod deliveries;
pub mod erasures;
mod removals;
mod events;
mod fading;
mod webhooks;
mod turns;
mod suppressions;
mod counters;
mod sessions;
mod people;
mod requests;
mod restrictions;
mod notes;
mod policies;
mod audit;
mod api_keys;
mod identity;
mod unsealed;
mod upkeep;
