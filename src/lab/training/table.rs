//! Writes the table of weights as source text.

use std::fmt::Write;

use crate::domain::{browser::attributes::ATTRIBUTES, recognition::weights_table::Row};

/// The table that this program was built with. What comes before and after its rows is kept.
const SOURCE: &str = include_str!("../../domain/recognition/weights_table.rs");
/// The line that names the columns. The rows begin after it.
const BEGIN: &str = "    // attribute ";

/// The source text of a table, to replace the file that it came from.
#[must_use]
pub fn source(rows: &[Row; ATTRIBUTES]) -> String {
    let head_bytes = SOURCE.find(BEGIN).and_then(|at| Some(at + SOURCE[at..].find('\n')? + 1));
    let (head, rest) = SOURCE.split_at(head_bytes.unwrap_or(SOURCE.len()));
    let tail = rest.find("];").map_or("", |at| &rest[at..]);
    let mut source = head.to_owned();
    for row in rows {
        let attribute = format!("Attribute::{:?},", row.attribute);
        let [agreed, changed] = [row.agreed, row.changed].map(|it| columns(&it));
        // Writing to a `String` cannot fail.
        let _ = writeln!(
            source,
            "    row({attribute:<31} [{agreed}], [{changed}], {:>5.2}, [{}], {:?}),",
            row.similar,
            columns(&row.drift),
            row.source,
        );
    }
    source + tail
}

fn columns(numbers: &[f32]) -> String {
    let numbers: Vec<String> = numbers.iter().map(|it| format!("{:>5.2}", it + 0.0)).collect();
    numbers.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::recognition::weights_table::ROWS;

    #[test]
    fn the_table_that_is_there_is_written_as_it_is() {
        assert_eq!(source(&ROWS), SOURCE);
    }
}
