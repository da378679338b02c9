//! A line that is imported: a login as it is posted, or a line of an export.

use serde::Deserialize;
use serde_json::value::RawValue;

/// The member of a line that an import reads: a line of another type has none, and is passed over.
#[derive(Debug, Deserialize)]
struct ExportedLine<'a> {
    #[serde(borrow)]
    login: Option<LoginOfLine<'a>>,
}

#[derive(Debug, Deserialize)]
struct LoginOfLine<'a> {
    #[serde(borrow)]
    import: Option<&'a RawValue>,
}

/// How a line begins that is one of an export. No login has a member `type`.
const LINE_BEGINS: &[u8] = b"{\"type\":\"";

/// What an import finds in a line.
#[derive(Debug, PartialEq, Eq)]
pub enum Found<'a> {
    /// A login as it is posted.
    Login(&'a [u8]),
    /// Something of an export that is no login.
    Other,
}

/// Finds the login in a line, be it one of an export or as it is posted.
#[must_use]
pub fn found_in(line: &[u8]) -> Found<'_> {
    if !line.starts_with(LINE_BEGINS) {
        return Found::Login(line);
    }
    match serde_json::from_slice::<ExportedLine<'_>>(line) {
        Ok(ExportedLine { login: Some(LoginOfLine { import: Some(import) }) }) => Found::Login(import.get().as_bytes()),
        Ok(_) => Found::Other,
        // It is refused where the login is read.
        Err(_) => Found::Login(line),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_login_of_a_line_is_found() {
        let posted = br#"{"user":{"id":"a"}}"#;
        assert_eq!(found_in(posted), Found::Login(posted));
        let exported = br#"{"type":"login","login":{"id":"lgn_1","import":{"user":{"id":"a"}}}}"#;
        assert_eq!(found_in(exported), Found::Login(posted));
        assert_eq!(found_in(br#"{"type":"note","note":{"text":"x"}}"#), Found::Other);
        let broken = br#"{"type":"login","login":7}"#;
        assert_eq!(found_in(broken), Found::Login(broken));
    }
}
