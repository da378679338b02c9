//! What a change of policy would have done.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    domain::{
        policy::policy::{Level, PolicyVersion, SignalKind},
        rehearsal::{
            outlook::Outlook,
            rehearsed::Rehearsed,
            tally::{Decided, OfSignal, Rehearsal, Shift},
            untold::Untold,
        },
    },
    wire::{examples, login::four_digits, time},
};

/// What a change of policy would have done to the logins that a search finds, compared with what was done.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = examples::inquiry::rehearsal::rehearsal)]
pub struct RehearsalBody {
    /// The version of the policy that is changed: the one of now.
    pub from: String,
    /// The version that the policy would have.
    pub to: String,
    /// How many logins were rehearsed.
    logins: u64,
    /// How many were found and could not be: they were not judged, or by a policy that is no longer kept.
    left_out: u64,
    /// Whether there are more: the newest 20,000 were looked at, or the search took too long.
    pub at_least: bool,
    /// When the earliest of them happened.
    #[schema(required = true, format = DateTime)]
    earliest: Option<String>,
    /// When the latest happened.
    #[schema(required = true, format = DateTime)]
    latest: Option<String>,
    /// By which policies they were judged, and how many by each.
    #[schema(example = json!({"pol_4da021e440c81269": 9}))]
    judged_by: BTreeMap<String, u64>,
    /// How many would have another level, another advice, or be told otherwise.
    changed: u64,
    /// Logins of which the user was mailed, and would be.
    mailed: ShiftBody,
    /// Logins that would have another level.
    levels: Vec<LevelShiftBody>,
    /// Known attacks: a colleague judged them compromised, or the user denied them.
    attacks: DecidedBody,
    /// Logins that are known to be harmless: a colleague judged them safe, or the user confirmed them.
    harmless: DecidedBody,
    /// By signal; a login with two signals is counted under each.
    signals: Vec<SignalShiftBody>,
    /// What the records cannot tell, and of how many logins: a signal that was off then, or `device`, `network`, `copied`,
    /// `address`.
    untold: Vec<UntoldBody>,
    /// Changed rules that cannot be rehearsed, as no record has what they ask for.
    #[schema(example = json!(["country_memory_days"]))]
    pub unrehearsed: Vec<&'static str>,
    /// Logins that would change, at most 100: attacks that would no longer be noticed first, then other attacks, then the newest.
    data: Vec<RehearsedBody>,
    /// The search in its canonical form, with absolute times. Only where the request has `q`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "country:BR since:2026-11-15T10:15:00.000Z until:2026-11-22T10:15:00.001Z")]
    pub query: Option<String>,
}

/// How many there were, and would be.
#[derive(Debug, Serialize, ToSchema)]
struct ShiftBody {
    /// How many there were.
    was: u64,
    /// How many there would be.
    is: u64,
    /// How many of those that were would not be.
    lost: u64,
    /// How many would be that were not.
    gained: u64,
}

/// Logins that would have another level.
#[derive(Debug, Serialize, ToSchema)]
struct LevelShiftBody {
    /// The level that they had.
    #[schema(example = "medium")]
    was: &'static str,
    /// The level that they would have.
    #[schema(example = "low")]
    is: &'static str,
    /// How many.
    logins: u64,
}

/// Logins that somebody has decided about.
#[derive(Debug, Serialize, ToSchema)]
struct DecidedBody {
    /// How many there are.
    logins: u64,
    /// Those that are noticed: the user is mailed, or the advice is `challenge`.
    noticed: ShiftBody,
    /// Those of which the user is mailed.
    mailed: ShiftBody,
}

/// Logins with a signal.
#[derive(Debug, Serialize, ToSchema)]
struct SignalShiftBody {
    /// The signal.
    #[schema(example = "new_country")]
    signal: &'static str,
    /// How many had it, or would have it.
    logins: u64,
    /// Those of which the user is mailed.
    mailed: ShiftBody,
}

/// Something that records cannot tell.
#[derive(Debug, Serialize, ToSchema)]
struct UntoldBody {
    /// What.
    #[schema(example = "rare_login")]
    what: &'static str,
    /// Of how many logins.
    logins: u64,
}

/// A login that would change.
#[derive(Debug, Serialize, ToSchema)]
struct RehearsedBody {
    /// The login.
    #[schema(example = "lgn_01M88BR29V3HMEG27S69NTFQE2")]
    login: String,
    /// The account.
    user_id: String,
    /// When it happened.
    #[schema(format = DateTime)]
    occurred_at: String,
    /// What was made of it.
    was: OutlookBody,
    /// What would be made of it.
    is: OutlookBody,
    /// `attack`, `harmless`, or null if nobody has decided.
    #[schema(required = true)]
    known: Option<&'static str>,
    /// What its record cannot tell.
    untold: Vec<&'static str>,
}

/// What a policy makes of a login.
#[derive(Debug, Serialize, ToSchema)]
struct OutlookBody {
    /// `first`, `recognized`, `new`, `unknown`.
    status: &'static str,
    /// The probability that not all signals are harmless.
    #[schema(minimum = 0, maximum = 1)]
    score: f64,
    /// `low`, `medium`, `high`.
    level: &'static str,
    /// The strongest signal.
    #[schema(required = true)]
    reason: Option<&'static str>,
    /// `allow`, `notify`, `challenge`.
    action: &'static str,
    /// `no`, `mailed`, or why a warning is not mailed: `rate_limited`, `no_address`, `late`, `muted`.
    told: &'static str,
}

impl RehearsalBody {
    /// The result of rehearsing one policy instead of another.
    #[must_use]
    pub fn new(from: PolicyVersion, to: PolicyVersion, rehearsal: &Rehearsal) -> Self {
        let span = |of: fn(&(_, _)) -> _| rehearsal.span.as_ref().map(|it| time::to_text(of(it)));
        let level = |((was, is), logins): (&(Level, Level), &u64)| LevelShiftBody {
            was: was.as_str(),
            is: is.as_str(),
            logins: *logins,
        };
        let signal = |(kind, of): (&SignalKind, &OfSignal)| SignalShiftBody {
            signal: kind.as_str(),
            logins: of.logins,
            mailed: ShiftBody::new(of.mailed),
        };
        let untold = |(what, logins): (&Untold, &u64)| UntoldBody { what: what.as_str(), logins: *logins };
        Self {
            from: from.to_string(),
            to: to.to_string(),
            logins: rehearsal.logins,
            left_out: rehearsal.left_out,
            at_least: false,
            earliest: span(|it| it.0),
            latest: span(|it| it.1),
            judged_by: rehearsal.judged_by.iter().map(|(version, logins)| (version.to_string(), *logins)).collect(),
            changed: rehearsal.changed,
            mailed: ShiftBody::new(rehearsal.mailed),
            levels: rehearsal.levels.iter().map(level).collect(),
            attacks: DecidedBody::new(rehearsal.attacks),
            harmless: DecidedBody::new(rehearsal.harmless),
            signals: rehearsal.signals.iter().map(signal).collect(),
            untold: rehearsal.untold.iter().map(untold).collect(),
            unrehearsed: Vec::new(),
            data: rehearsal.shown.iter().map(RehearsedBody::new).collect(),
            query: None,
        }
    }
}

impl ShiftBody {
    const fn new(Shift { was, is, lost, gained }: Shift) -> Self {
        Self { was, is, lost, gained }
    }
}

impl DecidedBody {
    const fn new(decided: Decided) -> Self {
        let (noticed, mailed) = (ShiftBody::new(decided.noticed), ShiftBody::new(decided.mailed));
        Self { logins: decided.logins, noticed, mailed }
    }
}

impl RehearsedBody {
    fn new(login: &Rehearsed) -> Self {
        Self {
            login: login.login.to_string(),
            user_id: login.user.as_str().to_owned(),
            occurred_at: time::to_text(login.occurred_at),
            was: OutlookBody::new(&login.was),
            is: OutlookBody::new(&login.is),
            known: login.known.as_str(),
            untold: login.untold.iter().map(|it| it.as_str()).collect(),
        }
    }
}

impl OutlookBody {
    fn new(outlook: &Outlook) -> Self {
        Self {
            status: outlook.status.as_str(),
            score: four_digits(outlook.score),
            level: outlook.level.as_str(),
            reason: outlook.reason.map(SignalKind::as_str),
            action: outlook.action.as_str(),
            told: outlook.told.as_str(),
        }
    }
}
