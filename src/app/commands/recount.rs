//! `watchlight store recount`.

use std::{ops::ControlFlow, sync::Arc};

use indicatif::{ProgressBar, ProgressStyle};
use tokio::task::JoinSet;

use crate::{
    app::{commands::seal::on_interrupt, compose::Foundation, fault::Fault},
    config::settings::Settings,
    ports::TallyStore,
    service::history::recounting::{Progress, recount},
};

/// Counts all logins anew. The service may be running. On a terminal, a bar shows the progress.
///
/// # Errors
/// When the store does not answer, or it was interrupted. What was counted stays counted.
pub async fn run(settings: &Settings) -> Result<(), Fault> {
    let foundation = Foundation::open(settings).await?;
    let mut all = 0;
    for tenant in foundation.store.tenants().await? {
        all += foundation.store.stock_of(&tenant).await?.logins;
    }
    let bar = ProgressBar::new(all).with_message("0");
    let style = ProgressStyle::with_template("{wide_bar} {percent:>3} %  {pos}/{len} logins, {msg} opened  {eta} left");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    let mut listening = JoinSet::new();
    let interrupted = on_interrupt(&mut listening);
    let tell = |Progress { logins, opened }| {
        bar.set_position(logins);
        bar.set_message(opened.to_string());
        if *interrupted.borrow() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let tallies: Arc<dyn TallyStore> = foundation.store.clone();
    let recounted = recount(&tallies, tell).await;
    bar.finish_and_clear();
    let (Progress { logins, opened }, is_over) = recounted?;
    println!("{:<20}{logins:>10}", "counted");
    println!("{:<20}{opened:>10}", "opened");
    if is_over {
        return Ok(());
    }
    // The next one counts what this one has counted once more: that is quick, since it opens only what is left.
    Err(Fault::Partly(format!(
        "interrupted after {logins} of {all} logins: run it again, and it opens only what is left"
    )))
}
