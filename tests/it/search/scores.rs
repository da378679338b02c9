//! Scores of risk, as they are written and shown.

use std::cmp::Ordering;

use watchlight::domain::search::value::Score;

#[test]
fn scores_are_read_as_they_are_shown() {
    for (text, shown) in [
        ("0", Some("0")),
        ("0.0", Some("0")),
        (".6", Some("0.6")),
        ("0.6500", Some("0.65")),
        ("0.0001", Some("0.0001")),
        ("1", Some("1")),
        ("1.0000", Some("1")),
        ("1.0001", None),
        ("2", None),
        ("10", None),
        ("0.12345", None),
        ("0.", None),
        (".", None),
        ("", None),
        ("-0.1", None),
        ("+1", None),
        ("6e-1", None),
        ("0.٦", None),
    ] {
        assert_eq!(Score::parse(text).map(|it| it.to_string()).as_deref(), shown, "{text}");
    }
    let most = Score::parse("0.64").unwrap();
    assert_eq!(most.order_of(0.640_049), Ordering::Equal, "it is shown as 0.64");
    assert_eq!(most.order_of(0.640_051), Ordering::Greater);
}

#[test]
fn a_rounded_score_compares_as_the_exact_one_does() {
    for score in [0.0, 0.000_049, 0.000_051, 0.640_049, 0.640_051, 0.999_951, 1.0] {
        for shown in ["0", "0.0001", "0.64", "0.6401", "1"] {
            let shown = Score::parse(shown).unwrap();
            assert_eq!(Score::rounded(score).cmp(&shown), shown.order_of(score), "{score} {shown}");
        }
    }
    assert_eq!((Score::from_parts(10_000), Score::from_parts(10_001)), (Score::parse("1"), None));
}
