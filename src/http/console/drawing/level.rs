//! How a level of risk is shown: a word, a shape, and a colour, so that none of the three is needed alone.

use crate::{
    domain::policy::policy::Level,
    http::console::drawing::markup::{Markup, Tone},
};

/// How risky a login is, and its score in [0, 1] with two decimals.
#[must_use]
pub fn level(level: Level, score: f64) -> Markup {
    let mut sheet = Markup::default();
    let (word, class, shape) = (level.as_str(), class(level), shape(level));
    sheet.add(format_args!(
        "<span class=\"{class}\"><svg viewBox=\"0 0 10 10\" width=\"10\" height=\"10\" aria-hidden=\"true\">"
    ));
    sheet.add(format_args!("{shape}</svg>{word} <span class=\"score\">{score:.2}</span></span>"));
    sheet
}

const fn class(level: Level) -> &'static str {
    match level {
        Level::Low => "level",
        Level::Medium => "level medium",
        Level::High => "level high",
    }
}

/// Its shape in a square of 10.
const fn shape(level: Level) -> &'static str {
    match level {
        Level::Low => "<circle cx=\"5\" cy=\"5\" r=\"4\"/>",
        Level::Medium => "<path d=\"M1 1h8v8H1z\"/>",
        Level::High => "<path d=\"M5 0 10 9H0z\"/>",
    }
}

/// The tone of a level, for marks and lanes.
#[must_use]
pub const fn tone(level: Level) -> Tone {
    match level {
        Level::Low => Tone::Plain,
        Level::Medium => Tone::Warn,
        Level::High => Tone::Bad,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_level_has_a_word_a_shape_and_a_colour_of_its_own() {
        let drawn = Level::ALL.map(|it| level(it, 0.456).to_string());
        for (level, text) in Level::ALL.into_iter().zip(&drawn) {
            let word = level.as_str();
            assert!(text.starts_with(&format!("<span class=\"{}\">", class(level))), "{text}");
            assert!(text.ends_with(&format!("</svg>{word} <span class=\"score\">0.46</span></span>")), "{text}");
        }
        for mut each in [Level::ALL.map(shape), Level::ALL.map(class)] {
            each.sort_unstable();
            assert!(each.array_windows().all(|[one, other]| one != other), "{each:?}");
        }
    }
}
