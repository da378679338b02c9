//! What a browser's script and headers said, as values: the input of the fingerprint and of the attributes.

use crate::domain::login::value::Value;

/// Components by name: those that have a value. A component that failed, timed out or was skipped is not here: what is
/// missing is no evidence.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Components {
    /// Sorted by name.
    values: Vec<(String, Value)>,
    /// The [beginning] of each name: a login asks for fifty, and compares numbers rather than texts.
    beginnings: Vec<u64>,
}

/// The first eight bytes of a name as a number: numbers have the order of the names that they begin.
fn beginning(name: &str) -> u64 {
    if let Some(first) = name.as_bytes().first_chunk() {
        return u64::from_be_bytes(*first);
    }
    let mut bytes = [0; 8];
    bytes.iter_mut().zip(name.bytes()).for_each(|(byte, of_name)| *byte = of_name);
    u64::from_be_bytes(bytes)
}

impl Components {
    /// Takes named values in any order and [condenses](Value::condensed) them; of two with one name the first stays.
    #[must_use]
    pub fn new(mut values: Vec<(String, Value)>) -> Self {
        values.retain(|(_, value)| *value != Value::Null);
        values.sort_by(|(a, _), (b, _)| a.cmp(b));
        values.dedup_by(|later, earlier| later.0 == earlier.0);
        let values: Vec<_> = values.into_iter().map(|(name, value)| (name, value.condensed())).collect();
        let beginnings = values.iter().map(|(name, _)| beginning(name)).collect();
        Self { values, beginnings }
    }

    /// The value of the component with this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.find(name).map(|(_, value)| value)
    }

    /// The value of the component with this name, and the how manyth of [all](Self::iter) it is, from 0 on.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<(usize, &Value)> {
        let wanted = beginning(name);
        let first = self.beginnings.partition_point(|it| *it < wanted);
        let mut same_beginning = (first..self.values.len()).take_while(|at| self.beginnings[*at] == wanted);
        let place = same_beginning.find(|at| self.values[*at].0 == name)?;
        Some((place, &self.values[place].1))
    }

    /// All, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.values.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// Whether no script said anything.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }
}

/// Request headers, their names in lower case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headers(Vec<(String, String)>);

impl Headers {
    /// Takes headers in any order and case; of two with one name the first stays.
    #[must_use]
    pub fn new(mut headers: Vec<(String, String)>) -> Self {
        for (name, _) in &mut headers {
            name.make_ascii_lowercase();
        }
        headers.sort_by(|(a, _), (b, _)| a.cmp(b));
        headers.dedup_by(|later, earlier| later.0 == earlier.0);
        Self(headers)
    }

    /// The value of the header with this name in lower case.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        // They are few, and few of them are as long as this one: sooner found than by halves.
        self.0.iter().find(|(it, _)| it == name).map(|(_, value)| value.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_component_is_found_by_its_whole_name() {
        let names = ["a", "audio", "audioBaseLatency", "audioBaseNoise", "screenFrame", "screenResolution"];
        let value = |name: &&str| ((*name).to_owned(), Value::Text((*name).to_owned()));
        let components = Components::new(names.iter().rev().map(value).collect());
        for name in names {
            assert_eq!(components.get(name).and_then(Value::text), Some(name));
        }
        for name in ["", "audi", "audioBase", "audioBaseLatencyX", "z"] {
            assert_eq!(components.get(name), None, "{name}");
        }
    }
}
