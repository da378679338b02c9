//! Logins: recorded, imported, searched, counted, handed out, and looked into one by one.

pub mod export;
pub mod logins;
pub mod inquiry;
pub mod counts;
pub mod import;
pub mod regions;
