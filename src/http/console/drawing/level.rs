//! How a level, a status or an outcome is shown: a word, a shape, and a colour, so that none of the three is needed alone.

use crate::{
    domain::{login::login::Outcome, policy::policy::Level, recognition::verdict::DeviceStatus},
    http::console::drawing::markup::{Markup, Tone, shown},
};

/// A shape that stands for a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// An empty ring: as always.
    Ring,
    /// A filled disc.
    Disc,
    /// A tick in a disc: known, done.
    Tick,
    /// A triangle: look at it.
    Triangle,
    /// A square that stands on its corner: dangerous.
    Diamond,
    /// A cross: refused, failed.
    Cross,
    /// A line: nothing is known.
    Dash,
}

impl Shape {
    /// Its outline in a square of 12.
    const fn path(self) -> &'static str {
        match self {
            Self::Ring => "M6 1.5a4.5 4.5 0 1 0 .01 0zm0 2a2.5 2.5 0 1 1-.01 0z",
            Self::Disc => "M6 1.5a4.5 4.5 0 1 0 .01 0z",
            Self::Tick => "M6 .5a5.5 5.5 0 1 0 .01 0zM3.2 5.9l1-1 1.2 1.2 2.5-2.6 1 1-3.5 3.6z",
            Self::Triangle => "M6 1l5.5 10H.5z",
            Self::Diamond => "M6 0l6 6-6 6-6-6z",
            Self::Cross => "M2.8 1.4L6 4.6l3.2-3.2 1.4 1.4L7.4 6l3.2 3.2-1.4 1.4L6 7.4l-3.2 3.2-1.4-1.4L4.6 6 1.4 2.8z",
            Self::Dash => "M1.5 5h9v2h-9z",
        }
    }
}

/// Any word with its shape and colour.
#[must_use]
pub fn mark(tone: Tone, shape: Shape, word: &str) -> Markup {
    let mut sheet = Markup::default();
    let (class, path, word) = (tone.class(), shape.path(), shown(word));
    sheet.add(format_args!(
        "<span class=\"d-word {class}\"><svg class=\"d-mark\" viewBox=\"0 0 12 12\" aria-hidden=\"true\">"
    ));
    sheet.add(format_args!("<path fill-rule=\"evenodd\" d=\"{path}\"/></svg>{word}</span>"));
    sheet
}

/// How risky a login is.
#[must_use]
pub fn level(level: Level) -> Markup {
    match level {
        Level::Low => mark(Tone::Quiet, Shape::Ring, "low"),
        Level::Medium => mark(Tone::Warn, Shape::Triangle, "medium"),
        Level::High => mark(Tone::Bad, Shape::Diamond, "high"),
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

/// Whether the device is one of the user's.
#[must_use]
pub fn status(status: DeviceStatus) -> Markup {
    match status {
        DeviceStatus::Recognized => mark(Tone::Good, Shape::Tick, "recognized"),
        DeviceStatus::First => mark(Tone::Quiet, Shape::Disc, "first"),
        DeviceStatus::New => mark(Tone::Warn, Shape::Triangle, "new"),
        DeviceStatus::Unknown => mark(Tone::Quiet, Shape::Dash, "unknown"),
    }
}

/// Whether the user got in.
#[must_use]
pub fn outcome(outcome: Outcome) -> Markup {
    match outcome {
        Outcome::Success => mark(Tone::Plain, Shape::Disc, "success"),
        Outcome::Failure => mark(Tone::Warn, Shape::Cross, "failure"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_level_has_a_word_a_shape_and_a_colour_of_its_own() {
        let mut drawn: Vec<String> = Level::ALL.into_iter().map(|it| level(it).to_string()).collect();
        for (level, text) in Level::ALL.into_iter().zip(&drawn) {
            assert!(text.contains(&format!("</svg>{}</span>", level.as_str())), "{text}");
        }
        drawn.extend(DeviceStatus::ALL.into_iter().map(|it| status(it).to_string()));
        let shape = |text: &String| text.split(" d=\"").nth(1).and_then(|it| it.split('"').next()).map(str::to_owned);
        let mut levels: Vec<_> = drawn[..3].iter().map(shape).collect();
        levels.dedup();
        assert_eq!(levels.len(), 3);
        let mut statuses: Vec<_> = drawn[3..].iter().map(shape).collect();
        statuses.sort();
        statuses.dedup();
        assert_eq!(statuses.len(), DeviceStatus::ALL.len());
    }

    #[test]
    fn a_hostile_word_is_a_word() {
        let text = mark(Tone::Bad, Shape::Cross, "<img src=x onerror=alert(1)>").to_string();
        assert!(!text.contains("<img"), "{text}");
        assert_eq!(text.matches('<').count(), 5, "{text}");
    }
}
