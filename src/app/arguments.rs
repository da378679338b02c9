//! The command line.

use std::{net::IpAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand};

use crate::app::csv_log::Column;
use crate::domain::{
    alert::alert::{State, Suppressed},
    ids::{AlertId, TenantId, UserId, WebhookId},
    login::login::is_email_address,
    tenant::{api_key::Scope, webhook::EventKind},
};

/// Recognises the device behind every login and mails the user when it is new.
#[derive(Debug, Parser)]
#[command(name = "watchlight", version, about, disable_help_subcommand = true)]
pub struct Arguments {
    /// The settings file [default: watchlight.toml, if there is one]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// What to do; without it, serve
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What can be done.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the API and send the mails
    Serve,
    /// Make, list and revoke API keys
    #[command(subcommand)]
    Keys(KeysCommand),
    /// Look after the store
    #[command(subcommand)]
    Store(StoreCommand),
    /// Make, list, try out and remove webhooks
    #[command(subcommand)]
    Webhooks(WebhooksCommand),
    /// Look at alerts, send them again, and let addresses have mail again
    #[command(subcommand)]
    Alerts(AlertsCommand),
    /// Read reports of mails that came back or were called spam: such addresses get no more mail
    Bounces {
        /// A message, a mailbox file of many, a Maildir folder, or - for standard input
        #[arg(value_name = "FILE", default_value = "-")]
        from: PathBuf,
    },
    /// Seed known devices and history from a log of past logins; nobody is mailed
    Import(ImportArguments),
    /// Show what would have been mailed for a log of logins; nothing is stored or sent
    Replay(ReplayArguments),
    /// Judge the verdicts on a labelled log, beside simpler rules; nothing is stored or sent
    Evaluate(EvaluateArguments),
    /// Fit the weights of recognition to labelled logs, and print how well they hold
    Train(TrainArguments),
    /// Look up places
    #[command(subcommand)]
    Geoip(GeoipCommand),
    /// Look at mails and pages
    #[command(subcommand)]
    Templates(TemplatesCommand),
    /// Say what is wrong with settings, stores, mail and databases of places, and how to mend it
    Check,
}

/// What can be done with API keys.
#[derive(Debug, Subcommand)]
pub enum KeysCommand {
    /// Make a key and print it, once and alone
    Create {
        /// Whose logins it opens: a-z, 0-9, `_` and `-`
        #[arg(long, value_name = "NAME", value_parser = tenant)]
        tenant: TenantId,
        /// What it allows: logins:write, logins:read, devices:write, webhooks:read, webhooks:write, alerts:write,
        /// policy:write; may be repeated
        #[arg(long = "scope", required = true, value_name = "SCOPE", value_parser = scope)]
        scopes: Vec<Scope>,
    },
    /// List all keys without their secrets
    List,
    /// Close a key for good
    Revoke {
        /// The key's public part, as `keys list` shows it
        id: String,
    },
}

/// What can be done with the store.
#[derive(Debug, Subcommand)]
pub enum StoreCommand {
    /// Show how many logins are older than `store.retention_days` by this machine's clock, or forget them
    Trim {
        /// Forget them, however many they are, and end the waiting of a running service
        #[arg(long)]
        yes: bool,
    },
    /// Go on with the store that is there, although it is not the one that was used before: mails leave again
    Adopt,
}

/// What can be done with webhooks.
#[derive(Debug, Subcommand)]
pub enum WebhooksCommand {
    /// Make a webhook; prints its name and its secret, once
    Add {
        /// Where messages are posted
        url: String,
        /// Whose it is
        #[command(flatten)]
        whose: Whose,
        /// What is posted: `login.new_device`, `login.suspicious`, `login.repudiated` or `alert.failed`; may be repeated
        /// [default: all four]
        #[arg(long = "event", value_name = "EVENT", value_parser = event)]
        events: Vec<EventKind>,
        /// Your own words about it
        #[arg(long, value_name = "TEXT", default_value = "")]
        description: String,
    },
    /// List a tenant's webhooks without their secrets
    List {
        /// Whose it is
        #[command(flatten)]
        whose: Whose,
    },
    /// Remove a webhook; what waits to be posted to it is dropped
    Remove {
        /// Which one
        #[command(flatten)]
        which: Which,
    },
    /// Give a webhook a new secret and print it, once and alone; the old one signs, too, for 24 hours
    Rotate {
        /// Which one
        #[command(flatten)]
        which: Which,
    },
    /// Post a message of type webhook.test, once and now
    Test {
        /// Which one
        #[command(flatten)]
        which: Which,
    },
    /// Show what came of the latest attempts to post
    Attempts {
        /// Which one
        #[command(flatten)]
        which: Which,
    },
}

/// What can be done with alerts.
#[derive(Debug, Subcommand)]
pub enum AlertsCommand {
    /// List alerts, the newest first
    List {
        /// Whose they are
        #[command(flatten)]
        whose: Whose,
        /// Which ones
        #[command(flatten)]
        which: WhichAlerts,
        /// How many at most
        #[arg(long, value_name = "NUMBER", default_value_t = 50)]
        limit: usize,
    },
    /// Show one alert
    Show {
        /// The alert's name, as `alerts list` shows it
        #[arg(value_name = "ID", value_parser = alert)]
        id: AlertId,
        /// Whose it is
        #[command(flatten)]
        whose: Whose,
    },
    /// Send alerts again that have failed or were not mailed
    Resend(ResendArguments),
    /// Count the addresses that get no more mail, by cause
    Suppressions {
        /// Whose they are
        #[command(flatten)]
        whose: Whose,
    },
    /// Say whether an address gets mail
    Lookup {
        /// The address
        #[arg(value_parser = mailbox)]
        email: String,
        /// Whose user it is
        #[command(flatten)]
        whose: Whose,
    },
    /// Let an address have mail again
    Lift {
        /// The address
        #[arg(value_parser = mailbox)]
        email: String,
        /// Whose user it is
        #[command(flatten)]
        whose: Whose,
    },
}

/// Which alerts.
#[derive(Debug, Args)]
pub struct WhichAlerts {
    /// queued, sending, sent, failed or suppressed
    #[arg(long, value_parser = state)]
    pub state: Option<State>,
    /// `rate_limited`, `no_address`, `late`, `muted`, `address_suppressed` or storm
    #[arg(long, value_parser = reason)]
    pub reason: Option<Suppressed>,
    /// Of one user
    #[arg(long, value_name = "ID", value_parser = user)]
    pub user: Option<UserId>,
}

/// `watchlight alerts resend`
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("which").required(true).multiple(false))]
pub struct ResendArguments {
    /// Their names, as `alerts list` shows them
    #[arg(value_name = "ID", value_parser = alert, group = "which")]
    pub ids: Vec<AlertId>,
    /// All that were not mailed for this reason, such as late
    #[arg(long, value_parser = reason, group = "which")]
    pub reason: Option<Suppressed>,
    /// All that have failed
    #[arg(long, group = "which")]
    pub failed: bool,
    /// Where to, if the address is forgotten or another one
    #[arg(long, value_parser = mailbox, conflicts_with_all = ["reason", "failed"])]
    pub email: Option<String>,
    /// Whose they are
    #[command(flatten)]
    pub whose: Whose,
}

/// Whose it is that something is done with.
#[derive(Debug, Args)]
pub struct Whose {
    /// The tenant
    #[arg(long, value_name = "NAME", default_value = "default", value_parser = tenant)]
    pub tenant: TenantId,
}

/// One webhook.
#[derive(Debug, Args)]
pub struct Which {
    /// The webhook's name, as `webhooks list` shows it
    #[arg(value_name = "ID", value_parser = webhook)]
    pub id: WebhookId,
    /// Whose it is.
    #[command(flatten)]
    pub whose: Whose,
}

/// `watchlight import`
#[derive(Debug, Args)]
pub struct ImportArguments {
    /// Logins as the API takes them, one JSON object a line
    pub file: PathBuf,
    /// Whose logins they are
    #[arg(long, value_name = "NAME", default_value = "default", value_parser = tenant)]
    pub tenant: TenantId,
}

/// `watchlight replay`
#[derive(Debug, Args)]
pub struct ReplayArguments {
    /// The log.
    #[command(flatten)]
    pub log: LogArguments,
    /// Judge by these policies (TOML, or JSON as GET /v1/policy shows one) instead of those in use; given twice, print the
    /// difference too
    #[arg(long = "policy", value_name = "FILE")]
    pub policies: Vec<PathBuf>,
    /// Judge as for this tenant
    #[arg(long, value_name = "TENANT")]
    pub tenant: Option<String>,
}

/// A log of logins.
#[derive(Debug, Args)]
pub struct LogArguments {
    /// Logins as the API takes them, one JSON object a line, or as CSV (named .csv), with a `truth` beside them where it is known
    pub file: PathBuf,
    /// Of CSV: which column holds which field (user.id=account); columns named like fields need none
    #[arg(long = "column", value_name = "FIELD=COLUMN", value_parser = Column::parse)]
    pub columns: Vec<Column>,
}

/// `watchlight train`
#[derive(Debug, Args)]
pub struct TrainArguments {
    /// Logs of logins as the API takes them, one JSON object a line, each with a `truth` beside it
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// Where the table of weights is written, to be built into the program: `src/domain/recognition/weights_table.rs`
    #[arg(long, value_name = "FILE")]
    pub write: Option<PathBuf>,
}

/// `watchlight evaluate`
#[derive(Debug, Args)]
pub struct EvaluateArguments {
    /// The log.
    #[command(flatten)]
    pub log: LogArguments,
    /// Print JSON rather than tables
    #[arg(long)]
    pub json: bool,
}

/// What can be done with places.
#[derive(Debug, Subcommand)]
pub enum GeoipCommand {
    /// Show what is known of an address
    Lookup {
        /// An IPv4 or IPv6 address
        ip: IpAddr,
    },
    /// Show the databases
    Status,
}

/// What can be done with the words of mails and pages.
#[derive(Debug, Subcommand)]
pub enum TemplatesCommand {
    /// Write every mail and page in every language to a folder, with a sheet that shows them; nothing is sent
    Preview {
        /// The folder; it is made
        dir: PathBuf,
        /// In whose words
        #[arg(long, value_name = "NAME", default_value = "default", value_parser = tenant)]
        tenant: TenantId,
    },
}

fn tenant(text: &str) -> Result<TenantId, String> {
    TenantId::parse(text).ok_or_else(|| "must have 1 to 64 of a-z, 0-9, `_` and `-`".to_owned())
}

fn scope(text: &str) -> Result<Scope, String> {
    let names = Scope::ALL.map(Scope::as_str).join(", ");
    Scope::parse(text).ok_or_else(|| format!("must be one of {names}"))
}

fn alert(text: &str) -> Result<AlertId, String> {
    AlertId::parse(text).ok_or_else(|| "must be the name of an alert, alr_…".to_owned())
}

fn state(text: &str) -> Result<State, String> {
    State::parse(text).ok_or_else(|| "must be queued, sending, sent, failed or suppressed".to_owned())
}

fn reason(text: &str) -> Result<Suppressed, String> {
    let names = Suppressed::ALL.map(Suppressed::as_str).join(", ");
    Suppressed::parse(text).ok_or_else(|| format!("must be one of {names}"))
}

fn user(text: &str) -> Result<UserId, String> {
    UserId::parse(text).ok_or_else(|| "must have 1 to 256 bytes and no control characters".to_owned())
}

fn mailbox(text: &str) -> Result<String, String> {
    let sound = is_email_address(text).then(|| text.to_owned());
    sound.ok_or_else(|| "must be one address of the form name@example.com".to_owned())
}

fn webhook(text: &str) -> Result<WebhookId, String> {
    WebhookId::parse(text).ok_or_else(|| "must be the name of a webhook, whk_…".to_owned())
}

fn event(text: &str) -> Result<EventKind, String> {
    let names = EventKind::OFFERED.map(EventKind::as_str).join(", ");
    EventKind::parse(text).ok_or_else(|| format!("must be one of {names}"))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Arguments::command().debug_assert();
    }
}
