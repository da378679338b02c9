//! `/console/queue.json` and `.csv`: what the queue shows, as files.

use actix_web::{HttpResponse, web::Data};

use crate::{
    domain::history::login_record::LoginRecord,
    http::{
        api::logins::export,
        console::parts::view::View,
        door::{
            caller::{Caller, LoginsRead},
            fault::Fault,
            page::named_once,
            state::State,
        },
    },
    wire::{
        csv,
        login::{LoginList, PastLoginBody},
    },
};

/// What is open, the most urgent first, as data.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names.
pub async fn json(caller: Caller<LoginsRead>, view: View, state: Data<State>) -> Result<HttpResponse, Fault> {
    let open = open(&caller, &view, &state).await?;
    let data = open.iter().map(PastLoginBody::new).collect();
    Ok(HttpResponse::Ok().json(LoginList { data, next_cursor: None, query: None }))
}

/// The same as a table.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names.
pub async fn csv(caller: Caller<LoginsRead>, view: View, state: Data<State>) -> Result<HttpResponse, Fault> {
    let open = open(&caller, &view, &state).await?;
    Ok(export::table("queue").body([csv::header(), csv::rows(&open)].concat()))
}

async fn open(caller: &Caller<LoginsRead>, view: &View, state: &State) -> Result<Vec<LoginRecord>, Fault> {
    let query = view.asked().map_err(|fault| Fault::query("q", fault))?;
    let open = state.inquiries.open(&state.history, &caller.tenant, &query).await?.logins;
    let open: Vec<LoginRecord> = open.into_iter().map(|it| it.login).collect();
    caller.names(&named_once(open.iter().map(|it| &it.user)));
    Ok(open)
}
