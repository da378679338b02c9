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
    /// The sketch of names in any order, under a tenant's key, and a short hash of
    /// them all, never 0; neither is known if there are none.
    pub fn of(key: &[u8; 32], names: impl IntoIterator<Item = u64>) -> (Self, Option<u16>) {
        let seed = seed(key);
        let mut least = [u8::MAX; BITS];
        let mut sum = None;
        for name in names {
            let mut state = mix(name ^ seed);
            sum = Some(sum.unwrap_or(0_u64).wrapping_add(state));
            let mut drawn = [0; BITS];
            for eight in drawn.as_chunks_mut::<8>().0 {
                state = state.wrapping_add(GOLDEN);
                *eight = mix(state).to_le_bytes();
            }
            lower(&mut least, &drawn);
        }
        let bits = least.iter().fold(0, |bits, least| bits << 1 | u32::from(least & 1));
        match sum {
            None => (Self::default(), None),
            Some(sum) => (Self(bits.max(1)), Some(folded(mix(sum)))),
        }
    }

    /// Whether both are known and of sets that have most in common.
    #[must_use]
    pub const fn is_close(self, other: Self) -> bool {
        self.0 != 0 && other.0 != 0 && (self.0 ^ other.0).count_ones() <= CLOSE_BITS
    }
}

/// Of each two bytes the lesser stays. Sixteen are compared at once, but only where this stands alone: within the loop over
/// names the compiler takes them one by one, and the whole more than twice the time.
#[inline(never)]
fn lower(least: &mut [u8; BITS], drawn: &[u8; BITS]) {
    for (least, drawn) in least.iter_mut().zip(drawn) {
        *least = (*drawn).min(*least);
    }
}

/// A short keyed hash of bytes that are compared and never read; never 0. A login has
/// many, BLAKE3 costs six times as much for each, and more than 16 bits are not kept.
#[must_use]
pub fn quick_hash(key: &[u8; 32], bytes: &[u8]) -> u16 {
    let (words, rest) = bytes.as_chunks::<8>();
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    let step = |state: u64, word: [u8; 8]| (state ^ u64::from_le_bytes(word)).wrapping_mul(GOLDEN).rotate_left(29);
    let start = words.iter().fold(seed(key) ^ bytes.len() as u64, |state, word| step(state, *word));
    folded(mix(step(start, last)))
}

/// A quarter of the key. Of what is made with it at most 16 bits are kept.
fn seed(key: &[u8; 32]) -> u64 {
    key.first_chunk().map_or(0, |quarter| u64::from_le_bytes(*quarter))
}

fn folded(hash: u64) -> u16 {
    let [a, b, ..] = hash.to_le_bytes();
    u16::from_le_bytes([a, b]).max(1)
}

/// The step of `SplitMix64`, 2⁶⁴ by the golden ratio.
const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

/// The mixing of `SplitMix64`: one state into 64 even bits.
const fn mix(state: u64) -> u64 {
    let state = (state ^ state >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let state = (state ^ state >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    state ^ state >> 31
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: [u8; 32] = [5; 32];

    fn sketch(names: impl IntoIterator<Item = u64>) -> Sketch {
        Sketch::of(&KEY, names).0
    }

    #[test]
    fn order_does_not_matter_and_keys_do() {
        let fonts = 100..120;
        assert_eq!(Sketch::of(&KEY, fonts.clone()), Sketch::of(&KEY, fonts.clone().rev()));
        assert_ne!(Sketch::of(&KEY, fonts.clone()), Sketch::of(&[6; 32], fonts));
        assert_eq!(Sketch::of(&KEY, []), (Sketch::default(), None));
        assert_ne!(quick_hash(&KEY, b"a"), quick_hash(&KEY, b"a\0"));
    }

    #[test]
    fn what_stored_devices_have_stays_comparable() {
        assert_eq!(Sketch::of(&KEY, 100..120), (Sketch(0xDAC8_221F), Some(0x4E08)));
    }

    #[test]
    fn a_font_more_is_close_and_other_fonts_are_not() {
        let count = |sets: fn(u64) -> [std::ops::Range<u64>; 2]| {
            let pairs = (0..200).map(|it| sets(it * 1_000));
            pairs.filter(|[a, b]| sketch(a.clone()).is_close(sketch(b.clone()))).count()
        };
        assert!(count(|from| [from..from + 30, from..from + 32]) >= 195);
        assert!(count(|from| [from..from + 20, from + 10..from + 30]) <= 20, "a third in common");
        assert!(count(|from| [from..from + 12, from + 500..from + 512]) <= 1);
    }

    #[test]
    fn what_is_not_known_is_close_to_nothing() {
        assert!(!Sketch::default().is_close(Sketch::default()));
        assert!(!Sketch(1).is_close(Sketch::default()));
    }
}
