//! `/v1/audit`, `/v1/users/{id}/reads`: who has read what about whom, and changed what.

use actix_web::{HttpRequest, HttpResponse, web::Data};

use crate::{
    domain::{
        ids::UserId,
        privacy::audit::{Action, Actor},
    },
    http::door::{
        caller::{Caller, PrivacyRead},
        fault::Fault,
        page::{Listed, Page},
        path::At,
        query::{self, Parameters, Period, Question},
        state::State,
    },
    service::privacy::audit::AuditFilter,
    wire::privacy::audit::{AuditEntryBody, AuditListBody},
};

impl Listed for AuditFilter {
    fn read(_: &HttpRequest, parameters: &mut Parameters) -> Result<Self, Fault> {
        const ACTORS: &str = "must be `key:ID`, `operator:NAME`, `cli` or `system`";
        let Period { from, to } = Period::read(parameters)?;
        Ok(Self {
            user: query::user(parameters)?,
            actor: parameters.read("actor", ACTORS, Actor::parse)?,
            action: parameters.read("action", "must be an action such as `person.read`", Action::parse)?,
            reads_only: false,
            from,
            to,
        })
    }

    fn signed(&self, asked: &str) -> String {
        format!("audit?{asked}")
    }

    fn user(&self) -> Option<&UserId> {
        self.user.as_ref()
    }
}

/// Who has read about one user.
pub struct Reads(AuditFilter);

impl Listed for Reads {
    fn read(request: &HttpRequest, _: &mut Parameters) -> Result<Self, Fault> {
        let At(user) = At::of(request)?;
        Ok(Self(AuditFilter { user: Some(user), reads_only: true, ..AuditFilter::default() }))
    }

    fn signed(&self, _: &str) -> String {
        format!("reads/{}", self.0.user.as_ref().map_or("", |it| it.as_str()))
    }

    fn user(&self) -> Option<&UserId> {
        self.0.user.as_ref()
    }
}

/// What was read about persons and what was changed, by whom and what for, the newest first.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names; [`Fault`] says how each is answered.
#[utoipa::path(get, path = "/v1/audit", tag = "privacy", operation_id = "listAudit",
    params(
        ("user" = Option<String>, Query, description = "About this user"),
        ("actor" = Option<String>, Query, description = "By `key:` and the public part of a key, `operator:` and a name, `cli`, `system`"),
        ("action" = Option<String>, Query, description = "Of this action"),
        ("from" = Option<String>, Query, description = "At this time or later", format = DateTime),
        ("to" = Option<String>, Query, description = "Before this time", format = DateTime),
        ("limit" = Option<u32>, Query, description = "Entries on a page, 1 to 500; 50 if absent", minimum = 1, maximum = 500),
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the page before")),
    responses((status = 200, description = "A page", body = AuditListBody)))]
pub async fn list(
    caller: Caller<PrivacyRead>,
    page: Page<AuditFilter>,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    answer(&caller, &page, &page.list, &state).await
}

/// Who has read about a user, when and what for, the newest first. Lists that were read without naming a user are not
/// among them.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names; [`Fault`] says how each is answered.
#[utoipa::path(get, path = "/v1/users/{id}/reads", tag = "privacy", operation_id = "listReads",
    params(("id" = String, Path, description = "The user", example = "u_42"),
        ("limit" = Option<u32>, Query, description = "Entries on a page, 1 to 500; 50 if absent", minimum = 1, maximum = 500),
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the page before")),
    responses((status = 200, description = "A page; empty for an unknown user", body = AuditListBody)))]
pub async fn reads(caller: Caller<PrivacyRead>, page: Page<Reads>, state: Data<State>) -> Result<HttpResponse, Fault> {
    answer(&caller, &page, &page.list.0, &state).await
}

async fn answer<L: Listed>(
    caller: &Caller<PrivacyRead>,
    page: &Page<L>,
    filter: &AuditFilter,
    state: &State,
) -> Result<HttpResponse, Fault> {
    let found = state.audit.page(&caller.tenant, filter, page.before.map(number), page.limit).await?;
    let data = found.entries.iter().map(AuditEntryBody::new).collect();
    let next_cursor = found.next.map(|next| page.cursor(u128::from(next).to_be_bytes()));
    Ok(HttpResponse::Ok().json(AuditListBody { data, next_cursor }))
}

/// The number in a position of a list.
#[must_use]
pub fn number(position: [u8; 16]) -> u64 {
    u64::try_from(u128::from_be_bytes(position)).unwrap_or(u64::MAX)
}
