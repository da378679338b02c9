//! Logins as rows of a table (RFC 4180) that is safe to open in a spreadsheet.

use crate::{
    domain::{history::login_record::LoginRecord, recognition::verdict::MatchedBy, search::value::Value},
    wire::{login::four_digits, time},
};

/// The names of the columns.
const COLUMNS: [&str; 34] = [
    "id",
    "occurred_at",
    "received_at",
    "outcome",
    "user_id",
    "ip",
    "method",
    "session_id",
    "device_id",
    "device_status",
    "device_matched_by",
    "device_score",
    "device_changed",
    "device_name",
    "device_trust",
    "fingerprint",
    "country",
    "region",
    "city",
    "latitude",
    "longitude",
    "accuracy_km",
    "asn",
    "network",
    "risk_score",
    "risk_level",
    "signals",
    "action",
    "alert_id",
    "alert_status",
    "alert_reason",
    "browser",
    "os",
    "policy",
];

/// The line of column names.
#[must_use]
pub fn header() -> Vec<u8> {
    lines([COLUMNS])
}

/// A line for each login.
#[must_use]
pub fn rows(logins: &[LoginRecord]) -> Vec<u8> {
    lines(logins.iter().map(row))
}

/// Rows of a table.
#[must_use]
pub fn lines<Row: IntoIterator<Item: AsRef<[u8]>>>(rows: impl IntoIterator<Item = Row>) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    for row in rows {
        // Writing to memory does not fail, and every row has as many cells as there are columns.
        let _ = writer.write_record(row);
    }
    writer.into_inner().unwrap_or_default()
}

fn row(login: &LoginRecord) -> [String; COLUMNS.len()] {
    let (place, network) = (login.whereabouts.place.as_ref(), login.whereabouts.network.as_ref());
    let point = place.and_then(|it| it.point);
    let suppressed = login.alert.as_ref().map(|it| it.suppressed);
    let changed: Vec<&str> =
        login.device.changed.iter().map(crate::domain::browser::attributes::Attribute::name).collect();
    let signals: Vec<&str> = login.assessment.signals.iter().map(|it| it.kind.as_str()).collect();
    [
        login.id.to_string(),
        time::to_text(login.occurred_at),
        time::to_text(login.received_at),
        login.outcome.as_str().to_owned(),
        text(Some(login.user.as_str())),
        login.ip.to_string(),
        text(login.method.as_deref()),
        text(login.session_id.as_deref()),
        login.device.id.to_string(),
        login.device.status.as_str().to_owned(),
        login.device.matched_by.map(MatchedBy::as_str).unwrap_or_default().to_owned(),
        number(login.device.score),
        changed.join(" "),
        text(Some(&login.device.agent.name())),
        login.device.trust.as_str().to_owned(),
        login.fingerprint.to_string(),
        place.map(|it| it.country.as_str().to_owned()).unwrap_or_default(),
        text(place.and_then(|it| it.region.as_deref())),
        text(place.and_then(|it| it.city.as_deref())),
        number(point.map(|it| it.latitude)),
        number(point.map(|it| it.longitude)),
        number(place.and_then(|it| it.accuracy_km)),
        number(network.map(|it| it.asn)),
        text(network.map(|it| it.name.as_str())),
        four_digits(login.assessment.score).to_string(),
        login.assessment.level.as_str().to_owned(),
        signals.join(" "),
        login.action.as_str().to_owned(),
        login.alert.as_ref().map(|it| it.id.to_string()).unwrap_or_default(),
        suppressed.map_or("", |it| if it.is_some() { "suppressed" } else { "queued" }).to_owned(),
        suppressed.flatten().map_or("", crate::domain::alert::alert::Suppressed::as_str).to_owned(),
        Value::Browser(login.device.agent.browser).to_string(),
        Value::Os(login.device.agent.os).to_string(),
        login.policy.map(|it| it.to_string()).unwrap_or_default(),
    ]
}

fn number(number: Option<impl ToString>) -> String {
    number.map(|it| it.to_string()).unwrap_or_default()
}

/// A text that somebody else wrote. A spreadsheet would run one that starts like a formula, also in the wide signs of East
/// Asia; an apostrophe prevents that.
#[must_use]
pub fn text(written: Option<&str>) -> String {
    let text = written.unwrap_or_default();
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_looks_like_a_formula_is_none() {
        for formula in ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1", "＝1", "＠x"] {
            assert_eq!(text(Some(formula)), format!("'{formula}"));
        }
        assert_eq!(text(Some("u_1=2")), "u_1=2");
        assert_eq!(String::from_utf8(lines([["a\"b", "c,d", "e\r\nf"]])).unwrap(), "\"a\"\"b\",\"c,d\",\"e\r\nf\"\r\n");
    }
}
