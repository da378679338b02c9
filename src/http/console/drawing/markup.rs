//! What pictures are written with: text that is safe to show, numbers that are short, and links that lead nowhere else.

use std::fmt;

use askama::filters::HtmlSafe;

use crate::words::clean::is_invisible;

/// A piece of a page, ready to be shown: a template writes it as it is, with `|safe` or without.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Markup(String);

impl HtmlSafe for Markup {}

impl fmt::Display for Markup {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl Markup {
    /// Adds to it: `sheet.add(format_args!(…))`. What is not ours goes through [`shown`] first.
    pub fn add(&mut self, piece: fmt::Arguments<'_>) {
        // Writing to a string does not fail.
        let _ = fmt::Write::write_fmt(&mut self.0, piece);
    }

    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Adds what `inner` adds, as a link if the address is one of ours. It is no stop of the Tab key: whatever a picture links to
    /// stands in words beside it.
    pub fn linked(&mut self, href: Option<&str>, label: &str, inner: impl FnOnce(&mut Self)) {
        if let Some(href) = href.filter(|it| is_ours(it)) {
            self.add(format_args!("<a href=\"{}\" tabindex=\"-1\" aria-label=\"{}\">", shown(href), shown(label)));
            inner(self);
            self.add(format_args!("<title>{}</title></a>", shown(label)));
        } else {
            self.add(format_args!("<g>"));
            inner(self);
            self.add(format_args!("<title>{}</title></g>", shown(label)));
        }
    }

    /// Words in which what stands between backticks is code.
    #[must_use]
    pub fn coded(words: &str) -> Self {
        let mut sheet = Self::default();
        for (at, piece) in words.split('`').enumerate() {
            if at % 2 == 0 {
                sheet.add(format_args!("{}", shown(piece)));
            } else {
                sheet.add(format_args!("<code>{}</code>", shown(piece)));
            }
        }
        sheet
    }

    /// Adds words, as a link if the address is one of ours.
    pub fn words(&mut self, href: Option<&str>, words: &str) {
        match href.filter(|it| is_ours(it)) {
            Some(href) => self.add(format_args!("<a href=\"{}\"><bdi>{}</bdi></a>", shown(href), shown(words))),
            None => self.add(format_args!("<bdi>{}</bdi>", shown(words))),
        }
    }
}

/// Whether an address leads to a page of ours, whatever it was made of.
#[must_use]
pub fn is_ours(href: &str) -> bool {
    let within = href.starts_with('/') && !href.starts_with("//") && !href.starts_with("/\\");
    within || href.starts_with('?') || href.starts_with('#')
}

/// Text as it may stand in markup, in an attribute too. What would be invisible shows as `�`, so that nothing is hidden in a name
/// or turned around.
#[must_use]
pub fn shown(text: &str) -> Shown<'_> {
    Shown(text)
}

/// See [`shown`].
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a>(&'a str);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|letter| match letter {
            '&' => formatter.write_str("&amp;"),
            '<' => formatter.write_str("&lt;"),
            '>' => formatter.write_str("&gt;"),
            '"' => formatter.write_str("&quot;"),
            '\'' => formatter.write_str("&#39;"),
            it if is_invisible(it) => formatter.write_str("\u{fffd}"),
            it => write!(formatter, "{it}"),
        })
    }
}

/// The beginning of a text, with an ellipsis if it has more than `max` characters.
#[must_use]
pub fn shortened(text: &str, max: usize) -> String {
    if text.chars().count() <= max {
        return text.to_owned();
    }
    let kept: String = text.chars().take(max.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// A number with at most two decimals, and no more than it needs; 0 for what is none.
#[must_use]
pub fn number(value: f64) -> String {
    if !value.is_finite() {
        return "0".to_owned();
    }
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// A share of the width: `number` of a hundred, with its sign.
#[must_use]
pub fn percent(share: f64) -> String {
    format!("{}%", number(share * 100.0))
}

/// A count in at most five characters: `999`, `12k`, `3.4M`. Rounded down, so that it promises nothing.
#[must_use]
pub fn brief(count: u64) -> String {
    const UNITS: [(u64, &str); 6] = [
        (1_000_000_000_000_000_000, "E"),
        (1_000_000_000_000_000, "P"),
        (1_000_000_000_000, "T"),
        (1_000_000_000, "G"),
        (1_000_000, "M"),
        (1_000, "k"),
    ];
    let Some((unit, name)) = UNITS.into_iter().find(|(unit, _)| *unit <= count) else { return count.to_string() };
    let (whole, tenth) = (count / unit, count % unit / (unit / 10));
    if whole < 10 && tenth > 0 { format!("{whole}.{tenth}{name}") } else { format!("{whole}{name}") }
}

/// A count as a length: above 2⁵³ it is as good as exact.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "a picture has fewer points than f64 has digits")]
pub const fn real(count: u64) -> f64 {
    count as f64
}

/// `part` of `whole`, in [0, 1]; 0 of nothing.
#[must_use]
pub fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { (real(part) / real(whole)).clamp(0.0, 1.0) }
}

/// How a thing is meant. Only what is dangerous is loud.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tone {
    /// Of no concern at all.
    Quiet,
    /// As anything.
    #[default]
    Plain,
    /// Known to be right.
    Good,
    /// To be looked at.
    Warn,
    /// Dangerous.
    Bad,
}

impl Tone {
    /// The class that has its colour.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::Quiet => "d-quiet",
            Self::Plain => "d-plain",
            Self::Good => "d-good",
            Self::Warn => "d-warn",
            Self::Bad => "d-bad",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_is_text() {
        let hostile = "\"><img src=x onerror=alert(1)>'&\u{202e}\u{0}";
        assert_eq!(
            shown(hostile).to_string(),
            "&quot;&gt;&lt;img src=x onerror=alert(1)&gt;&#39;&amp;\u{fffd}\u{fffd}"
        );
    }

    #[test]
    fn links_lead_to_us_alone() {
        for ours in ["/console/", "?q=a", "#x"] {
            assert!(is_ours(ours), "{ours}");
        }
        for theirs in ["javascript:alert(1)", "//evil.example", "/\\evil.example", "https://evil.example", "", " /"] {
            assert!(!is_ours(theirs), "{theirs}");
            let mut sheet = Markup::default();
            sheet.linked(Some(theirs), "label", |_| ());
            sheet.words(Some(theirs), "label");
            assert!(!sheet.as_str().contains("href"), "{theirs}");
        }
    }

    #[test]
    fn numbers_are_short() {
        for (value, text) in
            [(0.0, "0"), (-0.001, "0"), (1.5, "1.5"), (33.333_333, "33.33"), (f64::NAN, "0"), (f64::INFINITY, "0")]
        {
            assert_eq!(number(value), text);
        }
        assert_eq!(percent(0.123_456), "12.35%");
        for (count, text) in
            [(0, "0"), (999, "999"), (1_000, "1k"), (1_999, "1.9k"), (12_345, "12k"), (u64::MAX, "18E")]
        {
            assert_eq!(brief(count), text);
        }
        assert!(share(1, 0).abs() < f64::EPSILON);
        assert_eq!(shortened("abcdef", 4), "abc…");
        assert_eq!(shortened("abcd", 4), "abcd");
    }
}
