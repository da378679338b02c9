//! The verdict that the facts speak for. A person accepts it or changes it.

use crate::domain::{
    alert::{
        alert::{Answer, AnsweredBy},
        statements::Statements,
    },
    inquiry::{answers::Answers, sources::Others},
    policy::policy::{Level, SignalKind},
    privacy::note::Verdict,
    recognition::verdict::DeviceStatus,
    user::device::Trust,
};

/// Why a verdict is proposed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ground {
    /// The user answered the warning: it was not them.
    UserDenied,
    /// A colleague has said that it was not the user.
    ColleagueDenied,
    /// The warning was answered, and who did is not known, or it was done by the API: it was not the user.
    Denied,
    /// The device was denied.
    DeviceDenied,
    /// The user answered the warning: it was them.
    UserConfirmed,
    /// A colleague has said that it was the user.
    ColleagueConfirmed,
    /// The warning was answered, and who did is not known, or it was done by the API: it was the user.
    Confirmed,
    /// Nobody got in, by one of many guesses.
    FailedGuess,
    /// Nobody got in, by an attempt from a device that the user is not known to have.
    FailedElsewhere,
    /// Nobody got in, by an attempt from a device of the user's.
    NobodyGotIn,
    /// The session went on in another browser, system or country.
    SessionMoved,
    /// A new device got in after many failures, or from a source that tries many accounts.
    Guessed,
    /// A new device got in from where the user cannot have travelled.
    ImpossibleJourney,
    /// A new device got in from a source that entered other accounts and failed at more.
    EntersOthers,
    /// A known device, and nothing of note.
    Usual,
    /// The user's first login that is kept: there is nothing to compare it with.
    NothingToCompare,
    /// Something is unusual, but nothing decides.
    Unclear,
}

impl Ground {
    /// The verdict that it speaks for.
    #[must_use]
    pub const fn verdict(self) -> Verdict {
        match self {
            Self::UserConfirmed | Self::ColleagueConfirmed | Self::Confirmed | Self::NobodyGotIn | Self::Usual => {
                Verdict::Safe
            }
            Self::UserDenied
            | Self::ColleagueDenied
            | Self::Denied
            | Self::DeviceDenied
            | Self::SessionMoved
            | Self::Guessed
            | Self::ImpossibleJourney
            | Self::EntersOthers => Verdict::Compromised,
            Self::FailedGuess | Self::FailedElsewhere | Self::NothingToCompare | Self::Unclear => Verdict::Unsure,
        }
    }

    /// The id in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UserDenied => "user_denied",
            Self::ColleagueDenied => "colleague_denied",
            Self::Denied => "denied",
            Self::DeviceDenied => "device_denied",
            Self::UserConfirmed => "user_confirmed",
            Self::ColleagueConfirmed => "colleague_confirmed",
            Self::Confirmed => "confirmed",
            Self::FailedGuess => "failed_guess",
            Self::FailedElsewhere => "failed_elsewhere",
            Self::NobodyGotIn => "nobody_got_in",
            Self::SessionMoved => "session_moved",
            Self::Guessed => "guessed",
            Self::ImpossibleJourney => "impossible_journey",
            Self::EntersOthers => "enters_others",
            Self::Usual => "usual",
            Self::NothingToCompare => "nothing_to_compare",
            Self::Unclear => "unclear",
        }
    }
}

/// A source that tries accounts was used for more other users than this.
const MANY_OTHERS: usize = 3;

/// Whose word counts as a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Heard {
    /// The user's, and that of colleagues.
    Everybody,
    /// The user's alone.
    User,
}

/// What the facts speak for: what the user has said comes first, then what a colleague has, then what somebody did, then what is
/// unusual.
#[must_use]
pub fn propose(facts: &Answers) -> Ground {
    ground(facts, Heard::Everybody)
}

/// What the facts speak for beside a verdict that was given: what colleagues have said is no fact by which to measure a colleague.
#[must_use]
pub fn propose_beside_colleagues(facts: &Answers) -> Ground {
    ground(facts, Heard::User)
}

fn ground(facts: &Answers, heard: Heard) -> Ground {
    let raised = |kind| facts.flagged.signals.iter().any(|it| it.kind == kind);
    let guessed = raised(SignalKind::FailedAttempts) || raised(SignalKind::CredentialStuffing);
    let others = facts.touched.by_address.as_ref().or(facts.touched.by_prefix.as_ref());
    // An office has many users, and some failures. A source that tries accounts mostly fails.
    let tries = |it: &&Others| it.failed > it.behind.logins - it.failed && it.users.len() > MANY_OTHERS;
    let trying = others.filter(tries);
    let is_denied = match heard {
        Heard::Everybody => facts.trust == Some(Trust::Denied),
        // Who has denied it is not known; it had been denied before this login, if that was held against it.
        Heard::User => raised(SignalKind::DeniedDevice),
    };
    if !facts.entry.succeeded {
        // Whoever signs in from a known device mistypes a password, however often. Of a stranger's attempt it is only known that it failed.
        return match facts.status {
            DeviceStatus::Recognized if !is_denied => Ground::NobodyGotIn,
            _ if guessed || trying.is_some() => Ground::FailedGuess,
            _ => Ground::FailedElsewhere,
        };
    }
    let (own, colleague) = said(facts, heard);
    let is_new = facts.status != DeviceStatus::Recognized && facts.habits.behind.logins > 0;
    let moved = facts.session.session.is_some_and(|it| it.changed.is_some_and(|(_, change)| change.is_any()));
    let enters_others = facts.habits.network == 0 && trying.is_some_and(|it| !it.entered.is_empty());
    let impossible = facts.journey.as_ref().is_some_and(|it| !it.is_possible && !it.is_vague);
    match (own, colleague) {
        (Some((Answer::Denied, Some(AnsweredBy::User))), _) => Ground::UserDenied,
        (Some((Answer::Denied, _)), _) => Ground::Denied,
        (_, Some(Answer::Denied)) => Ground::ColleagueDenied,
        _ if is_denied => Ground::DeviceDenied,
        _ if moved => Ground::SessionMoved,
        // A device that was confirmed once may be a stolen one now: only the answer to this login counts.
        (Some((Answer::Confirmed, Some(AnsweredBy::User))), _) => Ground::UserConfirmed,
        (Some((Answer::Confirmed, _)), _) => Ground::Confirmed,
        (_, Some(Answer::Confirmed)) => Ground::ColleagueConfirmed,
        _ if is_new && guessed => Ground::Guessed,
        _ if is_new && impossible => Ground::ImpossibleJourney,
        _ if is_new && enters_others => Ground::EntersOthers,
        _ if facts.flagged.level == Level::Low && facts.status == DeviceStatus::Recognized => Ground::Usual,
        _ if facts.habits.behind.logins == 0 => Ground::NothingToCompare,
        _ => Ground::Unclear,
    }
}

/// The user's own word, and a colleague's, as far as they count.
fn said(facts: &Answers, heard: Heard) -> (Option<(Answer, Option<AnsweredBy>)>, Option<Answer>) {
    let Some(warning) = &facts.told.warning else { return (None, None) };
    let Statements { own, colleague } = &warning.statements;
    // An answer of which is not kept whose it is may be a colleague's, and is one if the user was never mailed.
    let own = own.as_ref().filter(|it| it.by.is_some() || (heard == Heard::Everybody && warning.may_be_read));
    let colleague = colleague.as_ref().filter(|_| heard == Heard::Everybody);
    (own.map(|it| (it.answer, it.by)), colleague.map(|it| it.answer))
}
