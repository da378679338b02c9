//! Where a user signed in from, in which order, and how exactly each place is known.

use crate::{
    domain::{place::Point, wording::figures::grouped},
    http::console::{
        assets::Assets,
        drawing::{
            map::{
                equal_earth::{MapPoint, WHOLE_HEIGHT, WIDTH, project},
                sphere::{arc, circle},
            },
            markup::{Markup, Tone, number, percent, real, shortened, shown},
        },
    },
};

/// A place on the way.
#[derive(Clone, Debug, PartialEq)]
pub struct Stop {
    /// Its name.
    pub label: String,
    /// What is told of it beside its name, such as when: one line.
    pub note: String,
    /// Where it is.
    pub point: Point,
    /// Within how many kilometres of that it is, if that is known.
    pub accuracy_km: Option<u16>,
    /// How it is meant.
    pub tone: Tone,
    /// Its logins.
    pub href: Option<String>,
}

/// The way from one stop to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leg {
    /// Where it begins, in the list of stops.
    pub from: usize,
    /// Where it ends.
    pub until: usize,
    /// How it is meant: an impossible journey is bad.
    pub tone: Tone,
    /// What is told of it: `1,779 km in 20 minutes`.
    pub label: String,
}

/// The places of a user.
#[derive(Clone, Debug, PartialEq)]
pub struct Journey {
    /// What it shows, in a few words.
    pub title: String,
    /// The places, in their order.
    pub stops: Vec<Stop>,
    /// The ways between them. One to a stop that there is not is left out.
    pub legs: Vec<Leg>,
}

/// The least width that is shown, in units of the map: a country, its neighbours, and a shore by which it is recognized.
const LEAST_WIDTH: f64 = 420.0;
/// The picture is twice as wide as high.
const ASPECT: f64 = 2.0;
/// What is left free around what is shown, as a part of it.
const MARGIN: f64 = 0.16;
/// Names are placed as if the picture were as wide as this, in pixels: as it is beside two others. Where it is wider, they have room.
const USUAL_WIDTH: f64 = 400.0;
const LETTER_WIDTH: f64 = 6.4;
const LINE_HEIGHT: f64 = 15.0;
/// The room around a stop, in pixels.
const STOP_RADIUS: f64 = 9.0;

/// The part of the map that is shown.
#[derive(Clone, Copy, Debug, PartialEq)]
struct View {
    x: f64,
    y: f64,
    width: f64,
}

impl View {
    /// Around all these points.
    fn around(points: &[MapPoint]) -> Self {
        let least = |of: fn(&MapPoint) -> f64| points.iter().map(of).fold(f64::MAX, f64::min);
        let most = |of: fn(&MapPoint) -> f64| points.iter().map(of).fold(f64::MIN, f64::max);
        if points.is_empty() {
            return Self { x: 0.0, y: WHOLE_HEIGHT - WIDTH / ASPECT, width: WIDTH };
        }
        let (left, right, top, base) = (least(|it| it.x), most(|it| it.x), least(|it| it.y), most(|it| it.y));
        let needed = (right - left).max((base - top) * ASPECT) * (1.0 + 2.0 * MARGIN);
        let width = needed.clamp(LEAST_WIDTH, WIDTH);
        let height = width / ASPECT;
        let room = WHOLE_HEIGHT - height;
        let x = f64::midpoint(left, right) - width / 2.0;
        let y = f64::midpoint(top, base) - height / 2.0;
        Self { x: x.clamp(0.0, WIDTH - width), y: y.clamp(room.min(0.0), room.max(0.0)), width }
    }

    /// Where a point of the map is in the picture, as shares of its width and its height.
    fn share(self, at: MapPoint) -> (f64, f64) {
        ((at.x - self.x) / self.width, (at.y - self.y) / (self.width / ASPECT))
    }
}

impl Journey {
    /// The picture. Names that would touch are left out of it; the list beside it has them all.
    #[must_use]
    pub fn draw(&self) -> Markup {
        let circles = |it: &Stop| it.accuracy_km.map(|radius| circle(it.point, f64::from(radius))).unwrap_or_default();
        let circles: Vec<_> = self.stops.iter().map(|it| (it.tone, circles(it))).collect();
        let stop = |at: usize| self.stops.get(at).map(|it| it.point);
        let legs: Vec<_> =
            self.legs.iter().filter_map(|leg| Some((leg, arc(stop(leg.from)?, stop(leg.until)?)))).collect();
        let ends = self.stops.iter().map(|it| project(it.point));
        // An outline that goes on beyond the edge is within it elsewhere.
        let drawn = circles.iter().flat_map(|(_, it)| it).flatten().chain(legs.iter().flat_map(|(_, it)| it).flatten());
        let within = |it: &MapPoint| (0.0..=WIDTH).contains(&it.x);
        let view = View::around(&ends.chain(drawn.copied().filter(within)).collect::<Vec<_>>());
        let mut sheet = Markup::default();
        let role = if self.stops.iter().any(|it| it.href.is_some()) { "group" } else { "img" };
        let label =
            format!("{}: {}", self.title, self.stops.iter().map(|it| it.label.as_str()).collect::<Vec<_>>().join(", "));
        sheet.add(format_args!("<svg class=\"d-journey\" role=\"{role}\" aria-label=\"{}\">", shown(&label)));
        let (x, y, width, height) = (number(view.x), number(view.y), number(view.width), number(view.width / ASPECT));
        sheet.add(format_args!("<svg viewBox=\"{x} {y} {width} {height}\" preserveAspectRatio=\"none\">"));
        sheet.add(format_args!("<use class=\"d-land\" href=\"{}#land\"/>", Assets.world()));
        for (tone, outlines) in &circles {
            for outline in outlines {
                draw_path(&mut sheet, "d-circle", *tone, outline, "z");
            }
        }
        for (leg, pieces) in &legs {
            sheet.linked(None, &leg.label, |sheet| {
                for piece in pieces {
                    draw_path(sheet, "d-leg", leg.tone, piece, "");
                }
            });
        }
        sheet.add(format_args!("</svg>"));
        self.draw_stops(&mut sheet, view);
        sheet.add(format_args!("</svg>"));
        sheet
    }

    fn draw_stops(&self, sheet: &mut Markup, view: View) {
        let places: Vec<(f64, f64)> = self.stops.iter().map(|it| view.share(project(it.point))).collect();
        let mut taken: Vec<Space> = places.iter().map(|&at| Space::of_stop(at)).collect();
        let mut named: Vec<&str> = Vec::new();
        for (stop, &(x, y)) in self.stops.iter().zip(&places) {
            let label = format!("{}: {}", stop.label, stop.note);
            let name = shortened(&stop.label, 24);
            let space = if named.contains(&stop.label.as_str()) { None } else { Space::free(&name, (x, y), &taken) };
            let (x, y) = (percent(x), percent(y));
            sheet.linked(stop.href.as_deref(), &label, |sheet| {
                sheet.add(format_args!("<circle class=\"d-stop {}\" cx=\"{x}\" cy=\"{y}\" r=\"5\"/>", stop.tone.class()));
                if let Some((side, space)) = space {
                    let (class, dx, dy) = side.placed();
                    let name = shown(&name);
                    sheet.add(format_args!("<text class=\"d-name d-halo {class}\" x=\"{x}\" y=\"{y}\" dx=\"{dx}\" dy=\"{dy}\">{name}</text>"));
                    taken.push(space);
                    named.push(&stop.label);
                }
            });
        }
    }

    /// The places as a list, in their order, with the ways to them.
    #[must_use]
    pub fn list(&self) -> Markup {
        let mut sheet = Markup::default();
        sheet.add(format_args!("<ol class=\"d-stops\">"));
        for (at, stop) in self.stops.iter().enumerate() {
            sheet.add(format_args!("<li>"));
            sheet.words(stop.href.as_deref(), &stop.label);
            if let Some(radius) = stop.accuracy_km {
                sheet.add(format_args!(" <span class=\"quiet\">± {} km</span>", grouped(radius)));
            }
            sheet.add(format_args!(" <span class=\"quiet\">{}</span>", shown(&stop.note)));
            for leg in self.legs.iter().filter(|it| it.until == at) {
                let (class, label) = (leg.tone.class(), shown(&leg.label));
                sheet.add(format_args!(" <span class=\"d-word {class}\">{label}</span>"));
            }
            sheet.add(format_args!("</li>"));
        }
        sheet.add(format_args!("</ol>"));
        sheet
    }
}

fn draw_path(sheet: &mut Markup, class: &str, tone: Tone, points: &[MapPoint], end: &str) {
    sheet.add(format_args!("<path class=\"{class} {}\" vector-effect=\"non-scaling-stroke\" d=\"M", tone.class()));
    for point in points {
        sheet.add(format_args!("{} {} ", number(point.x), number(point.y)));
    }
    sheet.add(format_args!("{end}\"/>"));
}

/// Where a name stands beside its stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Right,
    Left,
    Above,
    Below,
}

impl Side {
    /// Its class, and how far it is moved from the stop, in pixels.
    const fn placed(self) -> (&'static str, i32, i32) {
        match self {
            Self::Right => ("d-s", 9, 4),
            Self::Left => ("d-e", -9, 4),
            Self::Above => ("", 0, -10),
            Self::Below => ("", 0, 19),
        }
    }
}

/// A rectangle of the picture, in pixels of the usual width.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Space {
    left: f64,
    right: f64,
    top: f64,
    base: f64,
}

impl Space {
    fn of_stop((x, y): (f64, f64)) -> Self {
        let (x, y) = (x * USUAL_WIDTH, y * USUAL_WIDTH / ASPECT);
        Self { left: x - STOP_RADIUS, right: x + STOP_RADIUS, top: y - STOP_RADIUS, base: y + STOP_RADIUS }
    }

    /// The first side of a stop where its name has room.
    fn free(name: &str, (x, y): (f64, f64), taken: &[Self]) -> Option<(Side, Self)> {
        let width = real(name.chars().count() as u64) * LETTER_WIDTH;
        let (x, y) = (x * USUAL_WIDTH, y * USUAL_WIDTH / ASPECT);
        [Side::Right, Side::Left, Side::Above, Side::Below].into_iter().find_map(|side| {
            let (left, middle) = match side {
                Side::Right => (x + STOP_RADIUS, y),
                Side::Left => (x - STOP_RADIUS - width, y),
                Side::Above => (x - width / 2.0, y - LINE_HEIGHT),
                Side::Below => (x - width / 2.0, y + LINE_HEIGHT),
            };
            let (top, base) = (middle - LINE_HEIGHT / 2.0, middle + LINE_HEIGHT / 2.0);
            let space = Self { left, right: left + width, top, base };
            let is_free = 0.0 <= left
                && space.right <= USUAL_WIDTH
                && 0.0 <= top
                && base <= USUAL_WIDTH / ASPECT
                && !taken.iter().any(|it| space.touches(it));
            is_free.then_some((side, space))
        })
    }

    fn touches(&self, other: &Self) -> bool {
        self.left < other.right && other.left < self.right && self.top < other.base && other.top < self.base
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stop(label: &str, latitude: f64, longitude: f64, accuracy_km: Option<u16>) -> Stop {
        let point = Point { latitude, longitude };
        let (label, note) = (label.to_owned(), "22 Nov 10:15".to_owned());
        Stop { label, note, point, accuracy_km, tone: Tone::Plain, href: Some("/console/logins".to_owned()) }
    }

    fn journey(stops: Vec<Stop>) -> Journey {
        let leg =
            |at: usize| Leg { from: at, until: at + 1, tone: Tone::Bad, label: "9,000 km in 1 minute".to_owned() };
        let legs = (0..stops.len()).map(leg).collect();
        Journey { title: "Places".to_owned(), stops, legs }
    }

    /// Left, top, width, height.
    fn view(drawn: &str) -> Vec<f64> {
        let text = drawn.split("viewBox=\"").nth(1).and_then(|it| it.split('"').next()).unwrap();
        text.split(' ').map(|it| it.parse().unwrap()).collect()
    }

    #[test]
    fn a_journey_is_shown_with_its_surroundings() {
        let drawn =
            journey(vec![stop("Helsinki", 60.17, 24.94, Some(20)), stop("Zürich", 47.38, 8.54, Some(100))]).draw();
        let drawn = drawn.to_string();
        let view = view(&drawn);
        assert!((view[2] / view[3] - 2.0).abs() < 0.01, "{view:?}");
        for city in [(60.17, 24.94), (47.38, 8.54)].map(|(latitude, longitude)| project(Point { latitude, longitude }))
        {
            assert!((view[0]..view[0] + view[2]).contains(&city.x) && (view[1]..view[1] + view[3]).contains(&city.y));
        }
        assert!(view[2] < 700.0, "no more than that: {view:?}");
        assert_eq!(
            (drawn.matches("<circle").count(), drawn.matches("d-circle").count(), drawn.matches("d-leg").count()),
            (2, 2, 1)
        );
        assert!(drawn.contains(">Helsinki</text>") && drawn.contains(">Zürich</text>"), "{drawn}");
    }

    #[test]
    fn one_place_none_and_the_whole_world_are_maps() {
        let one = view(journey(vec![stop("A", 60.17, 24.94, None)]).draw().as_str());
        assert!((one[2] - LEAST_WIDTH).abs() < 0.1, "{one:?}");
        let world = journey(vec![stop("Tokyo", 35.7, 139.7, None), stop("San Francisco", 37.8, -122.4, None)]).draw();
        assert!((view(world.as_str())[2] - WIDTH).abs() < 0.1);
        assert_eq!(world.as_str().matches("d-leg").count(), 2, "it goes out at one edge and comes in at the other");
        assert!((view(journey(Vec::new()).draw().as_str())[2] - WIDTH).abs() < 0.1);
        for latitude in [90.0, -90.0, f64::NAN] {
            assert!(!journey(vec![stop("Pole", latitude, 0.0, Some(9))]).draw().as_str().contains("NaN"));
        }
    }

    #[test]
    fn names_do_not_touch_and_the_list_has_them_all() {
        let crowd: Vec<Stop> =
            (0..40_u32).map(|at| stop(&format!("Place {at}"), 60.0, 24.0 + f64::from(at) / 1e3, None)).collect();
        let crowd = journey(crowd);
        let named = crowd.draw().as_str().matches("</text>").count();
        assert!((1..=4).contains(&named), "{named}");
        assert_eq!(crowd.list().as_str().matches("<li>").count(), 40);
    }

    #[test]
    fn hostile_places_are_names() {
        let mut hostile =
            journey(vec![stop("<img src=x onerror=alert(1)>", 0.0, 0.0, Some(9)), stop("b", 1.0, 1.0, None)]);
        hostile.stops[0].note = "</text><script>".to_owned();
        hostile.stops[1].href = Some("javascript:alert(1)".to_owned());
        hostile.legs[0].label = "\"><b>".to_owned();
        let text = format!("{}{}", hostile.draw(), hostile.list());
        for forbidden in ["<img", "<script", "<b>", "javascript"] {
            assert!(!text.contains(forbidden), "{forbidden}: {text}");
        }
    }
}
