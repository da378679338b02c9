//! `/v1/logins/case`: some logins that somebody has picked, as data, as one file to read, and as lines that run as a test.

use std::{
    collections::{HashMap, HashSet},
    future::{Ready, ready},
};

use actix_web::{
    FromRequest, HttpRequest, HttpResponse,
    dev::Payload,
    http::header::{self, HeaderValue},
    web::Data,
};

use crate::{
    domain::{
        agent::Agent,
        ids::{DeviceId, LoginId},
        privacy::processing::Mode,
    },
    http::{
        api::logins::case_file,
        door::{
            argument::Argument,
            audited::Note,
            caller::{Caller, LoginsRead},
            fault::Fault,
            page::named_once,
            problem::Kind,
            query::Parameters,
            state::State,
        },
    },
    ports::Unavailable,
    service::inquiry::case::{Case, Finding, MAX_PICKED},
    wire::{
        examples,
        inquiry::{
            case::{CaseBody, CaseFindingBody},
            scenario::ScenarioLine,
        },
    },
};

/// The logins that are picked, each once.
#[derive(Clone, Debug, Default)]
pub struct Picked(pub Vec<LoginId>);

impl Picked {
    fn of(request: &HttpRequest) -> Result<Self, Fault> {
        let mut parameters = Parameters::of(request)?;
        let picked = parameters.take("login").as_deref().and_then(Self::parse);
        parameters.finish()?;
        Note::of(request).query(request.query_string());
        picked
            .ok_or_else(|| Fault::parameter("login", "must be 1 to 200 ids of logins, lgn_…, with commas between them"))
    }

    /// Reads ids with commas between them; `None` if one is none, or there are too many.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let ids: Vec<LoginId> = text.split(',').map(LoginId::parse).collect::<Option<_>>()?;
        Self::default().with(ids)
    }

    /// These and some more, each once; `None` if there are too many.
    #[must_use]
    pub fn with(mut self, more: Vec<LoginId>) -> Option<Self> {
        self.0.extend(more);
        let fits = self.0.len() <= MAX_PICKED;
        let mut seen = HashSet::new();
        self.0.retain(|it| seen.insert(*it));
        fits.then_some(self)
    }

    /// The same as addresses have it.
    #[must_use]
    pub fn joined(&self) -> String {
        self.0.iter().map(LoginId::to_string).collect::<Vec<_>>().join(",")
    }
}

impl FromRequest for Picked {
    type Error = Fault;
    type Future = Ready<Result<Self, Fault>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of(request))
    }
}

impl Argument for Picked {
    const FAILURES: &'static [Kind] = &[Kind::InvalidParameter];
}

/// As what a case is handed out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As data.
    Json,
    /// As one file to read.
    Html,
    /// As lines of a scenario.
    Lines,
}

impl FromRequest for Form {
    type Error = Fault;
    type Future = Ready<Result<Self, Fault>>;

    /// The first that the caller names; data, if there is none.
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let lines = request.headers().get_all(header::ACCEPT).filter_map(|line: &HeaderValue| line.to_str().ok());
        let mut types = lines
            .flat_map(|line| line.split(','))
            .map(|range| range.split(';').next().unwrap_or_default().trim().to_ascii_lowercase());
        let form = types.find_map(|name| match name.as_str() {
            "text/html" => Some(Self::Html),
            "application/x-ndjson" => Some(Self::Lines),
            "application/json" | "application/*" | "*/*" => Some(Self::Json),
            _ => None,
        });
        ready(Ok(form.unwrap_or(Self::Json)))
    }
}

impl Argument for Form {
    const FAILURES: &'static [Kind] = &[];
}

/// Logins that somebody has picked, in the order in which they happened, with notes, verdicts and answers. With `Accept: text/html`
/// as one file to read, without script, that loads nothing; with `Accept: application/x-ndjson` as lines that `watchlight replay`
/// reads. Each user who is named is in the audit. A case is stored nowhere.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names; [`Fault`] says how each is answered.
#[utoipa::path(get, path = "/v1/logins/case", tag = "logins", operation_id = "getCase",
    params(("login" = String, Query, description = "1 to 200 ids of logins, with commas between them",
        example = "lgn_01M88BR29V3HMEG27S69NTFQE2,lgn_01M86ZB5A1C7N4M0W1R9E2XK3P")),
    responses((status = 200, description = "The case",
        content((CaseBody = "application/json"), (String = "text/html", example = "<!doctype html>…"),
            (String = "application/x-ndjson", example = json!(examples::inquiry::case::scenario()))))))]
pub async fn show(
    caller: Caller<LoginsRead>,
    picked: Picked,
    form: Form,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    handed_out(caller, picked, form, &state).await
}

/// The same as data, whatever the caller accepts.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names.
pub async fn data(caller: Caller<LoginsRead>, picked: Picked, state: Data<State>) -> Result<HttpResponse, Fault> {
    handed_out(caller, picked, Form::Json, &state).await
}

/// The same as lines of a scenario, whatever the caller accepts.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names.
pub async fn scenario(caller: Caller<LoginsRead>, picked: Picked, state: Data<State>) -> Result<HttpResponse, Fault> {
    handed_out(caller, picked, Form::Lines, &state).await
}

async fn handed_out(
    caller: Caller<LoginsRead>,
    picked: Picked,
    form: Form,
    state: &State,
) -> Result<HttpResponse, Fault> {
    let case = gather(&caller, &picked, state).await?;
    if case.findings.is_empty() {
        return Err(Fault::NotFound);
    }
    match form {
        Form::Json => Ok(HttpResponse::Ok().json(body(&case))),
        Form::Html => case_file::answer(&case, &state.settings.product, state.clock.now()),
        Form::Lines => Ok(lines_answer(&case)),
    }
}

/// The case of these logins. The audit is told whom it names.
///
/// # Errors
/// When the store does not answer.
pub async fn gather<S>(caller: &Caller<S>, picked: &Picked, state: &State) -> Result<Case, Unavailable> {
    let case = state.inquiries.case(&state.history, &caller.tenant, &picked.0).await?;
    caller.tells_of(&named_once(case.findings.iter().map(|it| &it.login.user)));
    Ok(case)
}

/// A case as data.
#[must_use]
pub fn body(case: &Case) -> CaseBody {
    let finding = |it: &Finding| CaseFindingBody::new(&it.login, &it.notes, it.delivery.as_ref(), it.known);
    CaseBody::new(case.findings.iter().map(finding).collect(), &case.missing)
}

/// A case as lines of a scenario, to be saved.
#[must_use]
pub fn lines_answer(case: &Case) -> HttpResponse {
    let mut answer = HttpResponse::Ok();
    answer.insert_header((header::CONTENT_TYPE, "application/x-ndjson"));
    answer.insert_header((header::CONTENT_DISPOSITION, "attachment; filename=\"case.ndjson\""));
    answer.body(lines(case))
}

/// A device has one browser in all lines: its first. Of a login of a restricted time there is nothing to write.
fn lines(case: &Case) -> Vec<u8> {
    let mut browsers: HashMap<DeviceId, Agent> = HashMap::new();
    let mut lines = Vec::new();
    for Finding { login, known, .. } in case.findings.iter().filter(|it| it.login.processing != Mode::Restricted) {
        let browser = browsers.entry(login.device.id).or_insert(login.device.agent);
        // Writing to memory does not fail, and every key of these types is a text.
        let _ = serde_json::to_writer(&mut lines, &ScenarioLine::new(login, browser, *known));
        lines.push(b'\n');
    }
    lines
}
