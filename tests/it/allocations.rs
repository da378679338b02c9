//! The hot path takes no memory: matching compares a login with 20 known devices and allocates nothing.

use std::hint::black_box;

use allocation_counter::measure;
use watchlight::domain::{
    agent::{Agent, Browser, Os},
    browser::{
        attributes::{Attribute, Attributes, Earlier, NetworkTraits, Sketches, Traits},
        sketch::Sketch,
    },
    ids::DeviceId,
    place::{Asn, Country, Origin},
    recognition::{
        matching::{Home, Query, closest},
        verdict::MatchedBy,
    },
    time::Timestamp,
    user::device::{KnownDevice, Trust},
};

const NOW: Timestamp = Timestamp::from_unix_ms(1_795_342_500_000);

#[test]
fn matching_of_twenty_devices_does_not_allocate() {
    let seen = traits(0);
    let mut exact: Vec<KnownDevice> = (1..=20).map(device).collect();
    exact[19].traits = seen;
    let mut similar = exact.clone();
    similar[19].traits.fingerprint ^= 1 << 40;
    similar[19].traits.attributes.set(Attribute::ScreenResolution, 1);
    let strangers: Vec<KnownDevice> = (1..=20).map(device).collect();

    let cases = [(&exact, MatchedBy::Exact, true), (&similar, MatchedBy::Similar, true)];
    for (known, by, recognized) in cases.into_iter().chain([(&strangers, MatchedBy::Similar, false)]) {
        for token in [None, Some(known[3].id)] {
            let query = Query { occurred_at: NOW, seen: &seen, token, home: Home::Unknown };
            let mut found = None;
            let taken = measure(|| found = closest(black_box(known), black_box(&query)));
            assert_eq!((taken.count_total, taken.bytes_total), (0, 0), "{by:?}");
            let found = found.unwrap();
            assert!(token.is_some() || (found.by == by && (found.probability() > 0.5) == recognized), "{found:?}");
        }
    }
}

/// A counter that counts nothing would pass the test above.
#[test]
fn an_allocation_is_counted() {
    let taken = measure(|| drop(black_box(vec![0_u8; 64])));
    assert_eq!((taken.count_total, taken.bytes_total), (1, 64));
}

/// What machine `number` tells: all attributes, of which every other one is its own.
fn traits(number: u8) -> Traits {
    let attribute = |at: usize| if at.is_multiple_of(2) { 7 } else { 100 + u16::from(number) };
    let sketch = Sketch(u32::MAX / (1 + u32::from(number)));
    let mut earlier = Earlier::default();
    earlier.remember(Attribute::ScreenResolution, 90);
    Traits {
        fingerprint: u64::from(number) + 1,
        browser: Browser::Chrome,
        os: Os::Windows,
        scripted: true,
        attributes: Attributes(std::array::from_fn(attribute)),
        sketches: Sketches { fonts: sketch, plugins: sketch, extensions: sketch },
        network: NetworkTraits {
            address: 1 + u32::from(number),
            prefix: 1,
            origin: Origin { asn: Asn::new(1), country: Country::parse("SE") },
        },
        earlier,
    }
}

fn device(number: u8) -> KnownDevice {
    KnownDevice {
        id: DeviceId([number; 8]),
        agent: Agent { browser: Browser::Chrome, os: Os::Windows, ..Agent::default() },
        traits: traits(number),
        first_seen: NOW.plus_ms(-2),
        last_seen: NOW.plus_ms(-1),
        logins: 1,
        trust: Trust::Unconfirmed,
        alert: None,
    }
}
