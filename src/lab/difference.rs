//! Compares what two policies make of the same log.

use std::{collections::BTreeMap, fmt};

use crate::{
    domain::{
        history::login_record::LoginRecord,
        policy::policy::{Level, PolicyVersion},
    },
    lab::{replay::kind_of, truth::Truth},
};

/// The difference between two replays of one log.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Difference {
    versions: Option<(PolicyVersion, PolicyVersion)>,
    logins: u64,
    /// Mails by kind of login: those sent under the first policy only, and under the second only.
    mails: BTreeMap<String, (u64, u64)>,
    levels: BTreeMap<(Level, Level), u64>,
    mailed: (u64, u64),
}

impl Difference {
    /// Counts a login as both policies have judged it.
    pub fn add(&mut self, first: &LoginRecord, second: &LoginRecord, truth: Option<&Truth>) {
        self.logins += 1;
        self.versions = self.versions.or(first.policy.zip(second.policy));
        let mailed = |login: &LoginRecord| login.alert.is_some_and(|alert| alert.suppressed.is_none());
        let (was, is) = (mailed(first), mailed(second));
        self.mailed.0 += u64::from(was);
        self.mailed.1 += u64::from(is);
        if was != is {
            let kind = truth.map_or_else(|| "all logins".to_owned(), kind_of);
            let (only_first, only_second) = self.mails.entry(kind).or_default();
            *only_first += u64::from(was);
            *only_second += u64::from(is);
        }
        let levels = (first.assessment.level, second.assessment.level);
        if levels.0 != levels.1 {
            *self.levels.entry(levels).or_default() += 1;
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((first, second)) = self.versions else { return writeln!(f, "no login, so no difference") };
        writeln!(f, "{:<34}{:>22}{:>22}", "policy", first.to_string(), second.to_string())?;
        writeln!(f, "{:<34}{:>22}{:>22}", "mails", self.mailed.0, self.mailed.1)?;
        if self.mails.is_empty() && self.levels.is_empty() {
            return writeln!(f, "\nno difference in {} logins", self.logins);
        }
        writeln!(f, "\n{:<34}{:>22}{:>22}", "mailed by one of them", "the first only", "the second only")?;
        for (kind, (only_first, only_second)) in &self.mails {
            writeln!(f, "  {kind:<32}{only_first:>22}{only_second:>22}")?;
        }
        if !self.levels.is_empty() {
            writeln!(f, "\n{:<34}{:>22}", "level", "logins")?;
        }
        for ((was, is), logins) in &self.levels {
            let change = format!("{} → {}", was.as_str(), is.as_str());
            writeln!(f, "  {change:<32}{logins:>22}")?;
        }
        Ok(())
    }
}
