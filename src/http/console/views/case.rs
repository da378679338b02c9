//! `/console/case`: logins that somebody has picked, as a timeline, and as a file. The case is its address.

use std::{
    collections::HashSet,
    future::{Ready, ready},
};

use actix_web::{FromRequest, HttpRequest, HttpResponse, dev::Payload, http::StatusCode, web::Data};
use askama::Template;

use crate::{
    domain::{
        alert::alert::{Answer, State as MailState},
        history::login_record::LoginRecord,
        ids::LoginId,
        rehearsal::rehearsed::Known,
        search::query::Query,
    },
    http::{
        api::logins::{
            case::{Picked, gather},
            case_file,
        },
        console::{
            assets::Assets,
            frame::{Elsewhere, Frame},
            page::{filters, page},
            parts::{
                notes::{Colleagues, NoteShown, authors},
                rows::{Row, capitalized},
                view::{SEARCH, View},
            },
            views::search::amiss,
            ways::see_other,
        },
        door::{
            argument::Argument,
            audited::Note as AuditNote,
            caller::{Caller, LoginsRead},
            fault::Fault,
            page::named_once,
            problem::Kind,
            query::Parameters,
            state::State,
        },
    },
    service::inquiry::case::{Case, Finding},
    words::inquiry::aftermath::answered,
};

/// Where it is.
pub const CASE: &str = "/console/case";
/// How many logins are shown to be picked.
const TO_PICK: usize = 50;

/// The logins of a case, and the view that it is.
pub struct PickedView {
    view: View,
    picked: Picked,
    /// Whether some came by the boxes of the form, so that the address is not the case's own.
    has_added: bool,
}

impl PickedView {
    fn of(request: &HttpRequest) -> Result<Self, Fault> {
        let must = || Fault::parameter("login", "must be at most 200 ids of logins, lgn_…, with commas between them");
        let mut parameters = Parameters::of(request)?;
        let written = parameters.take("login").filter(|it| !it.is_empty());
        let written = written.map_or(Some(Picked::default()), |text| Picked::parse(&text));
        let added: Vec<LoginId> = parameters.take_named(LoginId::parse);
        let has_added = !added.is_empty();
        let picked = written.and_then(|it| it.with(added)).ok_or_else(must)?;
        let mut view = View::read(request, &mut parameters)?;
        parameters.finish()?;
        view.filters = vec![("login", picked.joined())];
        AuditNote::of(request).query(request.query_string());
        Ok(Self { view, picked, has_added })
    }
}

impl FromRequest for PickedView {
    type Error = Fault;
    type Future = Ready<Result<Self, Fault>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of(request))
    }
}

impl Argument for PickedView {
    const FAILURES: &'static [Kind] = &[Kind::InvalidParameter];
}

/// The page.
#[derive(Template)]
#[template(path = "console/views/case.html")]
struct CasePage {
    assets: Assets,
    frame: Frame,
    /// The logins as the address names them.
    login: String,
    findings: Vec<FindingShown>,
    users: usize,
    missing: Vec<String>,
    /// The file to read, and the lines to run.
    files: Option<(String, String)>,
    /// Logins to pick, and whether each is in the case.
    to_pick: Vec<(Row, bool)>,
}

struct FindingShown {
    row: Row,
    reasons: Vec<String>,
    told: Option<String>,
    known: Option<&'static str>,
    is_attack: bool,
    notes: Vec<NoteShown>,
    /// The case without it.
    without: String,
}

/// Shows a case, and the logins of a search that may be picked for it.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names; a search that cannot be read is a page that says so.
pub async fn show(caller: Caller<LoginsRead>, asked: PickedView, state: Data<State>) -> Result<HttpResponse, Fault> {
    let PickedView { view, picked, has_added } = asked;
    if has_added {
        return Ok(see_other(&view.own()));
    }
    let case = if picked.0.is_empty() { Case::default() } else { gather(&caller, &picked, &state).await? };
    let found = if view.q.is_empty() {
        Vec::new()
    } else {
        match view.asked() {
            Ok(query) => to_pick(&caller, &view, &query, &state).await?,
            Err(fault) => return amiss(view, fault),
        }
    };
    let colleagues = colleagues(&case, &view, &state).await?;
    page(StatusCode::OK, &CasePage::new(&view, &picked, (&case, &colleagues), &found))
}

/// The same as one file to read.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names.
pub async fn file(caller: Caller<LoginsRead>, asked: PickedView, state: Data<State>) -> Result<HttpResponse, Fault> {
    if asked.picked.0.is_empty() {
        return Err(Fault::parameter("login", "must be 1 to 200 ids of logins, lgn_…, with commas between them"));
    }
    let case = gather(&caller, &asked.picked, &state).await?;
    if case.findings.is_empty() {
        return Err(Fault::NotFound);
    }
    let colleagues = colleagues(&case, &asked.view, &state).await?;
    case_file::answer(&colleagues.named_in(case), &state.settings.product, state.clock.now())
}

/// What those are called who have written about the logins of a case, as on the page of a login.
async fn colleagues(case: &Case, view: &View, state: &State) -> Result<Colleagues, Fault> {
    let of_notes = case.findings.iter().flat_map(|it| it.notes.iter().map(|note| note.author.as_str()));
    let deliveries = case.findings.iter().filter_map(|it| it.delivery.as_ref());
    let of_answers = deliveries.flat_map(|it| authors(&it.statements));
    Colleagues::of(state, view, of_notes.chain(of_answers)).await
}

async fn to_pick(
    caller: &Caller<LoginsRead>,
    view: &View,
    query: &Query,
    state: &State,
) -> Result<Vec<LoginRecord>, Fault> {
    if let Some(user) = view.user() {
        state.people.check_readable(&caller.tenant, user).await?;
    }
    let hidden = state.people.hidden(&caller.tenant).await?;
    let mut found = state.history.page(&caller.tenant, query, None, TO_PICK).await?.records;
    found.retain(|it| !hidden.hides(&it.user));
    caller.names(&named_once(found.iter().map(|it| &it.user)));
    Ok(found)
}

impl CasePage {
    fn new(view: &View, picked: &Picked, (case, colleagues): (&Case, &Colleagues), found: &[LoginRecord]) -> Self {
        let users: HashSet<_> = case.findings.iter().map(|it| &it.login.user).collect();
        let login = picked.joined();
        let elsewhere = Elsewhere::new(view, CASE, "/v1/logins/case", &[("login", &login)], false);
        let files =
            (elsewhere.json.replace("/case.json", "/case.html"), elsewhere.json.replace("/case.json", "/case.ndjson"));
        let frame = Frame::new(view.clone(), SEARCH);
        let is_empty = case.findings.is_empty();
        Self {
            assets: Assets,
            findings: case.findings.iter().map(|it| FindingShown::new(view, picked, (it, colleagues))).collect(),
            users: users.len(),
            missing: case.missing.iter().map(LoginId::to_string).collect(),
            files: (!is_empty).then_some(files),
            to_pick: found.iter().map(|it| (Row::new(view, it), picked.0.contains(&it.id))).collect(),
            frame: if is_empty { frame } else { frame.with(elsewhere) },
            login,
        }
    }
}

impl FindingShown {
    fn new(view: &View, picked: &Picked, (finding, colleagues): (&Finding, &Colleagues)) -> Self {
        let login = &finding.login;
        let others = Picked(picked.0.iter().copied().filter(|it| *it != login.id).collect());
        let delivery = finding.delivery.as_ref();
        Self {
            row: Row::new(view, login),
            reasons: login.assessment.signals.iter().map(|it| capitalized(&it.detail)).collect(),
            told: delivery.map(|it| match (it.answer(), it.state) {
                (Answer::Denied | Answer::Confirmed, _) => {
                    answered(&colleagues.named(&it.statements), it.may_be_read(), &view.range.zone.zone).join(" ")
                }
                (Answer::None, MailState::Sent) => "The user was mailed and has not answered.".to_owned(),
                (Answer::None, MailState::Queued | MailState::Sending) => "The warning waits to be mailed.".to_owned(),
                (Answer::None, MailState::Failed) => "The mail did not arrive.".to_owned(),
                (Answer::None, MailState::Suppressed) => "The warning was not mailed.".to_owned(),
            }),
            known: finding.known.as_str(),
            is_attack: finding.known == Known::Attack,
            notes: finding.notes.iter().map(|it| colleagues.note(view, it)).collect(),
            without: view.href(CASE, &[("login", &others.joined()), ("q", &view.q)]),
        }
    }
}
