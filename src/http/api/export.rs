//! The whole of a list in one answer, page by page as the caller reads: it is never in memory as a whole.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, HeaderValue},
};
use bytes::Bytes;
use futures_util::stream;
use tokio::sync::Semaphore;

use crate::{
    domain::{
        history::login_record::{LoginFilter, LoginRecord},
        ids::{LoginId, TenantId},
    },
    http::door::problem::Fault,
    service::history::search::{History, LoginPage},
    wire::{csv, login::PastLoginBody},
};

/// How many logins are looked up and written at once. What is written of them, some 1.2 KiB each, is held for each caller that does
/// not read; what is read of them in the store, some 35 KiB each, is held once for each thread that reads.
const PAGE: usize = 32;

/// How many exports of this process look up a page at the same time: the store's readers are for others, too, and each that is used
/// keeps some memory.
static LOOKING_UP: Semaphore = Semaphore::const_new(2);

/// What a streamed list is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A JSON object a line.
    Ndjson,
    /// A table.
    Csv,
}

impl Format {
    /// The format that the caller asks for by name; `None` if it is content with JSON. The first one named counts.
    #[must_use]
    pub fn accepted(request: &HttpRequest) -> Option<Self> {
        let lines = request.headers().get_all(header::ACCEPT).filter_map(|it: &HeaderValue| it.to_str().ok());
        let ranges = lines.flat_map(|it| it.split(','));
        let mut types = ranges.map(|it| it.split(';').next().unwrap_or_default().trim().to_ascii_lowercase());
        types.find_map(|it| match it.as_str() {
            "application/json" | "application/*" | "*/*" => Some(None),
            "application/x-ndjson" => Some(Some(Self::Ndjson)),
            "text/csv" => Some(Some(Self::Csv)),
            _ => None,
        })?
    }

    const fn media_type(self) -> &'static str {
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

/// A list on its way out.
struct Export {
    history: History,
    tenant: TenantId,
    filter: LoginFilter,
    format: Format,
    /// The first page, until it is written.
    first: Option<LoginPage>,
    /// Below which the next page starts; none after the last.
    before: Option<LoginId>,
}

/// Answers with all logins asked for. The first page is looked up before the answer starts, so that a store that is away
/// is a 503; when it goes away later the connection breaks off, which no caller takes for the end of the list.
///
/// # Errors
/// When the store does not answer.
pub async fn stream(
    history: History,
    tenant: TenantId,
    filter: LoginFilter,
    before: Option<LoginId>,
    format: Format,
) -> Result<HttpResponse, Fault> {
    let turn = LOOKING_UP.acquire().await.map_err(|it| Fault::internal(&it))?;
    let first = Some(history.page(&tenant, &filter, before, PAGE).await?);
    drop(turn);
    let export = Export { history, tenant, filter, format, first, before: None };
    let pages = stream::try_unfold(export, Export::step);
    let mut answer = HttpResponse::Ok();
    answer.insert_header((header::CONTENT_TYPE, format.media_type()));
    if format == Format::Csv {
        // A table is for people: a browser is to keep it rather than show it.
        answer.insert_header((header::CONTENT_DISPOSITION, "attachment; filename=\"logins.csv\""));
    }
    Ok(answer.streaming(pages))
}

impl Export {
    /// Looks up one page and writes it.
    async fn step(mut self) -> Result<Option<(Bytes, Self)>, Fault> {
        let _turn = LOOKING_UP.acquire().await.map_err(|it| Fault::internal(&it))?;
        let mut chunk = Vec::new();
        // An empty chunk would end the answer.
        while chunk.is_empty() {
            let page = match (self.first.take(), self.before) {
                (Some(page), _) => {
                    chunk.extend(if self.format == Format::Csv { csv::header() } else { Vec::new() });
                    page
                }
                (None, Some(_)) => self.history.page(&self.tenant, &self.filter, self.before, PAGE).await?,
                (None, None) => return Ok(None),
            };
            self.before = page.next;
            chunk.extend(self.format.write(&page.records));
        }
        Ok(Some((chunk.into(), self)))
    }
}
