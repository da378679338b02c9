//! Places and networks, from databases in the MaxMind format, whoever publishes them.

pub mod operators;
pub mod lists;
pub mod record;
pub mod database;
pub mod maxmind;
pub mod watch;

pub use maxmind::MaxmindGeo;
pub use watch::GeoWatch;
