//! `/v1/searches`: searches that a tenant has saved.

use actix_web::{HttpResponse, web::Data};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    domain::{
        login::login::Invalid,
        tenant::saved_search::{SavedSearch, SearchName},
    },
    http::door::{
        body::Json,
        caller::{Caller, DevicesWrite, LoginsRead},
        fault::Fault,
        path::At,
        query::NoParameters,
        state::State,
    },
    service::tenant::saved_searches::{SavedList, SavedSearchError, Wanted},
    wire::{examples, time},
};

/// One search to be saved, or the whole list in `data`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = examples::search::search_request)]
pub struct SearchRequest {
    /// Its name, 1 to 80 characters: a search of this name is replaced.
    #[schema(max_length = 80)]
    name: Option<String>,
    /// What is searched, in the language of docs/search.md. What is relative, such as `last:7d`, stays so.
    #[schema(max_length = 4096)]
    q: Option<String>,
    /// Whether your webhooks are told (`search.matched`) of the first login that it finds from now on. Then it asks only for what a
    /// login itself says, and has no end of time.
    notify: Option<bool>,
    /// The list that takes the place of all searches, at most 100.
    data: Option<Vec<SearchInList>>,
    /// With `data`, the version to be replaced: 409 if it is not the current one.
    version: Option<String>,
}

/// A search of the list.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SearchInList {
    /// Its name, which comes once in the list.
    #[schema(max_length = 80)]
    name: String,
    /// What is searched.
    #[schema(max_length = 4096)]
    q: String,
    /// Whether your webhooks are told of the first login that it finds.
    #[serde(default)]
    notify: bool,
    /// Ignored: so that the list can be sent as it was read.
    #[serde(default)]
    #[schema(read_only)]
    #[expect(dead_code, reason = "it may be sent, and says nothing")]
    saved_at: Option<String>,
    /// Ignored.
    #[serde(default)]
    #[schema(read_only)]
    #[expect(dead_code, reason = "it may be sent, and says nothing")]
    found: Option<FoundBody>,
}

/// The searches that a tenant has saved.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = examples::search::searches)]
pub struct SearchList {
    /// The searches, by name.
    data: Vec<SearchBody>,
    /// Changes with the list.
    #[schema(example = "3")]
    version: String,
}

/// A search that was saved.
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchBody {
    /// Its name.
    name: String,
    /// What is searched, as it was written.
    q: String,
    /// Whether your webhooks are told of the first login that it finds.
    notify: bool,
    /// When it was saved last. It waits for a login from then on.
    #[schema(format = DateTime)]
    saved_at: String,
    /// What it has found since then; null while it waits, or tells nobody.
    #[schema(required = true)]
    found: Option<FoundBody>,
}

/// The first login that a search has found.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct FoundBody {
    /// The login.
    login_id: String,
    /// The event that tells of it: the message's `webhook-id`.
    event_id: String,
    /// When the login was received.
    #[schema(format = DateTime)]
    at: String,
}

impl SearchList {
    fn new(list: &SavedList) -> Self {
        let body = |it: &SavedSearch| SearchBody {
            name: it.name.as_str().to_owned(),
            q: it.q.clone(),
            notify: it.notify,
            saved_at: time::to_text(it.saved_at),
            found: it.found.map(|it| FoundBody {
                login_id: it.login.to_string(),
                event_id: it.event.to_string(),
                at: time::to_text(it.at),
            }),
        };
        Self { data: list.searches.iter().map(body).collect(), version: list.times.to_string() }
    }
}

/// The searches that the tenant has saved.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names; [`Fault`] says how each is answered.
#[utoipa::path(get, path = "/v1/searches", tag = "logins", operation_id = "listSearches",
    responses(
        (status = 200, description = "The searches", body = SearchList)))]
pub async fn list(caller: Caller<LoginsRead>, _: NoParameters, state: Data<State>) -> Result<HttpResponse, Fault> {
    let list = state.saved_searches.list(&caller.tenant).await?;
    Ok(HttpResponse::Ok().json(SearchList::new(&list)))
}

/// Saves one search by its `name`, or replaces the whole list by `data`. One that is saved by its name, or changed, waits for its
/// first login from now on, even if it had found one; in a list, one that stays as it was goes on as it was.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names; [`Fault`] says how each is answered.
#[utoipa::path(put, path = "/v1/searches", tag = "logins", operation_id = "putSearches",
    request_body = SearchRequest,
    responses(
        (status = 200, description = "All searches as they are now", body = SearchList)))]
pub async fn put(
    caller: Caller<DevicesWrite>,
    _: NoParameters,
    body: Json<SearchRequest>,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    let (tenant, now) = (&caller.tenant, state.clock.now());
    let list = match body.value.into_asked()? {
        Asked::One(wanted) => state.saved_searches.put(tenant, wanted, now).await?,
        Asked::All(times, wanted) => state.saved_searches.replace(tenant, times, wanted, now).await?,
    };
    Ok(HttpResponse::Ok().json(SearchList::new(&list)))
}

/// Deletes a search.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names; [`Fault`] says how each is answered.
#[utoipa::path(delete, path = "/v1/searches/{name}", tag = "logins", operation_id = "deleteSearch",
    params(("name" = String, Path, description = "The search's name", example = "High risk in Brazil")),
    responses(
        (status = 204, description = "It is deleted")))]
pub async fn remove(
    caller: Caller<DevicesWrite>,
    _: NoParameters,
    At(name): At<SearchName>,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    if state.saved_searches.remove(&caller.tenant, &name).await? {
        Ok(HttpResponse::NoContent().finish())
    } else {
        Err(Fault::NotFound)
    }
}

/// What a request asks for.
#[derive(Debug)]
pub enum Asked {
    /// To save one search.
    One(Wanted),
    /// To replace the list, if it was changed so many times.
    All(Option<u64>, Vec<Wanted>),
}

impl SearchRequest {
    /// Reads what it asks for.
    ///
    /// # Errors
    /// What is missing, what does not go together, or a name that cannot be one.
    pub fn into_asked(self) -> Result<Asked, Invalid> {
        let Self { name, q, notify, data, version } = self;
        let name_must =
            || Invalid::new("name", "must have 1 to 80 characters, without control characters or outer spaces");
        match (data, name, q) {
            (Some(data), None, None) if notify.is_none() => {
                let version_must = || Invalid::new("version", "must be the `version` of the list");
                let times = version.map(|it| it.parse().map_err(|_| version_must())).transpose()?;
                let wanted = data.into_iter().map(|it| {
                    let name = SearchName::parse(&it.name).ok_or_else(name_must)?;
                    Ok(Wanted { name, q: it.q, notify: it.notify })
                });
                Ok(Asked::All(times, wanted.collect::<Result<_, Invalid>>()?))
            }
            (None, Some(name), Some(q)) if version.is_none() => {
                let name = SearchName::parse(&name).ok_or_else(name_must)?;
                Ok(Asked::One(Wanted { name, q, notify: notify.unwrap_or(false) }))
            }
            (None, Some(_), None) => Err(Invalid::new("q", "must be given")),
            (None, None, _) => Err(Invalid::new("name", "must be given, or the whole list as `data`")),
            _ => Err(Invalid::new("data", "must stand alone, or with `version`")),
        }
    }
}

impl From<SavedSearchError> for Fault {
    fn from(error: SavedSearchError) -> Self {
        match error {
            SavedSearchError::Query(fault) => Self::query("q", fault),
            SavedSearchError::Twice(name) => Invalid::new("data", format!("has `{}` twice", name.as_str())).into(),
            SavedSearchError::TooMany => Self::SearchLimit,
            SavedSearchError::Changed => Self::SearchesChanged,
            SavedSearchError::Unavailable(unavailable) => unavailable.into(),
        }
    }
}
