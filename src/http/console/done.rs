//! What was done by a form, told once on the page that follows: it stands in that page's address, signed, and says nothing to
//! anybody else, nor later on.

use std::fmt;

use crate::{
    domain::{
        ids::{OperatorId, TenantId},
        keyring::Keyring,
        privacy::note::Verdict,
        time::{MINUTE_MS, SECOND_MS, Timestamp},
        tokens::{self, PagedList},
        wording::figures::count,
    },
    http::door::console::admission::DONE,
};

/// For so long it is told.
const TOLD_FOR_MS: i64 = 2 * MINUTE_MS;

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// A verdict was given on so many logins, which denied so many devices.
    Judged {
        /// The verdict.
        verdict: Verdict,
        /// On how many logins.
        logins: u16,
        /// How many devices it denied.
        denied: u16,
        /// When the first of them was given, or somewhat before: to the second.
        since: Timestamp,
        /// When the last of them had been given.
        until: Timestamp,
    },
    /// A note was kept.
    Noted,
    /// A device was confirmed.
    Confirmed,
    /// A device was denied.
    Denied,
    /// A search was saved.
    Saved,
    /// A search was saved in the place of one of that name.
    Replaced,
    /// A saved search was deleted.
    Deleted,
    /// An operator was revoked.
    Revoked,
}

/// Whose it is to be told.
#[derive(Clone, Copy)]
pub struct Teller<'a> {
    /// The keys that sign it.
    pub keyring: &'a Keyring,
    /// The tenant that is looked at.
    pub tenant: &'a TenantId,
    /// Who has done it.
    pub operator: OperatorId,
}

impl Done {
    /// The address of a page of ours that tells it.
    #[must_use]
    pub fn at(self, place: &str, teller: Teller<'_>, now: Timestamp) -> String {
        let mut bytes = [0; 16];
        bytes[0] = match self {
            Self::Judged { .. } => 0,
            Self::Noted => 1,
            Self::Confirmed => 2,
            Self::Denied => 3,
            Self::Saved => 4,
            Self::Replaced => 5,
            Self::Deleted => 6,
            Self::Revoked => 7,
        };
        let mut at = now;
        if let Self::Judged { verdict, logins, denied, since, until } = self {
            at = until;
            bytes[1] = place_of(verdict);
            bytes[2..4].copy_from_slice(&logins.to_be_bytes());
            bytes[4..6].copy_from_slice(&denied.to_be_bytes());
            let seconds = (until.ms_since(since).max(0) + SECOND_MS - 1) / SECOND_MS;
            bytes[6..8].copy_from_slice(&u16::try_from(seconds).unwrap_or(u16::MAX).to_be_bytes());
        }
        bytes[8..].copy_from_slice(&at.unix_ms().to_be_bytes());
        let token =
            tokens::cursor(teller.keyring, PagedList { tenant: teller.tenant, question: &teller.question() }, bytes);
        format!("{place}{}{DONE}={token}", if place.contains('?') { '&' } else { '?' })
    }

    /// What an address says was done; `None` if we have not signed it for whoever opens it, or long ago.
    #[must_use]
    pub fn read(token: &str, teller: Teller<'_>, now: Timestamp) -> Option<Self> {
        let list = PagedList { tenant: teller.tenant, question: &teller.question() };
        let [kind, verdict, rest @ ..] = tokens::read_cursor(teller.keyring, list, token)?;
        let number = |at: usize| Some(u16::from_be_bytes(rest.get(at..at + 2)?.try_into().ok()?));
        let (logins, denied, seconds) = (number(0)?, number(2)?, number(4)?);
        let until = Timestamp::from_unix_ms(i64::from_be_bytes(rest.get(6..)?.try_into().ok()?));
        let since = until.plus_ms(-i64::from(seconds) * SECOND_MS);
        if !(0..TOLD_FOR_MS).contains(&now.ms_since(until)) {
            return None;
        }
        Some(match kind {
            0 => Self::Judged { verdict: *Verdict::ALL.get(usize::from(verdict))?, logins, denied, since, until },
            1 => Self::Noted,
            2 => Self::Confirmed,
            3 => Self::Denied,
            4 => Self::Saved,
            5 => Self::Replaced,
            6 => Self::Deleted,
            7 => Self::Revoked,
            _ => return None,
        })
    }

    /// The search for the logins that were judged, if some were: for what was judged in that time.
    #[must_use]
    pub fn judged(&self) -> Option<String> {
        let Self::Judged { verdict, since, until, .. } = self else { return None };
        let (since, after) = (since.to_text(), until.plus_ms(1).to_text());
        Some(format!("verdict:{} judged:{since} -judged:{after}", verdict.as_str()))
    }
}

/// Where a verdict is among all.
fn place_of(verdict: Verdict) -> u8 {
    Verdict::ALL.iter().zip(0..).find(|(it, _)| **it == verdict).map_or(0, |(_, place)| place)
}

impl Teller<'_> {
    fn question(&self) -> String {
        format!("done by {}", self.operator)
    }
}

/// In a sentence.
impl fmt::Display for Done {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let said = match self {
            Self::Judged { verdict, logins, denied, .. } => {
                let were = if *logins == 1 { "was" } else { "were" };
                let logins = count(usize::from(*logins), "login");
                write!(f, "{logins} {were} judged {}", verdict.as_str())?;
                return match denied {
                    0 => f.write_str("."),
                    1 => f.write_str(", and 1 device was denied."),
                    it => write!(f, ", and {it} devices were denied."),
                };
            }
            Self::Noted => "The note is kept.",
            Self::Confirmed => "The device is confirmed as the user’s.",
            Self::Denied => "The device is denied: its next login is a high risk.",
            Self::Saved => "The search is saved.",
            Self::Replaced => "The search is saved, in the place of the one that had this name.",
            Self::Deleted => "The saved search is deleted.",
            Self::Revoked => "The operator is revoked.",
        };
        f.write_str(said)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::OperatorId;

    #[test]
    fn it_is_told_to_whoever_has_done_it_and_soon() {
        let keyring = Keyring::new([5; 32]);
        let (acme, other) = (TenantId::parse("acme").unwrap(), TenantId::parse("other").unwrap());
        let (kim, lee) = (OperatorId([1; 16]), OperatorId([2; 16]));
        let teller = |tenant, operator| Teller { keyring: &keyring, tenant, operator };
        let now = Timestamp::from_unix_ms(1_795_341_600_000);
        let (since, until) = (now.plus_ms(-90_000), now);
        let judged = Done::Judged { verdict: Verdict::Compromised, logins: 114, denied: 4, since, until };
        let all = [
            judged,
            Done::Noted,
            Done::Confirmed,
            Done::Denied,
            Done::Saved,
            Done::Replaced,
            Done::Deleted,
            Done::Revoked,
        ];
        for done in all {
            let place = done.at("/console/?tenant=acme", teller(&acme, kim), now);
            let token = place.strip_prefix("/console/?tenant=acme&done=").unwrap();
            assert_eq!(Done::read(token, teller(&acme, kim), now.plus_ms(5_000)), Some(done));
            assert_eq!(Done::read(token, teller(&acme, kim), now.plus_ms(TOLD_FOR_MS)), None, "too late");
            assert_eq!(Done::read(token, teller(&acme, lee), now), None, "somebody else's");
            assert_eq!(Done::read(token, teller(&other, kim), now), None, "another tenant's");
        }
        assert_eq!(judged.to_string(), "114 logins were judged compromised, and 4 devices were denied.");
        assert_eq!(
            judged.judged().unwrap(),
            "verdict:compromised judged:2026-11-22T09:58:30.000Z -judged:2026-11-22T10:00:00.001Z"
        );
        let one = Done::Judged { verdict: Verdict::Safe, logins: 1, denied: 0, since, until };
        assert_eq!(one.to_string(), "1 login was judged safe.");
    }
}
