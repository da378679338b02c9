//! The budget of mails of each user, over the logins that are rehearsed. Mails about others are not known here.

use std::collections::HashMap;

use crate::domain::{
    alert::{alert::Suppressed, budget::next_mail_at},
    ids::UserId,
    policy::policy::Policy,
    rehearsal::{outlook::Told, rehearsed::Rehearsed},
    time::Timestamp,
    user::profile::MAX_RECENT_ALERTS,
};

/// The mails of users, as they were and as they would be.
#[derive(Debug, Default)]
pub struct Budgets(HashMap<UserId, Mails>);

/// When mails were due, the oldest first.
#[derive(Debug, Default)]
struct Mails {
    were: Vec<Timestamp>,
    are: Vec<Timestamp>,
}

impl Budgets {
    /// Lets a login have its mail, or not. To be asked about logins in the order in which they were received.
    pub fn spend(&mut self, before: &Policy, after: &Policy, login: &mut Rehearsed) {
        let mails = self.0.entry(login.user.clone()).or_default();
        let now = login.received_at;
        let was = login.was.told;
        let is_as_it_was = is_same_budget(before, after) && mails.were == mails.are;
        let was_asked = matches!(was, Told::Mailed | Told::Held(Suppressed::RateLimited));
        let due_then = was_asked.then(|| due_at(was, next_mail_at(now, before, &mails.were), now)).flatten();
        if login.is.told == Told::Mailed {
            let due = if is_as_it_was && was_asked { due_then } else { next_mail_at(now, after, &mails.are) };
            let keeps_told = is_as_it_was && was_asked;
            login.is.told = match due {
                _ if keeps_told => was,
                Some(due_at) if due_at <= now => Told::Mailed,
                _ => Told::Held(Suppressed::RateLimited),
            };
            remember(&mut mails.are, due);
        }
        remember(&mut mails.were, due_then);
    }
}

/// When the mail of a warning was due that was mailed, or told later in a digest.
fn due_at(told: Told, reckoned: Option<Timestamp>, now: Timestamp) -> Option<Timestamp> {
    if told == Told::Mailed { Some(now) } else { reckoned.filter(|it| *it > now) }
}

fn is_same_budget(before: &Policy, after: &Policy) -> bool {
    (before.mails_per_hour, before.mails_per_day) == (after.mails_per_hour, after.mails_per_day)
}

/// As a profile remembers them.
fn remember(mails: &mut Vec<Timestamp>, due_at: Option<Timestamp>) {
    let Some(at) = due_at else { return };
    let place = mails.partition_point(|it| *it <= at);
    mails.insert(place, at);
    if mails.len() > MAX_RECENT_ALERTS {
        mails.remove(0);
    }
}
