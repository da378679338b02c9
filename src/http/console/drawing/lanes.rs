//! Devices, places or sessions as lanes over time: when each was there, where it was missing, and which logins stand out. It is a
//! table, so that names and numbers are words; only the lane itself is drawn.

use crate::{
    domain::{time::Timestamp, wording::figures::grouped},
    http::console::drawing::{
        axis::TimeAxis,
        markup::{Markup, Tone, number, percent, real, shown},
    },
};

/// A login in a lane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LaneMark {
    /// When it happened.
    pub at: Timestamp,
    /// How it is meant.
    pub tone: Tone,
    /// What it is, in a few words.
    pub label: String,
    /// The login.
    pub href: Option<String>,
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lane {
    /// Its name.
    pub label: String,
    /// Where its name leads.
    pub href: Option<String>,
    /// What is told at its end, such as a count.
    pub note: String,
    /// What is in it, in any order.
    pub marks: Vec<LaneMark>,
}

/// Rows over one time.
#[derive(Clone, Debug)]
pub struct Lanes {
    /// What they show, in a few words.
    pub title: String,
    /// The time that is shown.
    pub axis: TimeAxis,
    /// Now, if a line shall show it.
    pub now: Option<Timestamp>,
    /// Two logins that are further apart than this, in milliseconds, have a gap between them.
    pub gap_ms: i64,
    /// Where marks that touch lead to; their time is added to it.
    pub brush: Option<Brush>,
    /// The rows, from the top.
    pub lanes: Vec<Lane>,
}

/// A page that can be narrowed to a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Brush(pub String);

impl Brush {
    /// The page, narrowed to a time: its `from` and `to`.
    #[must_use]
    pub fn href(&self, from: Timestamp, until: Timestamp) -> String {
        let sign = if self.0.contains('?') { '&' } else { '?' };
        format!("{}{sign}from={}&to={}", self.0, from.to_text(), until.to_text())
    }
}

/// Marks that share one of these parts of the width are drawn as one.
const PLACES: f64 = 160.0;
/// The middle of a lane in pixels from its top; it is twice as high.
const MIDDLE: u32 = 14;

/// Marks that touch.
struct Group<'a> {
    marks: Vec<&'a LaneMark>,
}

impl Lanes {
    /// The picture.
    #[must_use]
    pub fn draw(&self) -> Markup {
        let mut sheet = Markup::default();
        sheet.add(format_args!("<table class=\"d-rows d-lanes\"><caption>{}</caption><tbody>", shown(&self.title)));
        for lane in &self.lanes {
            sheet.add(format_args!("<tr><th scope=\"row\">"));
            sheet.words(lane.href.as_deref(), &lane.label);
            sheet.add(format_args!("</th><td>"));
            self.draw_lane(&mut sheet, lane);
            sheet.add(format_args!("</td><td>{}</td></tr>", shown(&lane.note)));
        }
        if self.lanes.is_empty() {
            sheet.add(format_args!("<tr><td class=\"quiet\" colspan=\"3\">Nothing in this time</td></tr>"));
        }
        sheet.add(format_args!(
            "</tbody><tfoot aria-hidden=\"true\"><tr><td></td><td><svg class=\"d-axis\" height=\"18\">"
        ));
        self.axis.draw(&mut sheet, 14, 0.0);
        let zone = shown(self.axis.zone_name());
        sheet.add(format_args!("</svg></td><td class=\"quiet\">{zone}</td></tr></tfoot></table>"));
        sheet
    }

    fn draw_lane(&self, sheet: &mut Markup, lane: &Lane) {
        let groups = self.groups(lane);
        let marks = groups.iter().flat_map(|it| &it.marks).count();
        let when = groups.first().zip(groups.last()).map_or_else(String::new, |(first, last)| {
            format!(", {} {}", self.axis.between(first.from(), last.until()), self.axis.zone_name())
        });
        let label = format!("{}: {} marks{when}", lane.label, grouped(marks as u64));
        let role = if groups.iter().any(|it| self.href(it).is_some()) { "group" } else { "img" };
        sheet.add(format_args!(
            "<svg class=\"d-lane\" height=\"{}\" role=\"{role}\" aria-label=\"{}\">",
            2 * MIDDLE,
            shown(&label)
        ));
        self.axis.draw_lines(sheet, 2 * MIDDLE);
        self.draw_presence(sheet, &groups);
        if let Some(now) = self.now.filter(|&now| self.axis.from <= now && now <= self.axis.until) {
            let x = percent(self.axis.share(now));
            sheet.add(format_args!("<line class=\"d-now\" x1=\"{x}\" x2=\"{x}\" y2=\"100%\"/>"));
        }
        let mut loudest_last: Vec<&Group<'_>> = groups.iter().collect();
        loudest_last.sort_by_key(|it| it.tone());
        for group in loudest_last {
            let (x, r, class) =
                (percent(self.axis.share(group.middle())), number(group.radius()), group.tone().class());
            sheet.linked(self.href(group).as_deref(), &self.label(group), |sheet| {
                sheet.add(format_args!("<circle class=\"{class}\" cx=\"{x}\" cy=\"{MIDDLE}\" r=\"{r}\"/>"));
            });
        }
        sheet.add(format_args!("</svg>"));
    }

    /// Draws a band where logins follow each other, and a dotted line where they do not.
    fn draw_presence(&self, sheet: &mut Markup, groups: &[Group<'_>]) {
        let mut draw = |class: &str, from: Timestamp, until: Timestamp| {
            let (from, until) = (percent(self.axis.share(from)), percent(self.axis.share(until)));
            sheet.add(format_args!(
                "<line class=\"{class}\" x1=\"{from}\" x2=\"{until}\" y1=\"{MIDDLE}\" y2=\"{MIDDLE}\"/>"
            ));
        };
        let Some(mut begun) = groups.first().map(Group::from) else { return };
        for pair in groups.windows(2) {
            let (left, came) = (pair[0].until(), pair[1].from());
            if self.gap_ms < came.ms_since(left) {
                draw("d-band", begun, left);
                draw("d-gap", left, came);
                begun = came;
            }
        }
        draw("d-band", begun, groups.last().map_or(begun, Group::until));
    }

    /// The marks of a lane within the time, those together that touch, the earliest first.
    fn groups<'a>(&self, lane: &'a Lane) -> Vec<Group<'a>> {
        let within = |it: &&LaneMark| self.axis.from <= it.at && it.at <= self.axis.until;
        let mut marks: Vec<&LaneMark> = lane.marks.iter().filter(within).collect();
        marks.sort_by_key(|it| it.at);
        let place = |it: &LaneMark| (self.axis.share(it.at) * PLACES).floor();
        let touch = |a: &&LaneMark, b: &&LaneMark| (place(a) - place(b)).abs() < 0.5;
        marks.chunk_by(touch).map(|it| Group { marks: it.to_vec() }).collect()
    }

    fn href(&self, group: &Group<'_>) -> Option<String> {
        match group.marks[..] {
            [one] => one.href.clone(),
            _ => self.brush.as_ref().map(|it| it.href(group.from(), group.until().plus_ms(1))),
        }
    }

    fn label(&self, group: &Group<'_>) -> String {
        if let [one] = group.marks[..] {
            return format!("{}: {}", self.axis.minute(one.at), one.label);
        }
        let worst = group.marks.iter().max_by_key(|it| it.tone).map_or("", |it| it.label.as_str());
        let when = self.axis.between(group.from(), group.until());
        format!("{when}: {} together, such as {worst}", grouped(group.marks.len() as u64))
    }
}

impl Group<'_> {
    fn from(&self) -> Timestamp {
        self.marks.first().map(|it| it.at).unwrap_or_default()
    }

    fn until(&self) -> Timestamp {
        self.marks.last().map(|it| it.at).unwrap_or_default()
    }

    fn middle(&self) -> Timestamp {
        self.from().plus_ms(self.until().ms_since(self.from()) / 2)
    }

    fn tone(&self) -> Tone {
        self.marks.iter().map(|it| it.tone).max().unwrap_or_default()
    }

    /// In pixels: more marks are more, but never much.
    fn radius(&self) -> f64 {
        3.5 + real(self.marks.len() as u64).log2().min(8.0) * 0.4
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;
    use crate::domain::time::DAY_MS;

    fn lanes(days: &[i64]) -> Lanes {
        let from = Timestamp::parse("2026-11-01T00:00:00Z").unwrap();
        let mark = |&day: &i64| LaneMark {
            at: from.plus_ms(day * DAY_MS),
            tone: if day == 3 { Tone::Bad } else { Tone::Plain },
            label: format!("login {day}"),
            href: Some(format!("/console/logins/{day}")),
        };
        let lane = Lane {
            label: "Chrome on <Windows>".to_owned(),
            href: Some("/console/devices/dev_1".to_owned()),
            note: "3 logins".to_owned(),
            marks: days.iter().map(mark).collect(),
        };
        Lanes {
            title: "Devices".to_owned(),
            axis: TimeAxis { from, until: from.plus_ms(20 * DAY_MS), zone: TimeZone::UTC },
            now: Some(from.plus_ms(19 * DAY_MS)),
            gap_ms: 7 * DAY_MS,
            brush: Some(Brush("/console/logins?q=a".to_owned())),
            lanes: vec![lane],
        }
    }

    #[test]
    fn a_lane_shows_when_it_was_there_and_when_not() {
        let drawn = lanes(&[15, 2, 1, 14]).draw().to_string();
        let line =
            |class: &str, from: u32, until: u32| format!("<line class=\"{class}\" x1=\"{from}%\" x2=\"{until}%\"");
        for (class, from, until) in [("d-band", 5, 10), ("d-gap", 10, 70), ("d-band", 70, 75), ("d-now", 95, 95)] {
            assert!(drawn.contains(&line(class, from, until)), "{class} {from}: {drawn}");
        }
        assert_eq!(drawn.matches("<circle").count(), 4);
        assert!(
            drawn.contains("<a href=\"/console/logins/14\" tabindex=\"-1\" aria-label=\"2026-11-15 00:00: login 14\">"),
            "{drawn}"
        );
        assert!(
            drawn.contains("<a href=\"/console/devices/dev_1\"><bdi>Chrome on &lt;Windows&gt;</bdi></a>"),
            "{drawn}"
        );
    }

    #[test]
    fn marks_that_touch_are_one_and_the_loudest_counts() {
        let drawn = lanes(&[3, 3, 3]).draw().to_string();
        assert_eq!(drawn.matches("<circle class=\"d-bad\"").count(), 1);
        assert!(
            drawn.contains(
                "href=\"/console/logins?q=a&amp;from=2026-11-04T00:00:00.000Z&amp;to=2026-11-04T00:00:00.001Z\""
            ),
            "{drawn}"
        );
        assert!(drawn.contains("3 together, such as login 3"), "{drawn}");
        let many = lanes(&vec![3; 10_000]).draw();
        assert!(many.as_str().len() < 4_000, "{}", many.as_str().len());
    }

    #[test]
    fn what_is_outside_is_not_drawn_and_nothing_is_said() {
        let outside = lanes(&[-1, 21]).draw().to_string();
        assert!(!outside.contains("<circle") && !outside.contains("d-band"), "{outside}");
        let mut none = lanes(&[]);
        none.lanes.clear();
        none.now = Some(none.axis.until.plus_ms(1));
        let drawn = none.draw().to_string();
        assert!(drawn.contains("Nothing in this time") && !drawn.contains("d-now"), "{drawn}");
    }
}
