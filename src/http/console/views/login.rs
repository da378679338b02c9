//! `/console/logins/{id}`: everything about a login on one page. The questions of an account takeover, each answered in sentences that
//! lead to the logins behind them, and a verdict that is proposed and that a person accepts or changes.

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use askama::Template;

use crate::{
    domain::{
        alert::alert::Answer,
        history::login_record::LoginRecord,
        ids::LoginId,
        inquiry::{
            answers::Answers,
            around::{Behind, shows},
            proposal::{propose, propose_beside_colleagues},
            question::Question,
        },
        login::login::Outcome,
        place::Asn,
        policy::policy::Policy,
        recognition::verdict::{Evidence, Gate},
        risk::assessment::Signal,
        search::{
            field::Field,
            query::{Query, Term},
            times::Span,
            value::Value,
        },
        tenant::api_key::Scope,
        time::DAY_MS,
        wording::figures::grouped,
    },
    http::{
        console::{
            assets::Assets,
            drawing::{map::journey::Journey, markup::shortened, waterfall::Waterfall},
            frame::{Elsewhere, Frame},
            page::{filters, page},
            parts::{
                linked::{Linked, page_of, sentence},
                notes::{Colleagues, NoteShown, authors, shown},
                rows::{Row, capitalized},
                view::{SEARCH, View, clock_of},
            },
            views::user::habits::journey,
        },
        door::{
            caller::{Caller, LoginsRead},
            fault::Fault,
            path::At,
            state::State,
        },
    },
    words::{
        explanation::english_place,
        inquiry::{
            aftermath::proposal,
            phrases::MAX_NAMED,
            telling::{answer, title},
        },
    },
};

/// How many characters of an id stand in the headline: below a longer one the answers would be out of sight.
const HEADLINE: usize = 40;
/// How many logins before it the map shows the places of.
const BEFORE: usize = 5;

/// The page.
#[derive(Template)]
#[template(path = "console/views/login.html")]
struct LoginPage {
    assets: Assets,
    frame: Frame,
    row: Row,
    headline: String,
    proposed: Proposed,
    given: Option<NoteShown>,
    answers: Vec<Answered>,
    signals: Vec<SignalShown>,
    evidence: Option<EvidenceShown>,
    /// Where the user was before, and now.
    journey: Journey,
    notes: Vec<NoteShown>,
    facts: Vec<(&'static str, Linked)>,
    links: Vec<(&'static str, String)>,
    may_judge: bool,
    /// Whether the page says that the user has denied it.
    is_denied: bool,
}

/// A verdict that the facts speak for.
struct Proposed {
    verdict: &'static str,
    reason: String,
}

/// A question and its answer.
struct Answered {
    number: u8,
    title: &'static str,
    /// In parts, some of which lead on.
    sentences: Vec<Vec<(String, Option<String>)>>,
    /// The logins behind it: how many, and where they are; and where else it leads.
    links: Vec<(String, String)>,
}

/// A reason to be suspicious.
struct SignalShown {
    name: Linked,
    detail: String,
    /// How much it weighs, in percent of certainty.
    weight_percent: u8,
    /// What it weighs by the policy that judged the login, in percent, if that is more.
    whole_percent: Option<u8>,
}

/// The evidence for and against the closest known device.
struct EvidenceShown {
    closest: Linked,
    /// Why it cannot be that device, whatever else agrees.
    gate: Option<&'static str>,
    picture: Waterfall,
}

/// Shows a login.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names.
pub async fn show(
    caller: Caller<LoginsRead>,
    view: View,
    At(id): At<LoginId>,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    let record = caller.login(&state, id).await?;
    let notes = state.notes.of(&record).await?;
    let mut answers = state.inquiries.explain(record.clone()).await?;
    caller.names(&answers.others_named(MAX_NAMED));
    let way = way_here(&state, &record).await?;
    let notes = shown(&state, &view, &notes).await?;
    if let Some(warning) = &mut answers.told.warning {
        let colleagues = Colleagues::of(&state, &view, authors(&warning.statements)).await?;
        warning.statements = colleagues.named(&warning.statements);
    }
    let policy = match record.policy {
        Some(version) => state.policies.past(&caller.tenant, version).await?,
        None => None,
    };
    page(StatusCode::OK, &LoginPage::new(view, (&record, &way, policy.as_ref()), &answers, notes))
}

/// The login, and those of the user before it that got in, newest first.
async fn way_here(state: &State, record: &LoginRecord) -> Result<Vec<LoginRecord>, Fault> {
    let before = Span::new(None, Some(record.occurred_at));
    let query = Query::default().with(Term::is(Value::User(record.user.clone())));
    let query = query.with(Term::is(Value::Outcome(Outcome::Success))).within(before);
    let found = state.history.page(&record.tenant, &query, None, BEFORE).await?;
    Ok(std::iter::once(record.clone()).chain(found.records).collect())
}

impl LoginPage {
    /// Whether a signal weighs less than the policy says.
    fn weighs_less(&self) -> bool {
        self.signals.iter().any(|it| it.whole_percent.is_some())
    }

    fn new(
        view: View,
        (record, way, policy): (&LoginRecord, &[LoginRecord], Option<&Policy>),
        answers: &Answers,
        notes: Vec<NoteShown>,
    ) -> Self {
        let view = view.about(Query::default().with(Term::is(Value::User(record.user.clone())))).timeless();
        // Whoever has taken over an account is somewhere else.
        let view = view.of_user_in(clock_of(way.iter().skip(1)).or_else(|| clock_of(way)));
        // The earliest stands first.
        let own = answers.told.warning.as_ref().and_then(|it| it.statements.own.as_ref());
        let is_denied = own.is_some_and(|it| it.answer == Answer::Denied);
        let given = notes.iter().rev().find(|it| it.verdict.is_some()).cloned();
        let ground = if given.is_some() { propose_beside_colleagues(answers) } else { propose(answers) };
        Self {
            assets: Assets,
            row: Row::new(&view, record),
            headline: headline(record),
            proposed: Proposed { verdict: ground.verdict().as_str(), reason: proposal(answers, ground) },
            given,
            answers: Question::ALL.into_iter().map(|it| Answered::new(&view, record, it, answers)).collect(),
            signals: signals(&view, record, policy),
            evidence: record.evidence.as_ref().map(|it| EvidenceShown::new(&view, record, it)),
            journey: journey(&view, "The journey to this login", way),
            notes,
            facts: facts(&view, record),
            links: links(&view, record),
            is_denied,
            may_judge: view.operator.may(Scope::DevicesWrite),
            frame: Frame::new(view.clone(), SEARCH).with(elsewhere(&view, record.id)),
        }
    }
}

fn elsewhere(view: &View, login: LoginId) -> Elsewhere {
    Elsewhere::new(view, &format!("/console/logins/{login}"), &format!("/v1/logins/{login}/explanation"), &[], false)
}

/// What happened, in a sentence.
fn headline(record: &LoginRecord) -> String {
    let (user, agent) = (shortened(record.user.as_str(), HEADLINE), record.device.agent.name());
    let place = record.whereabouts.place.as_ref().and_then(|it| english_place(&it.named()));
    let from = place.map(|it| format!(" from {it}")).unwrap_or_default();
    match record.outcome {
        Outcome::Success => format!("{user} signed in with {agent}{from}"),
        Outcome::Failure => format!("Somebody failed to sign in as {user} with {agent}{from}"),
    }
}

impl Answered {
    fn new(view: &View, login: &LoginRecord, question: Question, facts: &Answers) -> Self {
        // A link to this login alone would lead to where one is.
        let is_itself = |it: &Behind| it.logins == 1 && !it.at_least && shows(&it.query, login);
        let behind = facts.behind(question).filter(|it| it.logins > 0 && !is_itself(it));
        let mut links: Vec<(String, String)> = Vec::new();
        if let Some(it) = behind {
            // Who was touched, and who was entered, is more than a list of logins tells.
            let network = facts.touched.by_prefix.as_ref().and_then(|it| it.behind.query.only(Field::Address));
            if let Some(network) = network.filter(|_| question == Question::Touched) {
                links.push(("the network".to_owned(), page_of(view, network)));
            }
            let more = if it.at_least { "+" } else { "" };
            let one = if it.logins == 1 && !it.at_least { "login" } else { "logins" };
            links.push((format!("{}{more} {one}", grouped(it.logins)), view.search_ever(&it.query.to_string())));
        }
        let others = if question == Question::Touched { facts.others_named(MAX_NAMED) } else { Vec::new() };
        let network = login.whereabouts.network.as_ref().map(|it| it.name.as_str()).unwrap_or_default();
        let sentences = answer(question, facts, &view.range.zone.zone);
        Self {
            number: question.number(),
            title: title(question),
            sentences: sentences.iter().map(|it| sentence(view, it, (&others, network))).collect(),
            links,
        }
    }
}

/// The signals; of those that weigh less than the policy says, that, too.
fn signals(view: &View, record: &LoginRecord, policy: Option<&Policy>) -> Vec<SignalShown> {
    let signals = record.assessment.signals.iter();
    let whole = |it: &Signal| policy.map(|policy| percent(policy.weights.get(it.kind)));
    let shown = signals.map(|it| SignalShown {
        name: Linked::new(view, Value::Signal(it.kind), it.kind.as_str().replace('_', " ")),
        detail: capitalized(&it.detail),
        weight_percent: percent(it.weight),
        whole_percent: whole(it).filter(|whole| *whole > percent(it.weight)),
    });
    shown.collect()
}

/// A part of one in percent.
fn percent(part: f64) -> u8 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it lies between 0 and 100")]
    let percent = (part.clamp(0.0, 1.0) * 100.0).round() as u8;
    percent
}

impl EvidenceShown {
    fn new(view: &View, record: &LoginRecord, evidence: &Evidence) -> Self {
        Self {
            closest: Linked::device(view, &record.user, evidence.closest, evidence.closest.to_string()),
            gate: evidence.gate.map(gate),
            picture: Waterfall::of("Evidence for the same browser, in bits", evidence),
        }
    }
}

/// Why it cannot be the device with which it was compared.
const fn gate(gate: Gate) -> &'static str {
    match gate {
        Gate::Browser => "for it is another browser",
        Gate::Os => "for it is another operating system",
        Gate::OlderBrowser => "for its browser is older",
    }
}

/// What the login itself says.
fn facts(view: &View, record: &LoginRecord) -> Vec<(&'static str, Linked)> {
    let network = record.whereabouts.network.as_ref().and_then(|it| {
        let asn = Asn::new(it.asn)?;
        let name = if it.name.is_empty() { format!("AS{}", it.asn) } else { format!("{} (AS{})", it.name, it.asn) };
        Some(Linked::new(view, Value::Asn(asn), name))
    });
    let received = (record.received_at.ms_since(record.occurred_at).abs() > 60_000)
        .then(|| Linked::nowhere(view.told(record.received_at)));
    let facts = [
        ("Login", Some(Linked::nowhere(record.id.to_string()))),
        ("Received", received),
        ("Network", network),
        ("Method", record.method.clone().map(|it| Linked::plain(view, Value::Method(it)))),
        ("Session", record.session_id.clone().map(|it| Linked::plain(view, Value::Session(it)))),
        ("Device", Some(Linked::device(view, &record.user, record.device.id, record.device.id.to_string()))),
        (
            "Fingerprint",
            Some(Linked::new(
                view,
                Value::Fingerprint(record.fingerprint),
                shortened(&record.fingerprint.to_string(), 16),
            )),
        ),
        ("Advice", Some(Linked::nowhere(record.action.as_str()))),
        ("Alert", record.alert.map(|it| Linked::new(view, Value::Alert(it.id), it.id.to_string()))),
        ("Policy", record.policy.map(|it| Linked::new(view, Value::Policy(it), it.to_string()))),
    ];
    facts.into_iter().filter_map(|(name, fact)| Some((name, fact?))).collect()
}

/// Where one goes on from here.
fn links(view: &View, record: &LoginRecord) -> Vec<(&'static str, String)> {
    let of_user = Term::is(Value::User(record.user.clone()));
    let around = |ms: i64| record.occurred_at.plus_ms(ms).to_text();
    let day = format!("{of_user} since:{} until:{}", around(-DAY_MS), around(DAY_MS));
    let like = format!("like:{}", record.id);
    vec![
        ("The user", page_of(view, &Value::User(record.user.clone()))),
        ("24 hours around it", view.search_ever(&day)),
        ("Browsers like this one", view.search_ever(&like)),
        // Who attacks many seldom comes from one address.
        ("Campaign", view.href("/console/campaign", &[("q", &format!("ip:{}", record.ip.shortened()))])),
        ("Rehearse a change", view.href("/console/rehearse", &[])),
        ("Case", view.href("/console/case", &[("login", &record.id.to_string())])),
    ]
}
