//! Folds text into lines.

/// Longest folded line, in characters. RFC 5322 (2.1.1) recommends at most 78; tags and escapes need some of them.
const LINE_CHARS: usize = 68;

/// Folds a paragraph into lines; all but the first begin with `indent`. A word longer than a line is not broken: it may
/// be a link.
#[must_use]
pub fn fold(paragraph: impl AsRef<str>, indent: &str) -> String {
    let paragraph = paragraph.as_ref();
    let (mut folded, mut line_chars) = (String::with_capacity(paragraph.len() + 8), 0);
    for word in paragraph.split(' ') {
        let word_chars = word.chars().count();
        if line_chars > 0 && line_chars + 1 + word_chars > LINE_CHARS {
            folded.push('\n');
            folded.push_str(indent);
            line_chars = indent.chars().count();
        } else if line_chars > 0 {
            folded.push(' ');
            line_chars += 1;
        }
        folded.push_str(word);
        line_chars += word_chars;
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_paragraphs_are_folded_and_words_are_not() {
        let folded = fold(format!("{} {}", "word ".repeat(30).trim(), "x".repeat(100)), "  ");
        let lines: Vec<_> = folded.lines().collect();
        assert_eq!(lines.len(), 4);
        assert!(lines[..3].iter().all(|it| it.len() <= LINE_CHARS), "{folded}");
        assert!(lines[1].starts_with("  word") && lines[3] == format!("  {}", "x".repeat(100)));
    }
}
