//! `/v1/policy`: by what a tenant's logins are judged.

use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse, web::Data};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    domain::{
        api_key::Scope,
        policy::{Policy, SignalKind},
        time::{DAY_MS, HOUR_MS},
    },
    http::{
        auth,
        problem::{Fault, Problem},
        query::Parameters,
        state::State,
    },
};

/// By what logins are judged, as the operator's file of policies has it.
#[derive(Debug, Serialize, ToSchema)]
pub struct PolicyBody {
    /// What logins that were judged by it are marked with: a hash of all that it says.
    version: String,
    /// A device is recognized from this probability on.
    recognized_from: f64,
    /// Below this it is recognized, but only just.
    certain_from: f64,
    /// From this score on a risk is `medium`.
    medium_from: f64,
    /// From this score on it is `high`.
    high_from: f64,
    /// Two signals of this weight or more are worth a mail about a known device.
    strong_from: f64,
    /// What each signal weighs; 0 is muted.
    weights: BTreeMap<&'static str, f64>,
    /// For how many days a country is remembered.
    country_memory_days: i64,
    /// No country is new within so many days of the first login …
    learning_days: i64,
    /// … nor within so many logins.
    learning_logins: u32,
    /// Mails to one user within an hour.
    mails_per_hour: usize,
    /// Mails to one user within a day.
    mails_per_day: usize,
    /// Logins older than this are never mailed.
    late_after_hours: i64,
    /// Whether nobody is mailed.
    shadow: bool,
    /// The names of networks of which nothing is made.
    trusted_networks: Vec<String>,
    /// How many users are judged and never mailed.
    excluded_users: usize,
}

impl PolicyBody {
    fn new(it: &Policy) -> Self {
        Self {
            version: it.version.to_string(),
            recognized_from: it.recognized_from,
            certain_from: it.certain_from,
            medium_from: it.medium_from,
            high_from: it.high_from,
            strong_from: it.strong_from,
            weights: SignalKind::ALL.iter().map(|kind| (kind.as_str(), it.weights.get(*kind))).collect(),
            country_memory_days: it.country_memory_ms / DAY_MS,
            learning_days: it.learning_ms / DAY_MS,
            learning_logins: it.learning_logins,
            mails_per_hour: it.mails_per_hour,
            mails_per_day: it.mails_per_day,
            late_after_hours: it.late_after_ms / HOUR_MS,
            shadow: it.muted,
            trusted_networks: it.trusted_networks.iter().map(|it| it.name.clone()).collect(),
            excluded_users: it.excluded_users.len(),
        }
    }
}

/// By what the caller's logins are judged now.
///
/// # Errors
/// See the table in [`Fault`].
#[utoipa::path(get, path = "/v1/policy", tag = "logins", operation_id = "getPolicy",
    security(("api_key" = ["logins:read"])),
    responses(
        (status = 200, description = "The policy", body = PolicyBody),
        (status = "default", description = "A failure", body = Problem, content_type = "application/problem+json")))]
pub async fn one(request: HttpRequest, state: Data<State>) -> Result<HttpResponse, Fault> {
    let tenant = auth::tenant(&state, &request, Scope::LoginsRead).await?;
    Parameters::of(&request)?.finish()?;
    Ok(HttpResponse::Ok().json(PolicyBody::new(state.intake.policy(&tenant))))
}
