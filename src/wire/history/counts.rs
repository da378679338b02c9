//! How many logins there are of which kind.

use serde::Serialize;
use utoipa::ToSchema;

use crate::wire::{csv, examples};

/// Counts of logins.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = examples::counts::counts)]
pub struct CountList {
    /// Times and hours in their order, values the most frequent first. What no login has is left out.
    pub data: Vec<CountBody>,
    /// How many are counted under values that are not among the `top`.
    pub other: u64,
    /// How many logins the search finds, each once.
    pub logins: u64,
    /// Whether there are more: the search took too long, and the latest logins were counted. Absent where the counts are exact.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub at_least: bool,
    /// Until when every login is counted.
    #[schema(format = DateTime)]
    pub counted_to: String,
    /// The search in its canonical form, with absolute times. Only where the request has `q`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "level:high since:2026-11-15T10:15:00.000Z until:2026-11-22T10:15:00.001Z")]
    pub query: Option<String>,
}

/// How many logins have something in common.
#[derive(Debug, Serialize, ToSchema)]
pub struct CountBody {
    /// The value that they have, as a search has it; null if it is not known. Where they are counted by one thing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "BR")]
    pub value: Option<Option<String>>,
    /// Both values that they have. Where they are counted by two things.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub values: Option<[Option<String>; 2]>,
    /// How many.
    pub logins: u64,
}

impl CountList {
    /// As a table, with a column for each of these names, and one for the number.
    #[must_use]
    pub fn table(&self, names: &[&str]) -> Vec<u8> {
        let header = names.iter().map(|it| (*it).to_owned()).chain([String::from("logins")]).collect();
        let row = |it: &CountBody| -> Vec<String> {
            let values = it.value.iter().chain(it.values.iter().flatten());
            values.map(|it| csv::text(it.as_deref())).chain([it.logins.to_string()]).collect()
        };
        csv::lines(std::iter::once(header).chain(self.data.iter().map(row)))
    }
}
