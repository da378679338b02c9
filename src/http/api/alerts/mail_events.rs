//! `/v1/mail/events`: a mail service's reports about mails that bounced or were marked as spam.

use actix_web::{HttpResponse, web::Data};

use crate::{
    http::door::{body::Signed, fault::Fault, query::NoParameters, state::State},
    service::alert::bounces::Outcome,
    wire::mail_event::{MailEventsAnswer, MailEventsRequest},
};

/// Takes reports: their addresses get no more mail. There is no API key: the request is signed as a Standard Webhook
/// with the secret of `mail.events_secret_file`. Without that setting the answer is 404. Sending the same report again
/// changes nothing.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names; [`Fault`] says how each is answered.
#[utoipa::path(post, path = "/v1/mail/events", tag = "alerts", operation_id = "takeMailEvents",
    request_body = MailEventsRequest,
    params(
        ("webhook-id" = String, Header, description = "Any name"),
        ("webhook-timestamp" = i64, Header, description = "Seconds since 1970, no more than five minutes off"),
        ("webhook-signature" = String, Header, description = "`v1,` and base64 of HMAC-SHA256 of `id.timestamp.body`; several with spaces between")),
    responses(
        (status = 200, description = "What came of it", body = MailEventsAnswer)))]
pub async fn take(
    _: NoParameters,
    Signed(events): Signed<MailEventsRequest>,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    let reports = events.into_reports()?;
    let mut answer =
        MailEventsAnswer { ignored: reports.iter().filter(|report| report.is_none()).count(), ..Default::default() };
    for report in reports.iter().flatten() {
        match state.bounces.take(report).await? {
            Outcome::Suppressed => answer.suppressed += 1,
            Outcome::Known => answer.known += 1,
            Outcome::NotOurs => answer.ignored += 1,
        }
    }
    Ok(HttpResponse::Ok().json(answer))
}
