//! What a field is compared with: one type for each field, and how a value is written.

use std::{cmp::Ordering, fmt};

use ipnet::IpNet;

use crate::domain::{
    agent::{Browser, Os},
    alert::alert::{Answer, State},
    browser::fingerprint::Fingerprint,
    ids::{AlertId, BASE32, DeviceId, LoginId, UserId},
    login::login::Outcome,
    place::{Asn, Country},
    policy::policy::{Level, PolicyVersion, SignalKind},
    privacy::note::Verdict,
    recognition::verdict::DeviceStatus,
    search::field::Field,
    time::Timestamp,
};

/// What a field is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// This user.
    User(UserId),
    /// An address of this network; a single address is a network of one. Always in its canonical form: no bit behind the
    /// prefix is set, and IPv4 is not mapped into IPv6. [`crate::domain::search::reading::network`] makes it.
    Address(IpNet),
    /// This country.
    Country(Country),
    /// This autonomous system.
    Asn(Asn),
    /// This device.
    Device(DeviceId),
    /// This fingerprint.
    Fingerprint(Fingerprint),
    /// This verdict on the device.
    Status(DeviceStatus),
    /// This level of risk.
    Level(Level),
    /// A score of risk that compares like this.
    Risk(Comparison, Score),
    /// This outcome.
    Outcome(Outcome),
    /// This method: 1 to 40 characters, none of them a control character.
    Method(String),
    /// This signal.
    Signal(SignalKind),
    /// This browser.
    Browser(Browser),
    /// This operating system.
    Os(Os),
    /// This session, by the caller's id: 1 to 4096 bytes, no control characters.
    Session(String),
    /// This address, in lower case.
    Email(String),
    /// This reference.
    Reference(Reference),
    /// A mail in this state; `None`: that the login raised no alert.
    Mail(Option<State>),
    /// This answer to its alert.
    Answer(Answer),
    /// Whether there is a note.
    Note(bool),
    /// This verdict holds; `None`: that nobody has judged it.
    Verdict(Option<Verdict>),
    /// The verdict that holds was given at this time or later.
    Judged(Timestamp),
    /// This policy.
    Policy(PolicyVersion),
    /// This login.
    Login(LoginId),
    /// This alert.
    Alert(AlertId),
    /// A browser like that of this login.
    Like(LoginId),
}

/// The reference that a mail shows, in capitals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Reference([u8; 6]);

impl Reference {
    /// Reads six letters of Crockford's base 32, as they are read out or typed: in either case, O for 0, I or L for 1.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut letters: [u8; 6] = text.as_bytes().try_into().ok()?;
        for letter in &mut letters {
            *letter = match letter.to_ascii_uppercase() {
                b'O' => b'0',
                b'I' | b'L' => b'1',
                other => other,
            };
        }
        letters.iter().all(|it| BASE32.contains(it)).then_some(Self(letters))
    }

    /// The six letters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// A score of risk in ten-thousandths, which is how finely scores are shown: 0 to 10,000.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Score(u16);

impl Score {
    const ONE: u16 = 10_000;

    /// Reads `0.6`, `.65`, `1`; `None` beyond 1, or with more than four decimals.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (whole, decimals) = if let Some((whole, decimals)) = text.split_once('.') {
            (if whole.is_empty() { "0" } else { whole }, decimals)
        } else {
            (text, "0")
        };
        let digits = |text: &str, most| (1..=most).contains(&text.len()) && text.bytes().all(|it| it.is_ascii_digit());
        if !digits(whole, 1) || !digits(decimals, 4) {
            return None;
        }
        let whole: u16 = whole.parse().ok()?;
        let parts: u16 = format!("{decimals:0<4}").parse().ok()?;
        let score = whole.checked_mul(Self::ONE)?.checked_add(parts)?;
        (score <= Self::ONE).then_some(Self(score))
    }

    /// A login's score, in [0, 1], as it is shown.
    #[must_use]
    pub fn rounded(score: f64) -> Self {
        let parts = (score.clamp(0.0, 1.0) * f64::from(Self::ONE)).round();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it lies within the bounds, and is whole"
        )]
        Self(parts as u16)
    }

    /// In ten-thousandths: 0 to 10,000.
    #[must_use]
    pub const fn parts(self) -> u16 {
        self.0
    }

    /// So many ten-thousandths; `None` beyond 10,000.
    #[must_use]
    pub const fn from_parts(parts: u16) -> Option<Self> {
        if parts <= Self::ONE { Some(Self(parts)) } else { None }
    }

    /// How a login's score, in [0, 1], compares with this one as both are shown.
    #[must_use]
    pub fn order_of(self, score: f64) -> Ordering {
        (score * f64::from(Self::ONE)).round().total_cmp(&f64::from(self.0))
    }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimals = format!("{:04}", self.0 % Self::ONE);
        match decimals.trim_end_matches('0') {
            "" => write!(f, "{}", self.0 / Self::ONE),
            some => write!(f, "{}.{some}", self.0 / Self::ONE),
        }
    }
}

/// How a number compares with another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// The same.
    Equal,
    /// Less.
    Less,
    /// Less, or the same.
    AtMost,
    /// More.
    More,
    /// More, or the same.
    AtLeast,
}

impl Comparison {
    /// Every comparison.
    pub const ALL: [Self; 5] = [Self::Equal, Self::Less, Self::AtMost, Self::More, Self::AtLeast];

    /// As it is written between field and value.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Equal => ":",
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::More => ">",
            Self::AtLeast => ">=",
        }
    }

    /// Whether something of this order compares like this.
    #[must_use]
    pub const fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::Less => order.is_lt(),
            Self::AtMost => order.is_le(),
            Self::More => order.is_gt(),
            Self::AtLeast => order.is_ge(),
        }
    }
}

impl Value {
    /// What it is a value of.
    #[must_use]
    pub const fn field(&self) -> Field {
        match self {
            Self::User(_) => Field::User,
            Self::Address(_) => Field::Address,
            Self::Country(_) => Field::Country,
            Self::Asn(_) => Field::Asn,
            Self::Device(_) => Field::Device,
            Self::Fingerprint(_) => Field::Fingerprint,
            Self::Status(_) => Field::Status,
            Self::Level(_) => Field::Level,
            Self::Risk(..) => Field::Risk,
            Self::Outcome(_) => Field::Outcome,
            Self::Method(_) => Field::Method,
            Self::Signal(_) => Field::Signal,
            Self::Browser(_) => Field::Browser,
            Self::Os(_) => Field::Os,
            Self::Session(_) => Field::Session,
            Self::Email(_) => Field::Email,
            Self::Reference(_) => Field::Reference,
            Self::Mail(_) => Field::Mail,
            Self::Answer(_) => Field::Answer,
            Self::Note(_) => Field::Note,
            Self::Verdict(_) => Field::Verdict,
            Self::Judged(_) => Field::Judged,
            Self::Policy(_) => Field::Policy,
            Self::Login(_) => Field::Login,
            Self::Alert(_) => Field::Alert,
            Self::Like(_) => Field::Like,
        }
    }

    /// Every value of a field that has few; of others none.
    #[must_use]
    pub fn choices(field: Field) -> Vec<Self> {
        match field {
            Field::Status => DeviceStatus::ALL.map(Self::Status).into(),
            Field::Level => Level::ALL.map(Self::Level).into(),
            Field::Outcome => vec![Self::Outcome(Outcome::Success), Self::Outcome(Outcome::Failure)],
            Field::Signal => SignalKind::ALL.iter().copied().map(Self::Signal).collect(),
            Field::Browser => with_unknown(Browser::ALL, Browser::Unknown).map(Self::Browser).collect(),
            Field::Os => with_unknown(Os::ALL, Os::Unknown).map(Self::Os).collect(),
            Field::Mail => State::ALL.into_iter().map(Some).chain(std::iter::once(None)).map(Self::Mail).collect(),
            Field::Answer => Answer::ALL.map(Self::Answer).into(),
            Field::Note => vec![Self::Note(true), Self::Note(false)],
            Field::Verdict => std::iter::once(None).chain(Verdict::ALL.map(Some)).map(Self::Verdict).collect(),
            _ => Vec::new(),
        }
    }

    /// The value as text, without quotes.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::User(it) => it.as_str().to_owned(),
            Self::Address(it) if it.prefix_len() == it.max_prefix_len() => it.addr().to_string(),
            Self::Address(it) => it.to_string(),
            Self::Country(it) => it.as_str().to_owned(),
            Self::Asn(it) => it.get().to_string(),
            Self::Device(it) => it.to_string(),
            Self::Fingerprint(it) => it.to_string(),
            Self::Status(it) => it.as_str().to_owned(),
            Self::Level(it) => it.as_str().to_owned(),
            Self::Risk(_, score) => score.to_string(),
            Self::Outcome(it) => it.as_str().to_owned(),
            Self::Signal(it) => it.as_str().to_owned(),
            Self::Browser(it) => word(it.name()),
            Self::Os(it) => word(it.name()),
            Self::Method(it) | Self::Session(it) | Self::Email(it) => it.clone(),
            Self::Reference(it) => it.as_str().to_owned(),
            Self::Mail(it) => it.map_or("none", State::as_str).to_owned(),
            Self::Answer(it) => it.as_str().to_owned(),
            Self::Note(is_there) => if *is_there { "any" } else { "none" }.to_owned(),
            Self::Verdict(it) => it.map_or("none", Verdict::as_str).to_owned(),
            Self::Judged(since) => since.to_text(),
            Self::Policy(it) => it.to_string(),
            Self::Login(it) | Self::Like(it) => it.to_string(),
            Self::Alert(it) => it.to_string(),
        }
    }
}

/// As it stands in a query, in quotes where it must.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&quoted(&self.text()))
    }
}

/// A text as a query can hold it: as it is, or in quotes.
#[must_use]
pub fn quoted(text: &str) -> String {
    let is_plain = |letter: char| letter.is_alphanumeric() || "_-.:@/+|".contains(letter);
    let begins_plain = text.starts_with(|letter: char| letter.is_alphanumeric() || letter == '_' || letter == ':');
    if begins_plain && text.chars().all(is_plain) {
        return text.to_owned();
    }
    let mut written = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => written.extend(['\\', letter]),
            hidden if is_hidden(hidden) => written.extend(hidden.escape_unicode()),
            other => written.push(other),
        }
    }
    written.push('"');
    written
}

/// Whether a character does not show, or changes how others show, so that a query would not be what it seems to be.
#[must_use]
pub fn is_hidden(letter: char) -> bool {
    let is_bidi =
        matches!(letter, '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    let is_invisible = matches!(letter, '\u{200B}' | '\u{2028}' | '\u{2029}' | '\u{2060}' | '\u{FEFF}');
    letter.is_control() || is_bidi || is_invisible
}

fn with_unknown<T: Copy>(all: &'static [T], unknown: T) -> impl Iterator<Item = T> {
    all.iter().copied().chain(std::iter::once(unknown))
}

/// A name that is shown, as one word: `Samsung Internet` is `samsung_internet`, and `an iOS app` is `ios_app`.
fn word(name: Option<&str>) -> String {
    let name = name.unwrap_or("unknown");
    let bare = name.strip_prefix("an ").or_else(|| name.strip_prefix("a ")).unwrap_or(name);
    bare.to_lowercase().replace(' ', "_")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_reference_is_read_as_people_say_it() {
        let read = |text| Reference::parse(text).map(|it| it.as_str().to_owned());
        assert_eq!(read("7kq2mx").as_deref(), Some("7KQ2MX"));
        assert_eq!(read("OIL2MX").as_deref(), Some("0112MX"));
        for wrong in ["", "7KQ2M", "7KQ2MXX", "UUUUUU", "7KQ-MX", "ÄÄÄ"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn only_what_could_be_mistaken_stands_in_quotes() {
        for (text, written) in [
            ("ana", "ana"),
            ("ana@example.com", "ana@example.com"),
            ("社員_7", "社員_7"),
            ("::1", "::1"),
            ("", r#""""#),
            ("-ana", r#""-ana""#),
            ("a b", r#""a b""#),
            ("a,b", r#""a,b""#),
            ("a\u{a0}b", "\"a\u{a0}b\""),
            (r#"a"b\c"#, r#""a\"b\\c""#),
            ("a\u{202e}b", r#""a\u{202e}b""#),
            ("/a/", r#""/a/""#),
            ("a(b)*", r#""a(b)*""#),
        ] {
            assert_eq!(quoted(text), written);
        }
    }

    #[test]
    fn every_choice_is_one_plain_word_of_its_own() {
        for &field in Field::ALL {
            let choices = Value::choices(field);
            let words: BTreeSet<String> = choices.iter().map(Value::text).collect();
            assert_eq!(words.len(), choices.len(), "{field:?}");
            assert!(words.iter().all(|it| quoted(it) == *it && *it == it.to_lowercase()), "{words:?}");
            assert!(choices.iter().all(|it| it.field() == field));
        }
        assert_eq!(Value::Browser(Browser::AppleWebView).text(), "ios_app");
    }
}
