//! Databases of places for tests: the one that we ship, whatever else lies in `geoip/` of a developer who has run
//! `scripts/run`.

use std::{
    os::unix::fs::symlink,
    path::{Path, PathBuf},
};

/// A folder within `folder` that holds the shipped database alone.
pub fn shipped_in(folder: &Path) -> PathBuf {
    let geoip = folder.join("shipped-geoip");
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("geoip/watchlight-country.mmdb");
    std::fs::create_dir(&geoip).unwrap();
    symlink(shipped, geoip.join("watchlight-country.mmdb")).unwrap();
    geoip
}
