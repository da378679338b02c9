//! `/v1/logins/import`: many past logins, one on each line. They are read, recorded and answered as they come. Neither
//! the request nor the answer is ever in memory as a whole, so a caller must read while it writes.

use std::{
    future::{Ready, ready},
    time::Instant,
};

use actix_web::{FromRequest, HttpRequest, HttpResponse, dev::Payload, http::header, web::Data};
use bytes::{Buf, Bytes, BytesMut};
use futures_util::{FutureExt, StreamExt, TryStreamExt, stream};
use serde::Serialize;
use tokio::time::timeout_at;
use utoipa::ToSchema;

use crate::{
    domain::ids::TenantId,
    http::{
        api::logins::logins,
        door::{
            argument::Argument,
            body,
            caller::{Caller, LoginsWrite},
            connection::Patience,
            edge,
            fault::Fault,
            problem::{Kind, Problem},
            query::NoParameters,
            state::State,
        },
    },
    service::login::intake::{NewLogin, Purpose, Recorded},
    wire::{
        examples,
        login_request::LoginRequest,
        privacy::import_line::{Found, found_in},
    },
};

/// How many lines are recorded together at most.
const BATCH: usize = 256;
/// The media types of NDJSON. The first one is used in answers.
const TYPES: &[&str] = &[
    "application/x-ndjson",
    "application/ndjson",
    "application/jsonl",
    "application/x-jsonlines",
    "application/json-lines",
];

/// The result of one line.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = examples::login::import_line)]
pub struct ImportLine {
    /// The number of the line, from 1. Blank lines count, but are not answered.
    #[schema(minimum = 1)]
    line: u64,
    /// The login, if it is stored.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    /// `created`, `replayed` (it was stored already), `skipped` (it is a line of an export, and no login) or `failed`.
    status: &'static str,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<Problem>,
}

/// Records past logins, to learn devices and history. Mails nobody.
///
/// # Errors
/// 401, 403, 415, 429. What is wrong with a line is told in the answer to that line. If the body pauses for half a
/// minute, or comes at less than 4 KiB a second for long, the connection breaks.
#[utoipa::path(post, path = "/v1/logins/import", tag = "logins", operation_id = "importLogins",
    request_body(content = LoginRequest, content_type = "application/x-ndjson",
        description = "A login event a line, at most 256 KiB each; or the NDJSON of an export. Importing the same lines again changes nothing."),
    responses(
        (status = 200, description = "A line for a line, in their order, as they are recorded; blank lines are passed over",
            body = ImportLine, content_type = "application/x-ndjson")))]
pub async fn import(
    caller: Caller<LoginsWrite>,
    _: NoParameters,
    lines: Lines,
    request: HttpRequest,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    let request_id = edge::request_id(&request);
    let import = Import { state, tenant: caller.tenant, key: caller.key, request_id: request_id.clone(), lines };
    let answers = stream::try_unfold(import, Import::step).inspect_err(move |fault| fault.log(&request_id));
    Ok(HttpResponse::Ok().insert_header((header::CONTENT_TYPE, "application/x-ndjson")).streaming(answers))
}

/// An import in progress.
struct Import {
    state: Data<State>,
    tenant: TenantId,
    /// The public part of the key that it was admitted with.
    key: String,
    request_id: String,
    lines: Lines,
}

impl Import {
    /// Records a batch and returns its answers.
    async fn step(mut self) -> Result<Option<(Bytes, Self)>, Fault> {
        let batch = self.lines.batch().await?;
        if batch.is_empty() {
            return Ok(None);
        }
        // An import may go on for hours, and ends with its key.
        let is_live = self.state.api_keys.is_live(&self.key).await;
        let mut logins = Vec::with_capacity(batch.len());
        let mut faults = Vec::with_capacity(batch.len());
        for line in &batch {
            let read = match &is_live {
                Ok(true) => self.read(line),
                Ok(false) => Err(Fault::Unauthorized),
                Err(fault) => Err(fault.clone().into()),
            };
            match read {
                Ok(None) => faults.push(Outcome::Skipped),
                Ok(Some(login)) => {
                    logins.push(login);
                    faults.push(Outcome::Login);
                }
                Err(fault) => faults.push(Outcome::Refused(fault)),
            }
        }
        let mut recorded = self.state.intake.record_all(&self.tenant, logins).await.into_iter();
        let mut answers = Vec::new();
        for (line, outcome) in batch.iter().zip(faults) {
            let answer = match outcome {
                Outcome::Skipped => ImportLine { line: line.number, id: None, status: "skipped", problem: None },
                Outcome::Refused(fault) => self.answer(line.number, Err(fault)),
                Outcome::Login => {
                    let outcome = recorded.next().unwrap_or_else(|| Err(missing()));
                    self.answer(line.number, outcome.map_err(Fault::from))
                }
            };
            // Writing to memory does not fail, and every key of this type is a text.
            let _ = serde_json::to_writer(&mut answers, &answer);
            answers.push(b'\n');
        }
        Ok(Some((answers.into(), self)))
    }

    fn answer(&self, line: u64, outcome: Result<Recorded, Fault>) -> ImportLine {
        match outcome {
            Ok(recorded) => {
                logins::count(&recorded);
                let status = if recorded.replayed { "replayed" } else { "created" };
                ImportLine { line, id: Some(recorded.record.id.to_string()), status, problem: None }
            }
            Err(fault) => {
                fault.log(&self.request_id);
                ImportLine { line, id: None, status: "failed", problem: Some(fault.problem(&self.request_id)) }
            }
        }
    }

    /// The login of a line; `None` if the line is one of an export and has none.
    fn read(&self, line: &Line) -> Result<Option<NewLogin>, Fault> {
        let text = line.text.clone().ok_or(Fault::BodyTooLarge(body::MAX_BYTES))?;
        let body = match found_in(&text) {
            Found::Login(login) => text.slice_ref(login),
            Found::Other => return Ok(None),
        };
        let draft = body::parse_json::<LoginRequest>(&body)?.into_draft()?;
        let request_id = format!("{}/{}", self.request_id, line.number);
        Ok(Some(NewLogin { draft, body, idempotency_key: None, request_id, purpose: Purpose::Import }))
    }
}

/// What becomes of a line before anything is recorded.
enum Outcome {
    /// It is a login.
    Login,
    /// It is something of an export that is no login.
    Skipped,
    /// It cannot be read.
    Refused(Fault),
}

fn missing() -> crate::service::login::intake::IntakeError {
    crate::ports::Unavailable("a login of a batch has no answer".to_owned()).into()
}

/// A line that is not blank.
struct Line {
    /// The number of the line, from 1.
    number: u64,
    /// The content; `None` if it was longer than [`body::MAX_BYTES`].
    text: Option<Bytes>,
}

/// The lines of a body, as they come.
pub struct Lines {
    payload: Payload,
    /// How long to wait for more.
    patience: Patience,
    buffer: BytesMut,
    /// How much of the buffer is known to contain no end of a line.
    searched: usize,
    /// Whether the current line is too long, so that it is dropped as it comes.
    dropping: bool,
    ended: bool,
    number: u64,
}

impl FromRequest for Lines {
    type Error = Fault;
    type Future = Ready<Result<Self, Fault>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        ready(Self::of(request, payload))
    }
}

impl Argument for Lines {
    /// What is wrong with a line is told in the answer to that line.
    const FAILURES: &'static [Kind] = &[Kind::UnsupportedMediaType];
}

impl Lines {
    fn of(request: &HttpRequest, payload: &mut Payload) -> Result<Self, Fault> {
        body::expect_type(request, TYPES)?;
        let (payload, patience) = (payload.take(), State::of(request)?.settings.patience);
        let buffer = BytesMut::new();
        Ok(Self { payload, patience, buffer, searched: 0, dropping: false, ended: false, number: 0 })
    }

    /// The lines that have come, at least one and at most [`BATCH`]; none when the body has ended.
    async fn batch(&mut self) -> Result<Vec<Line>, Fault> {
        let mut batch = Vec::new();
        while batch.len() < BATCH {
            if let Some(line) = self.next_in_buffer() {
                batch.extend(line.text.as_ref().is_none_or(|text| !text.is_empty()).then_some(line));
            } else if self.ended {
                break;
            } else if batch.is_empty() {
                let until = self.patience.wait(Instant::now());
                let chunk = timeout_at(until.into(), self.payload.next()).await;
                self.take(chunk.map_err(|_| Fault::BodyTimeout)?)?;
            } else if let Some(chunk) = self.payload.next().now_or_never() {
                self.take(chunk)?;
            } else {
                // What has come is answered before waiting for more.
                break;
            }
        }
        Ok(batch)
    }

    fn take(&mut self, chunk: Option<Result<Bytes, actix_web::error::PayloadError>>) -> Result<(), Fault> {
        match chunk.transpose().map_err(|_| Fault::BadRequest)? {
            Some(chunk) => {
                self.patience.moved(Instant::now(), chunk.len());
                self.buffer.extend_from_slice(&chunk);
            }
            None => self.ended = true,
        }
        Ok(())
    }

    fn next_in_buffer(&mut self) -> Option<Line> {
        let end = self.buffer[self.searched..].iter().position(|byte| *byte == b'\n').map(|at| self.searched + at);
        let text = match end {
            Some(end) => {
                let line = self.buffer.split_to(end).freeze();
                self.buffer.advance(1);
                line
            }
            None if self.ended && (self.dropping || !self.buffer.is_empty()) => self.buffer.split().freeze(),
            None => {
                if self.dropping || self.buffer.len() > body::MAX_BYTES {
                    self.dropping = true;
                    self.buffer.clear();
                }
                self.searched = self.buffer.len();
                return None;
            }
        };
        self.searched = 0;
        self.number += 1;
        // A line is its own idempotency key: spaces around it do not matter.
        let text = text.slice_ref(text.trim_ascii());
        let too_long = std::mem::take(&mut self.dropping) || text.len() > body::MAX_BYTES;
        Some(Line { number: self.number, text: (!too_long).then_some(text) })
    }
}
