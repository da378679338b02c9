//! What operators write about a login, and decide: the forms of the login's page, and what the queue's buttons send.

use actix_web::{
    HttpResponse,
    web::{Data, Query},
};
use serde::{Deserialize, de::DeserializeOwned};
use url::form_urlencoded;

use crate::{
    domain::{
        history::login_record::LoginRecord,
        ids::{LoginId, NoteId},
        privacy::{
            audit::{Action, Subject, SubjectKind},
            note::{Decision, Seen, Verdict, checked_text},
        },
    },
    http::{
        console::{
            done::Done,
            parts::view::View,
            views::{
                meanwhile::{Again, Since, ask_again},
                queue::queue::{self, PAGE, QUEUE, Returned},
            },
            ways::{see_other, within},
        },
        door::{
            body::Form,
            caller::{Caller, DevicesWrite},
            fault::Fault,
            path::At,
            state::State,
        },
    },
    service::privacy::{
        notes::Written,
        verdicts::{Given, Judged},
    },
};

/// What the form for a note sends.
#[derive(Deserialize)]
struct NoteForm {
    text: String,
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
        Written::New(_) | Written::Before(_) => {
            Ok(see_other(&view.operator.told(&state, Done::Noted, &shown(&view, id, ""))))
        }
        Written::TooMany => Err(Fault::NoteLimit),
    }
}

/// Gives a verdict on a login, and goes on where the form says, or shows the login. If somebody else has judged it since the form
/// was opened, or the user has denied it, says so, and asks again.
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
    let sent = Sent::read(&form)?;
    caller.asks(&format!("verdict={}", sent.decision.verdict.as_str()));
    let login = caller.login(&state, id).await?;
    let next = shown(&view, id, &sent.next);
    match give(&state, &caller.key, &sent, &login).await? {
        Ok(given) => {
            let denied = u16::from(given.is_denied);
            if given.has_denied {
                caller.also(Action::Deny, Subject::device(login.user.clone(), login.device.id), None);
            }
            let (since, until) = (given.verdict.created_at, state.clock.now());
            let done = Done::Judged { verdict: sent.decision.verdict, logins: 1, denied, since, until };
            Ok(see_other(&view.operator.told(&state, done, &next)))
        }
        Err(since) => {
            let (seen, open) = (sent.seen(), vec![(login, since)]);
            ask_again(&state, view, Again { decision: sent.decision, next, seen, given: 0, open }).await
        }
    }
}

/// How many logins are judged at once.
const MAX_CHOSEN: usize = 200;

/// Gives one verdict on all chosen logins, in their order, and goes on where the form says. If one fails, those before it are judged.
/// Those that somebody else has judged since the form was opened, or the user has denied, are left as they are, and asked about again.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names.
pub async fn judge_all(
    caller: Caller<DevicesWrite>,
    view: View,
    Form(form): Form,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    let sent = Sent::read(&form)?;
    let (mut logins, chosen) = (Vec::new(), sent.chosen()?);
    for id in chosen.iter().flatten() {
        logins.extend(state.history.find(&caller.tenant, *id).await?);
    }
    // Nothing is done before all of it can be.
    if logins.is_empty() || logins.len() < chosen.len() {
        let mut view = view;
        QUEUE.clone_into(&mut view.path);
        let gone = chosen.len() - logins.len();
        let chosen = logins.iter().map(|it| it.id).collect();
        let returned = Returned { reason: sent.decision.reason.clone(), chosen, gone };
        return queue::again(&caller, view, &state, (sent.page(), returned)).await;
    }
    let asked = format!("verdict={}", sent.decision.verdict.as_str());
    caller.asks(&asked);
    let next = within(&sent.next, &view.href(QUEUE, &[])).to_owned();
    let (mut given, mut denied, mut open) = (0, 0, Vec::new());
    let mut since = state.clock.now();
    for login in logins {
        let user = std::slice::from_ref(&login.user);
        caller.is_refused(user);
        state.people.check_readable(&caller.tenant, &login.user).await?;
        match give(&state, &caller.key, &sent, &login).await? {
            Ok(verdict) => {
                let subject = Subject::thing(SubjectKind::Login, &login.id).of(login.user.clone());
                caller.also(Action::Verdict, subject, Some(&asked));
                if verdict.has_denied {
                    caller.also(Action::Deny, Subject::device(login.user.clone(), login.device.id), None);
                }
                denied += u16::from(verdict.is_denied);
                given += 1;
                since = since.min(verdict.verdict.created_at);
            }
            Err(since) => open.push((login, since)),
        }
    }
    if open.is_empty() {
        let until = state.clock.now();
        let done = Done::Judged { verdict: sent.decision.verdict, logins: given, denied, since, until };
        Ok(see_other(&view.operator.told(&state, done, &next)))
    } else {
        let (seen, given) = (sent.seen(), usize::from(given));
        ask_again(&state, view, Again { decision: sent.decision, next, seen, given, open }).await
    }
}

/// Gives a verdict, unless something was said of the login that the form has not shown.
async fn give(state: &State, author: &str, sent: &Sent, login: &LoginRecord) -> Result<Result<Given, Since>, Fault> {
    if sent.decision.seen != Seen::Whatever
        && !sent.denied.contains(&login.id)
        && let Some(denial) = state.verdicts.denial_against(sent.decision.verdict, login).await?
    {
        return Ok(Err(Since::Denied(denial)));
    }
    match state.verdicts.judge(login, author, &sent.decision).await? {
        Judged::New(given) | Judged::Before(given) => Ok(Ok(given)),
        Judged::Meanwhile(verdict) => Ok(Err(Since::Judged(verdict))),
        Judged::TooMany => Err(Fault::NoteLimit),
    }
}

/// What the form for a verdict sends.
struct Sent {
    decision: Decision,
    /// The logins that it has shown as denied.
    denied: Vec<LoginId>,
    /// Where to go afterwards: a page of the console.
    next: String,
    /// Every field, in the form's order.
    fields: Vec<(String, String)>,
}

impl Sent {
    fn read(form: &[u8]) -> Result<Self, Fault> {
        let fields: Vec<(String, String)> = read(form)?;
        let last = |name: &str| fields.iter().rev().find(|(it, _)| it == name).map_or("", |(_, value)| value.as_str());
        let seen: Vec<&str> = fields.iter().filter(|(name, _)| name == "seen").map(|(_, id)| id.as_str()).collect();
        let denied: Vec<LoginId> = seen.iter().filter_map(|it| LoginId::parse(it)).collect();
        let others = seen.iter().filter(|it| !it.is_empty() && LoginId::parse(it).is_none());
        let verdicts = others.map(|it| NoteId::parse(it)).collect::<Option<_>>().ok_or_else(|| {
            Fault::parameter("seen", "must be verdicts that were shown, and logins that were shown as denied")
        })?;
        let decision = Decision {
            verdict: verdict(last("verdict"))?,
            reason: reason(last("reason"))?,
            seen: if seen.is_empty() { Seen::Whatever } else { Seen::NoneBut(verdicts) },
        };
        let next = last("next").to_owned();
        Ok(Self { decision, denied, next, fields })
    }

    /// What the form has shown: verdicts, and logins that are denied.
    fn seen(&self) -> Vec<String> {
        let shown = self.fields.iter().filter(|(name, value)| name == "seen" && !value.is_empty());
        shown.map(|(_, value)| value.clone()).collect()
    }

    /// The page of the queue that has sent it, as the place says where one goes afterwards.
    fn page(&self) -> usize {
        let asked = self.next.split_once('?').map_or("", |(_, asked)| asked);
        let page = form_urlencoded::parse(asked.as_bytes()).find(|(name, _)| name == PAGE);
        page.and_then(|(_, number)| number.parse().ok()).unwrap_or(1)
    }

    /// The logins that the queue's form sends: `login` for each line that was chosen, with commas between those that it stands for.
    /// What is no id of a login is `None`.
    fn chosen(&self) -> Result<Vec<Option<LoginId>>, Fault> {
        let lines = self.fields.iter().filter(|(name, _)| name == "login");
        let logins: Vec<Option<LoginId>> = lines.flat_map(|(_, ids)| ids.split(',')).map(LoginId::parse).collect();
        if logins.len() > MAX_CHOSEN {
            return Err(Fault::parameter("login", "must be chosen: 1 to 200 logins"));
        }
        Ok(logins)
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
