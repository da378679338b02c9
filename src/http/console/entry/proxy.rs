//! `/console/proxy`: in by the word of a proxy of ours, for whoever is invited already.

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Query},
};

use crate::{
    domain::privacy::audit::Action,
    http::{
        console::{
            entry::{
                admitting::{admit, note},
                kept::Kept,
                login::LoginQuery,
                login_page::{HOME, Said, ask},
                own_login::Way,
            },
            ways::{see_other, within},
        },
        door::{body::Form, console::proxied, fault::Fault, state::State},
    },
};

/// Lets in the operator for whom a proxy of ours vouches.
///
/// # Errors
/// 404 where no proxy does; 408, 413, 415 for what the page's form would not send; 429; 503 when the store does not answer.
pub async fn sign_in(request: HttpRequest, Form(form): Form, state: Data<State>) -> Result<HttpResponse, Fault> {
    let email = proxied::email(&state.settings, request.head()).ok_or(Fault::NotFound)?;
    let text = std::str::from_utf8(&form).map_err(|_| Fault::BadRequest)?;
    let query = Query::<LoginQuery>::from_query(text).map_err(|_| Fault::BadRequest)?.into_inner();
    let (next, kept) = (within(&query.next, HOME), Kept::along(&form));
    let Some((operator, is_news)) = state.operators.let_in_by_proxy(&email).await? else {
        let amiss = "Nobody with this address is invited. Whoever runs this service can do that.";
        return ask(
            &state,
            &request,
            StatusCode::FORBIDDEN,
            Said { next, kept: kept.as_ref(), amiss: Some(amiss), ..Said::default() },
        );
    };
    if is_news {
        note(&state, &operator, Action::JoinOperator).await?;
    }
    let answer = match kept {
        Some(kept) => kept.show(&operator, next)?,
        None => see_other(next),
    };
    admit(&request, &state, &operator, Way::Proxy, answer).await
}
