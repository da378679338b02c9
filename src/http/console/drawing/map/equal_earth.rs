//! The Equal Earth projection (Šavrič, Patterson and Jenny, 2018), as `scripts/world-map` uses it: equal areas are equal, and the
//! map is cut at 169° W, between Asia and America.

use crate::domain::place::Point;

/// The width of the map in its own units; one is ten kilometres.
pub const WIDTH: f64 = 4_000.0;
/// Its height in the same units.
pub const WHOLE_HEIGHT: f64 = 1_947.0;
/// What of its height a map of the world shows: without Antarctica, but for its northern end.
pub const HEIGHT: f64 = 1_830.0;
/// The meridian in the middle, in degrees east.
const EASTING: f64 = 11.0;

const A1: f64 = 1.340_264;
const A2: f64 = -0.081_106;
const A3: f64 = 0.000_893;
const A4: f64 = 0.003_796;
/// Half the height of a map whose sphere has the radius 1.
const MAX_Y: f64 = 1.317_362_759_157_4;

/// A place on the map, from its upper left corner.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MapPoint {
    /// To the right, 0 to [`WIDTH`].
    pub x: f64,
    /// Down.
    pub y: f64,
}

/// Degrees east of the meridian in the middle, −180 to 180.
#[must_use]
pub fn eastward(longitude: f64) -> f64 {
    (longitude - EASTING + 180.0).rem_euclid(360.0) - 180.0
}

/// Where a point is on the map.
#[must_use]
pub fn project(point: Point) -> MapPoint {
    project_eastward(eastward(point.longitude), point.latitude)
}

/// The same, of degrees east of the meridian in the middle, which may go on beyond the edges.
#[must_use]
pub fn project_eastward(eastward: f64, latitude: f64) -> MapPoint {
    let half_root = 3.0_f64.sqrt() / 2.0;
    let theta = (half_root * latitude.clamp(-90.0, 90.0).to_radians().sin()).asin();
    let (t2, t6) = (theta.powi(2), theta.powi(6));
    let x = eastward.to_radians() * theta.cos() / (half_root * (A1 + 3.0 * A2 * t2 + t6 * (7.0 * A3 + 9.0 * A4 * t2)));
    let y = theta * (A1 + A2 * t2 + t6 * (A3 + A4 * t2));
    let scale = WIDTH / 2.0 * half_root * A1 / std::f64::consts::PI;
    MapPoint { x: WIDTH / 2.0 + x * scale, y: (MAX_Y - y) * scale }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_where_d3_puts_them() {
        // geoEqualEarth().rotate([-11, 0]) of d3-geo 3.1.2, with the scale and the translation of scripts/lib/world-map.mjs.
        let by_d3 = [
            (0.0, 0.0, 1_877.777_8, 973.434_0),
            (24.94, 60.17, 2_116.489_3, 167.573_8),
            (-74.0, 40.7, 1_166.628_2, 392.016_1),
            (151.2, -33.87, 3_429.922_5, 1_464.602_5),
            (-169.01, 10.0, 3_985.358_9, 824.139_5),
            (-168.99, 10.0, 14.641_1, 824.139_5),
            (179.9, -45.0, 3_608.391_5, 1_609.081_3),
            (11.0, 90.0, 2_000.0, 0.0),
            (11.0, -90.0, 2_000.0, 1_946.867_9),
            (-180.0, 0.0, 3_877.777_8, 973.434_0),
        ];
        for (longitude, latitude, x, y) in by_d3 {
            let found = project(Point { latitude, longitude });
            assert!((found.x - x).abs() < 1e-3 && (found.y - y).abs() < 1e-3, "{longitude} {latitude}: {found:?}");
        }
    }

    #[test]
    fn any_point_is_on_the_map() {
        for longitude in [-1e6, -540.0, 0.0, 190.0, 1e6] {
            for latitude in [-1e6, -90.0, 0.0, 90.0, 1e6] {
                let found = project(Point { latitude, longitude });
                assert!((0.0..=WIDTH).contains(&found.x) && (-0.1..1_950.0).contains(&found.y), "{found:?}");
            }
        }
    }
}
