//! How much each attribute's agreement and change is worth, by class of browser and by how long the device was not seen.

pub use crate::domain::class::Class;
use crate::domain::{
    attributes::{ATTRIBUTES, Attribute},
    class::{CLASSES, GAPS, Gap},
    verdict::Agreement,
    weights_table::ROWS,
};

/// Weights are kept in hundredths of a bit, so that they can be summed eight at a time.
pub const CENTIBITS: f32 = 100.0;

/// The weights of one class and gap, by attribute, in hundredths of a bit.
#[derive(Clone, Copy, Debug)]
pub struct Weights {
    /// Where an attribute agrees.
    pub agreed: [i16; ATTRIBUTES],
    /// Where it changed.
    pub changed: [i16; ATTRIBUTES],
    /// Where it changed as one device does from itself.
    pub similar: [i16; ATTRIBUTES],
}

impl Weights {
    /// What an attribute's agreement is worth, in hundredths of a bit.
    #[must_use]
    pub const fn of(&self, attribute: Attribute, agreement: Agreement) -> i16 {
        match agreement {
            Agreement::Absent => 0,
            Agreement::Agreed => self.agreed[attribute as usize],
            Agreement::Changed => self.changed[attribute as usize],
            Agreement::Similar => self.similar[attribute as usize],
        }
    }
}

/// The weights of a class, by gap.
#[must_use]
pub const fn of(class: Class) -> &'static [Weights; GAPS] {
    &TABLE[class as usize]
}

static TABLE: [[Weights; GAPS]; CLASSES] = {
    const NOTHING: [i16; ATTRIBUTES] = [0; ATTRIBUTES];
    let mut table = [[Weights { agreed: NOTHING, changed: NOTHING, similar: NOTHING }; GAPS]; CLASSES];
    let mut at = 0;
    while at < ATTRIBUTES * CLASSES * GAPS {
        let (row, class, gap) = (&ROWS[at % ATTRIBUTES], at / ATTRIBUTES % CLASSES, at / ATTRIBUTES / CLASSES);
        let drift = if gap == Gap::Days as usize { 0.0 } else { row.drift[gap - 1] };
        let (agreed, similar) = (centibits(row.agreed[class]), centibits(row.similar + drift));
        let changed = centibits(row.changed[class] + drift);
        let changed = if changed > 0 { 0 } else { changed };
        let weights = &mut table[class][gap];
        weights.agreed[row.attribute as usize] = agreed;
        weights.changed[row.attribute as usize] = changed;
        // What is like the device itself speaks no more against it than any change, and no more for it than agreement.
        weights.similar[row.attribute as usize] = if similar < changed {
            changed
        } else if similar > agreed {
            agreed
        } else {
            similar
        };
        at += 1;
    }
    table
};

/// Bits in hundredths.
#[must_use]
#[expect(clippy::cast_possible_truncation, reason = "a weight is a few bits")]
pub const fn centibits(bits: f32) -> i16 {
    let half = if bits < 0.0 { -0.5 } else { 0.5 };
    (bits * CENTIBITS + half) as i16
}

/// Bits of the network, by the finest part that agrees with the device's last: the address, its /24 or /64, its
/// autonomous system, its country.
pub const NETWORK_AGREED: [f32; 4] = [6.0, 4.5, 2.0, 0.5];
/// Bits where the device's last network does not agree, but the user has signed in from this /24 or /64, or from this
/// autonomous system, on whichever device.
pub const NETWORK_KNOWN: [f32; 2] = [3.5, 1.5];
/// Bits where not even the country agrees.
pub const NETWORK_CHANGED: f32 = -1.5;
/// Bits where not even the country agrees and no script said anything: then little else can speak against a stranger.
pub const NETWORK_CHANGED_UNSCRIPTED: f32 = -3.0;
/// Bits where the known device's browser is known and this one does not say what it is: who leaves out all evidence must
/// not pass for the owner by language and network.
pub const FAMILY_UNTOLD: f32 = -11.0;
/// What a telephone's network is worth of that: it changes all day, and many share one address.
pub const MOBILE_NETWORK_SHARE: f32 = 0.5;
/// Bits of a valid device token: a copied cookie is possible, but rarer than one login in thirty thousand.
pub const TOKEN_BITS: f32 = 15.0;
/// Bits of a fingerprint that is the same to the bit: as much as all attributes together rarely give.
pub const EXACT_BITS: f32 = 20.0;
/// Bits before any evidence: a login is held to be as likely from a known device as from another that passes the gates.
pub const PRIOR_BITS: f32 = 0.0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agreement_never_speaks_against_and_change_never_for() {
        for (row, attribute) in ROWS.iter().zip(Attribute::ALL) {
            assert_eq!(row.attribute, attribute, "rows stand in the order of the attributes");
        }
        for weights in TABLE.iter().flatten() {
            for at in 0..ATTRIBUTES {
                let [agreed, changed, similar] = [weights.agreed[at], weights.changed[at], weights.similar[at]];
                assert!(agreed >= 0 && changed <= 0, "{:?}", Attribute::ALL[at]);
                assert!((changed..=agreed).contains(&similar), "{:?}", Attribute::ALL[at]);
            }
        }
    }

    #[test]
    fn the_longer_the_gap_the_less_a_change_says() {
        for gaps in &TABLE {
            for [shorter, longer] in gaps.array_windows() {
                assert!(shorter.changed.iter().zip(longer.changed).all(|(shorter, longer)| *shorter <= longer));
            }
        }
    }

    #[test]
    fn no_sum_of_weights_runs_over() {
        let most = |bits: &[i16; ATTRIBUTES]| bits.iter().map(|it| i32::from(it.abs())).sum::<i32>();
        assert!(TABLE.iter().flatten().all(|it| most(&it.agreed).max(most(&it.changed)) < i32::from(i16::MAX)));
        assert!(NETWORK_AGREED.is_sorted_by(|a, b| a > b) && NETWORK_CHANGED < 0.0);
    }
}
