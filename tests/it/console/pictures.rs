//! All pictures of the console on one page, to be looked at.

use std::{fs, path::Path};

use jiff::tz::TimeZone;
use watchlight::{
    domain::{
        place::{Country, Point},
        policy::policy::Level,
        recognition::verdict::Agreement,
        time::{DAY_MS, HOUR_MS, Timestamp},
    },
    http::console::{
        assets::Assets,
        drawing::{
            axis::TimeAxis,
            heat::{HeatCell, HeatMap},
            histogram::{Bar, Histogram, Part, sparkline},
            lanes::{Brush, Lane, LaneMark, Lanes},
            level::level,
            map::{
                journey::{Journey, Leg, Stop},
                world::{CountryCount, WorldMap},
            },
            markup::Tone,
            waterfall::{Piece, Waterfall},
        },
    },
};

const HOSTILE: &str = "<img src=x onerror=alert(1)>\u{202e}\"'";

/// Some number, always the same for the same seed.
fn some(seed: u64, below: u64) -> u64 {
    let hash = blake3::hash(&seed.to_be_bytes());
    u64::from_be_bytes(hash.as_bytes()[..8].try_into().unwrap()) % below
}

fn begin() -> Timestamp {
    Timestamp::parse("2026-11-21T00:00:00Z").unwrap()
}

fn histogram(bars: u64, stride_ms: i64) -> Histogram {
    let bar = |at: u64| {
        let from = begin().plus_ms(stride_ms * i64::try_from(at).unwrap());
        let wave = if at % 24 < 6 { 20 } else { 140 };
        let count = some(at, wave) + wave;
        let part = if at == bars * 3 / 4 { count / 2 } else { some(at + 1_000, 14) };
        Bar { from, until: from.plus_ms(stride_ms), count, part, href: Some(format!("/console/logins?at={at}")) }
    };
    Histogram {
        title: "Logins over time".to_owned(),
        unit: "logins".to_owned(),
        bars: (0..bars).map(bar).collect(),
        part: Some(Part { name: "failures".to_owned(), tone: Tone::Warn }),
        zone: TimeZone::UTC,
    }
}

fn waterfall() -> Waterfall {
    let piece = |&(label, agreement, centibits, note): &(&str, Agreement, i32, &str)| Piece {
        label: label.to_owned(),
        agreement,
        centibits,
        note: (!note.is_empty()).then(|| note.to_owned()),
    };
    let pieces = [
        ("canvas drawing", Agreement::Agreed, 812, ""),
        ("installed fonts", Agreement::Similar, 510, ""),
        ("graphics renderer", Agreement::Agreed, 468, ""),
        ("screen resolution", Agreement::Changed, -240, "1920×1080 → 1366×768"),
        ("time zone", Agreement::Changed, -610, "Europe/Stockholm → America/Sao_Paulo"),
        ("network", Agreement::Changed, -180, "Bredband2 AB → Claro"),
        ("language header", Agreement::Agreed, 130, ""),
        ("memory size", Agreement::Agreed, 96, ""),
        ("processor count", Agreement::Agreed, 88, ""),
        (HOSTILE, Agreement::Agreed, 40, ""),
        ("plugins", Agreement::Agreed, 20, ""),
        ("accept header", Agreement::Agreed, 10, ""),
    ];
    Waterfall {
        title: "Evidence in bits: one bit doubles the odds".to_owned(),
        pieces: pieces.iter().map(piece).collect(),
        most: 10,
    }
}

fn lanes() -> Lanes {
    let mark = |lane: u64, at: u64| {
        let ms = i64::try_from(some(lane * 100 + at, 30 * 24)).unwrap() * HOUR_MS;
        let tone = match some(lane * 7 + at, 30) {
            0 => Tone::Bad,
            1 | 2 => Tone::Warn,
            _ => Tone::Plain,
        };
        LaneMark {
            at: begin().plus_ms(ms),
            tone,
            label: "success from Stockholm".to_owned(),
            href: Some("/console/x".to_owned()),
        }
    };
    let lane = |(at, (label, count)): (u64, (&str, u64))| Lane {
        label: label.to_owned(),
        href: Some("/console/devices".to_owned()),
        note: format!("{count}"),
        marks: (0..count).map(|it| mark(at, it)).collect(),
    };
    let names = [
        ("Chrome 142 on Windows 11", 90),
        ("Safari on iPhone", 14),
        ("Firefox on Linux", 3),
        (HOSTILE, 1),
        ("Edge 141 on Windows 10", 0),
    ];
    Lanes {
        title: "Devices".to_owned(),
        axis: TimeAxis { from: begin(), until: begin().plus_ms(32 * DAY_MS), zone: TimeZone::UTC },
        now: Some(begin().plus_ms(30 * DAY_MS)),
        gap_ms: 3 * DAY_MS,
        brush: Some(Brush("/console/logins?q=user:ana".to_owned())),
        lanes: (0..).zip(names).map(lane).collect(),
    }
}

fn world() -> WorldMap {
    let codes = [
        ("SE", 48_120),
        ("BR", 9_210),
        ("US", 3_100),
        ("DE", 800),
        ("SG", 120),
        ("IN", 44),
        ("MT", 9),
        ("AX", 3),
        ("AU", 1),
        ("RU", 17),
    ];
    let counted = |(code, count): (&str, u64)| {
        let country = Country::parse(code).unwrap();
        CountryCount { country, count, href: Some(format!("/console/logins?q=country:{code}")) }
    };
    WorldMap { title: "Logins by country".to_owned(), unit: "logins".to_owned(), countries: codes.map(counted).into() }
}

fn journey(places: &[(&str, f64, f64, u16)]) -> Journey {
    let stop = |(at, &(label, latitude, longitude, accuracy)): (usize, &(&str, f64, f64, u16))| Stop {
        label: label.to_owned(),
        note: format!("22 Nov {:02}:15", 9 + at),
        point: Point { latitude, longitude },
        accuracy_km: Some(accuracy),
        tone: if at + 1 == places.len() { Tone::Bad } else { Tone::Good },
        href: Some("/console/logins".to_owned()),
    };
    let leg = |at: usize| Leg {
        from: at - 1,
        until: at,
        tone: if at + 1 == places.len() { Tone::Bad } else { Tone::Plain },
        label: "10,900 km in 40 minutes".to_owned(),
    };
    let stops = places.iter().enumerate().map(stop).collect();
    Journey { title: "Places".to_owned(), stops, legs: (1..places.len()).map(leg).collect() }
}

fn heat() -> HeatMap {
    let count = |day: u64, hour: u64| {
        let busy = day < 5 && (8..19).contains(&hour);
        if busy { some(day * 24 + hour, 400) } else { some(day * 24 + hour, 9).saturating_sub(4) }
    };
    let counts = std::array::from_fn(|day| std::array::from_fn(|hour| count(day as u64, hour as u64)));
    HeatMap::week("Logins by day and hour (UTC)", "logins", &counts)
}

fn cards() -> Vec<(&'static str, String)> {
    let words = Level::ALL.map(|it| format!("<p>{}</p>", level(it, 0.5))).concat();
    let spark = sparkline("ana", &[3, 5, 2, 8, 1, 0, 0, 4, 12, 3]);
    let bars = histogram(72, HOUR_MS);
    let nordic = [
        ("Helsinki", 60.17, 24.94, 20),
        ("Stockholm", 59.33, 18.06, 50),
        ("Turku", 60.45, 22.26, 100),
        ("Zürich", 47.38, 8.54, 150),
    ];
    let wide = [
        ("Stockholm", 59.33, 18.06, 20),
        ("Tokyo", 35.7, 139.7, 50),
        ("San Francisco", 37.8, -122.4, 200),
        ("São Paulo", -23.5, -46.6, 500),
    ];
    let hours =
        std::array::from_fn(|hour| HeatCell { count: some(hour as u64, 50), href: Some("/console/x".to_owned()) });
    let (nordic, wide, world) = (journey(&nordic), journey(&wide), world());
    vec![
        ("Strip", format!("{}", histogram(96, HOUR_MS / 4).strip())),
        ("Histogram", format!("{}{}", bars.draw(), bars.numbers().folded())),
        ("Few bars", format!("{}", histogram(3, DAY_MS).draw())),
        ("No bars", format!("{}", histogram(0, DAY_MS).draw())),
        ("Waterfall", waterfall().draw().to_string()),
        ("Words", format!("{words}<p>ana {spark}</p>")),
        ("Lanes", lanes().draw().to_string()),
        ("Heat", format!("{}{}", heat().draw(), heat().numbers().folded())),
        ("Hours", HeatMap::hours("Logins by hour", "logins", hours).draw().to_string()),
        ("World", format!("{}{}", world.draw(), world.numbers().folded())),
        ("Journey", format!("{}{}", nordic.draw(), nordic.list())),
        ("Far journey", format!("{}{}", wide.draw(), wide.list())),
    ]
}

/// The page, as a view of the console would be.
fn page() -> String {
    let card = |(name, body): (&str, String)| format!("<section class=\"card\"><h2>{name}</h2>{body}</section>");
    let body: String = cards().into_iter().map(card).collect();
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
        <title>Pictures</title><link rel=\"stylesheet\" href=\"{}\"></head><body><main class=\"main\"><h1>Pictures</h1>{body}</main></body></html>",
        Assets.css()
    )
}

#[test]
fn no_picture_is_styled_in_place_or_runs_what_a_stranger_wrote() {
    let page = page();
    for forbidden in ["style=", "<img", "<script", "onclick", "NaN", "inf%", "http:", "https:"] {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
    for class in page.split("class=\"").skip(1).filter_map(|it| it.split('"').next()).flat_map(|it| it.split(' ')) {
        let css = include_str!("../../../assets/console/app.css");
        assert!(css.contains(&format!(".{class}")), "the style sheet does not know {class}");
    }
    assert_eq!(page.matches("<svg").count(), page.matches("</svg>").count());
    assert_eq!(page.matches("<a ").count(), page.matches("</a>").count());
}

/// Writes the page into `target/tmp/pictures`, with what it loads, to be served by anything.
#[test]
#[ignore = "for people to look at"]
fn pictures_to_look_at() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pictures");
    let assets = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/console");
    fs::create_dir_all(folder.join("console/assets")).unwrap();
    for (name, path) in [("app.css", Assets.css()), ("world.svg", Assets.world())] {
        fs::copy(assets.join(name), folder.join(path.trim_start_matches('/'))).unwrap();
    }
    fs::write(folder.join("index.html"), page()).unwrap();
    println!("{}", folder.display());
}
