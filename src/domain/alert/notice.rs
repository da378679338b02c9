//! A mail to be written: what it tells, to whom, and where the user answers.

use crate::domain::alert::{alert::Alert, digest::Digest};

/// What a mail tells of.
#[derive(Clone, Copy, Debug)]
pub enum News<'a> {
    /// One warning.
    Alert(&'a Alert),
    /// Several warnings together.
    Digest(&'a Digest),
}

/// A mail to be written.
#[derive(Clone, Copy, Debug)]
pub struct Notice<'a> {
    /// What it tells of.
    pub news: News<'a>,
    /// The recipient's e-mail address.
    pub recipient: &'a str,
    /// The link by which the user answers.
    pub link: &'a str,
    /// The six letters by which the product shows the same alert.
    pub reference: &'a str,
    /// Identifies the mail if it is returned: letters and digits.
    pub bounce_token: &'a str,
}

impl<'a> Notice<'a> {
    /// The alert that the mail's id and link are made from; in a digest, the riskiest.
    #[must_use]
    pub fn alert(&self) -> &'a Alert {
        match self.news {
            News::Alert(alert) => alert,
            News::Digest(digest) => &digest.riskiest,
        }
    }
}
