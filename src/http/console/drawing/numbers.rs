//! The numbers of a picture, in words.

use crate::http::console::drawing::markup::{Markup, shown};

/// What a picture shows, for whoever cannot see it, or wants the numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Numbers {
    /// What it is about, as a caption.
    pub caption: String,
    /// The heads of its columns. The first column names a row, the others have numbers.
    pub head: Vec<String>,
    /// The rows.
    pub rows: Vec<NumbersRow>,
}

/// A row of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NumbersRow {
    /// Where it leads, if anywhere.
    pub href: Option<String>,
    /// Its cells, the name first.
    pub cells: Vec<String>,
}

impl Numbers {
    /// The table, folded under a word; nothing, if it has no rows.
    #[must_use]
    pub fn folded(&self) -> Markup {
        let mut sheet = Markup::default();
        if self.rows.is_empty() {
            return sheet;
        }
        sheet.add(format_args!("<details class=\"d-numbers\"><summary>The numbers</summary>"));
        sheet.add(format_args!("{}</details>", self.open()));
        sheet
    }

    /// The table.
    #[must_use]
    pub fn open(&self) -> Markup {
        let mut sheet = Markup::default();
        sheet.add(format_args!("<table class=\"d-table\"><caption>{}</caption><thead><tr>", shown(&self.caption)));
        for name in &self.head {
            sheet.add(format_args!("<th scope=\"col\">{}</th>", shown(name)));
        }
        sheet.add(format_args!("</tr></thead><tbody>"));
        for row in &self.rows {
            let Some((name, cells)) = row.cells.split_first() else { continue };
            sheet.add(format_args!("<tr><th scope=\"row\">"));
            sheet.words(row.href.as_deref(), name);
            sheet.add(format_args!("</th>"));
            for cell in cells {
                sheet.add(format_args!("<td>{}</td>", shown(cell)));
            }
            sheet.add(format_args!("</tr>"));
        }
        sheet.add(format_args!("</tbody></table>"));
        sheet
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_named_linked_and_escaped() {
        let row = NumbersRow { href: Some("?q=<a>".to_owned()), cells: vec!["<b>".to_owned(), "1".to_owned()] };
        let table = Numbers { caption: "C".to_owned(), head: vec!["A".to_owned(), "B".to_owned()], rows: vec![row] };
        let text = table.folded().to_string();
        assert!(
            text.contains("<th scope=\"row\"><a href=\"?q=&lt;a&gt;\"><bdi>&lt;b&gt;</bdi></a></th><td>1</td>"),
            "{text}"
        );
        assert_eq!(Numbers::default().folded().as_str(), "");
    }
}
