//! A value that a browser's script measured, and its canonical bytes.

/// A value as JSON has them. Members of a map are unique and sorted by name, so that order never matters.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Nothing.
    Null,
    /// Yes or no.
    Bool(bool),
    /// A finite number.
    Number(f64),
    /// A text.
    Text(String),
    /// Values in an order that means something.
    List(Vec<Value>),
    /// Named values, sorted by name.
    Map(Vec<(String, Value)>),
    /// A [condensed](Value::condensed) value.
    Condensed {
        /// The first half of the BLAKE3 hash of its canonical bytes.
        digest: [u8; 16],
        /// The [names](Value::names) in it, if it was a set of names.
        names: Vec<u64>,
    },
}

/// The canonical bytes of a value may be as many before it is condensed. Pictures and lists of fonts, plugins and of what a
/// graphics card can do are larger; what is read rather than compared is smaller.
pub const CONDENSED_BYTES: usize = 256;

impl Value {
    /// This value with every part that is large, and that nobody reads, condensed. Done once, where a login enters: a
    /// picture of 10 kB is compared, never looked at. Condensing twice changes nothing.
    #[must_use]
    pub fn condensed(self) -> Self {
        if self.canonical_length() <= CONDENSED_BYTES {
            return self;
        }
        match self {
            // A map keeps its members apart: each is an attribute of its own.
            Self::Map(members) => Self::Map(members.into_iter().map(|(name, it)| (name, it.condensed())).collect()),
            large => {
                let mut bytes = Vec::with_capacity(large.canonical_length());
                large.write_canonical(&mut bytes);
                Self::Condensed { digest: digest(&bytes), names: large.names().collect() }
            }
        }
    }

    /// A text, [condensed](Self::condensed) at once if it is large.
    #[must_use]
    pub fn of_text(text: &str) -> Self {
        if HEAD_BYTES + text.len() <= CONDENSED_BYTES {
            return Self::Text(text.to_owned());
        }
        let mut bytes = Vec::with_capacity(HEAD_BYTES + text.len());
        write_text(&mut bytes, text);
        Self::Condensed { digest: digest(&bytes), names: Vec::new() }
    }

    /// What stands for the names in a list of texts, or of maps that have a `name`; none for anything else.
    pub fn names(&self) -> impl Iterator<Item = u64> {
        let condensed: &[u64] = if let Self::Condensed { names, .. } = self { names } else { &[] };
        let listed = self.list().unwrap_or_default().iter();
        condensed.iter().copied().chain(listed.filter_map(Self::name))
    }

    /// What stands for the name of an item of a list.
    fn name(&self) -> Option<u64> {
        Some(hash(self.get("name").unwrap_or(self).text()?.as_bytes()))
    }

    /// Appends the canonical bytes: every value has its type, texts and lists their lengths, so that no two contents have
    /// the same bytes.
    pub fn write_canonical(&self, out: &mut Vec<u8>) {
        match self {
            Self::Null => out.push(b'n'),
            Self::Bool(yes) => out.extend_from_slice(&[b'b', u8::from(*yes)]),
            Self::Number(number) => {
                // Adding nought makes −0 the same as 0.
                let mut bytes = [b'd'; 9];
                bytes[1..].copy_from_slice(&(number + 0.0).to_bits().to_be_bytes());
                out.extend_from_slice(&bytes);
            }
            Self::Text(text) => write_text(out, text),
            Self::List(items) => {
                write_head(out, b'l', items.len());
                for item in items {
                    item.write_canonical(out);
                }
            }
            Self::Map(members) => {
                write_head(out, b'm', members.len());
                for (name, value) in members {
                    write_text(out, name);
                    value.write_canonical(out);
                }
            }
            Self::Condensed { digest, .. } => {
                out.push(b'h');
                out.extend_from_slice(digest);
            }
        }
    }

    /// How many canonical bytes there are.
    #[must_use]
    pub fn canonical_length(&self) -> usize {
        match self {
            Self::Null => 1,
            Self::Bool(_) => 2,
            Self::Number(_) => 9,
            Self::Text(it) => HEAD_BYTES + it.len(),
            Self::List(items) => HEAD_BYTES + items.iter().map(Self::canonical_length).sum::<usize>(),
            Self::Map(members) => {
                let member = |(name, it): &(String, Self)| HEAD_BYTES + name.len() + it.canonical_length();
                HEAD_BYTES + members.iter().map(member).sum::<usize>()
            }
            Self::Condensed { .. } => 17,
        }
    }

    /// The member of a map with this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Self> {
        let Self::Map(members) = self else { return None };
        members.binary_search_by(|(it, _)| it.as_str().cmp(name)).ok().map(|at| &members[at].1)
    }

    /// The text, if it is one.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// The number, if it is one.
    #[must_use]
    pub fn number(&self) -> Option<f64> {
        if let Self::Number(number) = self { Some(*number) } else { None }
    }

    /// The truth value, if it is one.
    #[must_use]
    pub fn bool(&self) -> Option<bool> {
        if let Self::Bool(bool) = self { Some(*bool) } else { None }
    }

    /// The list, if it is one.
    #[must_use]
    pub fn list(&self) -> Option<&[Self]> {
        if let Self::List(list) = self { Some(list) } else { None }
    }
}

/// A large list that is condensed while it is read, so that its items are not made only to be hashed.
pub struct LargeList {
    /// Its canonical bytes; how many items there are is written at the end.
    bytes: Vec<u8>,
    names: Vec<u64>,
    count: usize,
}

impl LargeList {
    /// Begins with these items.
    #[must_use]
    pub fn new(items: &[Value]) -> Self {
        let mut list = Self { bytes: Vec::with_capacity(4 * CONDENSED_BYTES), names: Vec::new(), count: 0 };
        write_head(&mut list.bytes, b'l', 0);
        for item in items {
            list.push(item);
        }
        list
    }

    /// Adds an item.
    pub fn push(&mut self, item: &Value) {
        item.write_canonical(&mut self.bytes);
        self.names.extend(item.name());
        self.count += 1;
    }

    /// Adds a text.
    pub fn push_text(&mut self, text: &str) {
        write_text(&mut self.bytes, text);
        self.names.push(hash(text.as_bytes()));
        self.count += 1;
    }

    /// The list, condensed.
    #[must_use]
    pub fn condensed(mut self) -> Value {
        self.bytes[..HEAD_BYTES].copy_from_slice(&head(b'l', self.count));
        Value::Condensed { digest: digest(&self.bytes), names: self.names }
    }
}

/// The first half of the hash of canonical bytes.
fn digest(bytes: &[u8]) -> [u8; 16] {
    let mut digest = [0; 16];
    digest.copy_from_slice(&blake3::hash(bytes).as_bytes()[..16]);
    digest
}

/// A type and a length of 32 bits.
const HEAD_BYTES: usize = 5;

/// Appends a text behind its type and length.
pub fn write_text(out: &mut Vec<u8>, text: &str) {
    write_head(out, b't', text.len());
    out.extend_from_slice(text.as_bytes());
}

/// Appends a type and a length.
pub fn write_head(out: &mut Vec<u8>, kind: u8, length: usize) {
    out.extend_from_slice(&head(kind, length));
}

fn head(kind: u8, length: usize) -> [u8; HEAD_BYTES] {
    // A body has at most 256 KiB: its lengths fit.
    let [a, b, c, d] = u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes();
    [kind, a, b, c, d]
}

/// A hash of 64 bits of a name, eight bytes at a time. It is no secret and is never stored: sketches key it.
fn hash(name: &[u8]) -> u64 {
    let (words, rest) = name.as_chunks::<8>();
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    let step = |state: u64, word: [u8; 8]| (state ^ u64::from_le_bytes(word)).wrapping_mul(ODD).rotate_left(29);
    // The length is part of it, so that what ends in noughts is not what ends before them.
    let start = words.iter().fold(name.len() as u64, |state, word| step(state, *word));
    step(start, last)
}

/// 2⁶⁴ by the golden ratio, made odd.
const ODD: u64 = 0x9E37_79B9_7F4A_7C15;

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(value: &Value) -> Vec<u8> {
        let mut bytes = Vec::new();
        value.write_canonical(&mut bytes);
        bytes
    }

    fn picture(letter: &str) -> Value {
        Value::Map(vec![
            ("geometry".to_owned(), Value::Text(letter.repeat(5_000))),
            ("winding".to_owned(), Value::Bool(true)),
        ])
    }

    #[test]
    fn what_is_large_is_condensed_and_what_is_small_is_not() {
        let condensed = picture("a").condensed();
        assert!(matches!(condensed.get("geometry"), Some(Value::Condensed { .. })));
        assert_eq!(condensed.get("winding"), Some(&Value::Bool(true)), "beside it everything stays");
        assert_ne!(condensed, picture("b").condensed());
        assert_eq!(condensed.clone().condensed(), condensed);
        let renderer = Value::Text("ANGLE (Intel, Intel(R) Iris(R) Xe Graphics (0x00009A49) Direct3D11)".to_owned());
        assert_eq!(renderer.clone().condensed(), renderer);
    }

    #[test]
    fn a_set_keeps_what_stands_for_its_names() {
        let fonts = |count: usize| Value::List((0..count).map(|it| Value::Text(format!("A font {it}"))).collect());
        let (few, many) = (fonts(3), fonts(60));
        assert_eq!(few.clone().condensed(), few);
        let names: Vec<u64> = many.names().collect();
        let condensed = many.condensed();
        assert!(matches!(condensed, Value::Condensed { .. }));
        assert_eq!(condensed.names().collect::<Vec<_>>(), names);
        assert_eq!(few.names().collect::<Vec<_>>(), names[..3]);
        let plugin = |name: &str| Value::Map(vec![("name".to_owned(), Value::Text(name.to_owned()))]);
        let plugins = Value::List(vec![plugin("A font 0"), plugin("A font 1")]);
        assert_eq!(plugins.names().collect::<Vec<_>>(), names[..2], "named by itself or by its member");
    }

    #[test]
    fn the_length_is_that_of_the_bytes() {
        let list = Value::List(vec![Value::Null, Value::Number(-0.0), Value::Bool(false), picture("c")]);
        let condensed = Value::Condensed { digest: [7; 16], names: vec![1] };
        for value in [list.clone(), list.condensed(), picture("d"), condensed] {
            assert_eq!(value.canonical_length(), bytes(&value).len());
        }
        assert_eq!(bytes(&Value::Number(-0.0)), bytes(&Value::Number(0.0)));
    }
}
