//! Counts by two things, as a field of colours: the days of the week and the hours of the day.

use crate::{
    domain::wording::figures::grouped,
    http::console::drawing::{
        markup::{Markup, number, percent, real, share, shown},
        numbers::{Numbers, NumbersRow},
        steps::Steps,
    },
};

/// One count of a row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HeatCell {
    /// How many.
    pub count: u64,
    /// Those alone, if there is a page of them.
    pub href: Option<String>,
}

/// One row: a day of the week.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeatRow {
    /// Its name, in a few letters.
    pub label: String,
    /// Its counts, from left to right.
    pub cells: Vec<HeatCell>,
}

/// A field of counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeatMap {
    /// What it shows, in a few words, with the zone: `Logins by hour (UTC)`.
    pub title: String,
    /// What is counted, for several: `logins`.
    pub unit: String,
    /// The names of the columns.
    pub columns: Vec<String>,
    /// The rows.
    pub rows: Vec<HeatRow>,
}

/// The height of a row in pixels, with the space below it.
const ROW: f64 = 20.0;
/// How much of its place a cell fills.
const FILLED: f64 = 0.94;
const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

impl HeatMap {
    /// By day of the week, Monday first, and hour.
    #[must_use]
    pub fn week(title: &str, unit: &str, counts: &[[u64; 24]; 7]) -> Self {
        let row = |(day, hours): (&str, &[u64; 24])| HeatRow { label: day.to_owned(), cells: cells(hours) };
        Self::of(title, unit, DAYS.into_iter().zip(counts).map(row).collect())
    }

    /// By hour alone. Each may have a page of its own.
    #[must_use]
    pub fn hours(title: &str, unit: &str, counts: [HeatCell; 24]) -> Self {
        Self::of(title, unit, vec![HeatRow { label: String::new(), cells: counts.into() }])
    }

    fn of(title: &str, unit: &str, rows: Vec<HeatRow>) -> Self {
        let columns = (0..24).map(|hour| format!("{hour:02}")).collect();
        Self { title: title.to_owned(), unit: unit.to_owned(), columns, rows }
    }

    fn steps(&self) -> Steps {
        Steps::even(self.rows.iter().flat_map(|it| &it.cells).map(|it| it.count).max().unwrap_or(0))
    }

    /// The picture, with what its colours mean.
    #[must_use]
    pub fn draw(&self) -> Markup {
        let mut sheet = Markup::default();
        let all = || self.rows.iter().flat_map(|it| &it.cells);
        let total = all().fold(0_u64, |sum, it| sum.saturating_add(it.count));
        let label = format!("{}: {} {}", self.title, grouped(total), self.unit);
        let role = if all().any(|it| it.href.is_some()) { "group" } else { "img" };
        let steps = self.steps();
        let field = ROW * real(self.rows.len() as u64);
        let height = number(field + 16.0);
        let label = shown(&label);
        let names = if self.rows.iter().all(|it| it.label.is_empty()) { "" } else { " d-named" };
        sheet.add(format_args!(
            "<svg class=\"d-heat{names}\" role=\"{role}\" aria-label=\"{label}\" height=\"{height}\">"
        ));
        for (at, row) in (0_u32..).zip(&self.rows) {
            let y = ROW * f64::from(at);
            let (below, name) = (number(y + 14.0), shown(&row.label));
            sheet.add(format_args!("<text class=\"d-tick d-s\" x=\"-34\" y=\"{below}\">{name}</text>"));
            self.draw_row(&mut sheet, row, y, &steps);
        }
        self.draw_columns(&mut sheet, field + 12.0);
        sheet.add(format_args!("</svg>"));
        steps.draw_legend(&mut sheet);
        sheet
    }

    fn draw_row(&self, sheet: &mut Markup, row: &HeatRow, y: f64, steps: &Steps) {
        let count = row.cells.len() as u64;
        for (at, cell) in (0_u64..).zip(&row.cells) {
            let (x, width) = (percent(share(at, count)), percent(share(1, count) * FILLED));
            let (y, step) = (number(y), steps.of(cell.count));
            let column = usize::try_from(at).ok().and_then(|it| self.columns.get(it)).map_or("", String::as_str);
            let name = format!("{} {column}", row.label);
            let label = format!("{}: {} {}", name.trim(), grouped(cell.count), self.unit);
            let href = cell.href.as_deref().filter(|_| cell.count > 0);
            sheet.linked(href, &label, |sheet| {
                sheet.add(format_args!(
                    "<rect class=\"d-c{step}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"18\" rx=\"2\"/>"
                ));
            });
        }
    }

    fn draw_columns(&self, sheet: &mut Markup, y: f64) {
        let (y, count) = (number(y), self.columns.len() as u64);
        for (at, name) in (0_u64..).zip(&self.columns).step_by(3) {
            let room = if at % 6 == 3 { " d-wide" } else { "" };
            let x = percent(share(at, count));
            sheet.add(format_args!("<text class=\"d-tick d-s{room}\" x=\"{x}\" y=\"{y}\">{}</text>", shown(name)));
        }
    }

    /// The cells that are not empty.
    #[must_use]
    pub fn numbers(&self) -> Numbers {
        let mut rows = Vec::new();
        for row in &self.rows {
            for (name, cell) in self.columns.iter().zip(&row.cells).filter(|(_, cell)| cell.count > 0) {
                let cells = vec![format!("{} {name}", row.label).trim().to_owned(), grouped(cell.count)];
                rows.push(NumbersRow { href: cell.href.clone(), cells });
            }
        }
        Numbers { caption: self.title.clone(), head: vec!["When".to_owned(), self.unit.clone()], rows }
    }
}

fn cells(counts: &[u64; 24]) -> Vec<HeatCell> {
    counts.iter().map(|&count| HeatCell { count, href: None }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_has_its_hours_and_the_strongest_is_the_strongest() {
        let mut counts = [[0; 24]; 7];
        (counts[0][9], counts[6][23]) = (100_000, 1);
        let week = HeatMap::week("Logins", "logins", &counts);
        let drawn = week.draw().to_string();
        assert_eq!(drawn.matches("<rect class=\"d-c0\"").count(), 7 * 24 - 2);
        assert!(drawn.contains("<g><rect class=\"d-c5\" x=\"37.5%\" y=\"0\" width=\"3.92%\""), "{drawn}");
        assert!(drawn.contains("<title>Mon 09: 100,000 logins</title>") && drawn.contains("height=\"156\""), "{drawn}");
        assert!(drawn.contains("role=\"img\"") && drawn.contains("100,001 logins\""), "{drawn}");
        let rows: Vec<_> = week.numbers().rows.into_iter().map(|it| it.cells.join("|")).collect();
        assert_eq!(rows, ["Mon 09|100,000", "Sun 23|1"]);
    }

    #[test]
    fn hours_alone_lead_to_their_logins() {
        let mut counts = std::array::from_fn(|_| HeatCell::default());
        counts[3] = HeatCell { count: u64::MAX, href: Some("?q=hour:3&<b>".to_owned()) };
        counts[4] = HeatCell { count: 0, href: Some("?q=hour:4".to_owned()) };
        let drawn = HeatMap::hours("<img src=x onerror=alert(1)>", "logins", counts).draw().to_string();
        assert!(drawn.contains("href=\"?q=hour:3&amp;&lt;b&gt;\"") && !drawn.contains("hour:4"), "{drawn}");
        assert!(drawn.contains("role=\"group\"") && !drawn.contains("<img"), "{drawn}");
        assert!(!drawn.contains("d-named"), "no room for names that there are not: {drawn}");
    }

    #[test]
    fn nothing_is_drawn_as_nothing() {
        let empty = HeatMap { title: "A".to_owned(), unit: "b".to_owned(), columns: Vec::new(), rows: Vec::new() };
        assert!(!empty.draw().as_str().contains("NaN") && empty.numbers().rows.is_empty());
    }
}
