//! `watchlight privacy`: the papers that the law asks for, written from the settings and the store. `watchlight audit`.

pub mod paper;
pub mod facts;
pub mod record;
pub mod dpia;
pub mod breach;
pub mod command;
pub mod audit;
