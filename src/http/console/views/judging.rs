//! What operators write about a login, and decide: the forms of the login's page, and what the queue's buttons send.

use actix_web::{
    HttpResponse,
    web::{Data, Query},
};
use serde::{Deserialize, de::DeserializeOwned};

use crate::{
    domain::{
        ids::LoginId,
        privacy::note::{Verdict, checked_text},
    },
    http::{
        console::{
            faces::{see_other, within},
            parts::view::View,
        },
        door::{
            body::Form,
            caller::{Caller, DevicesWrite},
            fault::Fault,
            path::At,
            state::State,
        },
    },
    service::privacy::notes::Written,
};

/// What the form for a note sends.
#[derive(Deserialize)]
struct NoteForm {
    text: String,
}

/// What the form for a verdict sends.
#[derive(Deserialize)]
struct VerdictForm {
    verdict: String,
    #[serde(default)]
    reason: String,
    /// Where to go afterwards: a page of the console.
    #[serde(default)]
    next: String,
}

/// Writes a note on a login, and shows the login.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names.
pub async fn write(
    caller: Caller<DevicesWrite>,
    view: View,
    At(id): At<LoginId>,
    Form(form): Form,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    let text = read::<NoteForm>(&form)?.text.replace("\r\n", "\n").trim().to_owned();
    checked_text(&text).map_err(|must| Fault::parameter("text", must))?;
    let login = caller.login(&state, id).await?;
    match state.notes.write(&login, &caller.key, text).await? {
        Written::New(_) | Written::Before(_) => Ok(see_other(&shown(&view, id, ""))),
        Written::TooMany => Err(Fault::NoteLimit),
    }
}

/// Gives a verdict on a login, and goes on where the form says, or shows the login.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names.
pub async fn judge(
    caller: Caller<DevicesWrite>,
    view: View,
    At(id): At<LoginId>,
    Form(form): Form,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    let form: VerdictForm = read(&form)?;
    let (verdict, reason) = (verdict(&form.verdict)?, reason(&form.reason)?);
    let login = caller.login(&state, id).await?;
    match state.verdicts.judge(&login, &caller.key, verdict, reason).await? {
        (Written::New(_) | Written::Before(_), _) => Ok(see_other(&shown(&view, id, &form.next))),
        (Written::TooMany, _) => Err(Fault::NoteLimit),
    }
}

/// How many logins are judged at once.
const MAX_CHOSEN: usize = 200;

/// Gives one verdict on all chosen logins, in their order, and goes on where the form says. If one fails, those before it are judged.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names.
pub async fn judge_all(
    caller: Caller<DevicesWrite>,
    view: View,
    Form(form): Form,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    let Chosen { verdict, reason, logins, next } = Chosen::read(&form)?;
    let own = view.href("/console/", &[]);
    for id in logins {
        let login = state.history.find(&caller.tenant, id).await?.ok_or(Fault::NotFound)?;
        caller.names(std::slice::from_ref(&login.user));
        state.people.check_readable(&caller.tenant, &login.user).await?;
        if let (Written::TooMany, _) = state.verdicts.judge(&login, &caller.key, verdict, reason.clone()).await? {
            return Err(Fault::NoteLimit);
        }
    }
    Ok(see_other(within(&next, &own)))
}

/// What the queue's form sends: `login` for each that was chosen.
struct Chosen {
    verdict: Verdict,
    reason: String,
    logins: Vec<LoginId>,
    next: String,
}

impl Chosen {
    fn read(form: &[u8]) -> Result<Self, Fault> {
        let fields: Vec<(String, String)> = read(form)?;
        let last = |name: &str| fields.iter().rev().find(|(it, _)| it == name).map(|(_, value)| value.as_str());
        let logins = fields.iter().filter(|(name, _)| name == "login").map(|(_, id)| LoginId::parse(id));
        let logins: Vec<LoginId> = logins.collect::<Option<_>>().ok_or(Fault::NotFound)?;
        if logins.is_empty() || logins.len() > MAX_CHOSEN {
            return Err(Fault::parameter("login", "must be chosen: 1 to 200 logins"));
        }
        Ok(Self {
            verdict: verdict(last("verdict").unwrap_or_default())?,
            reason: reason(last("reason").unwrap_or_default())?,
            logins,
            next: last("next").unwrap_or_default().to_owned(),
        })
    }
}

fn verdict(text: &str) -> Result<Verdict, Fault> {
    Verdict::parse(text).ok_or_else(|| Fault::parameter("verdict", "must be `safe`, `compromised` or `unsure`"))
}

/// The reason of a verdict, which may be empty.
fn reason(text: &str) -> Result<String, Fault> {
    let reason = text.trim();
    if !reason.is_empty() {
        checked_text(reason).map_err(|must| Fault::parameter("reason", must))?;
    }
    Ok(reason.to_owned())
}

/// What a form of ours has sent.
///
/// # Errors
/// 400 if no form of ours sends that.
pub fn read<T: DeserializeOwned>(form: &[u8]) -> Result<T, Fault> {
    let text = std::str::from_utf8(form).map_err(|_| Fault::BadRequest)?;
    Query::<T>::from_query(text).map(Query::into_inner).map_err(|_| Fault::BadRequest)
}

/// Where one goes on: to `next`, if it is a page of ours, or to the login.
fn shown(view: &View, id: LoginId, next: &str) -> String {
    let own = view.href(&format!("/console/logins/{id}"), &[]);
    if next.is_empty() { own } else { within(next, &own).to_owned() }
}
