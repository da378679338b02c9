//! A sentence in some language, ready to be shown as plain text or as HTML.

/// Starts a value within a sentence: Unicode's FIRST STRONG ISOLATE, which Fluent writes.
const START: char = '\u{2068}';
/// Ends a value: POP DIRECTIONAL ISOLATE.
const END: char = '\u{2069}';

/// A sentence that knows where its values are, so that a name written in one direction does not disturb a sentence in
/// the other. Values contain no such marks themselves: they have been cleaned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Phrase(String);

impl Phrase {
    /// A sentence as Fluent writes it, with marks around its values.
    #[must_use]
    pub fn new(marked: String) -> Self {
        Self(marked)
    }

    /// A value on its own.
    #[must_use]
    pub fn value(text: &str) -> Self {
        Self(format!("{START}{text}{END}"))
    }

    /// Plain text without marks: some mail programs show them as boxes.
    #[must_use]
    pub fn plain(&self) -> String {
        self.0.replace([START, END], "")
    }

    /// HTML: escaped, with values in `<bdi>`.
    #[must_use]
    pub fn html(&self) -> String {
        let mut html = String::with_capacity(self.0.len() + 16);
        for letter in self.0.chars() {
            match letter {
                START => html.push_str("<bdi>"),
                END => html.push_str("</bdi>"),
                '&' => html.push_str("&#38;"),
                '<' => html.push_str("&#60;"),
                '>' => html.push_str("&#62;"),
                '"' => html.push_str("&#34;"),
                '\'' => html.push_str("&#39;"),
                other => html.push(other),
            }
        }
        html
    }

    /// Two sentences, one after the other.
    #[must_use]
    pub fn and(self, next: &Self) -> Self {
        Self(format!("{} {}", self.0, next.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_isolated_and_markup_is_text() {
        let phrase = Phrase::new("Your \u{2068}<b>A&B\u{2069} account".to_owned());
        assert_eq!(phrase.plain(), "Your <b>A&B account");
        assert_eq!(phrase.html(), "Your <bdi>&#60;b&#62;A&#38;B</bdi> account");
    }
}
