//! Watchlight recognises the device behind every login and mails the user when it is new.
//!
//! A login comes in, a verdict goes out, and at most one mail follows. The code reads in that order:
//!
//! | stage | file |
//! |---|---|
//! | the request becomes a [`Login`](domain::login::login::Login) | `http/api/logins.rs`, `wire/login.rs`, `domain/login/login.rs` |
//! | one login, from top to bottom | `service/login/intake.rs` |
//! | browser and system, place and network | `adapters/user_agent/`, `adapters/geo/` |
//! | canonical form, fingerprint, attributes | `domain/browser/fingerprint.rs` |
//! | which known device is it? | `domain/recognition/matching.rs` |
//! | by whose rules? | `service/tenant/policies.rs`, `domain/policy/policy.rs` |
//! | how suspicious is it? | `domain/risk/` |
//! | what is said, learned and mailed | `domain/decide.rs`, `domain/user/learning.rs` |
//! | stored together or not at all | `ports/`, `adapters/store/` |
//! | the mail leaves | `service/alert/dispatch.rs`, `adapters/mail/` |
//! | the tenant's own systems are told | `service/outbound/worker.rs`, `service/outbound/webhooks.rs`, `adapters/web/hooks.rs` |
//! | the user answers | `http/pages/answer.rs`, `service/user/devices.rs` |
//!
//! **One rule:** here and in every `mod.rs`, a module may import only modules declared above it. So the order below is
//! the order of dependency and the order of reading, and there are no circles. `tests/it/layers.rs` holds it.

pub mod domain;
pub mod words;
pub mod wire;
pub mod ports;
pub mod service;
pub mod lab;
pub mod adapters;
pub mod http;
pub mod config;
pub mod app;
