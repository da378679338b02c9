//! Pages for people: the answers behind mails' buttons, and the developers' mail folder.

pub mod templates;
pub mod shown;
pub mod answer;
pub mod request;
pub mod copy;
pub mod dev_mail;
