//! A text in Markdown.

use std::fmt::Write;

/// A text that grows.
#[derive(Debug, Default)]
pub struct Paper(String);

impl Paper {
    /// A text with this title.
    #[must_use]
    pub fn titled(title: &str) -> Self {
        Self(format!("# {title}\n"))
    }

    /// A heading.
    pub fn heading(&mut self, heading: &str) {
        self.line(&format!("\n## {heading}\n"));
    }

    /// A paragraph, or a line of a table.
    pub fn line(&mut self, text: &str) {
        // Writing to a `String` cannot fail.
        let _ = writeln!(self.0, "{text}");
    }

    /// A list.
    pub fn list<Text: AsRef<str>>(&mut self, items: impl IntoIterator<Item = Text>) {
        items.into_iter().for_each(|it| self.line(&format!("- {}", it.as_ref())));
    }

    /// A table with these columns.
    pub fn table<const COLUMNS: usize>(
        &mut self,
        heads: [&str; COLUMNS],
        rows: impl IntoIterator<Item = [String; COLUMNS]>,
    ) {
        self.line(&format!("| {} |", heads.join(" | ")));
        self.line(&format!("|{}", "---|".repeat(COLUMNS)));
        for row in rows {
            self.line(&format!("| {} |", row.map(|cell| cell.replace('|', "\\|")).join(" | ")));
        }
    }

    /// The text.
    #[must_use]
    pub fn finish(self) -> String {
        self.0
    }
}
