//! Logins over time, as bars. Each bar narrows the page to its time.

use jiff::tz::TimeZone;

use crate::{
    domain::{time::Timestamp, wording::figures::grouped},
    http::console::drawing::{
        axis::{TimeAxis, count_ticks},
        markup::{Markup, Tone, brief, number, percent, share, shown},
        numbers::{Numbers, NumbersRow},
    },
};

/// The logins of a stretch of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bar {
    /// When it begins.
    pub from: Timestamp,
    /// Before when it ends.
    pub until: Timestamp,
    /// All logins in it.
    pub count: u64,
    /// Those among them that the picture sets apart; more than all count as all.
    pub part: u64,
    /// The page narrowed to this time, if there is one.
    pub href: Option<String>,
}

/// What a histogram sets apart, such as failures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its name, for several: `failures`.
    pub name: String,
    /// How it is meant.
    pub tone: Tone,
}

/// Counts over time.
#[derive(Clone, Debug)]
pub struct Histogram {
    /// What it shows, in a few words: `Logins by hour`.
    pub title: String,
    /// What is counted, for several: `logins`.
    pub unit: String,
    /// The bars, in any order; where there is none, nothing is.
    pub bars: Vec<Bar>,
    /// What is set apart, if anything.
    pub part: Option<Part>,
    /// Whose days and hours are told.
    pub zone: TimeZone,
}

/// How much of a bar's time it fills, so that bars stay apart.
const FILLED: f64 = 0.84;
/// The least height of a bar that is not empty, in pixels.
const MIN_HEIGHT: f64 = 1.5;

/// Where things are, in pixels from the top.
struct Layout {
    class: &'static str,
    top: f64,
    base: f64,
    /// Where the names of times stand, if they are told.
    names: Option<u32>,
}

const WHOLE: Layout = Layout { class: "d-histogram", top: 12.0, base: 116.0, names: Some(132) };
const STRIP: Layout = Layout { class: "d-strip", top: 2.0, base: 31.0, names: None };

impl Histogram {
    /// The picture, 140 pixels high.
    #[must_use]
    pub fn draw(&self) -> Markup {
        self.drawn(&WHOLE)
    }

    /// A low picture of the same, 32 pixels high and without axes: for the head of a page.
    #[must_use]
    pub fn strip(&self) -> Markup {
        self.drawn(&STRIP)
    }

    /// The bars that are not empty, the earliest first.
    #[must_use]
    pub fn numbers(&self) -> Numbers {
        let axis = self.axis();
        let mut bars: Vec<&Bar> = self.bars.iter().filter(|it| it.count > 0).collect();
        bars.sort_by_key(|it| it.from);
        let row = |bar: &Bar| {
            let mut cells = vec![axis.between(bar.from, bar.until), grouped(bar.count)];
            cells.extend(self.part.as_ref().map(|_| grouped(bar.part.min(bar.count))));
            NumbersRow { href: bar.href.clone(), cells }
        };
        let mut head = vec![format!("Time ({})", axis.zone_name()), capitalized(&self.unit)];
        head.extend(self.part.as_ref().map(|it| capitalized(&it.name)));
        Numbers { caption: self.title.clone(), head, rows: bars.into_iter().map(row).collect() }
    }

    fn axis(&self) -> TimeAxis {
        let from = self.bars.iter().map(|it| it.from).min().unwrap_or_default();
        let until = self.bars.iter().map(|it| it.until).max().unwrap_or_default();
        TimeAxis { from, until, zone: self.zone.clone() }
    }

    fn max(&self) -> u64 {
        self.bars.iter().map(|it| it.count).max().unwrap_or(0)
    }

    /// What it shows, in a sentence.
    fn label(&self) -> String {
        let total = self.bars.iter().fold(0_u64, |sum, it| sum.saturating_add(it.count));
        let part = self.bars.iter().fold(0_u64, |sum, it| sum.saturating_add(it.part.min(it.count)));
        let apart = self.part.as_ref().map(|it| format!(", {} of them {}", grouped(part), it.name)).unwrap_or_default();
        let axis = self.axis();
        if self.bars.is_empty() {
            return format!("{}: no {}", self.title, self.unit);
        }
        let (when, zone) = (axis.between(axis.from, axis.until), axis.zone_name());
        format!("{}: {} {}{apart}, {when} {zone}", self.title, grouped(total), self.unit)
    }

    fn drawn(&self, layout: &'static Layout) -> Markup {
        let mut sheet = Markup::default();
        let scale = Scale { axis: self.axis(), max: self.max(), layout };
        let (class, label, base) = (layout.class, self.label(), number(layout.base + 0.5));
        let role = if self.bars.iter().any(|it| it.href.is_some()) { "group" } else { "img" };
        sheet.add(format_args!("<svg class=\"{class}\" role=\"{role}\" aria-label=\"{}\">", shown(&label)));
        if layout.names.is_some() {
            for count in count_ticks(scale.max) {
                let y = number(scale.top_of(count));
                sheet.add(format_args!("<line class=\"d-grid\" x2=\"100%\" y1=\"{y}\" y2=\"{y}\"/>"));
            }
        }
        for bar in &self.bars {
            self.draw_bar(&mut sheet, bar, &scale);
        }
        sheet.add(format_args!("<line class=\"d-base\" x2=\"100%\" y1=\"{base}\" y2=\"{base}\"/>"));
        if let Some(names) = layout.names {
            scale.draw_counts(&mut sheet);
            scale.axis.draw(&mut sheet, names, scale.half_a_bar(&self.bars));
            if scale.max == 0 {
                let (middle, unit) = (number(layout.base / 2.0), shown(&self.unit));
                sheet
                    .add(format_args!("<text class=\"d-tick\" x=\"50%\" y=\"{middle}\">No {unit} in this time</text>"));
            }
        }
        sheet.add(format_args!("</svg>"));
        self.draw_legend(&mut sheet, layout.names.is_none());
        sheet
    }

    /// What the colours mean, where there are two; and what it is, where no axis says it.
    fn draw_legend(&self, sheet: &mut Markup, is_strip: bool) {
        let part = self.part.as_ref().filter(|_| self.bars.iter().any(|it| it.part.min(it.count) > 0));
        if part.is_none() && !is_strip {
            return;
        }
        sheet.add(format_args!("<p class=\"d-legend\" aria-hidden=\"true\">"));
        if is_strip {
            sheet.add(format_args!("<span>{}</span>", shown(&self.title)));
        }
        if let Some(part) = part {
            let (class, name) = (part.tone.class(), shown(&part.name));
            sheet.add(format_args!(
                "<span><svg class=\"d-mark\" viewBox=\"0 0 12 12\"><rect width=\"12\" height=\"12\" rx=\"2\" \
                 class=\"{class}\"/></svg>{name}</span>"
            ));
        }
        sheet.add(format_args!("</p>"));
    }

    fn draw_bar(&self, sheet: &mut Markup, bar: &Bar, scale: &Scale) {
        if bar.count == 0 {
            return;
        }
        let (from, until) = (scale.axis.share(bar.from), scale.axis.share(bar.until));
        let width = until - from;
        let (x, filled) = (percent(from + width * (1.0 - FILLED) / 2.0), percent(width * FILLED));
        let part = self.part.as_ref().map(|it| (it, bar.part.min(bar.count))).filter(|(_, count)| *count > 0);
        let unit = if bar.count == 1 { self.unit.trim_end_matches('s') } else { &self.unit };
        let mut label = format!("{}: {} {unit}", scale.axis.between(bar.from, bar.until), grouped(bar.count));
        if let Some((apart, count)) = &part {
            label = format!("{label}, {} {}", grouped(*count), apart.name);
        }
        let draw = |sheet: &mut Markup, class: &str, count: u64| {
            let top = scale.top_of(count);
            let (y, height) = (number(top), number(scale.layout.base - top));
            sheet.add(format_args!(
                "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{filled}\" height=\"{height}\"/>"
            ));
        };
        sheet.linked(bar.href.as_deref(), &label, |sheet| {
            if bar.href.is_some() {
                let (x, width, height) = (percent(from), percent(width), number(scale.layout.base));
                sheet.add(format_args!("<rect class=\"d-hit\" x=\"{x}\" width=\"{width}\" height=\"{height}\"/>"));
            }
            draw(sheet, "d-bar", bar.count);
            if let Some((apart, count)) = part {
                draw(sheet, apart.tone.class(), count);
            }
        });
    }
}

/// How times and counts become places.
struct Scale {
    axis: TimeAxis,
    max: u64,
    layout: &'static Layout,
}

impl Scale {
    /// How far down a bar of this count begins.
    fn top_of(&self, count: u64) -> f64 {
        let layout = self.layout;
        layout.base - ((layout.base - layout.top) * share(count, self.max)).max(MIN_HEIGHT)
    }

    /// Half the width of a bar, as a share of the picture: the name of a day stands below the middle of its bar.
    fn half_a_bar(&self, bars: &[Bar]) -> f64 {
        let widths = bars.iter().map(|it| self.axis.share(it.until) - self.axis.share(it.from));
        widths.fold(0.0, f64::max) / 2.0
    }

    fn draw_counts(&self, sheet: &mut Markup) {
        for count in count_ticks(self.max) {
            let (y, words) = (number(self.top_of(count) + 4.0), brief(count));
            sheet.add(format_args!("<text class=\"d-tick d-e\" x=\"-6\" y=\"{y}\">{words}</text>"));
        }
    }
}

fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// The course of some counts, as small as a word: 96 by 20 pixels. `label` says what it is of.
#[must_use]
pub fn sparkline(label: &str, counts: &[u64]) -> Markup {
    const WIDTH: f64 = 92.0;
    let mut sheet = Markup::default();
    let max = counts.iter().copied().max().unwrap_or(0);
    let words = match counts {
        [] => format!("{label}: nothing"),
        [.., last] => format!("{label}: {} at most, {} at last", grouped(max), grouped(*last)),
    };
    let words = shown(&words);
    sheet.add(format_args!(
        "<svg class=\"d-spark\" viewBox=\"0 0 96 20\" role=\"img\" aria-label=\"{words}\"><title>{words}</title>"
    ));
    let steps = counts.len().saturating_sub(1).max(1);
    let place = |at: usize| {
        let x = 2.0 + WIDTH * share(at as u64, steps as u64);
        (number(x), number(18.0 - 16.0 * share(counts[at], max)))
    };
    if counts.len() > 1 {
        sheet.add(format_args!("<polyline points=\""));
        for at in 0..counts.len() {
            let (x, y) = place(at);
            sheet.add(format_args!("{x},{y} "));
        }
        sheet.add(format_args!("\"/>"));
    }
    if let Some(last) = counts.len().checked_sub(1) {
        let (x, y) = place(last);
        sheet.add(format_args!("<circle cx=\"{x}\" cy=\"{y}\" r=\"2\"/>"));
    }
    sheet.add(format_args!("</svg>"));
    sheet
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::HOUR_MS;

    fn histogram(counts: &[(u64, u64)]) -> Histogram {
        let begin = Timestamp::parse("2026-11-22T00:00:00Z").unwrap();
        let bar = |(at, &(count, part)): (usize, &(u64, u64))| {
            let from = begin.plus_ms(HOUR_MS * i64::try_from(at).unwrap());
            let until = from.plus_ms(HOUR_MS);
            Bar { from, until, count, part, href: Some(format!("?q=a&from={}", from.to_text())) }
        };
        Histogram {
            title: "Logins by hour".to_owned(),
            unit: "logins".to_owned(),
            bars: counts.iter().enumerate().map(bar).collect(),
            part: Some(Part { name: "failures".to_owned(), tone: Tone::Warn }),
            zone: TimeZone::UTC,
        }
    }

    #[test]
    fn a_bar_has_its_place_its_height_its_words_and_its_link() {
        let drawn = histogram(&[(10, 0), (0, 0), (5, 5), (20, 99)]).draw().to_string();
        assert_eq!(drawn.matches("<a href").count(), 3, "an empty bar is none: {drawn}");
        assert!(drawn.contains("href=\"?q=a&amp;from=2026-11-22T02:00:00.000Z\""), "{drawn}");
        assert!(drawn.contains("aria-label=\"2026-11-22 02:00–03:00: 5 logins, 5 failures\""), "{drawn}");
        assert!(
            drawn.contains("class=\"d-bar\" x=\"2%\" y=\"64\" width=\"21%\" height=\"52\""),
            "half as high: {drawn}"
        );
        assert!(
            drawn.contains("class=\"d-warn\" x=\"77%\" y=\"12\" width=\"21%\" height=\"104\""),
            "no part is more than all: {drawn}"
        );
        assert!(drawn.contains("35 logins, 25 of them failures, 2026-11-22 00:00–04:00 UTC\""), "{drawn}");
        assert!(drawn.starts_with("<svg class=\"d-histogram\" role=\"group\""), "{drawn}");
    }

    #[test]
    fn the_numbers_are_those_of_the_bars() {
        let numbers = histogram(&[(1_000, 1), (0, 0), (5, 0)]).numbers();
        assert_eq!(numbers.head, ["Time (UTC)", "Logins", "Failures"]);
        let cells: Vec<_> = numbers.rows.iter().map(|it| it.cells.join("|")).collect();
        assert_eq!(cells, ["2026-11-22 00:00–01:00|1,000|1", "2026-11-22 02:00–03:00|5|0"]);
        assert!(numbers.rows.iter().all(|it| it.href.is_some()));
    }

    #[test]
    fn nothing_and_too_much_are_drawn_too() {
        let empty = histogram(&[]).draw().to_string();
        assert!(empty.contains("No logins in this time") && !empty.contains("<a "), "{empty}");
        assert!(histogram(&[(0, 0); 3]).draw().as_str().contains("No logins in this time"));
        let huge = histogram(&[(u64::MAX, u64::MAX), (u64::MAX, 1), (1, 0)]).draw().to_string();
        assert!(!huge.contains("NaN") && !huge.contains("inf"), "{huge}");
        assert!(huge.contains("height=\"1.5\""), "one of many is still seen: {huge}");
        let strip = histogram(&[(1, 1)]).strip().to_string();
        assert!(strip.contains("d-strip") && !strip.contains("<text"), "{strip}");
        assert!(
            strip.ends_with("</svg>failures</span></p>") && strip.contains("<span>Logins by hour</span>"),
            "{strip}"
        );
        assert!(histogram(&[(1, 0)]).draw().as_str().ends_with("</svg>"), "nothing is set apart");
    }

    #[test]
    fn hostile_names_are_names() {
        let mut hostile = histogram(&[(1, 1)]);
        hostile.title = "<img src=x onerror=alert(1)>\"".to_owned();
        hostile.unit = "<script>".to_owned();
        hostile.bars[0].href = Some("javascript:alert(1)".to_owned());
        hostile.part = Some(Part { name: "\"><b>".to_owned(), tone: Tone::Bad });
        let text = format!("{}{}{}", hostile.draw(), hostile.strip(), hostile.numbers().folded());
        for forbidden in ["<img", "<script", "<b>", "href"] {
            assert!(!text.contains(forbidden), "{forbidden}: {text}");
        }
    }

    #[test]
    fn a_sparkline_needs_no_counts() {
        assert!(sparkline("Ana", &[]).as_str().contains("aria-label=\"Ana: nothing\""));
        assert!(!sparkline("Ana", &[3]).as_str().contains("polyline"));
        let drawn = sparkline("<i>", &[0, 5, 10]).to_string();
        assert!(drawn.contains("points=\"2,18 48,10 94,2 \"") && !drawn.contains("<i>"), "{drawn}");
    }
}
