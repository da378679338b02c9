//! `/v1/logins/{id}/notes` and `/verdict`: what is written about a login, and decided. History is facts: it is annotated, not rewritten.

use actix_web::{HttpResponse, web::Data};

use crate::{
    domain::ids::LoginId,
    http::door::{
        body::Json,
        caller::{Caller, DevicesWrite, LoginsRead},
        fault::Fault,
        path::At,
        query::NoParameters,
        state::State,
    },
    service::privacy::{
        notes::Written,
        verdicts::{Given, Judged},
    },
    wire::inquiry::note::{NoteBody, NoteList, NoteRequest, VerdictGiven, VerdictRequest},
};

/// The notes and verdicts on a login, the earliest first.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names; [`Fault`] says how each is answered.
#[utoipa::path(get, path = "/v1/logins/{id}/notes", tag = "logins", operation_id = "listNotes",
    params(("id" = String, Path, description = "The login, lgn_…", example = "lgn_01M88BR29V3HMEG27S69NTFQE2")),
    responses((status = 200, description = "The notes and verdicts", body = NoteList)))]
pub async fn list(
    caller: Caller<LoginsRead>,
    _: NoParameters,
    At(id): At<LoginId>,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    let login = caller.login(&state, id).await?;
    let notes = state.notes.of(&login).await?;
    Ok(HttpResponse::Ok().json(NoteList { data: notes.iter().map(NoteBody::new).collect() }))
}

/// Writes a note on a login, at most 100 on each. The same text of the same key is one note.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names; [`Fault`] says how each is answered.
#[utoipa::path(post, path = "/v1/logins/{id}/notes", tag = "logins", operation_id = "writeNote",
    request_body = NoteRequest, params(("id" = String, Path, description = "The login, lgn_…", example = "lgn_01M88BR29V3HMEG27S69NTFQE2")),
    responses(
        (status = 201, description = "Written", body = NoteBody),
        (status = 200, description = "Written before: the note as it was then", body = NoteBody)))]
pub async fn write(
    caller: Caller<DevicesWrite>,
    _: NoParameters,
    At(id): At<LoginId>,
    body: Json<NoteRequest>,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    let text = body.value.into_text()?;
    let login = caller.login(&state, id).await?;
    match state.notes.write(&login, &caller.key, text).await? {
        Written::New(note) => Ok(HttpResponse::Created().json(NoteBody::new(&note))),
        Written::Before(note) => Ok(HttpResponse::Ok().json(NoteBody::new(&note))),
        Written::TooMany => Err(Fault::NoteLimit),
    }
}

/// Gives a verdict on a login. `compromised` denies its device, as `…/deny` does; `safe` and `unsure` change nothing but what is
/// written. Webhooks are told (`login.judged`). The latest verdict given again by the same key for the same reason is one. Where
/// `replaces` is not the verdict that holds, somebody else has judged the login meanwhile: 409 tells who, and what.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names; [`Fault`] says how each is answered.
#[utoipa::path(post, path = "/v1/logins/{id}/verdict", tag = "logins", operation_id = "judgeLogin",
    request_body = VerdictRequest, params(("id" = String, Path, description = "The login, lgn_…", example = "lgn_01M88BR29V3HMEG27S69NTFQE2")),
    responses(
        (status = 201, description = "Given, and the verdict that it has replaced", body = VerdictGiven),
        (status = 200, description = "Given before: the verdict as it was then", body = VerdictGiven)))]
pub async fn judge(
    caller: Caller<DevicesWrite>,
    _: NoParameters,
    At(id): At<LoginId>,
    body: Json<VerdictRequest>,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    let decision = body.value.into_decision()?;
    let login = caller.login(&state, id).await?;
    let told = |it: &Given| VerdictGiven::new(&it.verdict, it.replaced.as_ref(), it.is_denied);
    match state.verdicts.judge(&login, &caller.key, &decision).await? {
        Judged::New(given) => Ok(HttpResponse::Created().json(told(&given))),
        Judged::Before(given) => Ok(HttpResponse::Ok().json(told(&given))),
        Judged::Meanwhile(verdict) => Err(Fault::JudgedMeanwhile(Box::new(verdict))),
        Judged::TooMany => Err(Fault::NoteLimit),
    }
}
