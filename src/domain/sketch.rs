//! A set of names drawn in 32 bits, by which two sets are compared without either being kept.

/// A keyed sketch of a set: 32 hash functions, of each the lowest bit of the least value over all names (one-bit minwise
/// hashing, Li and König, WWW 2010). Two sets that share a part J of their union agree in about (1 + J) / 2 of the bits.
/// 0 is not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Sketch(pub u32);

const BITS: usize = 32;
/// Sets are close if no more bits differ: sets that share nine tenths pass in 99 of 100 cases, sets that share half in
/// one of five.
const CLOSE_BITS: u32 = 5;

impl Sketch {
    /// The sketch of names in any order, under a tenant's key; not known if there are none.
    pub fn of<'a>(key: &[u8; 32], names: impl IntoIterator<Item = &'a str>) -> Self {
        let [a, b, c, d, e, f, g, h, ..] = *key;
        let seed = u64::from_le_bytes([a, b, c, d, e, f, g, h]);
        let mut least = [u8::MAX; BITS];
        let mut empty = true;
        for name in names {
            empty = false;
            let mut state = hash(seed, name.as_bytes());
            for eight in least.as_chunks_mut::<8>().0 {
                state = state.wrapping_add(GOLDEN);
                for (least, byte) in eight.iter_mut().zip(mix(state).to_le_bytes()) {
                    *least = byte.min(*least);
                }
            }
        }
        let bits = least.iter().fold(0, |bits, least| bits << 1 | u32::from(least & 1));
        Self(if empty { 0 } else { bits.max(1) })
    }

    /// Whether both are known and of sets that have most in common.
    #[must_use]
    pub const fn is_close(self, other: Self) -> bool {
        self.0 != 0 && other.0 != 0 && (self.0 ^ other.0).count_ones() <= CLOSE_BITS
    }
}

/// SplitMix64's step, 2⁶⁴ by the golden ratio.
const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

/// A keyed hash of 64 bits, eight bytes at a time. Not for secrets: only single bits of least values leave this file.
fn hash(seed: u64, bytes: &[u8]) -> u64 {
    let (words, rest) = bytes.as_chunks::<8>();
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    let step = |state: u64, word: [u8; 8]| (state ^ u64::from_le_bytes(word)).wrapping_mul(GOLDEN).rotate_left(29);
    // The length is part of it, so that what ends in noughts is not what ends before them.
    let start = words.iter().fold(seed ^ bytes.len() as u64, |state, word| step(state, *word));
    step(start, last)
}

/// SplitMix64's mixing of one state into 64 even bits.
const fn mix(state: u64) -> u64 {
    let state = (state ^ state >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let state = (state ^ state >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    state ^ state >> 31
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: [u8; 32] = [5; 32];

    fn names(range: std::ops::Range<usize>) -> Vec<String> {
        range.map(|it| format!("Font {it}")).collect()
    }

    fn sketch(names: &[String]) -> Sketch {
        Sketch::of(&KEY, names.iter().map(String::as_str))
    }

    #[test]
    fn order_does_not_matter_and_keys_do() {
        let fonts = names(0..20);
        let mut turned = fonts.clone();
        turned.reverse();
        assert_eq!(sketch(&fonts), sketch(&turned));
        assert_ne!(sketch(&fonts), Sketch::of(&[6; 32], fonts.iter().map(String::as_str)));
        assert_eq!(sketch(&[]), Sketch::default());
    }

    #[test]
    fn a_font_more_is_close_and_other_fonts_are_not() {
        let count = |close: fn(usize) -> [Vec<String>; 2]| {
            let pairs = (0..200).map(|it| close(it * 1_000));
            pairs.filter(|[a, b]| sketch(a).is_close(sketch(b))).count()
        };
        assert!(count(|it| [names(it..it + 30), names(it..it + 32)]) >= 195);
        assert!(count(|it| [names(it..it + 20), names(it + 10..it + 30)]) <= 20, "a third in common");
        assert_eq!(count(|it| [names(it..it + 12), names(it + 500..it + 512)]), 0);
    }

    #[test]
    fn what_is_not_known_is_close_to_nothing() {
        assert!(!Sketch::default().is_close(Sketch::default()));
        assert!(!Sketch(1).is_close(Sketch::default()));
    }
}
