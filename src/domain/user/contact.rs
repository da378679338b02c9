//! How a person is written to: address, language and time zone, as the product said at a login or corrected since.

use crate::domain::{
    login::login::{Invalid, User, email, locale, time_zone},
    time::Timestamp,
};

/// How a person is written to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contact {
    /// The e-mail address.
    pub email: Option<String>,
    /// The language, as a BCP 47 tag.
    pub locale: Option<String>,
    /// The IANA time zone, not yet looked up.
    pub time_zone: Option<String>,
    /// When this was true at the latest: at a login that told something of it, or when it was corrected.
    pub told_at: Option<Timestamp>,
}

/// A correction of a contact. `None` leaves a part as it is, and `Some(None)` deletes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ContactChange {
    /// The e-mail address.
    pub email: Option<Option<String>>,
    /// The language.
    pub locale: Option<Option<String>>,
    /// The time zone.
    pub time_zone: Option<Option<String>>,
}

impl ContactChange {
    /// Checks each part as a login's is checked.
    ///
    /// # Errors
    /// The first part that is not valid.
    pub fn checked(self) -> Result<Self, Invalid> {
        let address = |it: Option<String>| it.map(|it| email("email", it)).transpose();
        Ok(Self {
            email: self.email.map(address).transpose()?,
            locale: self.locale.map(|it| locale("locale", it)).transpose()?,
            time_zone: self.time_zone.map(|it| time_zone("time_zone", it)).transpose()?,
        })
    }
}

impl Contact {
    /// The contact after it was corrected at `now`. What is told of logins from before then does not undo it.
    #[must_use]
    pub fn corrected(&self, now: Timestamp, change: ContactChange) -> Self {
        let corrected = Self {
            email: change.email.unwrap_or_else(|| self.email.clone()),
            locale: change.locale.unwrap_or_else(|| self.locale.clone()),
            time_zone: change.time_zone.unwrap_or_else(|| self.time_zone.clone()),
            told_at: self.told_at,
        };
        if corrected == *self { corrected } else { Self { told_at: Some(now), ..corrected } }
    }

    /// Learns what a successful login at `at` tells. What the login does not name stays as it is. A login from before
    /// [`Contact::told_at`] teaches nothing: a late event undoes no correction. Without `keeps_email`, no address is kept.
    pub fn learn(&mut self, at: Timestamp, told: &User, keeps_email: bool) {
        let email = told.email.as_ref().filter(|_| keeps_email);
        let parts = [
            (&mut self.email, email),
            (&mut self.locale, told.locale.as_ref()),
            (&mut self.time_zone, told.time_zone.as_ref()),
        ];
        let is_late = self.told_at.is_some_and(|it| at < it);
        let mut tells = false;
        for (known, told) in parts {
            let Some(told) = told.filter(|_| !is_late) else { continue };
            tells = true;
            if known.as_ref() != Some(told) {
                *known = Some(told.clone());
            }
        }
        if tells {
            self.told_at = Some(at);
        }
        if !keeps_email {
            self.email = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::UserId;

    fn told(email: Option<&str>, locale: Option<&str>) -> User {
        let owned = |it: Option<&str>| it.map(str::to_owned);
        User { id: UserId::parse("u").unwrap(), email: owned(email), locale: owned(locale), time_zone: None }
    }

    #[test]
    fn the_latest_login_that_tells_something_wins() {
        let at = Timestamp::from_unix_ms;
        let mut contact = Contact::default();
        contact.learn(at(5), &told(Some("a@example.com"), Some("fi")), true);
        contact.learn(at(9), &told(None, Some("sv")), true);
        contact.learn(at(7), &told(Some("late@example.com"), None), true);
        let known = (contact.email.as_deref(), contact.locale.as_deref(), contact.told_at);
        assert_eq!(known, (Some("a@example.com"), Some("sv"), Some(at(9))));
        contact.learn(at(12), &told(None, None), true);
        assert_eq!(contact.told_at, Some(at(9)), "a login that tells nothing is no news");
    }

    #[test]
    fn an_address_that_is_not_to_be_kept_is_forgotten() {
        let at = Timestamp::from_unix_ms;
        let mut contact = Contact::default();
        contact.learn(at(5), &told(Some("a@example.com"), None), true);
        contact.learn(at(6), &told(Some("a@example.com"), Some("fi")), false);
        assert_eq!((contact.email, contact.locale.as_deref()), (None, Some("fi")));
    }
}
