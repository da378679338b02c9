//! The command line of `watchlight privacy`.

use clap::{Args, Subcommand};

use crate::{
    domain::{
        ids::TenantId,
        time::{DAY_MS, Timestamp},
    },
    wire::time,
};

/// The papers that the law asks for.
#[derive(Debug, Subcommand)]
pub enum PrivacyCommand {
    /// Print the record of processing (GDPR, Article 30), as Markdown, from the settings and the store
    Record,
    /// Print the assessment of impact (GDPR, Article 35), as Markdown, from the settings
    Dpia,
    /// Print how many persons may be affected by a breach (GDPR, Article 33), as Markdown
    Breach(BreachArguments),
}

/// What was breached.
#[derive(Debug, Args)]
pub struct BreachArguments {
    /// The first day (2026-11-22) or moment (2026-11-22T10:15:00Z) [default: all that is kept]
    #[arg(long, value_name = "TIME", value_parser = first)]
    pub from: Option<Timestamp>,
    /// The last day, or the moment at which it ended [default: now]
    #[arg(long, value_name = "TIME", value_parser = last)]
    pub to: Option<Timestamp>,
    /// Only this tenant's persons
    #[arg(long, value_name = "NAME", value_parser = tenant)]
    pub tenant: Option<TenantId>,
    /// What somebody who has this API key could see and change: its public part, as `keys list` shows it
    #[arg(long, value_name = "ID", conflicts_with = "tenant")]
    pub key_stolen: Option<String>,
    /// Print the ids of the persons too
    #[arg(long)]
    pub list: bool,
}

fn tenant(text: &str) -> Result<TenantId, String> {
    TenantId::parse(text).ok_or_else(|| "must have 1 to 64 of a-z, 0-9, `_` and `-`".to_owned())
}

fn first(text: &str) -> Result<Timestamp, String> {
    let day = || time::parse(&format!("{text}T00:00:00Z"));
    time::parse(text)
        .or_else(day)
        .ok_or_else(|| "must be a day (2026-11-22) or a time (2026-11-22T10:15:00Z)".to_owned())
}

/// The end of a day, or a moment.
fn last(text: &str) -> Result<Timestamp, String> {
    time::parse(text).map_or_else(|| Ok(first(text)?.plus_ms(DAY_MS)), Ok)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_meant_whole() {
        let at = |text: &str| time::parse(text).unwrap();
        assert_eq!(first("2026-11-22"), Ok(at("2026-11-22T00:00:00Z")));
        assert_eq!(last("2026-11-22"), Ok(at("2026-11-23T00:00:00Z")));
        assert_eq!(last("2026-11-22T10:15:00+02:00"), Ok(at("2026-11-22T08:15:00Z")));
        assert!(first("yesterday").is_err() && last("2026-13-01").is_err());
    }
}
