//! The model of rare logins against the figures that its authors' own code gives (das-group/rba-algorithm).

use std::{fs, path::Path};

use serde_json::Value;
use watchlight::domain::risk::freeman::{Features, LEVELS, Model};

/// From the finest value of each feature to the coarsest.
const FIELDS: [&str; LEVELS] = [
    "requestXRealIP",
    "ipASN",
    "ipCountry",
    "trackingdatauserAgent",
    "browser_name_version",
    "os_name_version",
    "device_type",
];

fn data(file: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/freeman").join(file)).unwrap()
}

fn features(login: &Value) -> Features {
    let number = |text: String| u64::from_be_bytes(*blake3::hash(text.as_bytes()).as_bytes().first_chunk().unwrap());
    Features { user: login["userid"].as_u64().unwrap(), values: FIELDS.map(|it| number(login[it].to_string())) }
}

fn compare(found: Option<f64>, expected: &Value, what: &str) {
    match (found, expected.as_f64()) {
        (Some(found), Some(expected)) => {
            assert!((found - expected).abs() <= 1e-9 * expected.abs(), "{what}: {found}, not {expected}");
        }
        (found, expected) => assert_eq!(found, expected, "{what}"),
    }
}

#[test]
fn fifteen_attempts_after_twenty_logins_score_as_published() {
    let vectors: Value = serde_json::from_str(&data("freeman_vectors.json")).unwrap();
    let mut model = Model::default();
    vectors["history"].as_array().unwrap().iter().for_each(|it| model.learn(&features(it)));
    let cases = vectors["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 15);
    for it in cases {
        compare(model.score(&features(&it["attempt"])), &it["expected_score"], it["case"].as_str().unwrap());
    }
}

#[test]
fn a_stream_of_logins_scores_as_published() {
    let mut model = Model::default();
    let mut scored = 0;
    for (number, line) in data("freeman_stream.ndjson").lines().enumerate() {
        let login: Value = serde_json::from_str(line).unwrap();
        let expected = &login["expected_score"];
        if !expected.is_null() {
            scored += 1;
            compare(model.score(&features(&login)), expected, &format!("line {}", number + 1));
        }
        model.learn(&features(&login));
    }
    assert!(scored >= 150, "{scored} of the stream are scored");
}
