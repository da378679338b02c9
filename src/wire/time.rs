//! Times as they travel: RFC 3339, written in UTC with milliseconds.

use crate::domain::time::Timestamp;

/// Writes `2026-11-22T10:15:00.000Z`. A time outside the years −9999 to 9999 is written as the nearest one within them.
#[must_use]
pub fn to_text(at: Timestamp) -> String {
    at.to_text()
}

/// Reads an RFC 3339 time of any offset, to the millisecond; `None` for anything else.
#[must_use]
pub fn parse(text: &str) -> Option<Timestamp> {
    Timestamp::parse(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_in_utc_with_milliseconds_and_read_with_any_offset() {
        let at = parse("2026-11-22T12:15:00.0409+02:00").unwrap();
        assert_eq!(to_text(at), "2026-11-22T10:15:00.040Z");
        assert_eq!(parse(&to_text(at)), Some(at));
        for wrong in ["", "yesterday", "2026-11-22", "2026-11-22T10:15:00", "1790000000", "2026-13-01T00:00:00Z"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
        assert_eq!(to_text(Timestamp::from_unix_ms(i64::MAX)), "9999-12-30T22:00:00.999Z");
    }
}
