//! Logins: recorded, imported, searched, counted, handed out, looked into one by one, and told of as a whole.

pub mod export;
pub mod logins;
pub mod inquiry;
pub mod counts;
pub mod campaign;
pub mod case_file;
pub mod case;
pub mod import;
pub mod regions;
