//! `watchlight replay`: what would have been mailed for a log of logins.

use crate::{
    app::{arguments::ReplayArguments, fault::Fault, playback::Playback},
    config::settings::Settings,
    service::replay::Tally,
};

/// Replays a log in the order in which it is written.
///
/// # Errors
/// When the file cannot be used, or lines were refused: those are listed, and the others counted.
pub async fn run(settings: &Settings, arguments: &ReplayArguments) -> Result<(), Fault> {
    let mut playback = Playback::open(settings, &arguments.file)?;
    let mut tally = Tally::default();
    while let Some(played) = playback.next().await? {
        tally.add(&played.record, played.truth.as_ref());
    }
    print!("{tally}");
    playback.outcome()
}
