//! Reads logs of logins as CSV: which column has which field of a login.

use std::{fs::File, path::Path};

use csv::{Reader, ReaderBuilder, StringRecord};
use serde_json::{Map, Value};

use crate::app::fault::Fault;

/// A field of a login in the API, by its path (`user.id`), and the column that has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// The path.
    pub field: String,
    /// The column's name in the first line.
    pub name: String,
}

impl Column {
    /// Reads `FIELD=COLUMN`.
    ///
    /// # Errors
    /// If the text is not in that form.
    pub fn parse(text: &str) -> Result<Self, String> {
        match text.split_once('=') {
            Some((field, name)) if !field.is_empty() && !name.is_empty() => {
                Ok(Self { field: field.to_owned(), name: name.to_owned() })
            }
            _ => Err("must be FIELD=COLUMN, such as user.id=account".to_owned()),
        }
    }
}

/// A CSV file that is read as logins.
pub struct CsvLog {
    rows: Reader<File>,
    /// The path and the index of each column that is used.
    fields: Vec<(String, usize)>,
    row: StringRecord,
}

impl CsvLog {
    /// Reads the first line. A column with the name of a field is that field; others count only if `columns` names
    /// them.
    ///
    /// # Errors
    /// The file is not CSV, or lacks a column that is named.
    pub fn open(path: &Path, file: File, columns: &[Column]) -> Result<Self, Fault> {
        let mut rows = ReaderBuilder::new().from_reader(file);
        let broken = |it: csv::Error| Fault::Partly(format!("`{}`: {it}", path.display()));
        let names: Vec<String> = rows.headers().map_err(broken)?.iter().map(str::to_owned).collect();
        let place = |name: &str| names.iter().position(|it| it == name);
        let mut fields = Vec::new();
        for column in columns {
            let there = || Fault::Partly(format!("`{}` has no column `{}`", path.display(), column.name));
            fields.push((column.field.clone(), place(&column.name).ok_or_else(there)?));
        }
        for (at, name) in names.iter().enumerate() {
            let known = FIELDS.contains(&name.as_str()) && !fields.iter().any(|(field, _)| field == name);
            if known {
                fields.push((name.clone(), at));
            }
        }
        Ok(Self { rows, fields, row: StringRecord::new() })
    }

    /// The next row as the JSON of a login, and how many bytes were read; `None` at the end. Empty cells are left out.
    ///
    /// # Errors
    /// The row is not CSV.
    pub fn next_login(&mut self) -> Result<Option<Vec<u8>>, String> {
        if !self.rows.read_record(&mut self.row).map_err(|it| it.to_string())? {
            return Ok(None);
        }
        let mut login = Map::new();
        for (field, at) in &self.fields {
            match self.row.get(*at) {
                Some(cell) if !cell.is_empty() => put(&mut login, field, cell),
                _ => {}
            }
        }
        serde_json::to_vec(&login).map(Some).map_err(|it| it.to_string())
    }

    /// How many bytes were read so far.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.rows.position().byte()
    }
}

/// The fields that a column may be named after.
const FIELDS: [&str; 16] = [
    "event_id",
    "occurred_at",
    "outcome",
    "method",
    "session_id",
    "user.id",
    "user.email",
    "user.name",
    "user.locale",
    "user.time_zone",
    "client.ip",
    "client.user_agent",
    "client.device_token",
    "truth.owner",
    "truth.known_device",
    "truth.attack",
];

/// Puts a cell at its path. `true` and `false` of a label become booleans; everything else is text.
fn put(map: &mut Map<String, Value>, path: &str, cell: &str) {
    if let Some((first, rest)) = path.split_once('.') {
        let inner = map.entry(first).or_insert_with(|| Value::Object(Map::new()));
        if let Value::Object(inner) = inner {
            put(inner, rest, cell);
        }
        return;
    }
    let label = matches!(path, "owner" | "known_device");
    let value = match cell.to_ascii_lowercase().as_str() {
        "true" | "1" if label => Value::Bool(true),
        "false" | "0" if label => Value::Bool(false),
        _ => Value::String(cell.to_owned()),
    };
    map.insert(path.to_owned(), value);
}
