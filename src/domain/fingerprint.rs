//! One name for everything that a browser says: BLAKE3, keyed per tenant, over a canonical form.

use std::{fmt, ops::Range};

use crate::domain::components::{Components, Headers, Value};

/// The keyed hash of a browser's canonical form, `b3:` and 64 hex digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint(pub [u8; 32]);

impl Fingerprint {
    /// Reads the written form; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix("b3:")?;
        let lower = !digits.bytes().any(|it| it.is_ascii_uppercase());
        blake3::Hash::from_hex(digits).ok().filter(|_| lower).map(|it| Self(*it.as_bytes()))
    }

    /// The part that stands in indexes and known devices.
    #[must_use]
    pub fn short(&self) -> [u8; 16] {
        let mut short = [0; 16];
        short.copy_from_slice(&self.0[..16]);
        short
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
/// A stored form, though only its hash is kept. Version 1: the version's name, then the user agent, the headers of
/// [`HEADERS`] that are there, and the components sorted by name, each as name and value. Texts and lists carry their
/// lengths and every value its type, so that no two contents have the same bytes. A text of more than 64 bytes stands as
/// its keyed hash: a canvas is hashed once, for the whole and for its attribute. A change of the form alarms nobody:
/// known devices are recognized by their attributes, and take the new fingerprint at their next login.
pub struct Canonical<'a> {
    key: &'a [u8; 32],
    bytes: Vec<u8>,
    /// Where in `bytes` the value of each component, and of each member of a component that is a map, lies.
    entries: Vec<(&'a str, Option<&'a str>, Range<usize>)>,
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

const VERSION: &[u8] = b"watchlight fingerprint 1\0";
/// Room for the form of a whole FingerprintJS result, whose lists of WebGL features are most of it.
const USUAL_BYTES: usize = 32 * 1024;
/// Longer texts stand as their hash. BLAKE3 takes up to 64 bytes in one block.
const LONG_TEXT_BYTES: usize = 64;

impl<'a> Canonical<'a> {
    /// Writes the canonical form under a tenant's key.
    #[must_use]
    pub fn new(key: &'a [u8; 32], user_agent: Option<&str>, headers: &Headers, components: &'a Components) -> Self {
        let mut canonical = Self { key, bytes: Vec::with_capacity(USUAL_BYTES), entries: Vec::with_capacity(64) };
        canonical.bytes.extend_from_slice(VERSION);
        canonical.text(user_agent.unwrap_or_default());
        for name in HEADERS {
            if let Some(value) = headers.get(name) {
                canonical.text(name);
                if name == "sec-ch-ua" { canonical.brands(value) } else { canonical.text(value) }
            }
        }
        for (name, value) in components.iter() {
            canonical.text(name);
            canonical.component(name, value);
        }
        canonical
    }

    /// The keyed hash of it all.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint(*blake3::keyed_hash(self.key, &self.bytes).as_bytes())
    }

    /// A hash of 32 bits of one component, or of one member of it; never 0. `None` if it was not said.
    #[must_use]
    pub fn short_hash(&self, component: &str, member: Option<&str>) -> Option<u32> {
        let order = |(name, it, _): &(&str, Option<&str>, Range<usize>)| (*name, *it).cmp(&(component, member));
        let at = self.entries.binary_search_by(order).ok()?;
        Some(short_hash(self.key, &self.bytes[self.entries[at].2.clone()]))
    }

    fn component(&mut self, name: &'a str, value: &'a Value) {
        let start = self.bytes.len();
        let entry = self.entries.len();
        self.entries.push((name, None, start..start));
        if let Value::Map(members) = value {
            self.head(b'm', members.len());
            for (member, value) in members {
                self.text(member);
                let start = self.bytes.len();
                self.value(value);
                self.entries.push((name, Some(member.as_str()), start..self.bytes.len()));
            }
        } else {
            self.value(value);
        }
        self.entries[entry].2.end = self.bytes.len();
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::Null => self.bytes.push(b'n'),
            Value::Bool(it) => self.bytes.extend_from_slice(&[b'b', u8::from(*it)]),
            Value::Number(it) => {
                self.bytes.push(b'd');
                // Adding nought makes −0 the same as 0.
                self.bytes.extend_from_slice(&(it + 0.0).to_bits().to_be_bytes());
            }
            Value::Text(it) => self.text(it),
            Value::List(items) => {
                self.head(b'l', items.len());
                for it in items {
                    self.value(it);
                }
            }
            Value::Map(members) => {
                self.head(b'm', members.len());
                for (name, value) in members {
                    self.text(name);
                    self.value(value);
                }
            }
        }
    }

    fn text(&mut self, text: &str) {
        if text.len() <= LONG_TEXT_BYTES {
            self.head(b't', text.len());
            self.bytes.extend_from_slice(text.as_bytes());
        } else {
            self.bytes.push(b'h');
            self.bytes.extend_from_slice(&blake3::keyed_hash(self.key, text.as_bytes()).as_bytes()[..16]);
        }
    }

    /// The brands of `sec-ch-ua` without the made-up one, which changes its name and its place with every version.
    fn brands(&mut self, header: &str) {
        let mut brands: Vec<&str> = header.split(',').map(str::trim).filter(|it| !is_made_up_brand(it)).collect();
        brands.sort_unstable();
        self.head(b'l', brands.len());
        for it in brands {
            self.text(it);
        }
    }

    fn head(&mut self, kind: u8, length: usize) {
        // A body has at most 256 KiB: its lengths fit.
        let [a, b, c, d] = u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes();
        self.bytes.extend_from_slice(&[kind, a, b, c, d]);
    }
}

/// Whether a brand is GREASE: browsers write “Not A Brand” with changing punctuation, to keep servers from relying on it.
fn is_made_up_brand(brand: &str) -> bool {
    let mut letters = brand.bytes().filter(u8::is_ascii_alphabetic).map(|it| it.to_ascii_lowercase());
    b"nota".iter().all(|it| letters.next() == Some(*it))
}

/// A keyed hash of 32 bits, never 0: 0 stands for “not known”.
#[must_use]
pub fn short_hash(key: &[u8; 32], bytes: &[u8]) -> u32 {
    let hash = blake3::keyed_hash(key, bytes);
    let [a, b, c, d, ..] = *hash.as_bytes();
    u32::from_be_bytes([a, b, c, d]).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: [u8; 32] = [9; 32];

    fn text(it: &str) -> Value {
        Value::Text(it.to_owned())
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
        let long = "x".repeat(65);
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
    fn a_member_of_a_component_has_a_hash_of_its_own() {
        let canvas =
            |picture: &str| Value::Map(vec![("geometry".to_owned(), text(picture)), ("text".to_owned(), text("t"))]);
        let (one, other) = (
            Components::new(vec![("canvas".to_owned(), canvas("a"))]),
            Components::new(vec![("canvas".to_owned(), canvas("b"))]),
        );
        let headers = Headers::default();
        let (one, other) = (Canonical::new(&KEY, None, &headers, &one), Canonical::new(&KEY, None, &headers, &other));
        assert_ne!(one.short_hash("canvas", Some("geometry")), other.short_hash("canvas", Some("geometry")));
        assert_eq!(one.short_hash("canvas", Some("text")), other.short_hash("canvas", Some("text")));
        assert_eq!(one.short_hash("canvas", Some("winding")), None);
    }
}
