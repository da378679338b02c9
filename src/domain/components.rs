//! What a browser's script and headers said, as values: the input of the fingerprint and of the attributes.

use std::cmp::Ordering;

use crate::domain::value::Value;

/// Components by name: those that have a value. A component that failed, timed out or was skipped is not here: what is
/// missing is no evidence.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Components(Vec<(String, Value)>);

impl Components {
    /// Takes named values in any order and [condenses](Value::condensed) them; of two with one name the first stays.
    #[must_use]
    pub fn new(mut values: Vec<(String, Value)>) -> Self {
        values.retain(|(_, value)| *value != Value::Null);
        values.sort_by(|(a, _), (b, _)| a.cmp(b));
        values.dedup_by(|later, earlier| later.0 == earlier.0);
        Self(values.into_iter().map(|(name, value)| (name, value.condensed())).collect())
    }

    /// Takes what FingerprintJS returns for its components: of each its `value`, if it has one.
    #[must_use]
    pub fn from_measured(measured: Vec<(String, Value)>) -> Self {
        let value_of = |it| match it {
            Value::Map(members) => members.into_iter().find(|(name, _)| name == "value").map(|(_, value)| value),
            _ => None,
        };
        Self::new(measured.into_iter().filter_map(|(name, it)| Some((name, value_of(it)?))).collect())
    }

    /// The value of the component with this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.binary_search_by(|(it, _)| it.as_str().cmp(name)).ok().map(|at| &self.0[at].1)
    }

    /// All, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// Whether no script said anything.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Request headers, their names in lower case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headers(Vec<(String, String)>);

impl Headers {
    /// Takes headers in any order and case; of two with one name the first stays.
    #[must_use]
    pub fn new(headers: Vec<(String, String)>) -> Self {
        let mut headers: Vec<_> = headers.into_iter().map(|(name, value)| (name.to_ascii_lowercase(), value)).collect();
        headers.sort_by(|(a, _), (b, _)| a.cmp(b));
        headers.dedup_by(|later, earlier| later.0 == earlier.0);
        Self(headers)
    }

    /// The value of the header with this name in lower case.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        let order = |(it, _): &(String, String)| -> Ordering { it.as_str().cmp(name) };
        self.0.binary_search_by(order).ok().map(|at| self.0[at].1.as_str())
    }
}
