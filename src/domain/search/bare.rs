//! Text without a field: what it is can be told from how it looks.

use std::net::{IpAddr, Ipv4Addr};

use crate::domain::{
    browser::fingerprint::Fingerprint,
    country_names::{country_named, country_names},
    ids::{BASE32, UserId},
    search::{
        fault::QueryFault,
        field::Field,
        reading::{network, read},
        scanner::{Scanner, Written, as_term},
        value::{Comparison, Value},
    },
};

/// Whether a word is one value although it has a colon: an address of IPv6, or a fingerprint.
#[must_use]
pub fn is_value_with_colon(word: &str) -> bool {
    network(word).is_some() || Fingerprint::parse(word).is_some()
}

/// The name of a country with spaces in it that follows: `united states`.
#[must_use]
pub fn country_with_spaces(scanner: &Scanner) -> Option<&'static str> {
    let spaced = country_names().filter(|name| name.contains(' '));
    spaced.filter(|name| scanner.is_before(name)).max_by_key(|name| name.len())
}

/// What a text is: the first of these that it can be.
///
/// | it looks like | it is |
/// |---|---|
/// | `89.160.20.7`, `2001:db8::/32` | an address or a network |
/// | `AS29518` | an autonomous system |
/// | `lgn_…`, `dev_…`, `alr_…`, `b3:…` | a login, a device, an alert, a fingerprint |
/// | `Brazil`, `USA` | a country |
/// | `7KQ2MX`: six capitals or digits, not all of them digits, and none of I, L, O, U | a reference |
/// | `ana@example.com` | an e-mail address |
/// | anything else | a user |
///
/// # Errors
/// When it begins like one of these and is none.
pub fn typed(written: &Written) -> Result<Value, QueryFault> {
    let text = written.text.as_str();
    let field = if network(text).is_some() {
        Field::Address
    } else if let Some(marked) = marked(text) {
        marked
    } else if is_country(text) {
        Field::Country
    } else if looks_like_reference(text) {
        Field::Reference
    } else if text.contains('@') {
        Field::Email
    } else if looks_like_address(text) {
        Field::Address
    } else {
        Field::User
    };
    read(field, Comparison::Equal, written)
        .map_err(|fault| if field == Field::User { fault } else { almost(written, field) })
}

/// The field whose values are marked like this.
fn marked(text: &str) -> Option<Field> {
    const MARKS: [(&str, Field); 4] =
        [("lgn_", Field::Login), ("dev_", Field::Device), ("alr_", Field::Alert), ("b3:", Field::Fingerprint)];
    let is_number = |it: &str| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit());
    let is_asn = text.split_at_checked(2).is_some_and(|(mark, it)| mark.eq_ignore_ascii_case("as") && is_number(it));
    let by_mark = MARKS.iter().find(|(mark, _)| text.starts_with(mark)).map(|(_, field)| *field);
    by_mark.or(is_asn.then_some(Field::Asn))
}

/// Whether it is the name of a country. Short ones are written in capitals: a user may be called `usa`.
fn is_country(text: &str) -> bool {
    let is_short = text.len() <= 3;
    country_named(text).is_some() && !(is_short && text.bytes().any(|it| it.is_ascii_lowercase()))
}

/// References are shown in capitals. Six digits are rather a user's number: of a thousand references, one has no letter.
fn looks_like_reference(text: &str) -> bool {
    text.len() == 6 && text.bytes().all(|it| BASE32.contains(&it)) && text.bytes().any(|it| it.is_ascii_uppercase())
}

/// What has the shape of an address and is none: `192.0.2.0/33`, `300.1.2.3`.
fn looks_like_address(text: &str) -> bool {
    let parts: Vec<&str> = text.split('.').collect();
    let is_number = |it: &&str| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit());
    let is_dotted = parts.len() == 4 && parts.iter().all(is_number) && text.parse::<Ipv4Addr>().is_err();
    let is_network = text.split_once('/').is_some_and(|(address, _)| address.parse::<IpAddr>().is_ok());
    is_dotted || is_network
}

fn almost(written: &Written, field: Field) -> QueryFault {
    let message = format!("This looks like `{}`, which {}. If it is a user, say so.", field.as_str(), field.must());
    let suggestion = UserId::parse(&written.text).map(|it| as_term(Field::User.as_str(), it.as_str()));
    written.fault(message).suggesting(suggestion)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn type_of(text: &str) -> Result<String, QueryFault> {
        let written = Written { text: text.to_owned(), at: 0, length: text.chars().count() };
        typed(&written).map(|it| format!("{}:{it}", it.field().as_str()))
    }

    #[test]
    fn text_is_typed_by_its_looks() {
        let fingerprint = format!("b3:{}", "0a".repeat(32));
        for (text, is) in [
            ("89.160.20.7", "ip:89.160.20.7"),
            ("89.160.20.7/24", "ip:89.160.20.0/24"),
            ("2001:db8::1", "ip:2001:db8::1"),
            ("AS29518", "asn:29518"),
            ("as7", "asn:7"),
            ("asterix", "user:asterix"),
            ("as", "user:as"),
            ("lgn_01M88BR29V3HMEG27S69NTFQE2", "login:lgn_01M88BR29V3HMEG27S69NTFQE2"),
            ("dev_9c1f3b0a5d7e2468", "device:dev_9c1f3b0a5d7e2468"),
            ("alr_01M88BR29V3HMEG27S69NTFQE2", "alert:alr_01M88BR29V3HMEG27S69NTFQE2"),
            (&fingerprint, &format!("fingerprint:{fingerprint}")),
            ("Brazil", "country:BR"),
            ("south korea", "country:KR"),
            ("FRANCE", "country:FR"),
            ("BR", "user:BR"),
            ("7KQ2MX", "ref:7KQ2MX"),
            ("7kq2mx", "user:7kq2mx"),
            ("123456", "user:123456"),
            ("Ana@example.com", "email:ana@example.com"),
            ("ana", "user:ana"),
            ("社員", "user:社員"),
            ("1.2.3", "user:1.2.3"),
            ("a/b", "user:a/b"),
        ] {
            assert_eq!(type_of(text).as_deref(), Ok(is));
        }
    }

    #[test]
    fn what_is_almost_something_is_no_user_unless_that_is_said() {
        for (text, field, suggestion) in [
            ("lgn_1", "login", "user:lgn_1"),
            ("dev_team", "device", "user:dev_team"),
            ("alr_", "alert", "user:alr_"),
            ("b3:0", "fingerprint", "user:b3:0"),
            ("AS0", "asn", "user:AS0"),
            ("AS99999999999", "asn", "user:AS99999999999"),
            ("@ana", "email", r#"user:"@ana""#),
            ("192.0.2.0/33", "ip", "user:192.0.2.0/33"),
            ("300.1.2.3", "ip", "user:300.1.2.3"),
            ("::1/x", "ip", "user:::1/x"),
        ] {
            let fault = type_of(text).unwrap_err();
            assert!(fault.message.contains(&format!("`{field}`")), "{fault}");
            assert_eq!(fault.suggestion.as_deref(), Some(suggestion));
        }
        assert!(type_of(&"x".repeat(257)).is_err());
    }

    #[test]
    fn a_country_of_several_words_needs_no_quotes() {
        let follows = |text| country_with_spaces(&Scanner::new(text).unwrap());
        assert_eq!(follows("united states level:high"), Some("United States"));
        assert_eq!(follows("SOUTH KOREA,Japan"), Some("South Korea"));
        assert_eq!(follows("united stateside"), None);
        assert_eq!(follows("Brazil"), None, "one word is read as every other");
    }
}
