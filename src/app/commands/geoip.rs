//! `watchlight geoip`.

use std::net::IpAddr;

use crate::{
    adapters::geo::MaxmindGeo,
    app::{arguments::GeoipCommand, fault::Fault},
    config::settings::Settings,
    domain::{
        place::{Whereabouts, canonical_address, is_public},
        time::Timestamp,
    },
    ports::{DatabaseStatus, Geo},
};

/// Runs one of the commands.
///
/// # Errors
/// When no database can be used.
pub fn run(settings: &Settings, command: &GeoipCommand) -> Result<(), Fault> {
    let geo = MaxmindGeo::open(&settings.geoip_dir);
    let databases = geo.databases();
    match command {
        GeoipCommand::Lookup { ip } => print_place(*ip, &geo.locate(*ip)),
        GeoipCommand::Status => databases.iter().for_each(print_database),
    }
    if databases.iter().any(|it| it.refused.is_none()) {
        return Ok(());
    }
    let folder = settings.geoip_dir.display();
    Err(Fault::Partly(format!(
        "no database of places can be used in `{folder}`: run scripts/geoip, or see geoip/README.md"
    )))
}

fn print_place(ip: IpAddr, whereabouts: &Whereabouts) {
    let line =
        |name: &str, value: Option<String>| println!("{name:<14}{}", value.unwrap_or_else(|| "unknown".to_owned()));
    line("address", Some(canonical_address(ip).to_string()));
    if !is_public(ip) {
        return println!("not an address on the public Internet: it has no place");
    }
    let place = whereabouts.place.as_ref();
    line("country", place.map(|place| format!("{} ({})", place.country_name, place.country.as_str())));
    line("region", place.and_then(|it| it.region.clone()));
    line("city", place.and_then(|it| it.city.clone()));
    let coordinates =
        place.and_then(|it| it.point).map(|point| format!("{:.4}, {:.4}", point.latitude, point.longitude));
    line("coordinates", coordinates);
    line("accuracy", place.and_then(|it| it.accuracy_km).map(|it| format!("{it} km")));
    line("time zone", place.and_then(|it| it.time_zone.clone()));
    line(
        "network",
        whereabouts.network.as_ref().map(|network| format!("AS{} {}", network.asn, network.name).trim_end().to_owned()),
    );
}

/// Prints a database, in use or refused.
pub fn print_database(database: &DatabaseStatus) {
    let state = database.refused.as_ref().map_or_else(|| "in use".to_owned(), |it| format!("refused: {it}"));
    println!("{:<32}{:<28}{:<12}{state}", database.file, database.database_type, day(database.built_at));
}

fn day(at: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(at.unix_ms()).map(|it| it.strftime("%Y-%m-%d").to_string()).unwrap_or_default()
}
