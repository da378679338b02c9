//! The command line.

use std::{net::IpAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand};

use crate::app::{
    csv_log::Column,
    privacy_arguments::{CareCommand, StoreCommand},
};
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

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the API and send the mails
    Serve,
    /// Create, list and revoke API keys
    #[command(subcommand)]
    Keys(KeysCommand),
    /// Manage the store
    #[command(subcommand)]
    Store(StoreCommand),
    /// Create, list, test and delete webhooks
    #[command(subcommand)]
    Webhooks(WebhooksCommand),
    /// Look at alerts, send them again, and lift the suppression of addresses
    #[command(subcommand)]
    Alerts(AlertsCommand),
    /// Read reports of mails that bounced or were marked as spam: their addresses get no more mail
    Bounces {
        /// A message, a mailbox file, a Maildir folder, or - for standard input
        #[arg(value_name = "FILE", default_value = "-")]
        from: PathBuf,
    },
    /// Learn devices and history from a log of past logins; nobody is mailed
    Import(ImportArguments),
    /// Show what would have been mailed for a log of logins; nothing is stored or sent
    Replay(ReplayArguments),
    /// Evaluate the verdicts on a labelled log, and those of simpler rules; nothing is stored or sent
    Evaluate(EvaluateArguments),
    /// Fit the weights of recognition to labelled logs, and print how good they are
    Train(TrainArguments),
    /// Look up places
    #[command(subcommand)]
    Geoip(GeoipCommand),
    /// Preview mails and pages
    #[command(subcommand)]
    Templates(TemplatesCommand),
    /// Papers, the ledger of erasures, and backups
    #[command(flatten)]
    Care(CareCommand),
    /// Say what is wrong with settings, store, mail and location databases, and how to repair it
    Check,
}

/// The commands about API keys.
#[derive(Debug, Subcommand)]
pub enum KeysCommand {
    /// Create a key and print it, once and alone
    Create {
        /// The tenant whose data it opens: a-z, 0-9, `_` and `-`
        #[arg(long, value_name = "NAME", value_parser = tenant)]
        tenant: TenantId,
        /// What it allows: logins:write, logins:read, devices:write, webhooks:read, webhooks:write, alerts:write,
        /// policy:write, privacy:read, privacy:write, operators:read, operators:write; may be repeated
        #[arg(long = "scope", required = true, value_name = "SCOPE", value_parser = scope)]
        scopes: Vec<Scope>,
    },
    /// List all keys without their secrets
    List,
    /// Wrap the root key with the key of `secrets.key_file`, which is made if it is missing; the key that wrapped it before
    /// is read from `secrets.previous_key_file`
    RotateMaster,
    /// Revoke a key for good
    Revoke {
        /// The key's public part, as `keys list` shows it
        id: String,
    },
}

/// The commands about webhooks.
#[derive(Debug, Subcommand)]
pub enum WebhooksCommand {
    /// Create a webhook; prints its id and its secret, once
    Add {
        /// The URL to which messages are posted
        url: String,
        /// The tenant
        #[command(flatten)]
        whose: Whose,
        /// What is posted: `login.new_device`, `login.suspicious`, `login.repudiated`, `alert.failed` or
        /// `request.due`; may be repeated [default: all five]
        #[arg(long = "event", value_name = "EVENT", value_parser = event)]
        events: Vec<EventKind>,
        /// Your own description
        #[arg(long, value_name = "TEXT", default_value = "")]
        description: String,
    },
    /// List a tenant's webhooks without their secrets
    List {
        /// The tenant
        #[command(flatten)]
        whose: Whose,
    },
    /// Delete a webhook and the messages that wait for it
    Remove {
        /// The webhook
        #[command(flatten)]
        which: Which,
    },
    /// Give a webhook a new secret and print it, once and alone; the old one signs as well for 24 hours
    Rotate {
        /// The webhook
        #[command(flatten)]
        which: Which,
    },
    /// Post a message of type webhook.test, once and now
    Test {
        /// The webhook
        #[command(flatten)]
        which: Which,
    },
    /// Show the results of the latest attempts to post
    Attempts {
        /// The webhook
        #[command(flatten)]
        which: Which,
    },
}

/// The commands about alerts.
#[derive(Debug, Subcommand)]
pub enum AlertsCommand {
    /// List alerts, the newest first
    List {
        /// The tenant
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
        /// The alert's id, as `alerts list` shows it
        #[arg(value_name = "ID", value_parser = alert)]
        id: AlertId,
        /// The tenant
        #[command(flatten)]
        whose: Whose,
    },
    /// Send alerts again that have failed or were not mailed
    Resend(ResendArguments),
    /// Count the addresses that get no more mail, by cause
    Suppressions {
        /// The tenant
        #[command(flatten)]
        whose: Whose,
    },
    /// Say whether an address gets mail
    Lookup {
        /// The address
        #[arg(value_parser = mailbox)]
        email: String,
        /// The user's tenant
        #[command(flatten)]
        whose: Whose,
    },
    /// Let an address have mail again
    Lift {
        /// The address
        #[arg(value_parser = mailbox)]
        email: String,
        /// The user's tenant
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
    /// Their ids, as `alerts list` shows them
    #[arg(value_name = "ID", value_parser = alert, group = "which")]
    pub ids: Vec<AlertId>,
    /// All that were not mailed for this reason, such as late
    #[arg(long, value_parser = reason, group = "which")]
    pub reason: Option<Suppressed>,
    /// All that have failed
    #[arg(long, group = "which")]
    pub failed: bool,
    /// The address to send to, if it has been deleted or is another one
    #[arg(long, value_parser = mailbox, conflicts_with_all = ["reason", "failed"])]
    pub email: Option<String>,
    /// The tenant
    #[command(flatten)]
    pub whose: Whose,
}

/// The tenant that a command is about.
#[derive(Debug, Args)]
pub struct Whose {
    /// The tenant
    #[arg(long, value_name = "NAME", default_value = "default", value_parser = tenant)]
    pub tenant: TenantId,
}

/// One webhook.
#[derive(Debug, Args)]
pub struct Which {
    /// The webhook's id, as `webhooks list` shows it
    #[arg(value_name = "ID", value_parser = webhook)]
    pub id: WebhookId,
    /// The tenant.
    #[command(flatten)]
    pub whose: Whose,
}

/// `watchlight import`
#[derive(Debug, Args)]
pub struct ImportArguments {
    /// Logins as the API takes them, one JSON object a line
    pub file: PathBuf,
    /// The tenant whose logins they are
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
    /// For CSV: which column has which field (user.id=account); columns with the name of a field need none
    #[arg(long = "column", value_name = "FIELD=COLUMN", value_parser = Column::parse)]
    pub columns: Vec<Column>,
}

/// `watchlight train`
#[derive(Debug, Args)]
pub struct TrainArguments {
    /// Logs of logins as the API takes them, one JSON object a line, each with a `truth` beside it
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// Where to write the table of weights, to be built into the program: `src/domain/recognition/weights_table.rs`
    #[arg(long, value_name = "FILE")]
    pub write: Option<PathBuf>,
}

/// `watchlight evaluate`
#[derive(Debug, Args)]
pub struct EvaluateArguments {
    /// The log.
    #[command(flatten)]
    pub log: LogArguments,
    /// Print JSON instead of tables
    #[arg(long)]
    pub json: bool,
}

/// The commands about places.
#[derive(Debug, Subcommand)]
pub enum GeoipCommand {
    /// Show what is known about an address
    Lookup {
        /// An IPv4 or IPv6 address
        ip: IpAddr,
    },
    /// Show the databases
    Status,
}

/// The commands about the words of mails and pages.
#[derive(Debug, Subcommand)]
pub enum TemplatesCommand {
    /// Write every mail and page in every language to a folder, with a page that shows them all; nothing is sent
    Preview {
        /// The folder, which is created
        dir: PathBuf,
        /// The tenant whose words are used
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
