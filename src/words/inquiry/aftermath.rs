//! What came after, and what there was before: questions 8, 10 and 11, and the verdict that is proposed.

use jiff::tz::TimeZone;

use crate::{
    domain::{
        alert::{
            alert::{Answer, AnsweredBy, State, Suppressed},
            statements::{Statement, Statements},
        },
        history::session::Change,
        inquiry::{
            aftermath::{Earlier, SessionState, Told, Warning},
            answers::Answers,
            proposal::Ground,
        },
        privacy::note::Verdict,
        wording::figures::count,
    },
    words::inquiry::phrases::{count_at_least, list, moment},
};

/// Is the session alive, and has it moved to another browser or country?
#[must_use]
pub fn session(facts: &SessionState, zone: &TimeZone) -> Vec<String> {
    let Some(session) = facts.session else {
        return vec!["The login named no session, so what became of it is not known.".to_owned()];
    };
    let mut told = vec![match session.ended_at {
        Some(at) => format!("The session ended on {}.", moment(at, zone)),
        None => "The session has not been reported as ended.".to_owned(),
    }];
    told.push(if session.calls == 0 {
        format!("It began on {}, and no use of it has been reported.", moment(session.last_active_at, zone))
    } else {
        let calls = count(usize::try_from(session.calls).unwrap_or(usize::MAX), "call");
        format!("It was last used on {}, with {calls} in all.", moment(session.last_active_at, zone))
    });
    told.push(match session.changed {
        None => "It has not moved to another browser, system or country.".to_owned(),
        Some((at, change)) => {
            format!("On {} it went on {}: it was probably stolen.", moment(at, zone), changed(change))
        }
    });
    told
}

fn changed(change: Change) -> String {
    let named = [
        (change.browser, "in another browser"),
        (change.system, "on another system"),
        (change.network, "in another country"),
        (change.after_end, "after it had ended"),
    ];
    list(&named.iter().filter(|(is_so, _)| *is_so).map(|(_, words)| (*words).to_owned()).collect::<Vec<_>>())
}

/// Was the user told, did the mail arrive, and what did they answer?
#[must_use]
pub fn told(facts: &Told, zone: &TimeZone) -> Vec<String> {
    match (&facts.warning, facts.is_warned) {
        (None, false) => vec!["The user was not told: the login raised no warning.".to_owned()],
        (None, true) => vec!["A warning was raised, and is no longer kept.".to_owned()],
        (Some(warning), _) => {
            let mut told = vec![mail(warning, zone)];
            told.extend(answered(&warning.statements, warning.may_be_read, zone));
            told
        }
    }
}

fn mail(warning: &Warning, zone: &TimeZone) -> String {
    let at = warning.settled_at.map(|it| format!(" on {}", moment(it, zone))).unwrap_or_default();
    match warning.state {
        State::Sent => format!("The mail server accepted the warning{at}."),
        State::Queued | State::Sending if warning.attempts == 0 => "The warning waits to be mailed.".to_owned(),
        State::Queued | State::Sending => {
            let attempts = count(usize::try_from(warning.attempts).unwrap_or(usize::MAX), "attempt");
            format!("The warning has not been mailed yet, after {attempts}.")
        }
        State::Failed => format!("The mail was given up{at}: the user has not been told."),
        State::Suppressed => format!("The user was not mailed: {}.", why(warning.suppressed)),
    }
}

const fn why(reason: Option<Suppressed>) -> &'static str {
    match reason {
        Some(Suppressed::RateLimited) => "they had had as many mails as the policy allows",
        Some(Suppressed::NoAddress) => "the login came without an e-mail address",
        Some(Suppressed::Late) => "the login was over a day old",
        Some(Suppressed::Muted) => "your policy mails nobody",
        Some(Suppressed::AddressSuppressed) => "their address accepts no mail",
        Some(Suppressed::Storm) => "too many users were on unknown devices at once",
        None => "the reason is not kept",
    }
}

/// What a warning was answered, by whom and when: a sentence for the user, and one for a colleague. `may_be_read` is whether the
/// user may have had the mail: if not, an answer of which is not kept whose it is was not theirs.
#[must_use]
pub fn answered(statements: &Statements, may_be_read: bool, zone: &TimeZone) -> Vec<String> {
    let mut told = Vec::new();
    if statements.own.is_none() {
        told.push("They have not answered.".to_owned());
    }
    told.extend(statements.all().map(|it| statement(it, may_be_read, zone)));
    if statements.are_contrary() {
        told.push("The two contradict each other.".to_owned());
    }
    told
}

fn statement(it: &Statement, may_be_read: bool, zone: &TimeZone) -> String {
    let what = if it.answer == Answer::Denied { "it was not the user" } else { "it was the user" };
    let on = it.at.map(|at| format!(" on {}", moment(at, zone))).unwrap_or_default();
    let author = it.author.as_deref();
    match it.by {
        Some(AnsweredBy::User) => format!("The user answered by the mail{on}: {}.", what.replace("the user", "them")),
        Some(AnsweredBy::Api) => format!("It was answered through the API{on}: {what}."),
        Some(AnsweredBy::Operator) => {
            format!("It was answered in the console by {}{on}: {what}.", author.unwrap_or("a colleague"))
        }
        Some(AnsweredBy::ApiVerdict) => {
            let key = author.map(|it| format!(" with the key {it}")).unwrap_or_default();
            format!("It was judged through the API{key}{on}: {what}.")
        }
        None if may_be_read => format!("It was answered: {what}."),
        None => format!("It was answered in the console or through the API, for the user was not mailed: {what}."),
    }
}

/// That an open login was denied, and by whom.
#[must_use]
pub const fn denied(by: Option<AnsweredBy>, is_contradicted: bool) -> &'static str {
    match by {
        _ if is_contradicted => "The user says it was not them, after a colleague had decided otherwise.",
        Some(AnsweredBy::User) => "The user says it was not them.",
        Some(AnsweredBy::Operator | AnsweredBy::ApiVerdict) => "A colleague has denied it.",
        Some(AnsweredBy::Api) => "It was denied through the API.",
        None => "It was denied.",
    }
}

/// The same in a few words; `none` without an answer.
#[must_use]
pub fn answered_briefly(statements: &Statements) -> String {
    let all: Vec<String> = statements.all().map(|it| brief(it.answer, it.by)).collect();
    if all.is_empty() { "none".to_owned() } else { all.join(", ") }
}

fn brief(answer: Answer, by: Option<AnsweredBy>) -> String {
    let by = match by {
        Some(AnsweredBy::User) => " by the user",
        Some(AnsweredBy::Operator) => " by a colleague",
        Some(AnsweredBy::Api) => " through the API",
        Some(AnsweredBy::ApiVerdict) => " by a verdict through the API",
        None => "",
    };
    format!("{}{by}", answer.as_str())
}

/// How often what was said, and by whom: `1 denied by the user, 2 confirmed by a colleague`.
fn said(answers: &[(Answer, Option<AnsweredBy>)]) -> String {
    let by =
        [Some(AnsweredBy::User), Some(AnsweredBy::Api), Some(AnsweredBy::Operator), Some(AnsweredBy::ApiVerdict), None];
    let all = [Answer::Denied, Answer::Confirmed].into_iter().flat_map(|answer| by.map(|by| (answer, by)));
    let counted = all.filter_map(|(answer, by)| {
        let number = answers.iter().filter(|it| **it == (answer, by)).count();
        (number > 0).then(|| format!("{number} {}", brief(answer, by)))
    });
    let counted: Vec<String> = counted.collect();
    if counted.is_empty() { "none was answered".to_owned() } else { counted.join(", ") }
}

/// What was there in the week before, and what did colleagues decide?
#[must_use]
pub fn earlier(facts: &Earlier) -> Vec<String> {
    let own = &facts.behind;
    let mut told = vec![match own.logins {
        0 if !own.at_least => "No login of this user raised a warning in the 7 days before.".to_owned(),
        it => {
            let answers = said(&facts.answers);
            let logins = count_at_least(it, own.at_least, "login");
            format!("In the 7 days before, {logins} of this user raised a warning: {answers}.")
        }
    }];
    if let Some(of_prefix) = &facts.of_prefix {
        let logins = count_at_least(of_prefix.logins, of_prefix.at_least, "login");
        told.push(match of_prefix.logins {
            0 if !of_prefix.at_least => {
                "From the network of this address, no login raised a warning in that time.".to_owned()
            }
            _ => format!("From the network of this address, {logins} raised a warning in that time."),
        });
    }
    let counted = |verdict: Verdict| facts.verdicts.iter().filter(|it| it.verdict == verdict).count();
    let decided: Vec<String> =
        [(Verdict::Compromised, "compromised"), (Verdict::Safe, "safe"), (Verdict::Unsure, "unsure")]
            .into_iter()
            .filter_map(|(verdict, word)| Some(counted(verdict)).filter(|it| *it > 0).map(|it| format!("{it} {word}")))
            .collect();
    told.push(if decided.is_empty() {
        "Colleagues have judged no login of this user, network or browser from that time.".to_owned()
    } else {
        let judged = count(facts.verdicts.len(), "login");
        format!("Colleagues have judged {judged} of this user, network or browser from that time: {}.", list(&decided))
    });
    told
}

/// Why a verdict is proposed.
#[must_use]
pub fn proposal(facts: &Answers, ground: Ground) -> String {
    let device = &facts.device_name;
    match ground {
        Ground::UserDenied => "The user answered the warning: it was not them.".to_owned(),
        Ground::ColleagueDenied => "A colleague has said that it was not the user.".to_owned(),
        Ground::Denied => "The warning was answered: it was not the user.".to_owned(),
        Ground::DeviceDenied => "The device has been denied.".to_owned(),
        Ground::UserConfirmed => "The user answered the warning: it was them.".to_owned(),
        Ground::ColleagueConfirmed => "A colleague has said that it was the user.".to_owned(),
        Ground::Confirmed => "The warning was answered: it was the user.".to_owned(),
        Ground::FailedGuess => "A failed guess among many: nobody got in by it, but it is not harmless.".to_owned(),
        Ground::FailedElsewhere => {
            "The attempt failed: nobody got in by it. The user is not known to have that device.".to_owned()
        }
        Ground::NobodyGotIn => "The attempt failed, on a device of the user's: nobody got in by it.".to_owned(),
        Ground::SessionMoved => "The session went on elsewhere: its cookie was probably stolen.".to_owned(),
        Ground::Guessed => format!("A new device ({device}) got in after attempts to guess the way in."),
        Ground::ImpossibleJourney => {
            format!("A new device ({device}) got in from where the user cannot have travelled in that time.")
        }
        Ground::EntersOthers => {
            format!("A new device ({device}) got in from an address that failed at other accounts and entered some.")
        }
        Ground::Usual => "A device that the user has used before, and nothing suspicious.".to_owned(),
        Ground::NothingToCompare => "It is the first login that is kept: ask the user.".to_owned(),
        Ground::Unclear => "Something is unusual, but nothing decides: ask the user.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Timestamp;

    fn told(own: Option<Statement>, colleague: Option<Statement>, may_be_read: bool) -> String {
        answered(&Statements { own, colleague }, may_be_read, &TimeZone::UTC).join(" ")
    }

    #[test]
    fn nobody_is_said_to_have_answered_a_mail_that_they_never_had() {
        let old = Some(Statement { answer: Answer::Denied, by: None, at: None, author: None });
        assert_eq!(told(old.clone(), None, true), "It was answered: it was not the user.");
        let unread =
            "It was answered in the console or through the API, for the user was not mailed: it was not the user.";
        assert_eq!(told(old, None, false), unread);
    }

    #[test]
    fn both_answers_are_told_with_who_and_when() {
        let at = Some(Timestamp::from_unix_ms(1_700_000_000_000));
        let own = Some(Statement { answer: Answer::Denied, by: Some(AnsweredBy::User), at, author: None });
        let (by, author) = (Some(AnsweredBy::Operator), Some("kim@example.com".to_owned()));
        let colleague = Some(Statement { answer: Answer::Confirmed, by, at, author });
        assert_eq!(
            told(own.clone(), colleague.clone(), true),
            "The user answered by the mail on 14 November 2023, 22:13 UTC: it was not them. It was answered in the console by \
             kim@example.com on 14 November 2023, 22:13 UTC: it was the user. The two contradict each other."
        );
        assert_eq!(
            told(None, colleague.clone(), true),
            "They have not answered. It was answered in the console by kim@example.com on 14 November 2023, 22:13 UTC: it was the user."
        );
        assert_eq!(answered_briefly(&Statements { own, colleague }), "denied by the user, confirmed by a colleague");
        assert_eq!(answered_briefly(&Statements::default()), "none");
    }
}
