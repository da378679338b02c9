//! What is wrong with the settings: everything, not just the first.

use std::fs;

use secrecy::SecretString;

/// A setting with a value that it cannot have.
#[derive(Debug, PartialEq, Eq)]
pub struct Problem {
    /// The setting's name: `http.bind`.
    pub setting: &'static str,
    /// What the value must be.
    pub expected: String,
}

/// Everything that is wrong so far.
#[derive(Default)]
pub struct Problems(pub Vec<Problem>);

impl Problems {
    /// Returns the value. If there is none, adds a problem and returns `otherwise`.
    pub fn check<T>(&mut self, setting: &'static str, expected: &str, value: Option<T>, otherwise: T) -> T {
        value.unwrap_or_else(|| {
            self.0.push(Problem { setting, expected: expected.to_owned() });
            otherwise
        })
    }

    /// The content of a file, without the end of its line. If it cannot be read, adds a problem.
    pub fn secret(&mut self, setting: &'static str, file: Option<String>) -> Option<SecretString> {
        let read = fs::read_to_string(file?).map(|text| text.trim_end_matches(['\r', '\n']).into()).ok();
        Some(self.check(setting, "must be a file that can be read", read, SecretString::default()))
    }
}
