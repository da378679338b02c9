//! Places: both shapes of databases, several as one, and files that must not be trusted.

use std::{
    fs,
    net::IpAddr,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;
use watchlight::{
    adapters::geo::{GeoWatch, MaxmindGeo},
    domain::place::{Country, NetworkUse, Place, Point, Whereabouts},
    ports::Geo,
};

const CITY: &str = "geoip/GeoIP2-City-Test.mmdb";
const COUNTRY: &str = "geoip/GeoLite2-Country-Test.mmdb";
const ASN: &str = "geoip/GeoLite2-ASN-Test.mmdb";
const ANONYMOUS: &str = "geoip/GeoIP2-Anonymous-IP-Test.mmdb";
/// In Linköping, by all of MaxMind's test databases.
const LINKOPING: &str = "89.160.20.112";

fn data(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(file)
}

/// What begins a text of two bytes in a data section.
const TEXT_OF_TWO_BYTES: u8 = 0x42;

/// A folder with copies of test databases, each under a name.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (name, file) in files {
        fs::copy(data(file), folder.path().join(name)).unwrap();
    }
    folder
}

/// Puts a file in place as an operator should: written aside, then renamed.
fn put(folder: &TempDir, name: &str, bytes: &[u8]) {
    let aside = folder.path().join("aside.tmp");
    fs::write(&aside, bytes).unwrap();
    fs::rename(aside, folder.path().join(name)).unwrap();
}

fn locate(geo: &MaxmindGeo, address: &str) -> Whereabouts {
    geo.locate(address.parse::<IpAddr>().unwrap())
}

fn city(geo: &MaxmindGeo, address: &str) -> Option<String> {
    locate(geo, address).place?.city
}

/// The reasons of all refusals, with the files' names.
fn refusals(geo: &MaxmindGeo) -> Vec<(String, String)> {
    geo.databases().into_iter().filter_map(|it| Some((it.file, it.refused?))).collect()
}

#[test]
fn place_and_network_come_from_their_databases() {
    let folder = folder(&[("a.mmdb", ASN), ("b.mmdb", COUNTRY), ("c.mmdb", CITY)]);
    let geo = MaxmindGeo::open(folder.path());
    let found = locate(&geo, LINKOPING);
    let place = Place {
        country: Country::parse("SE").unwrap(),
        country_name: "Sweden".to_owned(),
        region: Some("Östergötland County".to_owned()),
        city: Some("Linköping".to_owned()),
        point: Some(Point { latitude: 58.4167, longitude: 15.6167 }),
        accuracy_km: Some(76),
        time_zone: Some("Europe/Stockholm".to_owned()),
    };
    assert_eq!(found.place, Some(place));
    let network = found.network.unwrap();
    assert_eq!((network.asn, network.name.as_str()), (29518, "Bredband2 AB"));
    assert_eq!(locate(&geo, "::ffff:89.160.20.112").place.unwrap().city.as_deref(), Some("Linköping"));
    assert_eq!(locate(&geo, "1.128.0.0").network.unwrap().asn, 1221, "a network without a place");

    let types: Vec<String> = geo.databases().into_iter().map(|it| it.database_type).collect();
    assert_eq!(types[0], "GeoIP2-City", "the finest is asked first: {types:?}");
    assert!(geo.databases().iter().all(|it| it.refused.is_none() && it.built_at.unix_ms() > 1_400_000_000_000));
}

#[test]
fn an_enterprise_database_tells_the_network_too() {
    let folder = folder(&[("all.mmdb", "geoip/GeoIP2-Enterprise-Test.mmdb")]);
    let geo = MaxmindGeo::open(folder.path());
    let found = locate(&geo, LINKOPING);
    assert_eq!(found.network.unwrap().asn, 29518);
    assert_eq!(found.place.unwrap().accuracy_km, Some(76));
}

#[test]
fn the_database_that_we_ship_knows_the_countries_of_both_families() {
    let geo = MaxmindGeo::open(&Path::new(env!("CARGO_MANIFEST_DIR")).join("geoip"));
    let name = |it: &str| locate(&geo, it).place.map(|place| place.country_name);
    assert_eq!(name("8.8.8.8").as_deref(), Some("United States"));
    assert_eq!(name(LINKOPING).as_deref(), Some("Sweden"));
    assert_eq!(name("2a02:1810::1").as_deref(), Some("Belgium"));
    let ours = geo.databases().into_iter().find(|it| it.file == "watchlight-country.mmdb").unwrap();
    assert_eq!(ours.refused, None);
    assert_eq!(ours.database_type, "country ipvAll");
}

#[test]
fn flat_databases_of_one_family_each_answer_as_one() {
    let folder = folder(&[("four.mmdb", "geoip/flat-city-ipv4.mmdb"), ("six.mmdb", "geoip/flat-city-ipv6.mmdb")]);
    let geo = MaxmindGeo::open(folder.path());
    assert_eq!(refusals(&geo), []);
    let four = locate(&geo, LINKOPING).place.unwrap();
    assert_eq!((four.city.as_deref(), four.region.as_deref()), (Some("Linköping"), Some("Östergötland")));
    assert_eq!((four.country_name.as_str(), four.time_zone, four.accuracy_km), ("Sweden", None, None));
    assert_eq!(four.point, Some(Point { latitude: 58.4167, longitude: 15.6167 }), "floats are rounded");
    let six = locate(&geo, "2a02:1810::1").place.unwrap();
    assert_eq!((six.country_name.as_str(), six.city.as_deref()), ("Belgium", Some("Mechelen")));
    assert_eq!(six.region, None, "an empty text is absent");
    assert_eq!(locate(&geo, "9.9.9.9"), Whereabouts::default());
    assert_eq!(locate(&geo, "2600::1"), Whereabouts::default());

    fs::remove_file(folder.path().join("six.mmdb")).unwrap();
    geo.reload();
    assert_eq!(locate(&geo, "2a02:1810::1"), Whereabouts::default(), "IPv6 asked of IPv4 alone");
    assert!(city(&geo, LINKOPING).is_some());
}

#[test]
fn addresses_that_are_not_public_are_nowhere() {
    // The test city database has places for some of these, which real ones have not.
    let folder = folder(&[("c.mmdb", CITY), ("a.mmdb", ASN)]);
    let geo = MaxmindGeo::open(folder.path());
    for it in ["10.0.0.1", "127.0.0.1", "::1", "::ffff:192.168.1.1", "100.64.0.1", "fe80::1", "2001:db8::1", "0.0.0.0"]
    {
        assert_eq!(locate(&geo, it), Whereabouts::default(), "{it}");
    }
}

#[test]
fn bad_files_are_refused_with_a_reason_and_nothing_fails() {
    let city = fs::read(data(CITY)).unwrap();
    let mut scrambled = city.clone();
    let mut random = Random(0x2545_F491_4F6C_DD1D);
    scrambled[..20_000].fill_with(|| random.next().to_le_bytes()[0]);
    let folder = folder(&[
        ("anonymous.mmdb", "geoip/GeoIP2-Anonymous-IP-Test.mmdb"),
        ("double.mmdb", "geoip/GeoIP2-City-Test-Broken-Double-Format.mmdb"),
        ("pointers.mmdb", "geoip/MaxMind-DB-test-broken-pointers-24.mmdb"),
        ("tree.mmdb", "geoip/MaxMind-DB-test-broken-search-tree-24.mmdb"),
        ("no4.mmdb", "geoip/MaxMind-DB-no-ipv4-search-tree.mmdb"),
    ]);
    put(&folder, "empty.mmdb", b"");
    put(&folder, "cut.mmdb", &city[..city.len() / 2]);
    put(&folder, "hole.mmdb", &[&city[..4_000], &city[9_000..]].concat());
    put(&folder, "scrambled.mmdb", &scrambled);
    put(&folder, "unwritten.mmdb", &[&city[..12_288], &[0; 512], &city[12_800..]].concat());
    put(&folder, "text.mmdb", b"<html>404 Not Found</html>");
    fs::create_dir(folder.path().join("folder.mmdb")).unwrap();
    let geo = MaxmindGeo::open(folder.path());
    assert_eq!(geo.databases().len(), 12);
    assert_eq!(refusals(&geo).len(), 11, "{:?}", geo.databases());
    assert!(!refusals(&geo).iter().any(|it| it.0 == "anonymous.mmdb"), "it tells what addresses are used for");
    assert_eq!(locate(&geo, LINKOPING), Whereabouts::default());

    put(&folder, "good.mmdb", &city);
    geo.reload();
    assert_eq!(geo.databases()[0].file, "good.mmdb");
    assert!(locate(&geo, LINKOPING).place.is_some(), "the good one serves among the bad");
}

#[test]
fn what_an_address_is_used_for_comes_from_lists_databases_and_names() {
    let folder = folder(&[("uses.mmdb", ANONYMOUS), ("asn.mmdb", ASN)]);
    let geo = MaxmindGeo::open(folder.path());
    let usage = |address: &str| locate(&geo, address).usage;
    assert_eq!(usage("1.2.0.1"), Some(NetworkUse::Vpn));
    assert_eq!(usage("71.160.223.9"), Some(NetworkUse::Hosting));
    assert_eq!(usage("65.4.3.2"), Some(NetworkUse::Tor));
    assert_eq!(usage(LINKOPING), None);
    assert_eq!(usage("10.0.0.1"), None);

    put(&folder, "relays.txt", b"# ours\n89.160.20.0/24\n");
    put(&folder, "hosting.txt", b"1.2.0.0/33\n");
    geo.reload();
    assert_eq!(usage(LINKOPING), Some(NetworkUse::Relay));
    let refused = refusals(&geo);
    assert!(refused.iter().any(|it| it.0 == "hosting.txt" && it.1.starts_with("line 1 ")), "{refused:?}");
}

#[test]
fn damaged_bytes_anywhere_never_panic_and_most_damage_to_the_format_is_seen() {
    let city_database = fs::read(data(CITY)).unwrap();
    let folder = TempDir::new().unwrap();
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let mut below = |end: usize| usize::try_from(random.next() % end as u64).unwrap();
    let mut refused = 0;
    for _ in 0..400 {
        let mut mutant = city_database.clone();
        for _ in 0..=below(16) {
            mutant[below(city_database.len())] ^= 1 << below(8);
        }
        put(&folder, "city.mmdb", &mutant);
        let geo = MaxmindGeo::open(folder.path());
        refused += refusals(&geo).len();
        for address in [LINKOPING, "81.2.69.142", "2a02:cf40::1", "216.160.83.56"] {
            locate(&geo, address);
        }
    }
    assert!(refused > 100, "{refused} of 400");
}

#[test]
fn without_a_folder_nothing_is_known() {
    let geo = MaxmindGeo::open(Path::new("/nonexistent/geoip"));
    assert_eq!(geo.databases(), []);
    assert_eq!(locate(&geo, "8.8.8.8"), Whereabouts::default());
    assert!(GeoWatch::start(Arc::new(geo)).is_err());
}

#[test]
fn a_bad_file_never_replaces_a_good_one() {
    let folder = folder(&[("city.mmdb", CITY)]);
    let geo = MaxmindGeo::open(folder.path());
    let good = fs::read(data(CITY)).unwrap();
    let country = fs::read(data(COUNTRY)).unwrap();
    let network = fs::read(data(ASN)).unwrap();
    let bad: [&[u8]; 5] = [b"", &good[..good.len() - 2_000], b"random", &country, &network];
    for bytes in bad {
        put(&folder, "city.mmdb", bytes);
        geo.reload();
        assert_eq!(city(&geo, LINKOPING).as_deref(), Some("Linköping"));
        let status = geo.databases();
        assert_eq!(status.len(), 2, "{status:?}");
        assert!(status[0].refused.is_none() && status[1].refused.is_some(), "{status:?}");
    }
    assert_eq!(geo.databases()[1].database_type, "GeoLite2-ASN");

    put(&folder, "city.mmdb", &good);
    geo.reload();
    assert_eq!(refusals(&geo), [], "mended");
    fs::remove_file(folder.path().join("city.mmdb")).unwrap();
    geo.reload();
    assert_eq!((geo.databases().len(), city(&geo, LINKOPING)), (0, None), "removed");
    put(&folder, "city.mmdb", &country);
    geo.reload();
    assert_eq!(locate(&geo, LINKOPING).place.unwrap().country_name, "Sweden", "once removed, anything sound may come");
}

#[test]
fn a_database_that_answers_otherwise_does_not_replace_one_that_was_right() {
    let folder = TempDir::new().unwrap();
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("geoip/watchlight-country.mmdb");
    let good = fs::read(shipped).unwrap();
    put(&folder, "country.mmdb", &good);
    let geo = MaxmindGeo::open(folder.path());
    assert_eq!(refusals(&geo), []);

    // Every record stays sound, but each country's code is now another's.
    let mut altered = good.clone();
    let key = b"country_code";
    let data_section = good.windows(key.len()).position(|it| it == key).unwrap();
    let mut changed = 0;
    for at in data_section..altered.len() - 3 {
        let code = [altered[at + 1], altered[at + 2]];
        if altered[at] == TEXT_OF_TWO_BYTES && code.iter().all(u8::is_ascii_uppercase) {
            altered[at + 1] = b'A' + (code[0] - b'A' + 1) % 26;
            changed += 1;
        }
    }
    assert!(changed > 100, "{changed}");
    put(&folder, "country.mmdb", &altered);
    geo.reload();
    assert!(refusals(&geo)[0].1.starts_with("disagrees"), "{:?}", geo.databases());
    assert_eq!(locate(&geo, "8.8.8.8").place.unwrap().country_name, "United States");
}

#[test]
fn look_ups_go_on_while_databases_are_replaced() {
    let folder = folder(&[("city.mmdb", CITY)]);
    let geo = MaxmindGeo::open(folder.path());
    let (one, other) = (fs::read(data(CITY)).unwrap(), fs::read(data("geoip/GeoIP2-Enterprise-Test.mmdb")).unwrap());
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let asked: Vec<_> = (0..3)
            .map(|_| {
                scope.spawn(|| {
                    let mut count = 0_u64;
                    while !done.load(Ordering::Relaxed) || count == 0 {
                        assert_eq!(city(&geo, LINKOPING).as_deref(), Some("Linköping"));
                        count += 1;
                    }
                    count
                })
            })
            .collect();
        for round in 0..10 {
            put(&folder, "city.mmdb", if round % 2 == 0 { &one[..9_000] } else { &one });
            geo.reload();
            put(&folder, "more.mmdb", if round % 2 == 0 { &other } else { &one });
            geo.reload();
        }
        done.store(true, Ordering::Relaxed);
        assert!(asked.into_iter().all(|it| it.join().unwrap() > 0));
    });
}

#[test]
fn a_watched_folder_is_read_again_when_a_database_changes() {
    let folder = folder(&[]);
    let geo = Arc::new(MaxmindGeo::open(folder.path()));
    let watch = GeoWatch::start(Arc::clone(&geo)).unwrap();
    put(&folder, "city.mmdb", &fs::read(data(CITY)).unwrap());
    until("the new file is in use", || city(&geo, LINKOPING).is_some());
    fs::copy(data(ASN), folder.path().join("asn.mmdb")).unwrap();
    until("a file written in place is, too", || locate(&geo, LINKOPING).network.is_some());
    fs::remove_file(folder.path().join("asn.mmdb")).unwrap();
    fs::remove_file(folder.path().join("city.mmdb")).unwrap();
    until("the removed files are not", || geo.databases().is_empty());

    drop(watch);
    until("the thread has let go", || Arc::strong_count(&geo) == 1);
}

/// A fixed sequence of numbers (xorshift64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}

fn until(what: &str, condition: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !condition() {
        assert!(Instant::now() < deadline, "not within 20 s: {what}");
        thread::sleep(Duration::from_millis(10));
    }
}
