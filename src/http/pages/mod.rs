//! Pages for people: the answer behind a mail's button, and the developers' mail folder.

pub mod templates;
pub mod answer;
pub mod dev_mail;
