//! `/v1/requests`, `/v1/users/{id}/requests`: what people ask for about what is kept of them.

use actix_web::{HttpRequest, HttpResponse, web::Data};

use crate::{
    domain::{
        ids::{RequestId, UserId},
        login::login::Invalid,
        privacy::request::{PersonRequest, RequestState},
    },
    http::door::{
        body::Json,
        caller::{Caller, PrivacyRead, PrivacyWrite},
        fault::Fault,
        page::{Listed, Page},
        path::At,
        query::{NoParameters, Parameters},
        state::State,
    },
    service::privacy::requests::{RequestError, RequestFilter},
    wire::privacy::request::{RequestBody, RequestList, RequestOpening},
};

impl Listed for RequestFilter {
    fn read(_: &HttpRequest, parameters: &mut Parameters) -> Result<Self, Fault> {
        const STATES: &str = "must be `opened`, `asked`, `confirmed`, `carried_out`, `answered`, `declined`, `expired` or \
                              `failed`";
        Ok(Self { state: parameters.read("state", STATES, RequestState::parse)? })
    }

    fn signed(&self, asked: &str) -> String {
        format!("requests?{asked}")
    }
}

/// Opens a request for a person: they get a mail, and nothing happens before they confirm it there. If a request of this
/// kind is open, that one is answered; one that has failed is taken up again.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names; [`Fault`] says how each is answered.
#[utoipa::path(post, path = "/v1/users/{id}/requests", tag = "privacy", operation_id = "openRequest",
    request_body = RequestOpening, params(("id" = String, Path, description = "The user", example = "u_42")),
    responses(
        (status = 200, description = "One was open already", body = RequestBody),
        (status = 201, description = "The request", body = RequestBody)))]
pub async fn open(
    caller: Caller<PrivacyWrite>,
    _: NoParameters,
    At(user): At<UserId>,
    body: Json<RequestOpening>,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    let opened = state.requests.open(&caller.tenant, &user, body.value.into_kind()?).await?;
    let mut answer = if opened.is_new { HttpResponse::Created() } else { HttpResponse::Ok() };
    Ok(answer.json(shown(&state, &opened.request)))
}

/// People's requests, newest first, by page.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names; [`Fault`] says how each is answered.
#[utoipa::path(get, path = "/v1/requests", tag = "privacy", operation_id = "listRequests",
    params(
        ("state" = Option<String>, Query, description = "`opened`, `asked`, `confirmed`, `carried_out`, `answered`, `declined`, `expired`, `failed`"),
        ("limit" = Option<u32>, Query, description = "Requests on a page, 1 to 500; 50 if absent", minimum = 1, maximum = 500),
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the page before")),
    responses(
        (status = 200, description = "A page", body = RequestList)))]
pub async fn list(
    caller: Caller<PrivacyRead>,
    page: Page<RequestFilter>,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    let found = state.requests.page(&caller.tenant, page.list, page.before.map(RequestId), page.limit).await?;
    let data = found.requests.iter().map(|it| shown(&state, it)).collect();
    Ok(HttpResponse::Ok().json(RequestList { data, next_cursor: found.next.map(|next| page.cursor(next.0)) }))
}

/// One request.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names; [`Fault`] says how each is answered.
#[utoipa::path(get, path = "/v1/requests/{id}", tag = "privacy", operation_id = "getRequest",
    params(("id" = String, Path, description = "The request", example = "rqs_01M88BR29V3GDW5B0V94C9ZXMS")),
    responses(
        (status = 200, description = "The request", body = RequestBody)))]
pub async fn one(
    caller: Caller<PrivacyRead>,
    _: NoParameters,
    At(id): At<RequestId>,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    let found = state.requests.find(&caller.tenant, id).await?.ok_or(Fault::NotFound)?;
    concerns(&caller, &found);
    Ok(HttpResponse::Ok().json(shown(&state, &found)))
}

/// Says that the product has answered the person in another way: the request is `answered`, and its links work no more.
/// One that has ended stays as it is.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names; [`Fault`] says how each is answered.
#[utoipa::path(post, path = "/v1/requests/{id}/close", tag = "privacy", operation_id = "closeRequest",
    params(("id" = String, Path, description = "The request", example = "rqs_01M88BR29V3GDW5B0V94C9ZXMS")),
    responses(
        (status = 200, description = "The request", body = RequestBody)))]
pub async fn close(
    caller: Caller<PrivacyWrite>,
    _: NoParameters,
    At(id): At<RequestId>,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    let closed = state.requests.close(&caller.tenant, id).await?.ok_or(Fault::NotFound)?;
    concerns(&caller, &closed);
    Ok(HttpResponse::Ok().json(shown(&state, &closed)))
}

/// Notes for the audit whose request was asked about, as long as it names somebody.
fn concerns<S>(caller: &Caller<S>, request: &PersonRequest) {
    if let Some(person) = &request.person {
        caller.concerns(&person.user);
    }
}

fn shown(state: &State, request: &PersonRequest) -> RequestBody {
    RequestBody::new(request, state.keyring.request_reference(request.id))
}

impl From<RequestError> for Fault {
    fn from(error: RequestError) -> Self {
        match error {
            RequestError::NoAddress => Self::NoAddress,
            RequestError::Suppressed => Self::AddressSuppressed,
            RequestError::NotOffered => Self::Invalid(Invalid::new("kind", "is not carried out by this service yet")),
            RequestError::Unavailable(unavailable) => unavailable.into(),
        }
    }
}
