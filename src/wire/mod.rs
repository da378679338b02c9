//! The shapes that travel: JSON and CSV as callers write and read them, and conversions to and from the domain's types.

pub mod time;
pub mod examples;
pub mod network;
pub mod components;
pub mod device;
pub mod login;
pub mod csv;
pub mod login_request;
pub mod session;
pub mod alert;
pub mod inquiry;
pub mod history;
pub mod suppression;
pub mod user_alerts;
pub mod privacy;
pub mod webhook;
pub mod mail_event;
pub mod policy;
pub mod operator;
