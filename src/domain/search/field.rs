//! What a query can ask for: the closed set of its fields.

use crate::domain::search::tallies::Dimension;

/// Gives the fields their names: the one that is written, others that are read, what a value looks like, and what it must
/// be.
macro_rules! fields {
    ($($(#[$doc:meta])* $field:ident = $name:literal [$($other:literal),*] $example:literal $must:literal,)+) => {
        /// What a term is about.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Field {
            $($(#[$doc])* $field,)+
        }

        impl Field {
            /// Every field.
            pub const ALL: &[Self] = &[$(Self::$field,)+];

            /// The name by which it is written.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$field => $name,)+ }
            }

            /// Other names by which it is read.
            #[must_use]
            pub const fn other_names(self) -> &'static [&'static str] {
                match self { $(Self::$field => &[$($other),*],)+ }
            }

            /// A value that it may have.
            #[must_use]
            pub const fn example(self) -> &'static str {
                match self { $(Self::$field => $example,)+ }
            }

            /// What a value must be, for a sentence that begins with the field.
            #[must_use]
            pub const fn must(self) -> &'static str {
                match self { $(Self::$field => $must,)+ }
            }
        }
    };
}

fields! {
    /// Whose login it is.
    User = "user" ["user_id"] "ana" "is an id of 1 to 256 bytes without control characters",
    /// The address that it came from, or a network that contains it.
    Address = "ip" ["address"] "89.160.20.0/24" "is an address, or a network such as 192.0.2.0/24",
    /// The country.
    Country = "country" [] "BR" "is two letters of ISO 3166-1, or the English name of a country",
    /// The number of the network.
    Asn = "asn" [] "AS29518" "is the number of an autonomous system, from 1 to 4294967295",
    /// The device.
    Device = "device" ["device_id"] "dev_9c1f3b0a5d7e2468" "is `dev_` and 16 hexadecimal digits",
    /// The fingerprint of the browser.
    Fingerprint = "fingerprint" ["fp"] "b3:…" "is `b3:` and 64 hexadecimal digits",
    /// The verdict on the device.
    Status = "status" [] "new" "is one of a few words",
    /// The level of risk.
    Level = "level" [] "high" "is one of a few words",
    /// The score of risk.
    Risk = "risk" ["score"] "0.6" "is a number from 0 to 1 with at most four decimals",
    /// Whether the user got in.
    Outcome = "outcome" [] "failure" "is one of a few words",
    /// How the user signed in.
    Method = "method" [] "passkey" "is a text of 1 to 40 characters",
    /// A reason to be suspicious.
    Signal = "signal" [] "impossible_travel" "is one of a few words",
    /// The browser.
    Browser = "browser" [] "firefox" "is one of a few words",
    /// The operating system.
    Os = "os" ["system"] "windows" "is one of a few words",
    /// The session that began with it.
    Session = "session" ["session_id"] "s_19" "is a text of 1 to 4096 bytes",
    /// The e-mail address that the login named.
    Email = "email" [] "ana@example.com" "is an address of the form name@example.com",
    /// The reference that its mail shows.
    Reference = "ref" ["reference"] "7KQ2MX" "is the six letters that a mail shows",
    /// What has become of its mail.
    Mail = "mail" [] "failed" "is one of a few words",
    /// What the user has answered.
    Answer = "answer" [] "denied" "is one of a few words",
    /// Whether somebody has written a note about it.
    Note = "note" [] "any" "is one of a few words",
    /// What was decided about it.
    Verdict = "verdict" [] "none" "is one of a few words",
    /// Since when what was decided about it holds.
    Judged = "judged" [] "2026-11-22" "is a day such as 2026-11-22, or a time such as 2026-11-22T10:15:00Z",
    /// The policy that judged it.
    Policy = "policy" [] "pol_6d1f8a2b3c4d5e6f" "is `pol_` and 16 hexadecimal digits",
    /// The login itself.
    Login = "login" [] "lgn_01M88BR29V3HMEG27S69NTFQE2" "is `lgn_` and 26 letters",
    /// The alert that it raised.
    Alert = "alert" [] "alr_01M88BR29V3HMEG27S69NTFQE2" "is `alr_` and 26 letters",
    /// That its browser is like the one of this login.
    Like = "like" [] "lgn_01M88BR29V3HMEG27S69NTFQE2" "is `lgn_` and 26 letters",
}

impl Field {
    /// Reads a name, in letters of either case.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let is_called = |it: &Self| it.names().any(|it| it.eq_ignore_ascii_case(name));
        Self::ALL.iter().copied().find(is_called)
    }

    /// Every name by which it is read.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        std::iter::once(self.as_str()).chain(self.other_names().iter().copied())
    }

    /// Which counts tell something about a term of this field; what they tell is said by
    /// [`Tally`](crate::domain::search::clear::tally::Tally).
    #[must_use]
    pub const fn dimension(self) -> Option<Dimension> {
        match self {
            Self::Country => Some(Dimension::Country),
            Self::Asn => Some(Dimension::Asn),
            Self::Method => Some(Dimension::Method),
            Self::Os => Some(Dimension::Os),
            Self::Browser => Some(Dimension::Browser),
            Self::Signal => Some(Dimension::Signal),
            Self::Status => Some(Dimension::Status),
            Self::Level => Some(Dimension::Level),
            Self::Outcome => Some(Dimension::Outcome),
            Self::Risk => Some(Dimension::Risk),
            // Without an alert there is no mail, no answer and no reference.
            Self::Alert | Self::Mail | Self::Answer | Self::Reference => Some(Dimension::Alert),
            Self::User
            | Self::Address
            | Self::Device
            | Self::Fingerprint
            | Self::Session
            | Self::Email
            | Self::Note
            | Self::Verdict
            | Self::Judged
            | Self::Policy
            | Self::Login
            | Self::Like => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_two_fields_share_a_name() {
        let names: Vec<&str> = Field::ALL.iter().flat_map(|it| it.names()).collect();
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
        for &field in Field::ALL {
            assert_eq!(Field::parse(&field.as_str().to_uppercase()), Some(field));
        }
        assert_eq!((Field::parse("fp"), Field::parse("colour")), (Some(Field::Fingerprint), None));
    }

    #[test]
    fn every_count_answers_a_field() {
        let dimensions: BTreeSet<Dimension> = Field::ALL.iter().filter_map(|it| it.dimension()).collect();
        assert_eq!(dimensions, Dimension::ALL.into());
    }
}
