//! `/console/settings/webhooks`: whom the tenant's own systems are told by, and how the latest attempt went.

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use askama::Template;
use futures_util::future::try_join_all;

use crate::{
    domain::{
        ids::WebhookId,
        tenant::{
            api_key::Scope,
            webhook::{Attempt, EventKind, Webhook},
        },
    },
    http::{
        console::{
            assets::Assets,
            frame::{Elsewhere, Frame},
            page::{filters, page},
            parts::{rows::Moment, view::View},
            views::settings::tabs::{SETTINGS, Tabs, WEBHOOKS},
            ways::see_other,
        },
        door::{
            caller::{Caller, WebhooksRead, WebhooksWrite},
            fault::Fault,
            path::At,
            state::State,
        },
    },
};

/// The page.
#[derive(Template)]
#[template(path = "console/settings/webhooks.html")]
struct WebhooksPage {
    assets: Assets,
    frame: Frame,
    tabs: Tabs,
    webhooks: Vec<WebhookRow>,
}

/// A webhook, as a row.
struct WebhookRow {
    id: String,
    url: String,
    description: String,
    is_enabled: bool,
    events: Vec<&'static str>,
    latest: Option<AttemptShown>,
    /// How many of the attempts that are kept have failed, and how many there are.
    failed: usize,
    attempts: usize,
    /// Where a button posts a test message, if whoever looks may.
    test: Option<String>,
}

/// What came of posting a message.
struct AttemptShown {
    at: Moment,
    event: &'static str,
    /// The status of the answer, and why it failed.
    said: String,
    is_accepted: bool,
    next_at: Option<Moment>,
}

/// Shows the webhooks.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names.
pub async fn show(caller: Caller<WebhooksRead>, view: View, state: Data<State>) -> Result<HttpResponse, Fault> {
    let webhooks = state.webhooks.list(&caller.tenant).await?;
    let attempts = try_join_all(webhooks.iter().map(|it| state.webhooks.attempts(&caller.tenant, it.id))).await?;
    let rows =
        webhooks.iter().zip(attempts).map(|(it, attempts)| WebhookRow::new(&view, it, &attempts.unwrap_or_default()));
    let shown = WebhooksPage {
        assets: Assets,
        tabs: Tabs::new(&view, WEBHOOKS),
        webhooks: rows.collect(),
        frame: Frame::new(view.clone().timeless(), SETTINGS).with(Elsewhere::new(
            &view,
            WEBHOOKS,
            "/v1/webhooks",
            &[],
            false,
        )),
    };
    page(StatusCode::OK, &shown)
}

/// Posts a test message to a webhook now, and shows what came of it.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names.
pub async fn test(
    caller: Caller<WebhooksWrite>,
    view: View,
    At(id): At<WebhookId>,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    state.webhooks.test(&caller.tenant, id).await?.ok_or(Fault::NotFound)?;
    Ok(see_other(&view.href(WEBHOOKS, &[])))
}

impl WebhookRow {
    fn new(view: &View, webhook: &Webhook, attempts: &[Attempt]) -> Self {
        let test = || view.href(&format!("{WEBHOOKS}/{}/test", webhook.id), &[]);
        Self {
            id: webhook.id.to_string(),
            url: webhook.url.clone(),
            description: webhook.description.clone(),
            is_enabled: webhook.enabled,
            events: webhook.events.iter().copied().map(EventKind::as_str).collect(),
            latest: attempts.first().map(|it| AttemptShown::new(view, it)),
            failed: attempts.iter().filter(|it| it.error.is_some()).count(),
            attempts: attempts.len(),
            test: view.operator.may(Scope::WebhooksWrite).then(test),
        }
    }
}

impl AttemptShown {
    fn new(view: &View, attempt: &Attempt) -> Self {
        let status = attempt.status.map(|it| it.to_string());
        let said: Vec<String> = status.into_iter().chain(attempt.error.clone()).collect();
        Self {
            at: Moment::new(view, attempt.at),
            event: attempt.kind.as_str(),
            said: said.join(" "),
            is_accepted: attempt.error.is_none(),
            next_at: attempt.next_at.map(|it| Moment::new(view, it)),
        }
    }
}
