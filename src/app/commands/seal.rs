//! `watchlight store seal`.

use std::ops::ControlFlow;

use indicatif::{ProgressBar, ProgressStyle};
use tokio::{sync::watch, task::JoinSet};

use crate::{
    app::{compose::Foundation, fault::Fault, noting::note_for_all},
    config::settings::Settings,
    domain::{ids::TenantId, privacy::audit::Action},
    ports::ClearCopies,
    service::{
        alarm::unsealed_watch::Left,
        privacy::sealing::{Ended, Progress},
    },
};

/// Seals what is not sealed, and says what is left. The service may be running. On a terminal, a bar shows the progress.
///
/// # Errors
/// When the store does not answer, something could not be sealed, or it was interrupted. What was sealed stays sealed.
pub async fn run(settings: &Settings, assumed: Option<&TenantId>) -> Result<(), Fault> {
    let foundation = Foundation::open(settings).await?;
    let sealing = foundation.sealing();
    let progress = ProgressBar::new(sealing.walk_length().await?).with_message("0");
    let style =
        ProgressStyle::with_template("{wide_bar} {percent:>3} %  {pos}/{len} records, {msg} sealed  {eta} left");
    progress.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    let mut listening = JoinSet::new();
    let interrupted = on_interrupt(&mut listening);
    let tell = |Progress { looked_at, sealed }| {
        progress.set_position(looked_at);
        progress.set_message(sealed.to_string());
        if *interrupted.borrow() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let ended = sealing.seal_all(assumed, tell).await;
    progress.finish_and_clear();
    let ended = ended?;
    if let Ended::Done { sealed: 1.., .. } | Ended::Stopped { sealed: 1.. } = ended {
        note_for_all(&foundation, Action::Seal).await?;
    }
    match ended {
        Ended::Done { sealed, left, copies } => {
            println!("{:<20}{sealed:>10}", "sealed");
            println!("{:<20}{:>10}", "left", left.count);
            tell_copies(copies);
            tell_left(&left)
        }
        Ended::Stopped { sealed } => {
            println!("{:<20}{sealed:>10}", "sealed");
            Err(Fault::Partly("interrupted: run it again, and it goes on".to_owned()))
        }
    }
}

/// Turns true when the operator interrupts, so that the step that is under way is finished.
pub fn on_interrupt(listening: &mut JoinSet<()>) -> watch::Receiver<bool> {
    let (tell, told) = watch::channel(false);
    listening.spawn(async move {
        // Where signals are not heard, the command ends at once, and that loses nothing either.
        if tokio::signal::ctrl_c().await.is_ok() {
            tell.send_replace(true);
        }
    });
    told
}

/// Where what was sealed may still be read.
fn tell_copies(copies: ClearCopies) {
    match copies {
        ClearCopies::Gone => {}
        ClearCopies::InFile(why) => {
            println!(
                "The database could not be written anew, and holds parts of what was replaced: {why}. Run it again."
            );
        }
        ClearCopies::InLog => println!(
            "The log of the database is read, and still holds what was replaced: it is emptied within a minute."
        ),
        ClearCopies::BeingRewritten => println!("Redis rewrites its append-only file, which held what was replaced."),
        ClearCopies::WithServer => {
            println!("If Redis has an append-only file, it still holds what was replaced: redis-cli BGREWRITEAOF");
        }
    }
}

/// Names what could not be sealed.
fn tell_left(left: &Left) -> Result<(), Fault> {
    if left.count == 0 {
        return Ok(());
    }
    for record in &left.named {
        println!("        {} {}", record.kind.as_str(), record.id);
    }
    let more = left.count.saturating_sub(left.named.len() as u64);
    if more > 0 {
        println!("        and {more} more");
    }
    let mend = "a session or an event that nothing tells the user of ends by itself; for profiles without login and alert, say --tenant";
    Err(Fault::Partly(format!("{} records could not be sealed: {mend}", left.count)))
}
