//! The stored forms, byte for byte. A failure here means that records already stored would not be read: give the form a
//! new version and keep reading the old one. Never change the bytes.

use watchlight::{
    adapters::store::{
        coded::sealing::layout,
        name::Name,
        record::{
            alert, api_key, attempt,
            clear::facets,
            event, identity, login,
            operator::{operator, session as operator_session},
            policy,
            privacy::{
                audit::{self, StoredDetail, StoredEntry},
                erasure, note, removal, request,
            },
            session,
            tenant::saved_search,
            trim_memory,
            user::{browser, profile},
            webhook,
        },
    },
    domain::{
        history::{cutoffs::Cutoffs, login_record::LoginRecord, retention::TrimMemory, session::Session},
        ids::{LoginId, NoteId, UserKey},
        keyring::Keyring,
        place::Whereabouts,
        policy::change::PolicyChange,
        privacy::{
            audit::AuditEvent,
            chain::{AuditBase, AuditHead},
            processing::{Mode, Processing},
        },
        salt::{Salt, SealingKey},
        search::clear::facets::Facets,
        store_identity::{StoreId, StoreIdentity, WrappedRoot},
        tenant::webhook::{EventKind, TenantEvent},
        time::{DAY_MS, Timestamp},
        user::{
            contact::Contact,
            profile::{Hours, LastPlace, Profile},
        },
    },
};

use crate::{
    privacy::audit_samples,
    store::{person_samples, policy_samples, request_samples, samples, tenant_samples},
};

/// Bytes as they stand in these files: hexadecimal, 40 bytes a line.
fn hex(bytes: &[u8]) -> String {
    let line = |it: &[u8]| data_encoding::HEXLOWER.encode(it) + "\n";
    bytes.chunks(40).map(line).collect()
}

fn unhex(text: &str) -> Vec<u8> {
    let digits: String = text.split_whitespace().collect();
    data_encoding::HEXLOWER.decode(digits.as_bytes()).unwrap()
}

macro_rules! golden {
    ($test:ident, $form:ident, $value:expr, $file:literal) => {
        #[test]
        fn $test() {
            let (value, golden) = ($value, include_str!($file));
            assert_eq!(hex(&$form::encode(&value)), golden, "written otherwise than before");
            assert_eq!($form::decode(&unhex(golden)), Ok(value), "read otherwise than before");
        }
    };
}

golden!(profile_form_5, profile, samples::profile(), "golden/profile-5.hex");
golden!(login_form_6, login, samples::login(&samples::user(3), samples::at(0), 5), "golden/login-6.hex");
golden!(bare_login_form_6, login, samples::bare_login(&samples::user(3), samples::at(0)), "golden/login-bare-6.hex");
golden!(browser_form_1, browser, person_samples::kept_browser(3), "golden/browser-1.hex");
golden!(
    facets_form_1,
    facets,
    Facets::of(&samples::login(&samples::user(3), samples::at(0), 5)),
    "golden/facets-1.hex"
);
golden!(
    bare_facets_form_1,
    facets,
    Facets::of(&samples::bare_login(&samples::user(3), samples::at(0))),
    "golden/facets-bare-1.hex"
);
golden!(alert_form_2, alert, samples::alert(&samples::user(3), samples::at(0), 5), "golden/alert-2.hex");
golden!(bare_alert_form_2, alert, samples::bare_alert(), "golden/alert-bare-2.hex");
golden!(api_key_form_1, api_key, samples::api_key("7k2m9q4w8x1c5v3b", samples::at(0)), "golden/api-key-1.hex");
golden!(webhook_form_1, webhook, samples::webhook(&samples::acme(), 5), "golden/webhook-1.hex");
golden!(session_form_3, session, samples::session(), "golden/session-3.hex");
golden!(note_form_2, note, person_samples::verdict(&samples::user(3), 5), "golden/note-2.hex");
golden!(policy_form_1, policy, policy_samples::policy_change(), "golden/policy-1.hex");
golden!(bare_policy_form_1, policy, PolicyChange::default(), "golden/policy-bare-1.hex");
golden!(trim_memory_form_2, trim_memory, samples::trim_memory(), "golden/trim-memory-2.hex");
golden!(erasure_form_1, erasure, request_samples::erasure(&samples::user(3)), "golden/erasure-1.hex");
golden!(removal_form_1, removal, request_samples::removal(), "golden/removal-1.hex");
golden!(request_form_1, request, request_samples::request(&samples::user(3), 5), "golden/request-1.hex");
golden!(bare_request_form_1, request, request_samples::bare_request(&samples::user(3), 5), "golden/request-bare-1.hex");
golden!(saved_searches_form_1, saved_search, tenant_samples::saved_searches(), "golden/saved-searches-1.hex");
golden!(operator_form_1, operator, tenant_samples::operator(), "golden/operator-1.hex");
golden!(bare_operator_form_1, operator, tenant_samples::bare_operator(), "golden/operator-bare-1.hex");
golden!(vouched_operator_form_1, operator, tenant_samples::vouched_operator(), "golden/operator-vouched-1.hex");
golden!(proxied_operator_form_1, operator, tenant_samples::proxied_operator(), "golden/operator-proxied-1.hex");
golden!(operator_session_form_1, operator_session, tenant_samples::operator_session(), "golden/operator-session-1.hex");
golden!(attempt_form_1, attempt, samples::attempt(300), "golden/attempt-1.hex");

/// The sealed forms: with these keys, of this user, in this place.
const SALT: Salt = Salt([9; 16]);

fn key(user: &UserKey) -> SealingKey {
    Keyring::new([7; 32]).tenant(&samples::acme()).person(user, SALT)
}

#[test]
fn a_sealed_profile() {
    let user = samples::user(3);
    let (plain, place) = (unhex(include_str!("golden/profile-3.hex")), Name::Profile(&user).place());
    let sealed = layout::seal_of_user(&key(&user), &place, &samples::acme(), &plain);
    let golden = include_str!("golden/profile-sealed.hex");
    assert_eq!(hex(&sealed), golden, "written otherwise than before");
    let owner = layout::owner_of_users(&unhex(golden), &user).unwrap();
    assert_eq!(layout::open_of_user(&key(&user), &place, &owner, &unhex(golden)), Ok(plain));
}

#[test]
fn a_sealed_login() {
    let user = samples::user(3);
    let id = LoginId(samples::id(&user, samples::at(0), 5));
    let (plain, place) = (unhex(include_str!("golden/login-3.hex")), Name::Login(id).place());
    let sealed = layout::seal_thing(&key(&user), &place, &user, &plain).unwrap();
    let golden = include_str!("golden/login-sealed.hex");
    assert_eq!(hex(&sealed), golden, "written otherwise than before");
    let owner = layout::owner_of_thing(&unhex(golden), id.partition()).unwrap();
    assert_eq!(layout::open_thing(&key(&user), &place, &owner, &unhex(golden)), Ok(plain));
}

#[test]
fn event_form_2() {
    let user = samples::user(3);
    let about = samples::event(&user, samples::at(0), 5);
    for (whose, golden) in
        [(Some(user), include_str!("golden/event-2.hex")), (None, include_str!("golden/event-bare-2.hex"))]
    {
        assert_eq!(hex(&event::encode(&about, whose.as_ref())), golden, "written otherwise than before");
        assert_eq!(event::decode(&unhex(golden)), Ok((about.clone(), whose)), "read otherwise than before");
    }
    assert_eq!(event::decode(&unhex(include_str!("golden/event-1.hex"))), Ok((about, None)));
}

#[test]
fn identity_form_2() {
    let golden = format!(
        "2 01010101010101010101010101010101 1795000000000 a8c31422f17245b502ea24ee284e528d {}",
        "05".repeat(72)
    );
    let alone = StoreIdentity::new(StoreId([1; 16]), samples::at(0), &Keyring::new([7; 32]));
    let alone = alone.with_root(WrappedRoot([5; 72]));
    let replacing = alone.in_place_of(StoreId([2; 16]));
    let after = format!("{golden} 02020202020202020202020202020202");
    for (value, golden) in [(alone, &golden), (replacing, &after)] {
        assert_eq!(&identity::encode(&value), golden, "written otherwise than before");
        assert_eq!(identity::decode(golden), Ok(value), "read otherwise than before");
    }
    for damaged in [&golden[..golden.len() - 2], &golden[..80]] {
        assert!(identity::decode(damaged).is_err(), "{damaged}");
    }
}

#[test]
fn identity_form_1() {
    let golden = "1 01010101010101010101010101010101 1795000000000 a8c31422f17245b502ea24ee284e528d";
    let alone = StoreIdentity::new(StoreId([1; 16]), samples::at(0), &Keyring::new([7; 32]));
    let replacing = alone.in_place_of(StoreId([2; 16])).in_place_of(StoreId([0xFF; 16]));
    let after = format!("{golden} 02020202020202020202020202020202 ffffffffffffffffffffffffffffffff");
    for (value, golden) in [(alone, golden), (replacing, &after)] {
        assert_eq!(identity::encode(&value), golden, "written otherwise than before");
        assert_eq!(identity::decode(golden), Ok(value), "read otherwise than before");
    }
    for damaged in ["", "1", "1 01", "2 01", "1 x 0 00", &golden[..70], &format!("{golden} 02"), &format!("{golden} ")]
    {
        assert!(identity::decode(damaged).is_err(), "{damaged}");
    }
}

/// What the samples were when form 1 was written, as far as it can be read today.
#[test]
fn profile_form_1_is_read() {
    let read = profile::decode(&unhex(include_str!("golden/profile-1.hex"))).unwrap();
    let today = samples::profile();
    for (was, is) in read.devices.iter().zip(&today.devices) {
        assert_eq!((was.id, was.agent, was.trust, was.alert), (is.id, is.agent, is.trust, is.alert));
        assert_eq!((was.first_seen, was.last_seen, was.logins), (is.first_seen, is.last_seen, is.logins));
        assert_eq!(was.traits.network, is.traits.network);
        assert_eq!(was.traits.fingerprint, 0, "of a canonical form that is no longer made");
    }
    assert_eq!(read.devices.len(), 3);
    // The sample's prefix was a number of 8 bytes, of which only the last was not nought.
    let last_place = today.last_place.map(|it| LastPlace { prefix: 0, ..it });
    let (hours, devices) = (Hours::default(), Vec::new());
    assert_eq!(Profile { devices: Vec::new(), ..read }, Profile { devices, last_place, hours, ..form_3(today) });
}

/// Form 2 had no hours.
#[test]
fn profile_form_2_is_read() {
    let read = profile::decode(&unhex(include_str!("golden/profile-2.hex"))).unwrap();
    assert_eq!(read, Profile { hours: Hours::default(), ..form_3(samples::profile()) });
}

/// Form 3 had neither contact nor processing.
fn form_3(profile: Profile) -> Profile {
    Profile { contact: Contact::default(), processing: Processing::default(), ..profile }
}

#[test]
fn profile_form_3_is_read() {
    let read = profile::decode(&unhex(include_str!("golden/profile-3.hex"))).unwrap();
    assert_eq!(read, form_3(samples::profile()));
}

/// Form 4 told each network wherever it is.
#[test]
fn profile_form_4_is_read() {
    assert_eq!(profile::decode(&unhex(include_str!("golden/profile-4.hex"))), Ok(samples::profile()));
}

/// Somebody may object before they ever sign in.
#[test]
fn a_profile_that_has_only_a_wish_is_read() {
    let processing = Processing::default().changed(samples::at(0), Mode::Restricted, None);
    let profile = Profile { processing, ..Profile::default() };
    assert!(profile.holds_a_wish());
    assert_eq!(profile::decode(&profile::encode(&profile)), Ok(profile));
}

/// Forms 1 and 2 knew neither policies nor what addresses are used for.
fn older(login: LoginRecord) -> LoginRecord {
    let whereabouts = Whereabouts { usage: None, ..login.whereabouts };
    LoginRecord { whereabouts, policy: None, processing: Mode::Full, email: None, ..login }
}

#[test]
fn older_forms_of_a_login_are_read() {
    let read = |golden| login::decode(&unhex(golden)).unwrap();
    let user = samples::user(3);
    let (whole, bare) = (older(samples::login(&user, samples::at(0), 5)), samples::bare_login(&user, samples::at(0)));
    assert_eq!(read(include_str!("golden/login-5.hex")), samples::login(&user, samples::at(0), 5));
    assert_eq!(read(include_str!("golden/login-bare-5.hex")), bare);
    let form_4 = LoginRecord { email: None, ..samples::login(&user, samples::at(0), 5) };
    let form_3 = LoginRecord { processing: Mode::Full, ..form_4.clone() };
    assert_eq!(read(include_str!("golden/login-4.hex")), form_4);
    assert_eq!(read(include_str!("golden/login-bare-4.hex")), bare);
    assert_eq!(read(include_str!("golden/login-3.hex")), form_3);
    assert_eq!(read(include_str!("golden/login-bare-3.hex")), bare);
    assert_eq!(read(include_str!("golden/login-1.hex")), whole);
    assert_eq!(read(include_str!("golden/login-2.hex")), whole);
    assert_eq!(read(include_str!("golden/login-bare-1.hex")), bare);
    assert_eq!(read(include_str!("golden/login-bare-2.hex")), bare);
}

#[test]
fn a_login_keeps_the_mode_under_which_it_was_judged() {
    for processing in Mode::ALL {
        let kept = LoginRecord { processing, ..samples::bare_login(&samples::user(3), samples::at(0)) };
        assert_eq!(login::decode(&login::encode(&kept)), Ok(kept));
    }
}

/// Form 1 had city and country in one text.
#[test]
fn alert_form_1_is_read() {
    let read = alert::decode(&unhex(include_str!("golden/alert-1.hex"))).unwrap();
    assert_eq!(read, samples::alert(&samples::user(3), samples::at(0), 5));
    let place_of = |text: &str| {
        // The sample, with another text in its place.
        let golden = unhex(include_str!("golden/alert-1.hex"));
        let was = "São Paulo, Brazil".as_bytes();
        let at = golden.windows(was.len()).position(|window| window == was).unwrap();
        let length = [u8::try_from(text.len()).unwrap()];
        let bytes = [&golden[..at - 1], &length, text.as_bytes(), &golden[at + was.len()..]].concat();
        let place = alert::decode(&bytes).unwrap().place.unwrap();
        (place.city, place.country_name)
    };
    let city = |name: &str| Some(name.to_owned());
    assert_eq!(place_of("Brazil"), (None, "Brazil".to_owned()));
    assert_eq!(place_of(""), (None, String::new()));
    assert_eq!(place_of("Washington, D.C., United States"), (city("Washington, D.C."), "United States".to_owned()));
    let bonaire = "Bonaire, Sint Eustatius, and Saba".to_owned();
    assert_eq!(place_of("Bonaire, Sint Eustatius, and Saba"), (None, bonaire.clone()));
    assert_eq!(place_of("Kralendijk, Bonaire, Sint Eustatius, and Saba"), (city("Kralendijk"), bonaire));
}

/// Form 1 had no verdict.
#[test]
fn note_form_1_is_read() {
    let read = note::decode(&unhex(include_str!("golden/note-1.hex")));
    assert_eq!(read, Ok(person_samples::note(&samples::user(3), 5)));
}

/// Form 1 had no names of activities.
#[test]
fn session_form_1_is_read() {
    let read = session::decode(&unhex(include_str!("golden/session-1.hex"))).unwrap();
    assert_eq!(read, Session { id: None, named: Vec::new(), ..samples::session() });
}

/// Form 2 had no id.
#[test]
fn session_form_2_is_read() {
    let read = session::decode(&unhex(include_str!("golden/session-2.hex"))).unwrap();
    assert_eq!(read, Session { id: None, ..samples::session() });
}

/// The memory of a trim that knew logins and alerts alone, and nothing of what is held back.
#[test]
fn trim_memory_form_1_is_read() {
    let before = samples::at(-180 * DAY_MS);
    let forgotten = Cutoffs { logins: before, alerts: before, ..Cutoffs::all(Timestamp::from_unix_ms(0)) };
    let expected = TrimMemory { forgotten, held_back_since: None, ..samples::trim_memory() };
    assert_eq!(trim_memory::decode(&unhex(include_str!("golden/trim-memory-1.hex"))), Ok(expected));
}

#[test]
fn audit_form_2() {
    let (event, hash) = (audit_samples::event(&samples::acme(), Some(&audit_samples::ana()), 0), [5; 32]);
    let detail = audit::encode_detail(event.detail.as_ref().unwrap());
    let golden = include_str!("golden/audit-2.hex");
    assert_eq!(hex(&[audit::encode(300, &event, &hash), detail.clone()].concat()), golden, "written otherwise");
    assert_eq!(audit::decode_detail(&detail).ok(), event.detail, "the detail is read otherwise");
    let event = AuditEvent { detail: None, ..event };
    let expected = StoredEntry { number: 300, event, hash, detail: StoredDetail::Hashed(&detail) };
    assert_eq!(audit::decode(&unhex(golden)), Ok(expected), "read otherwise");
}

/// Entries whose hash covered a hash of their detail.
#[test]
fn audit_form_1_is_read() {
    let event = audit_samples::event(&samples::acme(), Some(&audit_samples::ana()), 0);
    let golden = unhex(include_str!("golden/audit-1.hex"));
    let read = audit::decode(&golden).unwrap();
    let StoredDetail::HashedBefore(_, detail) = read.detail else { panic!("{read:?}") };
    assert_eq!(audit::decode_detail(detail).ok(), event.detail);
    assert_eq!((read.number, read.event), (300, AuditEvent { detail: None, ..event }));
}

#[test]
fn the_beginning_of_an_audit_form_1() {
    let base = AuditBase { last: AuditHead { number: 300, hash: [5; 32] }, signature: [9; 16] };
    let golden = unhex(&format!("01ac02{}{}", "05".repeat(32), "09".repeat(16)));
    assert_eq!(audit::encode_base(&base), golden, "written otherwise than before");
    assert_eq!(audit::decode_base(&golden), Ok(base), "read otherwise than before");
}

/// What is told of a verdict differs from another event by its kind alone, and that has this number.
#[test]
fn an_event_about_a_verdict() {
    let user = samples::user(3);
    let suspicious = TenantEvent { kind: EventKind::Suspicious, ..samples::event(&user, samples::at(0), 5) };
    let judged = TenantEvent {
        kind: EventKind::Judged,
        topic: NoteId(samples::id(&user, samples::at(0), 5)).into(),
        ..suspicious.clone()
    };
    let (was, is) = (event::encode(&suspicious, Some(&user)), event::encode(&judged, Some(&user)));
    let changed: Vec<(u8, u8)> =
        was.iter().zip(&is).filter(|(was, is)| was != is).map(|(was, is)| (*was, *is)).collect();
    assert_eq!((was.len(), changed), (is.len(), vec![(1, 6)]));
    assert_eq!(event::decode(&is), Ok((judged, Some(user))));
}
