//! One name for everything that a browser says: BLAKE3, keyed per tenant, over a canonical form.

use std::{fmt, ops::Range};

use crate::domain::{
    browser::sketch::quick_hash,
    login::{
        components::{Components, Headers},
        value::{Value, write_head, write_text},
    },
};

/// The keyed hash of a browser's canonical form, `b3:` and 64 hex digits. The default, all noughts, is that of a browser of
/// which nothing is kept.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Fingerprint(pub [u8; 32]);

impl Fingerprint {
    /// Reads the written form; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix("b3:")?;
        let lower = !digits.bytes().any(|it| it.is_ascii_uppercase());
        blake3::Hash::from_hex(digits).ok().filter(|_| lower).map(|it| Self(*it.as_bytes()))
    }

    /// The part that stands in indexes.
    #[must_use]
    pub fn short(&self) -> [u8; 16] {
        let mut short = [0; 16];
        short.copy_from_slice(&self.0[..16]);
        short
    }

    /// The part that a known device remembers; never 0, which stands for "not known".
    #[must_use]
    pub fn brief(&self) -> u64 {
        self.0.first_chunk().map_or(1, |first| u64::from_be_bytes(*first).max(1))
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "b3:{}", blake3::Hash::from(self.0).to_hex())
    }
}

/// Shows the first digits only: logs never hold a whole fingerprint.
impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "b3:{:02x}{:02x}{:02x}{:02x}…", self.0[0], self.0[1], self.0[2], self.0[3])
    }
}

/// The canonical form of what a browser says: the same bytes whatever order it was said in.
///
/// A stored form, though only its hash is kept. Form 2: the form's name, then the user agent, the headers of [`HEADERS`]
/// that are there, and the components sorted by name, each as name and [canonical](Value::write_canonical) value. A change
/// of the form alarms nobody: a known device keeps the form of its fingerprint, and until it has been seen under the new
/// one it is recognized by those attributes that mean the same in both.
pub struct Canonical<'a> {
    key: &'a [u8; 32],
    bytes: Vec<u8>,
    /// Where in `bytes` the value of each component lies, in their order.
    values: Vec<Range<usize>>,
}

/// The headers that describe the browser rather than the request. Of `sec-ch-ua` the made-up brand is left out.
pub const HEADERS: [&str; 11] = [
    "accept-encoding",
    "accept-language",
    "dnt",
    "sec-ch-ua",
    "sec-ch-ua-arch",
    "sec-ch-ua-bitness",
    "sec-ch-ua-mobile",
    "sec-ch-ua-model",
    "sec-ch-ua-platform",
    "sec-ch-ua-platform-version",
    "sec-gpc",
];

/// The number of the form. Form 1 took every text of more than 64 bytes by its keyed hash.
pub const FORM: u8 = 2;
const FORM_NAME: &[u8] = b"watchlight fingerprint 2\0";
/// Room for the form of a FingerprintJS result, whose largest values are condensed.
const USUAL_BYTES: usize = 6 * 1024;

impl<'a> Canonical<'a> {
    /// Writes the canonical form under a tenant's key.
    #[must_use]
    pub fn new(key: &'a [u8; 32], user_agent: Option<&str>, headers: &Headers, components: &Components) -> Self {
        let mut bytes = Vec::with_capacity(USUAL_BYTES);
        bytes.extend_from_slice(FORM_NAME);
        write_text(&mut bytes, user_agent.unwrap_or_default());
        for name in HEADERS {
            if let Some(value) = headers.get(name) {
                write_text(&mut bytes, name);
                if name == "sec-ch-ua" { write_brands(&mut bytes, value) } else { write_text(&mut bytes, value) }
            }
        }
        let mut write = |(name, value): (&str, &Value)| {
            write_text(&mut bytes, name);
            let start = bytes.len();
            value.write_canonical(&mut bytes);
            start..bytes.len()
        };
        let values = components.iter().map(&mut write).collect();
        Self { key, bytes, values }
    }

    /// The keyed hash of it all.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint(*blake3::keyed_hash(self.key, &self.bytes).as_bytes())
    }

    /// A [quick hash](quick_hash) of the component at this [place](Components::find); never 0. `None` if there are not as many.
    #[must_use]
    pub fn quick_hash(&self, place: usize) -> Option<u16> {
        let at = self.values.get(place)?.clone();
        Some(quick_hash(self.key, &self.bytes[at]))
    }
}

/// The brands of `sec-ch-ua` without the made-up one, which changes its name and its place with every version.
fn write_brands(out: &mut Vec<u8>, header: &str) {
    let mut brands: Vec<&str> = header.split(',').map(str::trim).filter(|it| !is_made_up_brand(it)).collect();
    brands.sort_unstable();
    write_head(out, b'l', brands.len());
    for brand in brands {
        write_text(out, brand);
    }
}

/// Whether a brand is GREASE: browsers write “Not A Brand” with changing punctuation, to keep servers from relying on it.
fn is_made_up_brand(brand: &str) -> bool {
    let mut letters = brand.bytes().filter(u8::is_ascii_alphabetic).map(|it| it.to_ascii_lowercase());
    b"nota".iter().all(|it| letters.next() == Some(*it))
}

/// A keyed hash of 16 bits, never 0: 0 stands for “not known”.
#[must_use]
pub fn short_hash(key: &[u8; 32], bytes: &[u8]) -> u16 {
    let [_, _, a, b, ..] = *blake3::keyed_hash(key, bytes).as_bytes();
    u16::from_be_bytes([a, b]).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: [u8; 32] = [9; 32];

    fn text(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    fn fingerprint(components: Vec<(String, Value)>) -> Fingerprint {
        Canonical::new(&KEY, Some("agent"), &Headers::default(), &Components::new(components)).fingerprint()
    }

    #[test]
    fn order_does_not_matter_and_content_does() {
        let (platform, memory) = (("platform".to_owned(), text("Win32")), ("memory".to_owned(), Value::Number(8.0)));
        let there = fingerprint(vec![platform.clone(), memory.clone()]);
        assert_eq!(there, fingerprint(vec![memory, platform.clone()]));
        assert_ne!(there, fingerprint(vec![platform.clone(), ("memory".to_owned(), text("8"))]));
        let null = ("audio".to_owned(), Value::Null);
        assert_eq!(
            fingerprint(vec![platform.clone(), null]),
            fingerprint(vec![platform]),
            "what is missing is not said"
        );
    }

    #[test]
    fn no_two_contents_run_together() {
        let list = |items: &[&str]| {
            fingerprint(vec![("fonts".to_owned(), Value::List(items.iter().copied().map(text).collect()))])
        };
        assert_ne!(list(&["ab", "c"]), list(&["a", "bc"]));
        assert_ne!(list(&["a"]), fingerprint(vec![("fonts".to_owned(), text("a"))]));
        let long = "x".repeat(5_000);
        assert_ne!(list(&[&long]), list(&[&long, ""]));
        assert_eq!(
            fingerprint(vec![("zero".to_owned(), Value::Number(-0.0))]),
            fingerprint(vec![("zero".to_owned(), Value::Number(0.0))])
        );
    }

    #[test]
    fn the_made_up_brand_is_passed_over() {
        let named = |brands: &str| {
            let headers = Headers::new(vec![("Sec-CH-UA".to_owned(), brands.to_owned())]);
            Canonical::new(&KEY, None, &headers, &Components::default()).fingerprint()
        };
        let chrome = named(r#""Chromium";v="142", "Google Chrome";v="142", "Not.A/Brand";v="8""#);
        assert_eq!(chrome, named(r#""Not_A Brand";v="99", "Google Chrome";v="142", "Chromium";v="142""#));
        assert_ne!(chrome, named(r#""Chromium";v="143", "Google Chrome";v="143", "Not.A/Brand";v="8""#));
    }

    #[test]
    fn the_written_form_is_read_back_and_logs_do_not_hold_it() {
        let fingerprint = fingerprint(Vec::new());
        let written = fingerprint.to_string();
        assert_eq!(Fingerprint::parse(&written), Some(fingerprint));
        assert_eq!(Fingerprint::parse(&written.to_uppercase()), None);
        assert!(format!("{fingerprint:?}").len() < 16);
    }

    #[test]
    fn each_component_has_a_hash_of_its_own() {
        let components =
            |picture: &str| Components::new(vec![("canvas".to_owned(), text(picture)), ("math".to_owned(), text("m"))]);
        let headers = Headers::default();
        let hashes = |components: &Components| {
            let canonical = Canonical::new(&KEY, None, &headers, components);
            ["canvas", "math"].map(|it| canonical.quick_hash(components.find(it).unwrap().0))
        };
        let ([one, same], [other, as_well]) = (hashes(&components("a")), hashes(&components("b")));
        assert_ne!(one, other);
        assert_eq!(same, as_well);
    }
}
