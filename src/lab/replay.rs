//! Runs an old log through the current rules without sending anything: what would have been mailed, and whether
//! rightly.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use crate::{
    domain::{
        history::login_record::LoginRecord,
        login::login::Outcome,
        recognition::verdict::DeviceStatus,
        time::{DAY_MS, Timestamp},
    },
    lab::truth::Truth,
};

/// Right and wrong verdicts on one kind of login.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Verdicts {
    /// How many logins are of this kind.
    pub logins: u64,
    /// How many had their device called new.
    pub called_new: u64,
    /// How many would have been mailed, or would have exceeded the budget of mails.
    pub alerted: u64,
}

/// The figures of a replayed log.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tally {
    logins: u64,
    failures: u64,
    users: BTreeSet<String>,
    span: Option<(Timestamp, Timestamp)>,
    statuses: BTreeMap<&'static str, u64>,
    mails_by_reason: BTreeMap<&'static str, u64>,
    suppressed: BTreeMap<&'static str, u64>,
    mails_by_user: BTreeMap<String, u64>,
    by_truth: BTreeMap<String, Verdicts>,
}

impl Tally {
    /// Counts a login and the verdict on it.
    pub fn add(&mut self, login: &LoginRecord, truth: Option<&Truth>) {
        self.logins += 1;
        self.failures += u64::from(login.outcome == Outcome::Failure);
        self.users.insert(login.user.as_str().to_owned());
        let at = login.occurred_at;
        self.span = Some(self.span.map_or((at, at), |(first, last)| (first.min(at), last.max(at))));
        *self.statuses.entry(login.device.status.as_str()).or_default() += 1;
        if let Some(alert) = login.alert {
            let reason = login.assessment.signals.first().map_or("none", |signal| signal.kind.as_str());
            match alert.suppressed {
                None => {
                    *self.mails_by_reason.entry(reason).or_default() += 1;
                    *self.mails_by_user.entry(login.user.as_str().to_owned()).or_default() += 1;
                }
                Some(why) => *self.suppressed.entry(why.as_str()).or_default() += 1,
            }
        }
        if let Some(truth) = truth {
            let verdicts = self.by_truth.entry(kind_of(truth)).or_default();
            verdicts.logins += 1;
            verdicts.called_new += u64::from(login.device.status == DeviceStatus::New);
            verdicts.alerted += u64::from(login.alert.is_some());
        }
    }

    /// How many mails would have been sent.
    #[must_use]
    pub fn mails(&self) -> u64 {
        self.mails_by_reason.values().sum()
    }

    /// The verdicts by kind of login, where the log tells the truth.
    #[must_use]
    pub fn by_truth(&self) -> &BTreeMap<String, Verdicts> {
        &self.by_truth
    }

    /// The users who would have got the most mails.
    fn most_mailed(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 10;
        let mut users: Vec<(&String, &u64)> = self.mails_by_user.iter().collect();
        users.sort_by_key(|(user, mails)| (Reverse(**mails), *user));
        let Some(rest) = users.len().checked_sub(1) else { return Ok(()) };
        writeln!(f, "\nmails by user")?;
        users.iter().take(SHOWN).try_for_each(|(user, mails)| writeln!(f, "  {user:<32}{mails:>10}"))?;
        match (rest + 1).saturating_sub(SHOWN) {
            0 => Ok(()),
            others => writeln!(
                f,
                "  {:<32}{:>10}",
                format!("{others} others"),
                users[SHOWN..].iter().map(|(_, mails)| **mails).sum::<u64>()
            ),
        }
    }

    /// Mails per user and year; `None` for a log that spans no time.
    #[expect(clippy::cast_precision_loss, reason = "counts of logins are exact in f64")]
    fn mails_per_user_year(&self) -> Option<f64> {
        let (first, last) = self.span?;
        let years = last.ms_since(first) as f64 / (365.25 * DAY_MS as f64);
        let user_years = years * self.users.len() as f64;
        (user_years > 0.0).then(|| self.mails() as f64 / user_years)
    }
}

/// The kind of a labelled login, as the table shows it.
#[must_use]
pub fn kind_of(truth: &Truth) -> String {
    match (&truth.attack, truth.owner, truth.known_device) {
        (Some(attack), _, _) => format!("attacker: {attack}"),
        (None, true, true) => "owner, known device".to_owned(),
        (None, true, false) => "owner, new device".to_owned(),
        (None, false, _) => "attacker".to_owned(),
    }
}

/// Writes tables for a terminal.
impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<34}{:>10}", "logins", self.logins)?;
        writeln!(f, "{:<34}{:>10}", "  of which failed", self.failures)?;
        writeln!(f, "{:<34}{:>10}", "users", self.users.len())?;
        counts(f, "devices", &self.statuses)?;
        writeln!(f, "\n{:<34}{:>10}", "mails", self.mails())?;
        if let Some(rate) = self.mails_per_user_year() {
            writeln!(f, "{:<34}{rate:>10.2}", "mails a user and year")?;
        }
        counts(f, "mails by first reason", &self.mails_by_reason)?;
        counts(f, "alerts not mailed", &self.suppressed)?;
        self.most_mailed(f)?;
        if self.by_truth.is_empty() {
            return Ok(());
        }
        writeln!(f, "\n{:<34}{:>10}{:>12}{:>12}", "truth", "logins", "called new", "alerted")?;
        for (kind, verdicts) in &self.by_truth {
            let share = |part: u64| percent(part, verdicts.logins);
            writeln!(
                f,
                "{kind:<34}{:>10}{:>12}{:>12}",
                verdicts.logins,
                share(verdicts.called_new),
                share(verdicts.alerted)
            )?;
        }
        Ok(())
    }
}

fn counts(f: &mut fmt::Formatter<'_>, title: &str, counts: &BTreeMap<&'static str, u64>) -> fmt::Result {
    if counts.is_empty() {
        return Ok(());
    }
    writeln!(f, "\n{title}")?;
    counts.iter().try_for_each(|(name, count)| writeln!(f, "  {name:<32}{count:>10}"))
}

#[expect(clippy::cast_precision_loss, reason = "counts of logins are exact in f64")]
fn percent(part: u64, whole: u64) -> String {
    format!("{:.2} %", 100.0 * part as f64 / whole.max(1) as f64)
}
