//! `/v1/mail/events`: what a mail service reports of mails that came back or were called spam.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Payload},
};

use crate::{
    http::door::{
        body,
        problem::{Fault, Problem},
        query::Parameters,
        state::State,
    },
    service::{
        alert::bounces::Outcome,
        outbound::signing::{SignedHeaders, is_signed},
    },
    wire::mail_event::{MailEventsAnswer, MailEventsRequest},
};

/// Takes reports: such addresses get no more mail. There is no API key: the request is signed as a Standard Webhook with the
/// secret of `mail.events_secret_file`. Without that setting this is 404. The same report again changes nothing.
///
/// # Errors
/// See the table in [`Fault`].
#[utoipa::path(post, path = "/v1/mail/events", tag = "alerts", operation_id = "takeMailEvents",
    request_body = MailEventsRequest,
    params(
        ("webhook-id" = String, Header, description = "Any name"),
        ("webhook-timestamp" = i64, Header, description = "Seconds since 1970, no more than five minutes off"),
        ("webhook-signature" = String, Header, description = "`v1,` and base64 of HMAC-SHA256 of `id.timestamp.body`; several with spaces between")),
    responses(
        (status = 200, description = "What came of it", body = MailEventsAnswer),
        (status = 401, description = "Not signed, or too old", body = Problem, content_type = "application/problem+json"),
        (status = "default", description = "Any other failure", body = Problem,
            content_type = "application/problem+json")))]
pub async fn take(request: HttpRequest, payload: Payload, state: Data<State>) -> Result<HttpResponse, Fault> {
    let secret = state.mail_events_secret.as_ref().ok_or(Fault::NotFound)?;
    state.custody.check()?;
    Parameters::of(&request)?.finish()?;
    let body = body::read_json(&request, payload).await?;
    let header = |name| request.headers().get(name).and_then(|it| it.to_str().ok()).unwrap_or_default();
    let signed = SignedHeaders {
        id: header("webhook-id"),
        sent_at: header("webhook-timestamp"),
        signatures: header("webhook-signature"),
    };
    if !is_signed(state.clock.now(), secret, &signed, &body) {
        return Err(Fault::BadSignature);
    }
    let reports = body::parse_json::<MailEventsRequest>(&body)?.into_reports()?;
    let mut answer =
        MailEventsAnswer { ignored: reports.iter().filter(|it| it.is_none()).count(), ..Default::default() };
    for report in reports.iter().flatten() {
        match state.bounces.take(report).await? {
            Outcome::Suppressed => answer.suppressed += 1,
            Outcome::Known => answer.known += 1,
            Outcome::NotOurs => answer.ignored += 1,
        }
    }
    Ok(HttpResponse::Ok().json(answer))
}
