//! A case as one file: a page without script that loads nothing, and is at most [`MAX_BYTES`] long.

use actix_web::{HttpResponse, http::header};
use askama::Template;
use jiff::tz::TimeZone;

use crate::{
    domain::{
        alert::alert::{Answer, State},
        ids::{LoginId, UserId},
        inquiry::{
            campaign::{Campaign, MAX_USERS, Target},
            gathering::{Attempt, Gathering},
        },
        login::login::Outcome,
        place::Place,
        policy::policy::Level,
        privacy::note::{Note, Verdict, latest_verdict},
        rehearsal::rehearsed::Known,
        risk::assessment::Signal,
        time::Timestamp,
        wording::figures::count,
    },
    http::door::fault::Fault,
    service::inquiry::case::{Case, Finding},
    words::{
        clean::one_line,
        inquiry::{
            aftermath::{answered, answered_briefly},
            phrases::{moment, place},
        },
    },
};

/// How long the file is at most, in bytes.
pub const MAX_BYTES: usize = 200_000;

#[derive(Template)]
#[template(path = "case/case.html")]
struct CasePage<'a> {
    title: String,
    span: String,
    written: String,
    product: &'a str,
    /// What was left out, so that the file does not become too long.
    cut: Option<&'static str>,
    users: Vec<User>,
    rows: Vec<Row>,
    missing: Vec<String>,
}

struct User {
    name: String,
    failures: u64,
    successes: u64,
    entered: String,
    answer: String,
    verdict: &'static str,
}

struct Row {
    id: String,
    at: String,
    time: String,
    user: String,
    failed: bool,
    outcome: &'static str,
    level: String,
    level_class: &'static str,
    known: Option<&'static str>,
    known_class: &'static str,
    device: String,
    place: Option<String>,
    address: String,
    network: Option<String>,
    method: Option<String>,
    signals: Vec<String>,
    told: Option<String>,
    notes: Vec<Said>,
}

struct Said {
    head: String,
    text: String,
}

/// How much is told of each login.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Detail {
    /// Everything.
    Full,
    /// The last three notes, 300 characters of each.
    Short,
    /// No notes, and reasons by name.
    Brief,
    /// Neither notes nor reasons, 20 characters of names, and 50 users.
    Bare,
}

impl Detail {
    const ALL: [Self; 4] = [Self::Full, Self::Short, Self::Brief, Self::Bare];

    const fn cut(self) -> Option<&'static str> {
        match self {
            Self::Full => None,
            Self::Short => {
                Some("Of each login the last three notes are here, and 300 characters of each: the case is long.")
            }
            Self::Brief => {
                Some("Notes are left out, and reasons are only named: the case is long. Take fewer logins to have all.")
            }
            Self::Bare => Some(
                "Notes, reasons and methods are left out, and names are cut: the case is very long. Take fewer logins to have all.",
            ),
        }
    }

    fn name(self, text: &str) -> String {
        one_line(text, if self == Self::Bare { 20 } else { 256 })
    }
}

/// The file, to be saved.
///
/// # Errors
/// When it cannot be rendered: a fault of this service.
pub fn answer(case: &Case, product: &str, now: Timestamp) -> Result<HttpResponse, Fault> {
    let mut answer = HttpResponse::Ok();
    answer.insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"));
    answer.insert_header((header::CONTENT_DISPOSITION, "attachment; filename=\"case.html\""));
    answer.insert_header((header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'; sandbox"));
    answer.insert_header((header::CACHE_CONTROL, "no-store"));
    Ok(answer.body(write(case, product, now)?))
}

/// The file, with as much detail as there is room for.
fn write(case: &Case, product: &str, now: Timestamp) -> Result<String, Fault> {
    let mut written = String::new();
    for detail in Detail::ALL {
        written = page(case, product, now, detail).render().map_err(|fault| Fault::internal(&fault))?;
        if written.len() <= MAX_BYTES {
            break;
        }
    }
    Ok(written)
}

fn page<'a>(case: &Case, product: &'a str, now: Timestamp, detail: Detail) -> CasePage<'a> {
    let campaign = summed_up(case);
    let (logins, users) = (case.findings.len(), campaign.users.len());
    let span = campaign.lasted.map_or_else(String::new, |it| {
        match (moment(it.first, &TimeZone::UTC), moment(it.last, &TimeZone::UTC)) {
            (first, last) if first == last => first,
            (first, last) => format!("{first} to {last}"),
        }
    });
    CasePage {
        title: format!("{} of {}", count(logins, "login"), count(users, "user")),
        span,
        written: moment(now, &TimeZone::UTC),
        product: if product == "Watchlight" { "" } else { product },
        cut: detail.cut(),
        users: campaign
            .users
            .iter()
            .take(if detail == Detail::Bare { 50 } else { MAX_USERS })
            .map(|it| user(case, it, detail))
            .collect(),
        rows: case.findings.iter().map(|it| row(it, detail)).collect(),
        missing: case.missing.iter().map(LoginId::to_string).collect(),
    }
}

fn summed_up(case: &Case) -> Campaign {
    let mut gathering = Gathering::default();
    for Finding { login, notes, delivery, .. } in &case.findings {
        gathering.add(&Attempt { login, delivery: delivery.as_ref(), verdict: latest_verdict(notes) });
    }
    gathering.finish()
}

fn user(case: &Case, target: &Target, detail: Detail) -> User {
    User {
        name: detail.name(target.user.as_str()),
        failures: target.tries.failures,
        successes: target.tries.successes,
        entered: match let_in(case, &target.user) {
            Some(at) => to_the_second(at),
            None if target.tries.successes > 0 => "only usual logins".to_owned(),
            None => "never".to_owned(),
        },
        answer: answered_briefly(&target.statements),
        verdict: target.verdict.map_or("none", Verdict::as_str),
    }
}

/// When a stranger was first let in, as far as that is known: by the first login that is known to be an attack, or else by the first
/// that is risky and not known to be harmless. A usual login that was picked to compare it with is none.
fn let_in(case: &Case, user: &UserId) -> Option<Timestamp> {
    let entered = || case.findings.iter().filter(|it| it.login.user == *user && it.login.outcome == Outcome::Success);
    let is_odd = |it: &&Finding| it.known != Known::Harmless && it.login.assessment.level != Level::Low;
    let first = entered().find(|it| it.known == Known::Attack).or_else(|| entered().find(is_odd));
    first.map(|it| it.login.occurred_at)
}

fn row(finding: &Finding, detail: Detail) -> Row {
    let Finding { login, notes, known, .. } = finding;
    let name = |text: &str| detail.name(&one_line(text, 80));
    let signals = &login.assessment.signals;
    let signal = |it: &Signal| if detail == Detail::Brief { it.kind.as_str().to_owned() } else { it.detail.clone() };
    let network = login.whereabouts.network.as_ref();
    Row {
        id: login.id.to_string(),
        at: login.occurred_at.to_text(),
        time: to_the_second(login.occurred_at),
        user: detail.name(login.user.as_str()),
        failed: login.outcome == Outcome::Failure,
        outcome: if login.outcome == Outcome::Failure { "was refused" } else { "signed in" },
        level: format!("risk {} ({:.2})", login.assessment.level.as_str(), login.assessment.score),
        level_class: match login.assessment.level {
            Level::Low => "quiet",
            Level::Medium => "warn",
            Level::High => "bad",
        },
        known: match known {
            Known::Nothing => None,
            Known::Harmless => Some("harmless"),
            Known::Attack => Some("attack"),
        },
        known_class: if *known == Known::Attack { "bad" } else { "good" },
        device: format!("{} device, {}", login.device.status.as_str(), login.device.agent.name()),
        place: login.whereabouts.place.as_ref().map(|it: &Place| name(&place(&it.named()))),
        address: login.ip.to_string(),
        network: network.map(|it| name(&format!("AS{} {}", it.asn, it.name))),
        method: login.method.as_deref().filter(|_| detail < Detail::Bare).map(name),
        signals: signals.iter().filter(|_| detail < Detail::Bare).map(signal).collect(),
        told: told(finding),
        notes: said(notes, detail),
    }
}

fn to_the_second(at: Timestamp) -> String {
    let text = at.to_text();
    text.get(..19).map_or(text.clone(), |it| it.replace('T', " "))
}

fn told(finding: &Finding) -> Option<String> {
    finding.login.alert?;
    let Some(delivery) = &finding.delivery else {
        return Some("A warning was raised; what became of it is no longer kept.".to_owned());
    };
    let mail = match delivery.state {
        State::Sent => "The user was mailed",
        State::Queued | State::Sending => "The warning waits to be mailed",
        State::Failed => "The mail did not arrive",
        State::Suppressed => "The warning was not mailed",
    };
    Some(match (delivery.answer(), delivery.state) {
        (Answer::None, State::Sent) => format!("{mail} and has not answered."),
        (Answer::None, _) => format!("{mail}."),
        _ => {
            let answered = answered(&delivery.statements, delivery.may_be_read(), &TimeZone::UTC);
            format!("{mail}. {}", answered.join(" "))
        }
    })
}

fn said(notes: &[Note], detail: Detail) -> Vec<Said> {
    let (most, chars) = match detail {
        Detail::Full => (usize::MAX, usize::MAX),
        Detail::Short => (3, 300),
        Detail::Brief | Detail::Bare => (0, 0),
    };
    let latest = &notes[notes.len().saturating_sub(most)..];
    let cut = |text: &str| {
        let kept: String = text.chars().take(chars).collect();
        if kept.len() < text.len() { format!("{kept}…") } else { kept }
    };
    let head = |note: &Note| {
        let what = note.verdict.map_or_else(|| "Note".to_owned(), |it| format!("Verdict {}", it.as_str()));
        format!("{what} by {}, {} UTC", one_line(&note.author, 80), to_the_second(note.created_at))
    };
    latest.iter().map(|note| Said { head: head(note), text: cut(&without_marks(&note.text)) }).collect()
}

/// Without marks that change the direction of what follows.
fn without_marks(text: &str) -> String {
    text.lines().map(|line| one_line(line, usize::MAX)).collect::<Vec<_>>().join("\n")
}
