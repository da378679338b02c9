//! A sentence in some language, ready to be shown as plain text or as HTML.

/// Where a value that was put into a sentence starts: Unicode's FIRST STRONG ISOLATE, which Fluent sets.
const START: char = '\u{2068}';
/// Where it ends: POP DIRECTIONAL ISOLATE.
const END: char = '\u{2069}';

/// A sentence that remembers where values were put into it, so that a name in one direction of writing does not disturb
/// a sentence in the other. Values hold no such marks themselves: they have been cleaned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Phrase(String);

impl Phrase {
    /// A sentence as Fluent gives it, with marks round its values.
    #[must_use]
    pub fn new(marked: String) -> Self {
        Self(marked)
    }

    /// A value alone.
    #[must_use]
    pub fn value(text: &str) -> Self {
        Self(format!("{START}{text}{END}"))
    }

    /// As plain text, without marks: mail programs show some of them as boxes.
    #[must_use]
    pub fn plain(&self) -> String {
        self.0.replace([START, END], "")
    }

    /// As HTML: escaped, values in `<bdi>`.
    #[must_use]
    pub fn html(&self) -> String {
        let mut html = String::with_capacity(self.0.len() + 16);
        for it in self.0.chars() {
            match it {
                START => html.push_str("<bdi>"),
                END => html.push_str("</bdi>"),
                '&' => html.push_str("&#38;"),
                '<' => html.push_str("&#60;"),
                '>' => html.push_str("&#62;"),
                '"' => html.push_str("&#34;"),
                '\'' => html.push_str("&#39;"),
                it => html.push(it),
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
