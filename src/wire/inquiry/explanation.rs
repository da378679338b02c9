//! What is known around a login, as answers to questions.

use jiff::tz::TimeZone;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::{
    domain::{
        agent::Agent,
        alert::alert::{Answer, AnsweredBy, Suppressed},
        browser::attributes::Attribute,
        history::session::Change,
        ids::UserId,
        inquiry::{
            answers::Answers,
            changes::{Attempts, FromLast},
            journey::Journey,
            proposal::{Ground, propose},
            question::Question,
            sources::{Others, Since},
        },
        place::NetworkUse,
        privacy::note::Verdict,
        time::Timestamp,
    },
    wire::{alert::StatementBody, examples, time},
    words::inquiry::{
        aftermath::proposal,
        phrases::MAX_NAMED,
        telling::{answer, title},
    },
};

/// What is known around a login: eleven questions, each with its answer, and a verdict that the facts speak for.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = examples::explanation::explanation)]
pub struct ExplanationBody {
    /// The login.
    login: String,
    /// Its user.
    user_id: String,
    /// The questions, in order, each with its answer.
    questions: Vec<AnswerBody>,
    /// The verdict that the facts speak for. A person accepts it or changes it: `POST /v1/logins/{id}/verdict`.
    proposed_verdict: ProposalBody,
}

/// A question and its answer.
#[derive(Debug, Serialize, ToSchema)]
pub struct AnswerBody {
    /// The number of the question, 1 to 11.
    #[schema(minimum = 1, maximum = 11)]
    question: u8,
    /// `normal`, `flagged`, `day`, `entry`, `first_seen`, `touched`, `network`, `session`, `journey`, `told`, `earlier`.
    #[schema(example = "normal")]
    key: &'static str,
    /// The question.
    title: &'static str,
    /// The answer, in English.
    sentences: Vec<String>,
    /// The search that shows the logins behind the answer; null if no login is behind it.
    #[schema(required = true, example = "user:ana outcome:success until:2026-11-22T10:15:00.000Z")]
    query: Option<String>,
    /// How many logins that search shows.
    logins: usize,
    /// Whether it may show more: not everything was read.
    at_least: bool,
    /// The facts of the answer as data; members depend on the question. Null if there is no session, or no journey to tell of.
    #[schema(value_type = Option<Object>, required = true)]
    findings: Value,
}

/// A verdict that is proposed.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProposalBody {
    /// `safe`, `compromised` or `unsure`.
    verdict: &'static str,
    /// What speaks for it: `user_denied`, `colleague_denied`, `denied` (by the API in the user's name, or by whom is not known), `device_denied`,
    /// `user_confirmed`, `colleague_confirmed`, `confirmed`, `nobody_got_in`, `failed_guess`, `failed_elsewhere`, `session_moved`, `guessed`,
    /// `impossible_journey`, `enters_others`, `usual`, `nothing_to_compare`, `unclear`.
    ground: &'static str,
    /// The same in a sentence.
    reason: String,
}

impl ExplanationBody {
    /// The answers as they are shown.
    #[must_use]
    pub fn new(facts: &Answers) -> Self {
        let ground = propose(facts);
        Self {
            login: facts.login.to_string(),
            user_id: facts.user.as_str().to_owned(),
            questions: Question::ALL.into_iter().map(|it| AnswerBody::new(it, facts)).collect(),
            proposed_verdict: ProposalBody::new(facts, ground),
        }
    }
}

impl ProposalBody {
    fn new(facts: &Answers, ground: Ground) -> Self {
        Self { verdict: ground.verdict().as_str(), ground: ground.as_str(), reason: proposal(facts, ground) }
    }
}

impl AnswerBody {
    fn new(question: Question, facts: &Answers) -> Self {
        let behind = facts.behind(question);
        Self {
            question: question.number(),
            key: question.key(),
            title: title(question),
            sentences: answer(question, facts, &TimeZone::UTC),
            query: behind.map(|it| it.query.to_string()),
            logins: behind.map_or(0, |it| it.logins),
            at_least: behind.is_some_and(|it| it.at_least),
            findings: findings(question, facts),
        }
    }
}

fn findings(question: Question, facts: &Answers) -> Value {
    match question {
        Question::Normal => normal(facts),
        Question::Flagged => flagged(facts),
        Question::Day => {
            let attempts = |it: Attempts| json!({"logins": it.all, "failed": it.failed});
            let day = &facts.day;
            json!({
                "before": attempts(day.before), "after": attempts(day.after), "other_devices": day.other_devices,
            })
        }
        Question::Entry => {
            let it = &facts.entry;
            json!({
                "succeeded": it.succeeded, "method": it.method, "failures": it.behind.logins,
                "failures_from_here": it.from_here, "sources": it.sources,
                "latest_failure_s_before": it.latest_before_ms.map(|ms| ms / 1_000),
                "failures_of_others": it.failures_of_others, "others": it.others,
            })
        }
        Question::Firsts => {
            let it = &facts.firsts;
            json!({
                "device_first_seen_at": time::to_text(it.device), "new_device": it.is_new_device,
                "network_first_seen_at": since(it.network), "fingerprint_first_seen_at": since(it.fingerprint),
                "fingerprint_first_tried_at": since(it.fingerprint_tried),
                "fingerprint_first_seen_of_anybody_at": since(it.fingerprint_of_anybody),
            })
        }
        Question::Touched => {
            let it = &facts.touched;
            json!({
                "address": it.by_address.as_ref().map(others), "prefix": it.by_prefix.as_ref().map(others),
                "fingerprint": others(&it.by_fingerprint),
            })
        }
        Question::Network => {
            let it = &facts.network;
            json!({
                "use": it.usage.map(network_use), "trusted_network": it.trusted, "public": it.is_public,
                "asn": it.operator.as_ref().map(|(asn, _)| asn.get()),
                "operator": it.operator.as_ref().map(|(_, name)| name),
            })
        }
        Question::Session => session(facts),
        Question::Journey => facts.journey.as_ref().map_or(Value::Null, journey),
        Question::Told => told(facts),
        Question::Earlier => earlier(facts),
    }
}

fn normal(facts: &Answers) -> Value {
    let it = &facts.habits;
    json!({
        "compared": it.behind.logins, "device": it.device, "browser": it.agent, "country": it.country,
        "network": it.network, "prefix": it.prefix, "hour": it.hour,
        "usual_browser": it.usual_agent.and_then(|(browser, _, _)| browser.name()),
        "usual_os": it.usual_agent.and_then(|(_, os, _)| os.name()),
        "usual_country": it.usual_country.map(|(country, _)| country.as_str().to_owned()),
    })
}

fn earlier(facts: &Answers) -> Value {
    let it = &facts.earlier;
    let verdicts = it.verdicts.iter().map(|it| {
        json!({
            "login": it.login.to_string(), "verdict": Verdict::as_str(it.verdict), "at": time::to_text(it.at),
        })
    });
    let themselves = it.answers.iter().filter(|it| **it == (Answer::Denied, Some(AnsweredBy::User))).count();
    json!({
        "warned": it.behind.logins, "denied": it.denied, "confirmed": it.confirmed, "denied_themselves": themselves,
        "warned_from_prefix": it.of_prefix.as_ref().map(|it| it.logins),
        "verdicts": verdicts.collect::<Vec<_>>(),
    })
}

fn flagged(facts: &Answers) -> Value {
    let it = &facts.flagged;
    let signals = it.signals.iter().map(|it| json!({"name": it.kind.as_str(), "weight": it.weight}));
    let agent = |it: &Agent| it.name();
    let from_last = |it: &FromLast| {
        json!({
            "s_before": it.before_ms / 1_000, "device": it.device,
            "browser": it.agent.map(|(was, is)| json!([agent(&was), agent(&is)])),
            "country": it.country.as_ref().map(|(was, is)| json!([was.country.as_str(), is.country.as_str()])),
            "network": it.network, "method": it.method,
        })
    };
    json!({
        "level": it.level.as_str(), "score": it.score, "signals": signals.collect::<Vec<_>>(),
        "from_last": it.from_last.as_ref().map(from_last),
        "attributes": it.attributes.iter().map(Attribute::name).collect::<Vec<_>>(),
    })
}

fn since(since: Option<Since>) -> Value {
    since.map_or(Value::Null, |it| json!({"at": time::to_text(it.at), "at_least": it.at_least}))
}

fn others(others: &Others) -> Value {
    let names =
        |users: &[UserId]| -> Vec<String> { users.iter().take(MAX_NAMED).map(|it| it.as_str().to_owned()).collect() };
    json!({
        "query": others.behind.query.to_string(), "logins": others.behind.logins, "at_least": others.behind.at_least,
        "users": others.users.len(), "entered": others.entered.len(), "entered_users": names(&others.entered),
        "failed": others.failed,
    })
}

fn session(facts: &Answers) -> Value {
    let Some(it) = facts.session.session else { return Value::Null };
    let changed = |(at, change): (Timestamp, Change)| json!({"at": time::to_text(at), "what": changes(change)});
    json!({
        "ended_at": it.ended_at.map(time::to_text), "last_active_at": time::to_text(it.last_active_at),
        "calls": it.calls, "changed": it.changed.map(changed),
    })
}

fn changes(change: Change) -> Vec<&'static str> {
    let named = [
        (change.browser, "browser"),
        (change.system, "system"),
        (change.network, "network"),
        (change.after_end, "after_end"),
    ];
    named.into_iter().filter(|(is_so, _)| *is_so).map(|(_, name)| name).collect()
}

fn journey(it: &Journey) -> Value {
    json!({
        "possible": it.is_possible, "elapsed_s": it.elapsed_ms / 1_000, "least_km": it.least_km.round(),
        "least_km_per_hour": it.least_km_per_hour.round(), "from_radius_km": it.from.1, "to_radius_km": it.to.1,
        "vague": it.is_vague,
    })
}

fn told(facts: &Answers) -> Value {
    let Some(it) = &facts.told.warning else { return json!({"warned": facts.told.is_warned}) };
    json!({
        "warned": true, "alert": it.id.to_string(), "mail": it.state.as_str(),
        "reason": it.suppressed.map(Suppressed::as_str), "settled_at": it.settled_at.map(time::to_text),
        "answer": it.statements.answer().as_str(),
        "answered_by": it.statements.answered_by().map(AnsweredBy::as_str), "answers": StatementBody::all(&it.statements),
    })
}

const fn network_use(usage: NetworkUse) -> &'static str {
    match usage {
        NetworkUse::Vpn => "vpn",
        NetworkUse::Proxy => "proxy",
        NetworkUse::Tor => "tor",
        NetworkUse::Relay => "relay",
        NetworkUse::Hosting => "hosting",
        NetworkUse::Satellite => "satellite",
    }
}
