//! `GET /v1/users/{id}/export`: all that is kept about a person, streamed. It is never in memory as a whole.

use std::future::{Ready, ready};

use actix_web::{
    FromRequest, HttpRequest, HttpResponse,
    dev::Payload,
    http::header::{self, HeaderValue},
    web::Data,
};
use bytes::Bytes;
use futures_util::{TryStreamExt, stream};

use crate::{
    domain::ids::UserId,
    http::{
        api::{
            logins::export::LOOKING_UP,
            privacy::export_writer::{ExportFormat, ExportWriter},
        },
        door::{
            argument::Argument,
            caller::{Caller, PrivacyRead},
            edge,
            fault::Fault,
            path::At,
            problem::Kind,
            query::NoParameters,
            state::State,
        },
    },
    service::privacy::export::{Exports, Mark, Opening, Whose},
    wire::privacy::export::ExportBody,
};

/// The page loads nothing, runs nothing and posts nothing.
const CONTENT_SECURITY_POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'";

/// The format that the caller asks for by name, the first one if there are several; JSON if it names none.
pub struct Asked(pub ExportFormat);

impl FromRequest for Asked {
    type Error = Fault;
    type Future = Ready<Result<Self, Fault>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let lines = request.headers().get_all(header::ACCEPT).filter_map(|line: &HeaderValue| line.to_str().ok());
        let ranges = lines.flat_map(|line| line.split(','));
        let mut names = ranges.map(|range| range.split(';').next().unwrap_or_default().trim().to_ascii_lowercase());
        let format = names.find_map(|name| ExportFormat::ALL.into_iter().find(|it| it.is_called(&name)));
        ready(Ok(Self(format.unwrap_or(ExportFormat::Json))))
    }
}

impl Argument for Asked {
    const FAILURES: &'static [Kind] = &[];
}

/// All that is kept about a person: as JSON, as NDJSON, which can be imported again, or as a page to be read, in the
/// person's language. It can be asked for a restricted person too.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names; [`Fault`] says how each is answered.
#[utoipa::path(get, path = "/v1/users/{id}/export", tag = "privacy", operation_id = "exportUser",
    params(("id" = String, Path, description = "The user", example = "u_42")),
    responses((status = 200, description = "Everything, streamed; 404 if nothing is kept",
        content((ExportBody = "application/json"), (String = "application/x-ndjson", example = json!("{\"type\":\"head\",\"head\":{}}\n")),
            (String = "text/html")))))]
pub async fn export(
    caller: Caller<PrivacyRead>,
    _: NoParameters,
    At(user): At<UserId>,
    Asked(format): Asked,
    request: HttpRequest,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    answer(&state, Whose { tenant: caller.tenant, user }, format, edge::request_id(&request)).await
}

/// Answers with all that is kept about a person. What it begins with is read before the answer starts, so that a store that
/// is away is a 503. If the store goes away later, the connection breaks, which no caller takes for the end.
///
/// # Errors
/// 404 if nothing is kept; 503 when the store does not answer.
pub async fn answer(
    state: &State,
    whose: Whose,
    format: ExportFormat,
    request_id: String,
) -> Result<HttpResponse, Fault> {
    let opening = state.exports.open(&whose).await?.ok_or(Fault::NotFound)?;
    let writer = ExportWriter::new(format, state, &whose, &opening);
    let running = Running { exports: state.exports.clone(), whose, opening, writer, next: Step::Head };
    let chunks = stream::try_unfold(running, Running::step).inspect_err(move |fault| fault.log(&request_id));
    let mut answer = HttpResponse::Ok();
    answer.insert_header((header::CONTENT_TYPE, format.media_type()));
    if format == ExportFormat::Html {
        answer.insert_header((header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY));
        answer.insert_header((header::REFERRER_POLICY, "no-referrer"));
    }
    Ok(answer.streaming(chunks))
}

/// What is written next.
enum Step {
    Head,
    Piece(Mark),
    End,
    Over,
}

/// An export in progress.
struct Running {
    exports: Exports,
    whose: Whose,
    opening: Opening,
    writer: ExportWriter,
    next: Step,
}

impl Running {
    async fn step(mut self) -> Result<Option<(Bytes, Self)>, Fault> {
        // An empty chunk would end the answer.
        loop {
            let chunk = match std::mem::replace(&mut self.next, Step::Over) {
                Step::Head => {
                    self.next = Step::Piece(Mark::START);
                    self.writer.head(&self.opening)?
                }
                Step::Piece(mark) => {
                    let turn = LOOKING_UP.acquire().await.map_err(|closed| Fault::internal(&closed))?;
                    let (piece, next) = self.exports.piece(&self.whose, mark).await?;
                    drop(turn);
                    self.next = next.map_or(Step::End, Step::Piece);
                    self.writer.piece(&piece)?
                }
                Step::End => self.writer.end()?,
                Step::Over => return Ok(None),
            };
            if !chunk.is_empty() {
                return Ok(Some((chunk.into(), self)));
            }
        }
    }
}
