//! The world: where it is drawn, what lies on it, and two maps of it.

pub mod equal_earth;
pub mod sphere;
pub mod world;
pub mod journey;
