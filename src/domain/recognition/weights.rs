//! How much each attribute's agreement and change is worth, by class of browser and by how long the device was not seen.

pub use crate::domain::browser::class::Class;
use crate::domain::{
    browser::{
        attributes::{ATTRIBUTES, Attribute},
        class::{CLASSES, GAPS, Gap},
    },
    recognition::{verdict::Agreement, weights_table::ROWS},
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

#[expect(clippy::cast_possible_truncation, reason = "a weight is a few bits")]
const fn centibits(bits: f32) -> i16 {
    let half = if bits < 0.0 { -0.5 } else { 0.5 };
    (bits * CENTIBITS + half) as i16
}

/// What the network is worth, in hundredths of a bit, by the finest part that agrees.
#[derive(Clone, Copy, Debug)]
pub struct NetworkWeights {
    /// The device's last address.
    pub address: i16,
    /// Its last /24 or /64.
    pub prefix: i16,
    /// Its last autonomous system.
    pub system: i16,
    /// Its last country.
    pub country: i16,
    /// A /24 or /64 that the user has signed in from, on whichever device.
    pub user_prefix: i16,
    /// An autonomous system that the user has signed in from, on whichever device.
    pub user_system: i16,
    /// None: not even the country agrees.
    pub changed: i16,
    /// None, and no script said anything: then little else can speak against a stranger.
    pub changed_unscripted: i16,
}

/// The network weights of a class.
#[must_use]
pub const fn of_network(class: Class) -> &'static NetworkWeights {
    if class.is_mobile() { &MOBILE_NETWORK } else { &NETWORK }
}

/// Assumed, and less than the 8.6 bits of the same address that FP-Stalker's pairs give: many share an address.
const NETWORK: NetworkWeights = NetworkWeights {
    address: 600,
    prefix: 450,
    system: 200,
    country: 50,
    user_prefix: 350,
    user_system: 150,
    changed: -150,
    changed_unscripted: -300,
};
/// A telephone's network is worth half of that: it changes all day, and carriers put thousands behind one address.
const MOBILE_NETWORK: NetworkWeights = NetworkWeights {
    address: NETWORK.address / 2,
    prefix: NETWORK.prefix / 2,
    system: NETWORK.system / 2,
    country: NETWORK.country / 2,
    user_prefix: NETWORK.user_prefix / 2,
    user_system: NETWORK.user_system / 2,
    ..NETWORK
};

/// Where the known device's browser is known and this one does not say what it is, in hundredths of a bit: who leaves out
/// all evidence must not pass for the owner by language and network.
pub const FAMILY_UNTOLD: i16 = -1_100;
/// Where a script has always measured the known device and says nothing of this login, in hundredths of a bit. Scripts fail
/// for owners too, so that a network of theirs makes up for it.
pub const SCRIPT_UNTOLD: i16 = -250;
/// A valid device token, in hundredths of a bit: a copied cookie is possible, but rarer than one login in thirty thousand.
pub const TOKEN: i16 = 1_500;
/// A fingerprint that is the same to the bit, in hundredths of a bit: as much as all attributes together rarely give.
pub const EXACT: i16 = 2_000;
/// Before any evidence, in hundredths of a bit: a login is held to be as likely from a known device as from another that
/// passes the gates.
pub const PRIOR: i16 = 0;

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
        assert!(
            TABLE
                .iter()
                .flatten()
                .all(|weights| most(&weights.agreed).max(most(&weights.changed)) < i32::from(i16::MAX))
        );
        for it in [NETWORK, MOBILE_NETWORK] {
            let agreed = [it.address, it.prefix, it.user_prefix, it.system, it.user_system, it.country, 0];
            assert!(agreed.is_sorted_by(|a, b| a > b) && it.changed_unscripted < it.changed && it.changed < 0);
        }
    }
}
