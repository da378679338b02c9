//! What the product does, step by step, over the ports.

pub mod storms;
pub mod outflow;
pub mod watch;
pub mod mailboxes;
pub mod bounces;
pub mod observing;
pub mod guessing;
pub mod rarity;
pub mod policies;
pub mod intake;
pub mod history;
pub mod sessions;
pub mod regions;
pub mod devices;
pub mod alerts;
pub mod dispatch;
pub mod signing;
pub mod webhooks;
pub mod posting;
pub mod retention;
pub mod api_keys;
pub mod truth;
pub mod replay;
pub mod difference;
pub mod evaluation;
pub mod training;
