//! The evidence on a device, as a waterfall: what agrees leads to the right, what has changed to the left, and the sum is where it
//! ends. It is a table, so that its words and numbers are there for everybody; the bars only repeat them.

use crate::{
    domain::{
        browser::attributes::Attribute,
        recognition::verdict::{Agreement, Evidence, Finding},
    },
    http::console::drawing::markup::{Markup, number, percent, shown},
};

/// One piece of evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// What it is about: `screen resolution`.
    pub label: String,
    /// How it compares.
    pub agreement: Agreement,
    /// What it counts, in hundredths of a bit: positive for one device.
    pub centibits: i32,
    /// What it was and is, if that is known: `1920×1080 → 1366×768`.
    pub note: Option<String>,
}

/// The evidence for and against a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waterfall {
    /// What it shows, in a few words.
    pub title: String,
    /// The pieces, in any order.
    pub pieces: Vec<Piece>,
    /// How many pieces are drawn one by one; the least of more are drawn as one.
    pub most: usize,
}

/// More rows than this are not read.
pub const MOST_PIECES: usize = 14;

impl Waterfall {
    /// The evidence of a login: each attribute, and the network, if it counts for anything.
    #[must_use]
    pub fn of(title: &str, evidence: &Evidence) -> Self {
        let attributes = Attribute::ALL.into_iter().map(Attribute::words).zip(evidence.attributes);
        let pieces = attributes.chain([("network", evidence.network)]).filter(|(_, it)| it.centibits != 0);
        let piece = |(label, it): (&str, Finding)| Piece {
            label: label.to_owned(),
            agreement: it.agreement,
            centibits: i32::from(it.centibits),
            note: None,
        };
        Self { title: title.to_owned(), pieces: pieces.map(piece).collect(), most: MOST_PIECES }
    }

    /// All evidence together, in hundredths of a bit.
    #[must_use]
    pub fn sum(&self) -> i64 {
        self.pieces.iter().map(|it| i64::from(it.centibits)).sum()
    }

    /// The picture: the strongest for it first, the strongest against it last, and the sum.
    #[must_use]
    pub fn draw(&self) -> Markup {
        let rows = self.rows();
        let scale = Scale::of(&rows);
        let mut sheet = Markup::default();
        let title = shown(&self.title);
        sheet.add(format_args!(
            "<table class=\"d-rows d-waterfall\"><caption>{title}</caption><thead class=\"heard\"><tr>"
        ));
        sheet.add(format_args!(
            "<th scope=\"col\">Attribute</th><td></td><th scope=\"col\">Bits</th></tr></thead><tbody>"
        ));
        let mut from = 0;
        for row in &rows {
            let until = from + row.centibits;
            scale.draw_row(&mut sheet, row, from, until);
            from = until;
        }
        let sum = Line { label: "together".to_owned(), note: None, agreement: Agreement::Absent, centibits: from };
        sheet.add(format_args!("</tbody><tfoot>"));
        scale.draw_row(&mut sheet, &sum, 0, from);
        sheet.add(format_args!("</tfoot></table>"));
        sheet
    }

    fn rows(&self) -> Vec<Line> {
        let mut pieces: Vec<&Piece> = self.pieces.iter().collect();
        pieces.sort_by(|a, b| b.centibits.unsigned_abs().cmp(&a.centibits.unsigned_abs()).then(a.label.cmp(&b.label)));
        let most = if pieces.len() <= self.most { pieces.len() } else { self.most.saturating_sub(1) };
        let rest = pieces.split_off(most);
        pieces.sort_by(|a, b| b.centibits.cmp(&a.centibits).then(a.label.cmp(&b.label)));
        let mut rows: Vec<Line> = pieces.into_iter().map(Line::of).collect();
        if !rest.is_empty() {
            let centibits = rest.iter().map(|it| i64::from(it.centibits)).sum();
            let label = format!("{} more, together", rest.len());
            let names: Vec<&str> = rest.iter().map(|it| it.label.as_str()).collect();
            let line = Line { label, note: Some(names.join(", ")), agreement: Agreement::Absent, centibits };
            let at = rows.iter().position(|it| it.centibits < 0).unwrap_or(rows.len());
            rows.insert(at, line);
        }
        rows
    }
}

/// A row of the picture.
struct Line {
    label: String,
    note: Option<String>,
    agreement: Agreement,
    centibits: i64,
}

impl Line {
    fn of(piece: &Piece) -> Self {
        let how = match piece.agreement {
            Agreement::Absent => None,
            Agreement::Agreed => Some("agreed"),
            Agreement::Changed => Some("changed"),
            Agreement::Similar => Some("similar"),
        };
        let note = match (how, &piece.note) {
            (Some(how), Some(note)) => Some(format!("{how}: {note}")),
            (how, note) => note.clone().or(how.map(str::to_owned)),
        };
        Self { label: piece.label.clone(), note, agreement: piece.agreement, centibits: i64::from(piece.centibits) }
    }
}

/// From the least to the greatest sum on the way.
struct Scale {
    least: i64,
    whole: i64,
}

impl Scale {
    fn of(rows: &[Line]) -> Self {
        let (mut sum, mut least, mut greatest) = (0, 0, 0);
        for row in rows {
            sum += row.centibits;
            least = sum.min(least);
            greatest = sum.max(greatest);
        }
        Self { least, whole: greatest - least }
    }

    #[expect(clippy::cast_precision_loss, reason = "a sum of bits is small")]
    fn share(&self, centibits: i64) -> f64 {
        if self.whole == 0 { 0.5 } else { (centibits - self.least) as f64 / self.whole as f64 }
    }

    fn draw_row(&self, sheet: &mut Markup, row: &Line, from: i64, until: i64) {
        let (left, right) = (self.share(from.min(until)), self.share(from.max(until)));
        let class = match row.agreement {
            _ if row.centibits < 0 => "d-against",
            Agreement::Similar => "d-for d-similar",
            _ => "d-for",
        };
        let (zero, from, until) = (percent(self.share(0)), percent(self.share(from)), percent(self.share(until)));
        let (x, width) = (percent(left), percent(right - left));
        sheet.add(format_args!("<tr><th scope=\"row\">{}", shown(&row.label)));
        if let Some(note) = &row.note {
            sheet.add(format_args!(" <span class=\"quiet\" title=\"{0}\">{0}</span>", shown(note)));
        }
        sheet.add(format_args!("</th><td><svg class=\"d-fall\" aria-hidden=\"true\">"));
        sheet.add(format_args!("<line class=\"d-base\" x1=\"{zero}\" x2=\"{zero}\" y2=\"100%\"/>"));
        sheet.add(format_args!("<line class=\"d-join\" x1=\"{from}\" x2=\"{from}\" y2=\"6\"/>"));
        sheet.add(format_args!("<line class=\"d-join\" x1=\"{until}\" x2=\"{until}\" y1=\"18\" y2=\"100%\"/>"));
        sheet.add(format_args!(
            "<rect class=\"{class}\" x=\"{x}\" y=\"6\" width=\"{width}\" height=\"12\"/></svg></td>"
        ));
        sheet.add(format_args!("<td>{}</td></tr>", bits(row.centibits)));
    }
}

/// Hundredths of a bit as bits, with their sign: `+5.2`, `−0.4`.
#[must_use]
pub fn bits(centibits: i64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "a sum of bits is small")]
    let bits = (centibits as f64 / 10.0).round() / 10.0;
    let text = number(bits.abs());
    let text = if text.contains('.') { text } else { format!("{text}.0") };
    match bits {
        it if 0.0 < it => format!("+{text}"),
        it if it < 0.0 => format!("−{text}"),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{browser::attributes::ATTRIBUTES, ids::DeviceId};

    fn piece(label: &str, agreement: Agreement, centibits: i32) -> Piece {
        Piece { label: label.to_owned(), agreement, centibits, note: None }
    }

    fn waterfall(pieces: Vec<Piece>) -> Waterfall {
        Waterfall { title: "Bits".to_owned(), pieces, most: 4 }
    }

    /// The labels of the rows, in their order.
    fn labels(drawn: &str) -> Vec<&str> {
        drawn.split("<th scope=\"row\">").skip(1).filter_map(|it| it.split(['<']).next()).map(str::trim).collect()
    }

    #[test]
    fn evidence_falls_from_the_strongest_for_to_the_strongest_against() {
        let pieces = vec![
            piece("fonts", Agreement::Agreed, 500),
            piece("time zone", Agreement::Changed, -300),
            piece("canvas", Agreement::Agreed, 1_000),
        ];
        let drawn = waterfall(pieces).draw().to_string();
        assert_eq!(labels(&drawn), ["canvas", "fonts", "time zone", "together"]);
        assert!(drawn.contains("class=\"d-for\" x=\"0%\" y=\"6\" width=\"66.67%\""), "{drawn}");
        assert!(
            drawn.contains("class=\"d-for\" x=\"66.67%\" y=\"6\" width=\"33.33%\""),
            "it begins where the one before ended: {drawn}"
        );
        assert!(drawn.contains("class=\"d-against\" x=\"80%\" y=\"6\" width=\"20%\""), "{drawn}");
        assert!(drawn.contains("class=\"d-for\" x=\"0%\" y=\"6\" width=\"80%\""), "the sum begins at nought: {drawn}");
        assert!(drawn.ends_with("<td>+12.0</td></tr></tfoot></table>"), "{drawn}");
    }

    #[test]
    fn the_least_of_many_are_one_row_and_the_sum_stays() {
        let pieces = (1..=10).map(|at| piece(&format!("a{at:02}"), Agreement::Agreed, at * 10)).collect();
        let whole = waterfall(pieces);
        let drawn = whole.draw().to_string();
        assert_eq!(labels(&drawn), ["a10", "a09", "a08", "7 more, together", "together"]);
        assert_eq!(whole.sum(), 550);
        assert!(drawn.contains("<td>+5.5</td></tr></tfoot>"), "{drawn}");
        let none = Waterfall { most: 0, ..whole }.draw().to_string();
        assert_eq!(labels(&none), ["10 more, together", "together"]);
    }

    #[test]
    fn the_evidence_of_a_login_is_what_counts() {
        let mut attributes = [Finding::default(); ATTRIBUTES];
        attributes[Attribute::Fonts as usize] = Finding { agreement: Agreement::Agreed, centibits: i16::MAX };
        attributes[Attribute::TimeZone as usize] = Finding { agreement: Agreement::Changed, centibits: i16::MIN };
        let network = Finding { agreement: Agreement::Similar, centibits: 100 };
        let evidence = Evidence { closest: DeviceId([1; 8]), attributes, network, gate: None };
        let drawn = Waterfall::of("Bits", &evidence).draw().to_string();
        assert_eq!(labels(&drawn), ["installed fonts", "network", "time zone", "together"]);
        assert!(drawn.contains("d-for d-similar"), "{drawn}");
    }

    #[test]
    fn nothing_one_and_hostile_are_drawn() {
        assert_eq!(labels(waterfall(Vec::new()).draw().as_str()), ["together"]);
        let zero = waterfall(vec![piece("a", Agreement::Absent, 0)]).draw().to_string();
        assert!(!zero.contains("NaN") && zero.contains("<td>0.0</td>"), "{zero}");
        let mut hostile = piece("<img src=x onerror=alert(1)>", Agreement::Changed, i32::MIN);
        hostile.note = Some("</table><script>".to_owned());
        let drawn = waterfall(vec![hostile, piece("b", Agreement::Agreed, i32::MAX)]).draw().to_string();
        assert!(!drawn.contains("<img") && !drawn.contains("<script"), "{drawn}");
        assert_eq!([bits(-4), bits(-5), bits(5), bits(123)], ["0.0", "−0.1", "+0.1", "+1.2"]);
    }
}
