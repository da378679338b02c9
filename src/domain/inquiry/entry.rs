//! How somebody got in: failures, then success, from which sources.

use std::collections::BTreeSet;

use crate::domain::{
    history::login_record::LoginRecord,
    inquiry::around::{Around, Behind, DAY_AROUND_MS, same_prefix},
    login::login::Outcome,
    place::network_prefix,
    search::{query::Term, value::Value},
};

/// How somebody got in, or did not.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The user's failed logins in the day before.
    pub behind: Behind,
    /// Whether it succeeded.
    pub succeeded: bool,
    /// How they signed in.
    pub method: Option<String>,
    /// How many of those failures came from its /24 or /64.
    pub from_here: usize,
    /// From how many /24s and /64s they came; those of which only the network is kept are not counted.
    pub sources: usize,
    /// How long before the latest of them was, in milliseconds.
    pub latest_before_ms: Option<i64>,
    /// How many failed logins of other users came from its /24 or /64 that day.
    pub failures_of_others: usize,
    /// How many other users those were of.
    pub others: usize,
    /// Whether there may have been more of these.
    pub others_at_least: bool,
}

impl Entry {
    /// How this login came about.
    #[must_use]
    pub fn of(around: &Around) -> Self {
        let login = &around.login;
        let from = login.occurred_at.plus_ms(-DAY_AROUND_MS);
        let failed =
            |it: &&LoginRecord| it.outcome == Outcome::Failure && (from..login.occurred_at).contains(&it.occurred_at);
        let failures: Vec<_> = around.before.logins.iter().filter(failed).collect();
        let sources: BTreeSet<_> = failures.iter().filter_map(|it| it.ip.in_prefix()).map(network_prefix).collect();
        let here = around.from_prefix.as_ref();
        let others: Vec<_> = here
            .into_iter()
            .flat_map(|it| &it.logins)
            .filter(failed)
            .filter(|it| it.user != login.user)
            .map(|it| it.user.as_str())
            .collect();
        let failure = Term::is(Value::Outcome(Outcome::Failure));
        Self {
            behind: around.behind(around.asking([failure], Some(from), Some(login.occurred_at))),
            succeeded: login.outcome == Outcome::Success,
            method: login.method.clone(),
            from_here: failures.iter().filter(|it| same_prefix(it.ip, login.ip)).count(),
            sources: sources.len(),
            latest_before_ms: failures.first().map(|it| login.occurred_at.ms_since(it.occurred_at)),
            failures_of_others: others.len(),
            others: others.iter().collect::<BTreeSet<_>>().len(),
            others_at_least: here.is_some_and(|it| it.cut_at.is_some_and(|cut| from < cut)),
        }
    }
}
