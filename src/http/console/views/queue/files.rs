//! `/console/queue.json` and `.csv`: all that is open, as files that are written as they are read.

use std::rc::Rc;

use actix_web::{HttpRequest, HttpResponse, web::Data};
use bytes::Bytes;
use futures_util::{TryStreamExt, stream};

use crate::{
    domain::{history::login_record::LoginRecord, ids::LoginId, search::query::Query},
    http::{
        api::logins::export::{self, LOOKING_UP},
        console::parts::view::View,
        door::{
            caller::{Caller, LoginsRead},
            edge,
            fault::Fault,
            state::State,
        },
    },
    service::inquiry::whole::{OpenPage, Urgency},
    wire::{csv, login::PastLoginBody},
};

/// The form of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// As a list of the API.
    Json,
    /// As a table.
    Csv,
}

/// A file that is being written.
struct File {
    caller: Rc<Caller<LoginsRead>>,
    state: Data<State>,
    query: Query,
    form: Form,
    /// The first page, until it is written.
    first: Option<OpenPage>,
    /// What is read next, and below which login; `None` when all is.
    next: Option<(Urgency, Option<LoginId>)>,
    /// How far it is.
    stage: Stage,
}

/// How far a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// Nothing is.
    Begun,
    /// What stands before the logins is.
    Headed,
    /// A login is, at least.
    Filled,
    /// All is.
    Ended,
}

/// What is open, as data: what users deny, what is of a high risk, and the rest, and each newest first.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names.
pub async fn json(
    caller: Caller<LoginsRead>,
    view: View,
    request: HttpRequest,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    File::answer(caller, &view, Form::Json, (state, edge::request_id(&request))).await
}

/// The same as a table.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names.
pub async fn csv(
    caller: Caller<LoginsRead>,
    view: View,
    request: HttpRequest,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    File::answer(caller, &view, Form::Csv, (state, edge::request_id(&request))).await
}

impl File {
    /// The first page is read before the answer starts, so that a store that is away is a 503; if it goes away later, the connection
    /// breaks, which nobody takes for the end of the file.
    async fn answer(
        caller: Caller<LoginsRead>,
        view: &View,
        form: Form,
        (state, request_id): (Data<State>, String),
    ) -> Result<HttpResponse, Fault> {
        let query = view.asked().map_err(|fault| Fault::query("q", fault))?;
        let next = Some((Urgency::Denied, None));
        let caller = Rc::new(caller);
        let mut file = Self { caller, state, query, form, first: None, next, stage: Stage::Begun };
        file.first = file.read().await?;
        let chunks = stream::try_unfold(file, Self::step).inspect_err(move |fault| fault.log(&request_id));
        let mut answer = match form {
            Form::Csv => export::table("queue"),
            Form::Json => HttpResponse::Ok(),
        };
        if form == Form::Json {
            answer.content_type("application/json");
        }
        Ok(answer.streaming(chunks))
    }

    /// The next page, if there is one.
    async fn read(&mut self) -> Result<Option<OpenPage>, Fault> {
        let Some((urgency, before)) = self.next else { return Ok(None) };
        let _turn = LOOKING_UP.acquire().await.map_err(|closed| Fault::internal(&closed))?;
        let inquiries = &self.state.inquiries;
        let page =
            inquiries.open_page(&self.state.history, (&self.caller.tenant, &self.query), urgency, before).await?;
        self.next = match page.next {
            Some(next) => Some((urgency, Some(next))),
            None => urgency.less().map(|it| (it, None)),
        };
        Ok(Some(page))
    }

    /// Writes a page.
    async fn step(mut self) -> Result<Option<(Bytes, Self)>, Fault> {
        let mut chunk = Vec::new();
        if self.stage == Stage::Begun {
            self.stage = Stage::Headed;
            chunk.extend(match self.form {
                Form::Csv => csv::header(),
                Form::Json => b"{\"data\":[".to_vec(),
            });
        }
        // An empty chunk would end the answer.
        while chunk.is_empty() {
            let page = match self.first.take() {
                Some(page) => Some(page),
                None => self.read().await?,
            };
            match page {
                Some(page) => self.write(&page.logins, &mut chunk),
                None if self.form == Form::Json && self.stage != Stage::Ended => {
                    self.stage = Stage::Ended;
                    chunk.extend(b"],\"next_cursor\":null}");
                }
                None => return Ok(None),
            }
        }
        Ok(Some((chunk.into(), self)))
    }

    fn write(&mut self, logins: &[LoginRecord], chunk: &mut Vec<u8>) {
        if self.form == Form::Csv {
            chunk.extend(csv::rows(logins));
            return;
        }
        for login in logins {
            if self.stage == Stage::Filled {
                chunk.push(b',');
            }
            self.stage = Stage::Filled;
            // Writing to memory does not fail, and every key of these types is a text.
            let _ = serde_json::to_writer(&mut *chunk, &PastLoginBody::new(login));
        }
    }
}
