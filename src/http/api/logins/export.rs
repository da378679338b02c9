//! Writes a whole list in one answer, page by page as the caller reads. It is never in memory as a whole.

use std::future::{Ready, ready};

use actix_web::{
    FromRequest, HttpRequest, HttpResponse, HttpResponseBuilder,
    dev::Payload,
    http::header::{self, HeaderValue},
};
use bytes::Bytes;
use futures_util::{TryStreamExt, stream};
use tokio::sync::Semaphore;

use crate::{
    domain::{
        history::login_record::LoginRecord,
        ids::{LoginId, TenantId},
        search::query::Query,
    },
    http::door::{argument::Argument, fault::Fault, problem::Kind},
    service::{
        history::search::{History, LoginPage},
        privacy::people::Hidden,
    },
    wire::{csv, login::PastLoginBody},
};

/// How many logins are read and written at once. What is written of them, about 1.2 KiB each, is held for each caller
/// that does not read. What is read of them in the store, about 35 KiB each, is held once for each thread that reads.
const PAGE: usize = 32;

/// How many exports of this process read a page at the same time. The store's readers are needed for other requests
/// too, and each one in use keeps some memory.
pub static LOOKING_UP: Semaphore = Semaphore::const_new(2);

/// The format of a streamed list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// One JSON object on each line.
    Ndjson,
    /// CSV.
    Csv,
}

impl Format {
    /// The format that the caller asks for by name, the first one if there are several; `None` if JSON is enough.
    #[must_use]
    pub fn accepted(request: &HttpRequest) -> Option<Self> {
        let lines = request.headers().get_all(header::ACCEPT).filter_map(|line: &HeaderValue| line.to_str().ok());
        let ranges = lines.flat_map(|line| line.split(','));
        let mut types = ranges.map(|range| range.split(';').next().unwrap_or_default().trim().to_ascii_lowercase());
        types.find_map(|name| match name.as_str() {
            "application/json" | "application/*" | "*/*" => Some(None),
            "application/x-ndjson" => Some(Some(Self::Ndjson)),
            "text/csv" => Some(Some(Self::Csv)),
            _ => None,
        })?
    }

    /// The type of what is sent.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Ndjson => "application/x-ndjson",
            Self::Csv => "text/csv; charset=utf-8; header=present",
        }
    }

    fn write(self, records: &[LoginRecord]) -> Vec<u8> {
        match self {
            Self::Csv => csv::rows(records),
            Self::Ndjson => {
                let mut lines = Vec::new();
                for record in records {
                    // Writing to memory does not fail, and every key of these types is a text.
                    let _ = serde_json::to_writer(&mut lines, &PastLoginBody::new(record));
                    lines.push(b'\n');
                }
                lines
            }
        }
    }
}

/// The format that the caller accepts by name; `None` if JSON is enough.
pub struct Accepted(pub Option<Format>);

impl FromRequest for Accepted {
    type Error = Fault;
    type Future = Ready<Result<Self, Fault>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self(Format::accepted(request))))
    }
}

impl Argument for Accepted {
    const FAILURES: &'static [Kind] = &[];
}

/// A table that a browser saves under this name rather than show it: tables are for people.
#[must_use]
pub fn table(name: &str) -> HttpResponseBuilder {
    let mut answer = HttpResponse::Ok();
    answer.insert_header((header::CONTENT_TYPE, Format::Csv.media_type()));
    answer.insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.csv\"")));
    answer
}

/// What to export.
pub struct Asked {
    /// The tenant.
    pub tenant: TenantId,
    /// What is asked for.
    pub query: Query,
    /// Logins below this id; from the newest on if there is none.
    pub before: Option<LoginId>,
    /// The format.
    pub format: Format,
    /// Whose logins are left out.
    pub hidden: Hidden,
}

/// An export in progress.
struct Export {
    history: History,
    asked: Asked,
    /// The first page, until it is written.
    first: Option<LoginPage>,
    /// The next page has the logins below this id; `None` after the last page.
    before: Option<LoginId>,
}

/// Answers with all logins asked for. The first page is read before the answer starts, so that a store that is away is
/// a 503. If the store goes away later, the connection breaks, which no caller takes for the end of the list.
///
/// # Errors
/// When the store does not answer.
pub async fn stream(history: History, asked: Asked, request_id: String) -> Result<HttpResponse, Fault> {
    let turn = LOOKING_UP.acquire().await.map_err(|closed| Fault::internal(&closed))?;
    let first = Some(history.page(&asked.tenant, &asked.query, asked.before, PAGE).await?);
    drop(turn);
    let format = asked.format;
    let export = Export { history, asked, first, before: None };
    let pages = stream::try_unfold(export, Export::step).inspect_err(move |fault| fault.log(&request_id));
    let mut answer = match format {
        Format::Csv => table("logins"),
        Format::Ndjson => HttpResponse::Ok(),
    };
    answer.insert_header((header::CONTENT_TYPE, format.media_type()));
    Ok(answer.streaming(pages))
}

impl Export {
    /// Reads a page and writes it.
    async fn step(mut self) -> Result<Option<(Bytes, Self)>, Fault> {
        let _turn = LOOKING_UP.acquire().await.map_err(|closed| Fault::internal(&closed))?;
        let Asked { tenant, query, format, hidden, .. } = &self.asked;
        let mut chunk = Vec::new();
        // An empty chunk would end the answer.
        while chunk.is_empty() {
            let page = match (self.first.take(), self.before) {
                (Some(page), _) => {
                    chunk.extend(if *format == Format::Csv { csv::header() } else { Vec::new() });
                    page
                }
                (None, Some(_)) => self.history.page(tenant, query, self.before, PAGE).await?,
                (None, None) => return Ok(None),
            };
            self.before = page.next;
            let mut records = page.records;
            records.retain(|record| !hidden.hides(&record.user));
            chunk.extend(format.write(&records));
        }
        Ok(Some((chunk.into(), self)))
    }
}
