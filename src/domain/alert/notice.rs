//! A mail to be written: what it tells, to whom, and where the user answers.

use crate::domain::{
    alert::{alert::Alert, digest::Digest},
    ids::TenantId,
    privacy::request::{PersonRequest, RequestState},
    time::Timestamp,
};

/// What a mail tells of.
#[derive(Clone, Copy, Debug)]
pub enum News<'a> {
    /// One warning.
    Alert(&'a Alert),
    /// Several warnings together.
    Digest(&'a Digest),
    /// A person's request.
    Request(RequestNews<'a>),
}

/// A person's request: it is asked for confirmation, or told as done once it is carried out.
#[derive(Clone, Copy, Debug)]
pub struct RequestNews<'a> {
    /// The request.
    pub request: &'a PersonRequest,
    /// The account's language.
    pub locale: Option<&'a str>,
}

impl RequestNews<'_> {
    /// Whether the mail says that it is done.
    #[must_use]
    pub const fn is_done(&self) -> bool {
        matches!(self.request.state, RequestState::CarriedOut)
    }
}

/// A mail to be written.
#[derive(Clone, Copy, Debug)]
pub struct Notice<'a> {
    /// What it tells of.
    pub news: News<'a>,
    /// The recipient's e-mail address.
    pub recipient: &'a str,
    /// The link by which the user answers; empty if there is nothing to open.
    pub link: &'a str,
    /// The six letters by which the product shows the same alert or request.
    pub reference: &'a str,
    /// Identifies the mail if it is returned: letters and digits.
    pub bounce_token: &'a str,
}

impl<'a> Notice<'a> {
    /// The alert that the mail's id and link are made from; in a digest, the riskiest. `None` if it is about a request.
    #[must_use]
    pub const fn alert(&self) -> Option<&'a Alert> {
        match self.news {
            News::Alert(alert) => Some(alert),
            News::Digest(digest) => Some(&digest.riskiest),
            News::Request(_) => None,
        }
    }

    /// Identifies the mail: the same at every attempt. Letters, digits, `_` and `-`.
    #[must_use]
    pub fn mail_id(&self) -> String {
        match self.news {
            News::Alert(alert) => alert.id.to_string(),
            News::Digest(digest) => digest.riskiest.id.to_string(),
            News::Request(news) => format!("{}-{}", news.request.id, if news.is_done() { "done" } else { "ask" }),
        }
    }

    /// The tenant whose user is written to.
    #[must_use]
    pub const fn tenant(&self) -> &'a TenantId {
        match self.news {
            News::Alert(alert) => &alert.tenant,
            News::Digest(digest) => &digest.riskiest.tenant,
            News::Request(news) => &news.request.tenant,
        }
    }

    /// The account's language.
    #[must_use]
    pub fn locale(&self) -> Option<&'a str> {
        match self.news {
            News::Alert(alert) => alert.locale.as_deref(),
            News::Digest(digest) => digest.riskiest.locale.as_deref(),
            News::Request(news) => news.locale,
        }
    }

    /// When there was something to tell.
    #[must_use]
    pub fn arose_at(&self) -> Timestamp {
        match self.news {
            News::Alert(alert) => alert.created_at,
            News::Digest(digest) => digest.riskiest.created_at,
            News::Request(news) => news.request.times.carried_out.unwrap_or(news.request.times.opened),
        }
    }
}
