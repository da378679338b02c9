//! What is written after a field, as a value of that field.

use std::net::IpAddr;

use ipnet::{IpNet, Ipv4Net};

use crate::domain::{
    browser::fingerprint::Fingerprint,
    country_names::{countries, country_name, country_named},
    ids::{AlertId, DeviceId, LoginId, UserId},
    login::login::{MAX_METHOD_CHARS, MAX_TEXT_BYTES, is_email_address},
    place::{Asn, Country},
    policy::policy::PolicyVersion,
    search::{
        fault::{QueryFault, nearest, repeated},
        field::Field,
        scanner::Written,
        times::beginning,
        value::{Comparison, Reference, Score, Value},
    },
};

/// Codes that people write, and the one that ISO 3166-1 assigns.
const MEANT: [(&str, &str); 1] = [("EL", "GR")];

/// Reads a value of a field.
///
/// # Errors
/// When the field has no such value.
pub fn read(field: Field, comparison: Comparison, written: &Written) -> Result<Value, QueryFault> {
    let text = written.text.as_str();
    let value = match field {
        Field::User => UserId::parse(text).map(Value::User),
        Field::Address => network(text).map(Value::Address),
        Field::Country => return country(written),
        Field::Asn => asn(text).map(Value::Asn),
        Field::Device => DeviceId::parse(text).map(Value::Device),
        Field::Fingerprint => Fingerprint::parse(text).map(Value::Fingerprint),
        Field::Risk => Score::parse(text).map(|it| Value::Risk(comparison, it)),
        Field::Method => plain(text, text.chars().count() <= MAX_METHOD_CHARS).map(Value::Method),
        Field::Session => plain(text, text.len() <= MAX_TEXT_BYTES).map(Value::Session),
        Field::Email => is_email_address(text).then(|| Value::Email(text.to_lowercase())),
        Field::Reference => Reference::parse(text).map(Value::Reference),
        Field::Judged => beginning(text).map(Value::Judged),
        Field::Policy => PolicyVersion::parse(text).map(Value::Policy),
        Field::Login => LoginId::parse(text).map(Value::Login),
        Field::Alert => AlertId::parse(text).map(Value::Alert),
        Field::Like => LoginId::parse(text).map(Value::Like),
        Field::Status
        | Field::Level
        | Field::Outcome
        | Field::Signal
        | Field::Browser
        | Field::Os
        | Field::Mail
        | Field::Answer
        | Field::Note
        | Field::Verdict => return choice(field, written),
    };
    value.ok_or_else(|| written.fault(format!("`{}` {}, not `{}`.", field.as_str(), field.must(), repeated(text))))
}

/// One of the few values of a field, in letters of either case; the names of browsers also with spaces.
fn choice(field: Field, written: &Written) -> Result<Value, QueryFault> {
    let choices: Vec<(String, Value)> = Value::choices(field).into_iter().map(|it| (it.text(), it)).collect();
    let word = written.text.to_lowercase().replace(' ', "_");
    if let Some((_, value)) = choices.iter().find(|(name, _)| *name == word) {
        return Ok(value.clone());
    }
    let names = || choices.iter().map(|(name, _)| name.as_str());
    let listed: Vec<String> = names().map(|it| format!("`{it}`")).collect();
    let message =
        format!("`{}` is one of {}; there is no `{}`.", field.as_str(), listed.join(", "), repeated(&written.text));
    Err(written.fault(message).suggesting(nearest(&word, names())))
}

/// A country by its code or its name.
fn country(written: &Written) -> Result<Value, QueryFault> {
    let text = written.text.as_str();
    let by_code = Country::parse(text).filter(|it| country_name(*it).is_some());
    if let Some(country) = by_code.or_else(|| country_named(text)) {
        return Ok(Value::Country(country));
    }
    let meant = MEANT.iter().find(|(code, _)| code.eq_ignore_ascii_case(text)).map(|(_, it)| (*it).to_owned());
    let similar = || country_named(nearest(text, countries().map(|(_, name)| name))?);
    let suggestion = meant.or_else(|| similar().map(|it| it.as_str().to_owned()));
    let message = format!("`country` {}, and `{}` is none.", Field::Country.must(), repeated(text));
    Err(written.fault(message).suggesting(suggestion))
}

/// An address, or a network such as `192.0.2.0/24`, in its canonical form; an address is a network of one.
#[must_use]
pub fn network(text: &str) -> Option<IpNet> {
    let network: IpNet = text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))?;
    let mapped = match network {
        IpNet::V6(it) => it.addr().to_ipv4_mapped().zip(it.prefix_len().checked_sub(96)),
        IpNet::V4(_) => None,
    };
    let unmapped = mapped.and_then(|(address, prefix)| Ipv4Net::new(address, prefix).ok());
    Some(unmapped.map_or(network, IpNet::from).trunc())
}

/// The number of an autonomous system, with `AS` before it or without.
#[must_use]
pub fn asn(text: &str) -> Option<Asn> {
    let is_prefix = |it: &&str| it.eq_ignore_ascii_case("as");
    let digits = text.get(..2).filter(is_prefix).map_or(text, |_| &text[2..]);
    let is_number = !digits.is_empty() && digits.bytes().all(|it| it.is_ascii_digit());
    if is_number { digits.parse().ok().and_then(Asn::new) } else { None }
}

/// A text without control characters.
fn plain(text: &str, fits: bool) -> Option<String> {
    (fits && !text.is_empty() && !text.chars().any(char::is_control)).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> Written {
        Written { text: text.to_owned(), at: 3, length: text.chars().count() }
    }

    fn text(field: Field, value: &str) -> Option<String> {
        read(field, Comparison::Equal, &written(value)).ok().map(|it| it.text())
    }

    #[test]
    fn values_are_read_in_every_form_and_have_one() {
        for (field, read, canonical) in [
            (Field::Address, "::ffff:192.0.2.9", "192.0.2.9"),
            (Field::Address, "192.0.2.9/24", "192.0.2.0/24"),
            (Field::Address, "192.0.2.9/32", "192.0.2.9"),
            (Field::Address, "::ffff:192.0.2.9/120", "192.0.2.0/24"),
            (Field::Address, "2001:DB8:0::1/127", "2001:db8::/127"),
            (Field::Address, "::/0", "::/0"),
            (Field::Country, "br", "BR"),
            (Field::Country, "brazil", "BR"),
            (Field::Country, "South Korea", "KR"),
            (Field::Country, "Netherlands", "NL"),
            (Field::Country, "The Netherlands", "NL"),
            (Field::Country, "Czech Republic", "CZ"),
            (Field::Country, "Turkey", "TR"),
            (Field::Country, "USA", "US"),
            (Field::Country, "uk", "GB"),
            (Field::Asn, "AS29518", "29518"),
            (Field::Asn, "as1", "1"),
            (Field::Asn, "4294967295", "4294967295"),
            (Field::Email, "Ana@Example.com", "ana@example.com"),
            (Field::Status, "NEW", "new"),
            (Field::Browser, "Samsung Internet", "samsung_internet"),
            (Field::Os, "macOS", "macos"),
            (Field::Mail, "none", "none"),
            (Field::Note, "any", "any"),
            (Field::Verdict, "Unsure", "unsure"),
            (Field::Judged, "2026-11-22", "2026-11-22T00:00:00.000Z"),
            (Field::Reference, "7kq2mx", "7KQ2MX"),
            (Field::Method, "social:google", "social:google"),
            (Field::Risk, "1.0", "1"),
        ] {
            assert_eq!(text(field, read).as_deref(), Some(canonical), "{field:?} {read}");
        }
    }

    #[test]
    fn what_a_field_cannot_have_is_refused_with_what_it_can() {
        for (field, wrong, suggestion) in [
            (Field::Address, "192.0.2.0/33", None),
            (Field::Address, "192.0.2", None),
            (Field::Country, "EL", Some("GR")),
            (Field::Country, "Brasil", Some("BR")),
            (Field::Country, "ZZ", None),
            (Field::Asn, "0", None),
            (Field::Asn, "AS", None),
            (Field::Asn, "+1", None),
            (Field::Asn, "ä1", None),
            (Field::Asn, "4294967296", None),
            (Field::Status, "recognised", Some("recognized")),
            (Field::Level, "hgih", Some("high")),
            (Field::Signal, "imposible_travel", Some("impossible_travel")),
            (Field::Outcome, "denied", None),
            (Field::Answer, "confirm", Some("confirmed")),
            (Field::Mail, "fail", Some("failed")),
            (Field::Device, "dev_9C1F3B0A5D7E2468", None),
            (Field::Email, "ana", None),
            (Field::Reference, "7KQ2M", None),
            (Field::Risk, "1.5", None),
            (Field::Method, &"x".repeat(41), None),
            (Field::User, "a\u{7}b", None),
            (Field::Policy, "pol_1", None),
        ] {
            let fault = read(field, Comparison::Equal, &written(wrong)).unwrap_err();
            assert_eq!((fault.position, fault.suggestion.as_deref()), (3, suggestion), "{fault}");
            assert!(fault.message.contains(&format!("`{}`", field.as_str())), "{fault}");
        }
    }

    #[test]
    fn every_example_is_a_value() {
        for &field in Field::ALL {
            let example = field.example().replace('…', &"0".repeat(64));
            assert!(text(field, &example).is_some(), "{field:?}");
        }
    }
}
