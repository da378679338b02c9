//! Reading a record is total: any bytes give a value or an error, and what is written is read back.

use proptest::prelude::*;
use watchlight::{
    adapters::store::record::{
        alert, api_key, attempt,
        bytes::Malformed,
        clear::facets,
        event, login,
        operator::{operator, session as operator_session},
        privacy::audit,
        user::profile,
        webhook,
    },
    domain::{
        browser::attributes::{ATTRIBUTES, Attributes},
        history::login_record::LoginRecord,
        policy::policy::SignalKind,
        recognition::verdict::{Agreement, Finding},
        search::clear::{
            facets::Facets,
            methods::{METHODS, number_of},
        },
        user::profile::SeenNetwork,
    },
};

use crate::{
    privacy::audit_samples,
    store::{samples, tenant_samples},
};

/// Every record of the samples, in its stored form.
fn records() -> Vec<Vec<u8>> {
    let user = samples::user(3);
    vec![
        profile::encode(&samples::profile()),
        login::encode(&samples::login(&user, samples::at(0), 5)),
        login::encode(&samples::bare_login(&user, samples::at(0))),
        alert::encode(&samples::alert(&user, samples::at(0), 5)),
        api_key::encode(&samples::api_key("abc", samples::at(0))),
        event::encode(&samples::event(&user, samples::at(0), 5), Some(&user)),
        webhook::encode(&samples::webhook(&samples::acme(), 5)),
        attempt::encode(&samples::attempt(300)),
        operator::encode(&tenant_samples::operator()),
        operator_session::encode(&tenant_samples::operator_session()),
    ]
}

/// Reads bytes as everything they might be; what they give does not matter, only that it ends.
fn read_as_everything(bytes: &[u8]) {
    let _ = profile::decode(bytes);
    let _ = login::decode(bytes);
    let _ = facets::decode(bytes);
    let _ = alert::decode(bytes);
    let _ = api_key::decode(bytes);
    let _ = event::decode(bytes);
    let _ = webhook::decode(bytes);
    let _ = attempt::decode(bytes);
    let _ = audit::decode(bytes);
    let _ = operator::decode(bytes);
    let _ = operator_session::decode(bytes);
}

#[test]
fn a_record_cut_short_or_grown_is_refused() {
    for (place, record) in records().into_iter().enumerate() {
        let read = |bytes: &[u8]| match place {
            0 => profile::decode(bytes).err(),
            1 | 2 => login::decode(bytes).err(),
            3 => alert::decode(bytes).err(),
            4 => api_key::decode(bytes).err(),
            5 => event::decode(bytes).err(),
            6 => webhook::decode(bytes).err(),
            7 => attempt::decode(bytes).err(),
            8 => operator::decode(bytes).err(),
            _ => operator_session::decode(bytes).err(),
        };
        assert_eq!(read(&record), None);
        for length in 0..record.len() {
            assert!(read(&record[..length]).is_some(), "record {place} cut at {length}");
        }
        assert_eq!(read(&[&record[..], &[0]].concat()), Some(Malformed::Long));
        assert_eq!(read(&[&[9], &record[1..]].concat()), Some(Malformed::UnknownForm(9)));
    }
}

#[test]
fn facets_cut_short_or_grown_are_refused() {
    let record = facets::encode(&Facets::of(&samples::login(&samples::user(3), samples::at(0), 5)));
    assert!(facets::decode(&record).is_ok());
    for length in 0..record.len() {
        assert!(facets::decode(&record[..length]).is_err(), "cut at {length}");
    }
    assert_eq!(facets::decode(&[&record[..], &[0]].concat()), Err(Malformed::Long));
    assert_eq!(facets::decode(&[&[9], &record[1..]].concat()), Err(Malformed::UnknownForm(9)));
}

#[test]
fn the_number_of_a_method_never_changes() {
    let numbers = METHODS.iter().map(|it| number_of(it)).collect::<Option<Vec<u8>>>().unwrap();
    assert!(numbers.iter().zip(1..).all(|(number, expected)| *number == expected), "two are the same");
    let hash = blake3::hash(METHODS[..32].join(" ").as_bytes()).to_hex();
    assert_eq!(&hash[..16], "4fa123f5219cb584");
    for method in METHODS.iter().copied().chain(["social:example", "Passkey", ""]) {
        let login =
            LoginRecord { method: Some(method.to_owned()), ..samples::bare_login(&samples::user(3), samples::at(0)) };
        assert_eq!(facets::decode(&facets::encode(&Facets::of(&login))), Ok(Facets::of(&login)), "{method}");
    }
}

/// What follows the clear part of an entry of the audit is judged by its hash.
#[test]
fn an_entry_of_the_audit_cut_short_is_refused() {
    let event = audit_samples::event(&samples::acme(), Some(&audit_samples::ana()), 0);
    let record = audit::encode(300, &event, &[5; 32]);
    assert!(audit::decode(&record).is_ok());
    for length in 0..record.len() {
        assert!(audit::decode(&record[..length]).is_err(), "cut at {length}");
    }
    assert_eq!(audit::decode(&[&[9], &record[1..]].concat()), Err(Malformed::UnknownForm(9)));
}

#[test]
fn a_profile_with_three_devices_is_small() {
    let profile = samples::profile();
    let length = profile::encode(&profile).len();
    assert!(length <= 500, "{length} bytes");
    let mut elsewhere = profile.clone();
    for (device, prefix) in elsewhere.devices.iter_mut().zip(1..) {
        device.traits.network.prefix = prefix;
    }
    // Prefix, ASN and country of two further devices; prefix and ASN of what was a network of a device.
    assert_eq!(profile::encode(&elsewhere).len(), length + 2 * (4 + 3 + 2) + 4 + 3, "a network is told once");
}

proptest! {
    #[test]
    fn any_bytes_are_read_to_an_end(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        read_as_everything(&bytes);
    }

    #[test]
    fn damaged_records_are_read_to_an_end(
        which in 0..10_usize,
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut bytes = records().swap_remove(which);
        for (place, byte) in damage {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        read_as_everything(&bytes);
    }

    #[test]
    fn profiles_are_read_back(
        values in prop::collection::vec(prop_oneof![Just(0), 0..300_u16, any::<u16>()], ATTRIBUTES),
        (first, last) in (any::<i64>(), any::<i64>()),
        (logins, asn, accuracy) in (any::<u32>(), any::<u32>(), prop::option::of(any::<u16>())),
        (prefixes, networks) in (prop::collection::vec(0..4_u32, 33), prop::collection::vec((0..4_u32, any::<bool>()), 0..6)),
        n_devices in 0..=32_u8,
    ) {
        let mut profile = samples::profile();
        profile.devices = (0..n_devices).map(samples::device).collect();
        let asn = watchlight::domain::place::Asn::new(asn);
        let last_seen = samples::at(0).whole_hour();
        let network = |(prefix, has_asn): (u32, bool)| SeenNetwork { asn: asn.filter(|_| has_asn), prefix, last_seen };
        profile.networks = networks.into_iter().map(network).collect();
        for (device, prefix) in profile.devices.iter_mut().zip(&prefixes) {
            device.traits.network.prefix = *prefix;
            device.traits.attributes = Attributes(values.clone().try_into().unwrap());
            device.first_seen = watchlight::domain::time::Timestamp::from_unix_ms(first);
            device.last_seen = watchlight::domain::time::Timestamp::from_unix_ms(last);
            device.traits.network.origin.asn = asn;
            device.logins = logins;
            device.traits.os = watchlight::domain::agent::Os::Unknown;
        }
        profile.last_place = profile.last_place.map(|it| watchlight::domain::user::profile::LastPlace { accuracy_km: accuracy, prefix: prefixes[32], asn, ..it });
        prop_assert_eq!(profile::decode(&profile::encode(&profile)), Ok(profile));
    }

    #[test]
    fn logins_are_read_back(
        centibits in prop::collection::vec((0..4_usize, any::<i16>()), ATTRIBUTES),
        (method, session) in (prop::option::of(".{0,60}"), prop::option::of(".{0,60}")),
        (occurred, received) in (any::<i64>(), any::<i64>()),
        kinds in prop::collection::vec(0..SignalKind::ALL.len(), 0..5),
        ip in any::<std::net::IpAddr>(),
    ) {
        let mut login = samples::login(&samples::user(1), samples::at(0), 1);
        let agreements = [Agreement::Absent, Agreement::Agreed, Agreement::Changed, Agreement::Similar];
        let findings = centibits.into_iter().map(|(it, centibits)| Finding { agreement: agreements[it], centibits });
        let findings: Vec<Finding> = findings.collect();
        if let Some(evidence) = &mut login.evidence {
            evidence.attributes = findings.try_into().unwrap();
        }
        let signal = login.assessment.signals[0].clone();
        login.assessment.signals = kinds
            .into_iter()
            .map(|it| watchlight::domain::risk::assessment::Signal { kind: SignalKind::ALL[it], ..signal.clone() })
            .collect();
        (login.method, login.session_id, login.ip) = (method, session, ip.into());
        login.occurred_at = watchlight::domain::time::Timestamp::from_unix_ms(occurred);
        login.received_at = watchlight::domain::time::Timestamp::from_unix_ms(received);
        prop_assert_eq!(login::decode(&login::encode(&login)), Ok(login));
    }
}
