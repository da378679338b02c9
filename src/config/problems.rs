//! What is wrong with settings: all of it, not only what is met first.

/// A setting that cannot be what was written.
#[derive(Debug, PartialEq, Eq)]
pub struct Problem {
    /// Its name: `http.bind`.
    pub setting: &'static str,
    /// What it must be instead.
    pub expected: String,
}

/// What is wrong so far.
#[derive(Default)]
pub struct Problems(pub Vec<Problem>);

impl Problems {
    /// The value, or a default in its place and a problem on the list.
    pub fn check<T>(&mut self, setting: &'static str, expected: &str, value: Option<T>, otherwise: T) -> T {
        value.unwrap_or_else(|| {
            self.0.push(Problem { setting, expected: expected.to_owned() });
            otherwise
        })
    }
}
