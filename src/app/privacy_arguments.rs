//! The command line of `watchlight privacy`, of the audit, of operators, of the ledger of erasures, of the store, and of
//! backups.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::{
    domain::{
        ids::{OperatorId, TenantId},
        operator::role::Role,
        time::{DAY_MS, Timestamp},
    },
    wire::time,
};

/// The commands for the care of what is kept.
#[derive(Debug, Subcommand)]
pub enum CareCommand {
    /// Print the papers that the law on data protection asks for
    #[command(subcommand)]
    Privacy(PrivacyCommand),
    /// Verify the audit: who has read what about whom, and changed what
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Invite, list and revoke those who may use the console
    #[command(subcommand)]
    Operators(OperatorsCommand),
    /// List tenants, and remove those whose contracts end
    #[command(subcommand)]
    Tenants(TenantsCommand),
    /// Export the ledger of erasures, and carry it out in a store that was restored from a backup
    #[command(subcommand)]
    Erasures(ErasuresCommand),
    /// Back up the SQLite store, while the service runs: the records and the salts, each in a folder of its own. The key file
    /// is not copied
    Backup {
        /// The folder, which is made; it must be empty if there is one
        #[arg(value_name = "DIR")]
        dir: PathBuf,
    },
    /// Put a backup in the place of the SQLite store; the service must be stopped
    Restore {
        /// The folder that `watchlight backup` wrote
        #[arg(value_name = "DIR")]
        dir: PathBuf,
        /// Move the store that is there aside
        #[arg(long)]
        yes: bool,
    },
}

/// The commands about the store.
#[derive(Debug, Subcommand)]
pub enum StoreCommand {
    /// Show how many logins are older than `retention.logins_days` by this machine's clock, or delete them
    Trim {
        /// Delete them, however many they are, and end the waiting of a running service
        #[arg(long)]
        yes: bool,
    },
    /// Seal the records that a version before sealing has written; the service may run, and what was begun can be gone on with
    Seal {
        /// The tenant of the users of whom only the profile is left, which does not tell it
        #[arg(long, value_name = "NAME", value_parser = tenant)]
        tenant: Option<TenantId>,
    },
    /// Count all logins anew, and make what searches of logins of an earlier version rest on; the service may run, and what was
    /// begun can be gone on with
    Recount,
    /// Accept the store that is there, although it is not the one that was used before: mails are sent again
    Adopt,
}

/// The commands about the audit.
#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Verify that no entry of the audit was changed, taken out or cut off, and name the first that was
    Verify {
        /// Only this tenant's [default: every tenant's]
        #[arg(long, value_name = "NAME", value_parser = tenant)]
        tenant: Option<TenantId>,
    },
}

/// The commands about operators of the console.
#[derive(Debug, Subcommand)]
pub enum OperatorsCommand {
    /// Print a link by which somebody gets into the console: once, within 15 minutes. Who was invited before is invited anew
    Invite {
        /// Their e-mail address
        #[arg(value_name = "EMAIL")]
        email: String,
        /// What they may do: reader (look at logins), analyst (decide about them too), admin (everything)
        #[arg(long, value_name = "ROLE", value_parser = role)]
        role: Role,
        /// A tenant whose data they see; may be repeated [default: every tenant]
        #[arg(long = "tenant", value_name = "NAME", value_parser = tenant)]
        tenants: Vec<TenantId>,
    },
    /// List all operators, revoked ones as well
    List,
    /// Revoke an operator for good: their sessions end at once
    Revoke {
        /// The operator's id, as `operators list` shows it
        #[arg(value_name = "ID", value_parser = operator)]
        id: OperatorId,
    },
}

/// The commands about tenants.
#[derive(Debug, Subcommand)]
pub enum TenantsCommand {
    /// List tenants: how many API keys each has, and whether it is being removed or was
    List,
    /// Show what is kept of a tenant, or remove it with all its people; of one that was removed, print the receipt
    Remove {
        /// The tenant
        #[arg(value_name = "ID", value_parser = tenant)]
        tenant: TenantId,
        /// Remove it for good: revoke its API keys, forget everybody, and delete everything else
        #[arg(long)]
        yes: bool,
    },
}

/// The commands about the ledger of erasures.
#[derive(Debug, Subcommand)]
pub enum ErasuresCommand {
    /// Write the ledger to standard output, one JSON object a line: users, the oldest first, then tenants that were removed. It
    /// names no person
    Export,
    /// Forget again who stands in an exported ledger, users and tenants, unless they have only signed in since
    Apply {
        /// The file, or - for standard input
        #[arg(value_name = "FILE")]
        from: PathBuf,
    },
}

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

fn role(text: &str) -> Result<Role, String> {
    Role::parse(text).ok_or_else(|| "must be reader, analyst or admin".to_owned())
}

fn operator(text: &str) -> Result<OperatorId, String> {
    OperatorId::parse(text).ok_or_else(|| "must be the id of an operator: opr_…".to_owned())
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
