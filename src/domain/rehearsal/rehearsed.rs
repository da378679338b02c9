//! One login, as it was judged and as another policy would have judged it. Each is judged by what was known of its user then:
//! what a user's later logins would have learned from a change is not followed.

use std::collections::BTreeSet;

use crate::domain::{
    alert::{
        alert::{Answer, Suppressed},
        raise::unmailed,
    },
    history::login_record::LoginRecord,
    ids::{LoginId, UserId},
    login::login::Outcome,
    policy::policy::{Policy, SignalKind},
    privacy::{note::Verdict, processing::Mode},
    recognition::verdict::DeviceStatus,
    rehearsal::{
        copied::{looked_copied, was_imported},
        device::SeenDevice,
        outlook::{Outlook, Told},
        signals::{Compared, Trusted},
        untold::Untold,
    },
    risk::{
        assess::weighed,
        assessment::{Action, Assessment},
        worth::{is_worth_it_anyway, tells_of_elsewhere},
    },
    time::Timestamp,
};

/// What people have said of a login.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Known {
    /// Nothing that decides it.
    #[default]
    Nothing,
    /// It was the user: a colleague judged it safe, or the user confirmed it.
    Harmless,
    /// It was an attack: a colleague judged it compromised, or the user denied it.
    Attack,
}

impl Known {
    /// What follows from the verdict that holds, and from the answer to the warning. A colleague has the last word, unless the user has
    /// contradicted them since: then there is no verdict that holds.
    #[must_use]
    pub const fn of(verdict: Option<Verdict>, answer: Answer) -> Self {
        match (verdict, answer) {
            (Some(Verdict::Compromised), _) | (_, Answer::Denied) if !matches!(verdict, Some(Verdict::Safe)) => {
                Self::Attack
            }
            (Some(Verdict::Safe), _) | (_, Answer::Confirmed) => Self::Harmless,
            _ => Self::Nothing,
        }
    }

    /// The id in the API; `None` if nothing is known.
    #[must_use]
    pub const fn as_str(self) -> Option<&'static str> {
        match self {
            Self::Nothing => None,
            Self::Harmless => Some("harmless"),
            Self::Attack => Some("attack"),
        }
    }
}

/// A login, judged twice.
#[derive(Clone, Debug, PartialEq)]
pub struct Rehearsed {
    /// The login.
    pub login: LoginId,
    /// Whose it is.
    pub user: UserId,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// When it was received: mails are counted by this.
    pub received_at: Timestamp,
    /// What was made of it.
    pub was: Outlook,
    /// What would be made of it. Until the budget of mails has been looked at, [`Told::Mailed`] is what it may use.
    pub is: Outlook,
    /// The signals that fired, or would.
    pub signals: BTreeSet<SignalKind>,
    /// What people have said of it.
    pub known: Known,
    /// What its record cannot tell.
    pub untold: BTreeSet<Untold>,
}

/// Whether a login was judged at all: of one that was restricted there is nothing to judge.
#[must_use]
pub fn was_judged(login: &LoginRecord) -> bool {
    login.processing != Mode::Restricted && login.policy.is_some()
}

impl Rehearsed {
    /// A login that `before` judged, as `after` would have judged it.
    #[must_use]
    pub fn of(before: &Policy, after: &Policy, login: &LoginRecord, known: Known) -> Self {
        let mut untold = BTreeSet::new();
        let trusted = Trusted::of(before, after, login, &mut untold);
        let device = SeenDevice::under(before, after, login, &mut untold);
        let compared = Compared { before, after, trusted, device };
        let found = compared.found(login, &mut untold);
        let assessment = weighed(after, found);
        let told = told(&compared, login, &assessment, &mut untold);
        let kinds = |it: &Assessment| it.signals.iter().map(|it| it.kind).collect::<BTreeSet<_>>();
        let is = Outlook {
            status: device.status,
            score: assessment.score,
            level: assessment.level,
            reason: assessment.signals.first().map(|it| it.kind),
            action: Action::advised(assessment.level, told != Told::No),
            told,
        };
        Self {
            login: login.id,
            user: login.user.clone(),
            occurred_at: login.occurred_at,
            received_at: login.received_at,
            was: Outlook::of(login),
            is,
            signals: &kinds(&login.assessment) | &kinds(&assessment),
            known,
            untold,
        }
    }

    /// Whether callers or users would notice the change.
    #[must_use]
    pub fn is_changed(&self) -> bool {
        !self.is.is_as(&self.was)
    }
}

/// Whether the user would be told of it, if the budget allows it.
fn told(compared: &Compared<'_>, login: &LoginRecord, assessment: &Assessment, untold: &mut BTreeSet<Untold>) -> Told {
    if login.outcome == Outcome::Failure || was_imported(compared.before, login) {
        return Told::No;
    }
    let is_new = compared.device.status == DeviceStatus::New;
    let is_worth_it = is_worth_it_anyway(compared.after, is_new, assessment)
        || (tells_of_elsewhere(assessment)
            && looked_copied(compared, login).unwrap_or_else(|| {
                untold.insert(Untold::Copied);
                false
            }));
    if !is_worth_it {
        return Told::No;
    }
    let late_ms = login.received_at.ms_since(login.occurred_at);
    if let Some(why) = unmailed(compared.after, &login.user, late_ms) {
        return Told::Held(why);
    }
    match login.alert.map(|it| it.suppressed) {
        Some(Some(Suppressed::NoAddress)) => Told::Held(Suppressed::NoAddress),
        Some(None | Some(Suppressed::RateLimited)) => Told::Mailed,
        _ if login.email.is_some() => Told::Mailed,
        _ => {
            untold.insert(Untold::Address);
            Told::Mailed
        }
    }
}
