//! `docs/search.md` tells the language as it is.

use std::{collections::BTreeSet, fs, path::Path};

use watchlight::domain::{
    search::{field::Field, parser::parse, times::Bound, value::Value},
    time::Timestamp,
};

/// The cells of every row of the table below a heading, but for its first two lines.
fn rows(page: &str, heading: &str) -> Vec<Vec<String>> {
    let (_, part) = page.split_once(&format!("\n{heading}\n")).unwrap_or_else(|| panic!("no {heading}"));
    let lines = part.lines().skip_while(|it| !it.starts_with('|')).take_while(|it| it.starts_with('|')).skip(2);
    let cells = |line: &str| line.trim_matches('|').split('|').map(|it| it.trim().to_owned()).collect();
    lines.map(cells).collect()
}

/// What stands between backticks.
fn quoted(cell: &str) -> Vec<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

fn page() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/search.md")).unwrap()
}

#[test]
fn the_fields_that_are_told_are_those_that_are_read() {
    let rows = rows(&page(), "## Fields");
    let told: Vec<Vec<String>> = rows.iter().map(|row| [quoted(&row[0]), quoted(&row[1])].concat()).collect();
    let read: Vec<Vec<String>> = Field::ALL.iter().map(|it| it.names().map(str::to_owned).collect()).collect();
    assert_eq!(told, read);
    for (row, &field) in rows.iter().zip(Field::ALL) {
        let choices: BTreeSet<String> = Value::choices(field).iter().map(Value::text).collect();
        let told: BTreeSet<String> = quoted(&row[2]).into_iter().collect();
        assert!(choices == told || choices.is_empty() || field == Field::Signal, "{field:?}: {told:?}");
        for value in told.iter().filter(|it| choices.is_empty() && !it.contains('…')) {
            let text = format!("{}:{value}", field.as_str());
            assert!(parse(&text, Timestamp::default()).is_ok(), "{text}");
        }
    }
}

#[test]
fn the_times_that_are_told_are_those_that_are_read() {
    let rows = rows(&page(), "## Times");
    let told: Vec<Vec<String>> = rows.iter().map(|row| [quoted(&row[0]), quoted(&row[1])].concat()).collect();
    assert_eq!(told, Bound::ALL.map(|it| it.names().iter().map(|it| (*it).to_owned()).collect::<Vec<_>>()));
}

#[test]
fn the_faults_that_are_told_are_found() {
    let rows = rows(&page(), "## Faults");
    assert!(rows.len() > 3);
    for row in rows {
        let fault = parse(&quoted(&row[0])[0], Timestamp::default()).unwrap_err();
        assert_eq!(fault.position.to_string(), row[1], "{fault}");
        assert_eq!(fault.suggestion.as_ref(), quoted(&row[3]).first(), "{fault}");
    }
}
