//! Lines and circles on the sphere, as the map shows them.

use crate::{
    domain::place::Point,
    http::console::drawing::map::equal_earth::{MapPoint, eastward, project_eastward},
};

/// The mean radius of the Earth (IUGG).
const EARTH_RADIUS_KM: f64 = 6_371.0;
/// A line is drawn by a point every so many degrees.
const STEP_DEGREES: f64 = 1.5;
const CIRCLE_POINTS: u32 = 48;
/// A circle that is larger says nothing.
const MAX_RADIUS_KM: f64 = 3_000.0;

/// A point of the sphere as a direction.
#[derive(Clone, Copy)]
struct Direction([f64; 3]);

impl Direction {
    fn of(point: Point) -> Self {
        let (latitude, longitude) = (point.latitude.clamp(-90.0, 90.0).to_radians(), point.longitude.to_radians());
        Self([latitude.cos() * longitude.cos(), latitude.cos() * longitude.sin(), latitude.sin()])
    }

    fn point(self) -> Point {
        let [x, y, z] = self.0;
        Point { latitude: z.atan2(x.hypot(y)).to_degrees(), longitude: y.atan2(x).to_degrees() }
    }

    fn angle(self, other: Self) -> f64 {
        let dot: f64 = self.0.iter().zip(other.0).map(|(a, b)| a * b).sum();
        dot.clamp(-1.0, 1.0).acos()
    }

    /// `a` of this and `b` of the other.
    fn mixed(self, a: f64, other: Self, b: f64) -> Self {
        Self(std::array::from_fn(|at| a * self.0[at] + b * other.0[at]))
    }
}

/// The shortest way between two points, in one piece, or in two if it leaves the map at one edge and comes back at the other.
#[must_use]
pub fn arc(from: Point, until: Point) -> Vec<Vec<MapPoint>> {
    let (start, end) = (Direction::of(from), Direction::of(until));
    let angle = start.angle(end);
    // Between a point and its antipode there is no shortest way: the one along the parallel's side is as good.
    let sine = angle.sin();
    if sine.abs() < 1e-9 {
        return pieces(&[from, until]);
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most 180 degrees by the step")]
    let steps = ((angle.to_degrees() / STEP_DEGREES).ceil() as u32).max(1);
    let at = |step: u32| {
        let share = f64::from(step) / f64::from(steps);
        start.mixed(((1.0 - share) * angle).sin() / sine, end, (share * angle).sin() / sine).point()
    };
    pieces(&(0..=steps).map(at).collect::<Vec<_>>())
}

/// A line of points on the map, cut where it crosses the edge.
fn pieces(points: &[Point]) -> Vec<Vec<MapPoint>> {
    let (mut found, mut piece) = (Vec::new(), Vec::new());
    let mut last: Option<(f64, f64)> = None;
    for point in points {
        let (east, latitude) = (eastward(point.longitude), point.latitude);
        if let Some((before, latitude_before)) = last.filter(|(before, _)| 180.0 < (east - before).abs()) {
            let edge = 180.0_f64.copysign(before);
            let beyond = east + 2.0 * edge;
            // Where both are at the edge there is no way between them, and no share of it.
            let share = ((edge - before) / (beyond - before)).max(0.0);
            let crossed = latitude_before + (latitude - latitude_before) * share;
            piece.push(project_eastward(edge, crossed));
            found.push(std::mem::replace(&mut piece, vec![project_eastward(-edge, crossed)]));
        }
        piece.push(project_eastward(east, latitude));
        last = Some((east, latitude));
    }
    found.push(piece);
    found
}

/// The points that lie `radius_km` around a point: one outline, or two if it lies over the edge of the map. None if it is around a
/// pole, has no extent, or is so large that it would say nothing.
#[must_use]
pub fn circle(centre: Point, radius_km: f64) -> Vec<Vec<MapPoint>> {
    let angle = radius_km / EARTH_RADIUS_KM;
    let to_pole = (90.0 - centre.latitude.abs()).to_radians();
    if !(radius_km > 0.0 && radius_km <= MAX_RADIUS_KM && angle < to_pole) {
        return Vec::new();
    }
    let (latitude, middle) = (centre.latitude.to_radians(), eastward(centre.longitude));
    let around = |step: u32| {
        let bearing = f64::from(step) / f64::from(CIRCLE_POINTS) * std::f64::consts::TAU;
        let sine = latitude.sin() * angle.cos() + latitude.cos() * angle.sin() * bearing.cos();
        let across = (bearing.sin() * angle.sin() * latitude.cos()).atan2(angle.cos() - latitude.sin() * sine);
        (middle + across.to_degrees(), sine.clamp(-1.0, 1.0).asin().to_degrees())
    };
    let outline: Vec<(f64, f64)> = (0..CIRCLE_POINTS).map(around).collect();
    let drawn = |shift: f64| outline.iter().map(|&(east, latitude)| project_eastward(east + shift, latitude)).collect();
    let mut found = vec![drawn(0.0)];
    if outline.iter().any(|(east, _)| *east < -180.0) {
        found.push(drawn(360.0));
    }
    if outline.iter().any(|(east, _)| 180.0 < *east) {
        found.push(drawn(-360.0));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::console::drawing::map::equal_earth::{WIDTH, project};

    fn point(latitude: f64, longitude: f64) -> Point {
        Point { latitude, longitude }
    }

    #[test]
    fn the_way_to_new_york_leads_by_the_north() {
        let drawn = arc(point(60.17, 24.94), point(40.7, -74.0));
        assert_eq!(drawn.len(), 1);
        let (first, last) = (drawn[0][0], drawn[0][drawn[0].len() - 1]);
        assert!((first.x - 2_116.489).abs() < 0.01 && (last.x - 1_166.628).abs() < 0.01, "{first:?} {last:?}");
        let northmost = drawn[0].iter().map(|it| it.y).fold(f64::MAX, f64::min);
        assert!(northmost < first.y - 10.0, "{northmost}");
    }

    #[test]
    fn a_way_across_the_edge_is_in_two_pieces_that_end_at_it() {
        for (from, until) in [(point(35.7, 139.7), point(37.8, -122.4)), (point(37.8, -122.4), point(35.7, 139.7))] {
            let drawn = arc(from, until);
            assert_eq!(drawn.len(), 2);
            let (out, back) = (drawn[0][drawn[0].len() - 1], drawn[1][0]);
            assert!((out.y - back.y).abs() < 1e-6 && (out.x + back.x - WIDTH).abs() < 1e-6, "{out:?} {back:?}");
            for piece in &drawn {
                let longest = piece.windows(2).map(|it| (it[0].x - it[1].x).abs()).fold(0.0, f64::max);
                assert!(longest < 100.0, "no line leads across the whole map: {longest}");
            }
        }
    }

    #[test]
    fn ways_to_nowhere_and_to_the_antipode_are_finite() {
        for (from, until) in [
            (point(10.0, 10.0), point(10.0, 10.0)),
            (point(10.0, 10.0), point(-10.0, -170.0)),
            (point(90.0, 0.0), point(-90.0, 0.0)),
        ] {
            assert!(arc(from, until).iter().flatten().all(|it| it.x.is_finite() && it.y.is_finite()));
        }
    }

    #[test]
    fn a_circle_has_its_radius_wherever_it_lies() {
        for (centre, outlines) in [(point(60.17, 24.94), 1), (point(10.0, -169.5), 2), (point(-18.0, -168.0), 2)] {
            let drawn = circle(centre, 200.0);
            assert_eq!(drawn.len(), outlines, "{centre:?}");
            // Areas are kept: the map is as large as that of a sphere of this radius, in its units.
            let area = |it: &Vec<MapPoint>| {
                let twice: f64 =
                    (0..it.len()).map(|at| (it[at], it[(at + 1) % it.len()])).map(|(a, b)| a.x * b.y - b.x * a.y).sum();
                twice.abs() / 2.0
            };
            let radius = WIDTH / 2.0 * (3.0_f64.sqrt() / 2.0) * 1.340_264 / std::f64::consts::PI;
            let expected = std::f64::consts::PI * (200.0 * radius / EARTH_RADIUS_KM).powi(2);
            assert!((area(&drawn[0]) / expected - 1.0).abs() < 0.02, "{centre:?}: {} {expected}", area(&drawn[0]));
            let middle = project(centre);
            let width = drawn[0].iter().map(|it| (it.x - middle.x).abs()).fold(0.0, f64::max);
            assert!(width < 80.0, "{width}");
        }
    }

    #[test]
    fn what_says_nothing_is_no_circle() {
        for (centre, radius_km) in [
            (point(89.9, 0.0), 500.0),
            (point(0.0, 0.0), 0.0),
            (point(0.0, 0.0), 65_535.0),
            (point(0.0, 0.0), f64::NAN),
        ] {
            assert!(circle(centre, radius_km).is_empty(), "{centre:?} {radius_km}");
        }
    }
}
