//! `DELETE /v1/users/{id}` and `/v1/erasures/{receipt}`: forgetting users, and the receipts for it.

use actix_web::{HttpResponse, web::Data};

use crate::{
    domain::ids::{ReceiptId, UserId},
    http::door::{
        caller::{Caller, PrivacyRead, PrivacyWrite},
        fault::Fault,
        path::At,
        query::NoParameters,
        state::State,
    },
    wire::privacy::erasure::ReceiptBody,
};

/// Forgets a user: what is kept of them is deleted, but for who has looked at it, and what lies in copies cannot be read
/// again. Asked again, the
/// receipt is the same, unless the user has signed in since.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names; [`Fault`] says how each is answered.
#[utoipa::path(delete, path = "/v1/users/{id}", tag = "privacy", operation_id = "eraseUser",
    params(("id" = String, Path, description = "The user", example = "u_42")),
    responses((status = 200, description = "The receipt", body = ReceiptBody)))]
pub async fn erase(
    caller: Caller<PrivacyWrite>,
    _: NoParameters,
    At(user): At<UserId>,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    let receipt = state.erasures.erase(&caller.tenant, &user).await?.ok_or(Fault::NotFound)?;
    Ok(HttpResponse::Ok().json(ReceiptBody::new(&receipt.erasure, &receipt.signature)))
}

/// Confirms a receipt: what this service knows of the erasure, signed anew. It names nobody.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names; [`Fault`] says how each is answered.
#[utoipa::path(get, path = "/v1/erasures/{receipt}", tag = "privacy", operation_id = "getErasure",
    params(("receipt" = String, Path, description = "rcp_…", example = "rcp_01M88BR29V3GDW5B0V94C9ZXMS")),
    responses((status = 200, description = "The receipt", body = ReceiptBody)))]
pub async fn receipt(
    caller: Caller<PrivacyRead>,
    _: NoParameters,
    At(receipt): At<ReceiptId>,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    let receipt = state.erasures.find(&caller.tenant, receipt).await?.ok_or(Fault::NotFound)?;
    Ok(HttpResponse::Ok().json(ReceiptBody::new(&receipt.erasure, &receipt.signature)))
}
