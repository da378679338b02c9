//! What travels: JSON and CSV as callers write and read them, and the ways to and from the domain's types.

pub mod time;
pub mod network;
pub mod components;
pub mod login_request;
pub mod device;
pub mod login;
pub mod session;
pub mod evidence;
pub mod policy;
pub mod alert;
pub mod feed;
pub mod webhook;
pub mod suppression;
pub mod mail_event;
pub mod csv;
