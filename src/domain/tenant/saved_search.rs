//! Searches that a tenant has saved, and whether somebody is to be told of the first login that one of them finds.

use crate::domain::{
    ids::{EventId, LoginId, UserId},
    search::{
        fault::QueryFault,
        needs::Need,
        parser::{parse, parse_followed},
        query::{Query, Term},
        value::Value,
    },
    time::Timestamp,
};

/// How many searches a tenant may save.
pub const MAX_SEARCHES: usize = 100;
/// Longest name of a saved search, in characters.
pub const MAX_NAME_CHARS: usize = 80;

/// What is looked up beside the record of a login to see whether a search with a webhook finds it: nothing that comes later.
pub const NOTIFIED: &[Need] = &[Need::References];

/// The name of a saved search: 1 to 80 characters, none of them a control character, and no space at either end.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SearchName(String);

impl SearchName {
    /// Reads a name; `None` if it cannot be one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let fits = (1..=MAX_NAME_CHARS).contains(&text.chars().count()) && text.trim() == text;
        (fits && !text.chars().any(char::is_control)).then(|| Self(text.to_owned()))
    }

    /// The name as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a saved search has found first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// The event that tells of it.
    pub event: EventId,
    /// The login.
    pub login: LoginId,
    /// When the login was received.
    pub at: Timestamp,
}

/// A search that was saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedSearch {
    /// Its name, of which a tenant has one.
    pub name: SearchName,
    /// What is searched, as it was written: what is relative stays so.
    pub q: String,
    /// Whether the tenant's webhooks are told of the first login that it finds.
    pub notify: bool,
    /// When it was saved last: from then on it waits for a login.
    pub saved_at: Timestamp,
    /// What it has found since then, if it notifies.
    pub found: Option<Found>,
}

impl SavedSearch {
    /// A search that is saved now.
    ///
    /// # Errors
    /// `q` is no search, or one that cannot notify: it asks for more than the record of a login says, or has an end.
    pub fn new(name: SearchName, q: String, notify: bool, now: Timestamp) -> Result<Self, QueryFault> {
        if notify { parse_followed(&q, now, NOTIFIED) } else { parse(&q, now) }?;
        Ok(Self { name, q, notify, saved_at: now, found: None })
    }

    /// Whether it waits for its first login.
    #[must_use]
    pub const fn waits(&self) -> bool {
        self.notify && self.found.is_none()
    }

    /// What it asks of a login that is received at `now`; `None` if this version cannot read it.
    #[must_use]
    pub fn query(&self, now: Timestamp) -> Option<Query> {
        parse_followed(&self.q, now, NOTIFIED).ok()
    }

    /// Whether it names a user, or this address.
    #[must_use]
    pub fn names(&self, is_user: &dyn Fn(&UserId) -> bool, email: Option<&str>, now: Timestamp) -> bool {
        let Ok(query) = parse(&self.q, now) else { return false };
        query.terms().iter().flat_map(Term::values).any(|value| match value {
            Value::User(it) => is_user(it),
            Value::Email(it) => email.is_some_and(|email| email.eq_ignore_ascii_case(it)),
            _ => false,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_unix_ms(1_790_000_000_000);

    fn saved(q: &str, notify: bool) -> Result<SavedSearch, QueryFault> {
        SavedSearch::new(SearchName::parse("mine").unwrap(), q.to_owned(), notify, NOW)
    }

    #[test]
    fn a_name_is_one_line() {
        assert!(SearchName::parse("Brazil, high risk").is_some() && SearchName::parse(&"ä".repeat(80)).is_some());
        for wrong in ["", " a", "a ", "a\nb", &"a".repeat(81)] {
            assert_eq!(SearchName::parse(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn what_comes_later_than_a_login_cannot_be_told_with_it() {
        for q in ["level:high", "ana last:7d", "ref:7KQ2MX since:2026-11-01"] {
            assert!(saved(q, true).is_ok_and(|it| it.waits() && it.query(NOW).is_some()), "{q}");
        }
        for q in ["mail:failed", "note:any", "like:lgn_01M88BR29V3HMEG27S69NTFQE2", "ana until:2026-11-22"] {
            assert!(saved(q, true).is_err(), "{q}");
            assert!(saved(q, false).is_ok_and(|it| !it.waits()), "{q}");
        }
        assert!(saved("contry:BR", false).is_err());
    }

    #[test]
    fn it_is_known_whom_a_search_names() {
        let ana = UserId::parse("ana").unwrap();
        for (q, is_named) in [
            ("user:ana", true),
            ("-user:ben,ana", true),
            ("user:anna country:BR", false),
            ("session:ana", false),
            ("email:ANA@example.com", true),
        ] {
            assert_eq!(saved(q, false).unwrap().names(&|it| *it == ana, Some("ana@example.com"), NOW), is_named, "{q}");
        }
    }
}
