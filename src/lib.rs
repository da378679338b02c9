//! Watchlight recognises the device behind every login and mails the user when it is new.
//!
//! A login comes in, a verdict goes out, and at most one mail follows. The code reads in that order:
//!
//! | stage | file |
//! |---|---|
//! | the request becomes a [`Login`](domain::login::Login) | `http/logins.rs`, `http/wire/login.rs`, `domain/login.rs` |
//! | one login, from top to bottom | `service/intake.rs` |
//! | browser and system, place and network | `adapters/user_agent/`, `adapters/geo/` |
//! | canonical form, fingerprint, attributes | `domain/fingerprint.rs` |
//! | which known device is it? | `domain/matching.rs` |
//! | by whose rules? | `service/policies.rs`, `domain/policy.rs` |
//! | how suspicious is it? | `domain/risk/` |
//! | what is said, learned and mailed | `domain/decide.rs`, `domain/learning.rs` |
//! | stored together or not at all | `ports/`, `adapters/store/` |
//! | the mail leaves | `service/dispatch.rs`, `adapters/mail/` |
//! | the tenant's own systems are told | `service/posting.rs`, `service/webhooks.rs`, `adapters/hooks/` |
//! | the user answers | `http/answer.rs`, `service/devices.rs` |
//!
//! **One rule:** here and in every `mod.rs`, a module may import only modules declared above it. So the order below is
//! the order of dependency and the order of reading, and there are no circles. `tests/it/layers.rs` holds it.

pub mod domain;
pub mod words;
pub mod ports;
pub mod service;
pub mod adapters;
pub mod http;
pub mod config;
pub mod app;
