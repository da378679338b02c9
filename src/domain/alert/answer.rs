//! Answers to a warning, and who gives them.

use crate::domain::ids::OperatorId;

/// What a warning was answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Answer {
    /// Nothing yet.
    #[default]
    None,
    /// It was me.
    Confirmed,
    /// It was not me.
    Denied,
}

impl Answer {
    /// Every answer.
    pub const ALL: [Self; 3] = [Self::None, Self::Confirmed, Self::Denied];

    /// The answer's id in the API and in stores.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Confirmed => "confirmed",
            Self::Denied => "denied",
        }
    }

    /// Reads an answer's id.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == text)
    }
}

/// Who has answered a warning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnsweredBy {
    /// The user, by the link of the mail.
    User,
    /// The tenant's own system by the API, in the user's name: the user has said so there.
    Api,
    /// A colleague in the console, by a verdict or a word about the device.
    Operator,
    /// A colleague or a system of the tenant's, by a verdict with an API key.
    ApiVerdict,
}

impl AnsweredBy {
    /// Everybody who can.
    pub const ALL: [Self; 4] = [Self::User, Self::Api, Self::Operator, Self::ApiVerdict];

    /// The id in the API and in stores.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Api => "api",
            Self::Operator => "operator",
            Self::ApiVerdict => "api_verdict",
        }
    }

    /// Whether it is a colleague's word, and not the user's own.
    #[must_use]
    pub const fn is_colleague(self) -> bool {
        matches!(self, Self::Operator | Self::ApiVerdict)
    }

    /// Reads an id.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == text)
    }
}

/// Somebody who says whether it was the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Speaker {
    /// Whose word it is.
    pub by: AnsweredBy,
    /// Which colleague: an operator's id, or the public part of an API key. `None` where it is the user's own word.
    pub author: Option<String>,
}

impl Speaker {
    /// The user, by the link of the mail.
    pub const USER: Self = Self { by: AnsweredBy::User, author: None };
    /// The user, as the tenant's own system says.
    pub const API: Self = Self { by: AnsweredBy::Api, author: None };

    /// A colleague: an operator by their id, or whoever has the API key of which this is the public part.
    #[must_use]
    pub fn colleague(author: &str) -> Self {
        let by = if OperatorId::parse(author).is_some() { AnsweredBy::Operator } else { AnsweredBy::ApiVerdict };
        Self { by, author: Some(author.to_owned()) }
    }
}
