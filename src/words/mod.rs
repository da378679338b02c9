//! What users are told, in their language: every word of the mails and of the pages behind their
//! buttons.

pub mod clean;
pub mod phrase;
pub mod message;
pub mod language;
pub mod catalogue;
pub mod overrides;
pub mod facts;
pub mod moment;
pub mod explanation;
pub mod inquiry;
pub mod letter;
pub mod page;
pub mod export;
pub mod request;
