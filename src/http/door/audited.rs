//! What a request leaves in the audit: one entry, once it is answered. The table of routes says which action a route is.
//! What it is about is noted on the way: by the arguments that read it from the path or the query, and by a handler that
//! finds out whose a thing is.

use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

use actix_web::{
    HttpMessage, HttpRequest,
    body::BoxBody,
    dev::ServiceResponse,
    http::{
        Method, StatusCode,
        header::{HeaderMap, HeaderName},
    },
};

use futures_util::future;

use crate::{
    domain::{
        ids::{TenantId, UserId},
        privacy::audit::{Action, Actor, MAX_PURPOSE_CHARS, Outcome, Subject},
        search::{field::Field, parser::parse_answerable},
        tenant::api_key::Scope,
    },
    http::door::{fault::Fault, state::State},
    service::{history::beside::LOOKED_UP, privacy::audit::Deed},
};

/// The header in which a caller says what for something is read or changed.
pub const PURPOSE: HeaderName = HeaderName::from_static("x-purpose");

/// What a route is in the audit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InAudit {
    /// Every request that finds something out, or changes something, is this action.
    As(Action),
    /// Nothing: neither reads about persons, nor changes how the product works. What the product posts of its own, such
    /// as logins, is of this kind.
    Absent,
}

/// Who was admitted, for [`Caller`](crate::http::door::caller::Caller).
///
/// A caller is whoever presents an API key, or an operator with a session who looks at one of several tenants.
/// [`admit`](crate::http::door::access::admit) finds out which, and handlers are the same for both.
#[derive(Clone, Debug)]
pub struct Admitted {
    /// The tenant whose data is asked for.
    pub tenant: TenantId,
    /// The access by which it was admitted.
    pub scope: Scope,
    /// All that the caller may do.
    pub scopes: Vec<Scope>,
    /// The public part of its key, or the operator's id.
    pub key: String,
    /// Who it is in the audit.
    pub actor: Actor,
    /// What for, as the caller says.
    pub purpose: Option<String>,
    /// What the request is about.
    pub note: Note,
}

/// What a request is about, as far as that is known. All clones are one note.
#[derive(Clone, Debug, Default)]
pub struct Note(Rc<RefCell<Noted>>);

#[derive(Debug, Default)]
struct Noted {
    subject: Option<Subject>,
    query: Option<String>,
    /// Other persons whom the answer names, and whether what was asked for was refused about them alone.
    named: BTreeMap<UserId, bool>,
    /// What else was done, to what, and as what was asked for.
    also: Vec<(Action, Subject, Option<String>)>,
    /// What it turned out to be, if that is something else than its route is.
    instead: Option<Action>,
}

impl Note {
    /// The note of a request; one that nobody reads if the request needs no key.
    #[must_use]
    pub fn of(request: &HttpRequest) -> Self {
        request.extensions().get::<Admitted>().map(|it| it.note.clone()).unwrap_or_default()
    }

    /// It is about this, unless something was named before.
    pub fn about(&self, subject: Option<Subject>) {
        let mut noted = self.0.borrow_mut();
        noted.subject = noted.subject.take().or(subject);
    }

    /// It is found to be about this user, or a thing of this user.
    pub fn of_user(&self, user: &UserId) {
        let mut noted = self.0.borrow_mut();
        let subject = noted.subject.take();
        noted.subject = Some(subject.map_or_else(|| Subject::user(user.clone()), |it| it.of(user.clone())));
    }

    /// The answer names these other persons, each as often as it likes.
    pub fn names(&self, users: &[UserId]) {
        self.0.borrow_mut().named.extend(users.iter().map(|it| (it.clone(), false)));
    }

    /// The answer names these other persons, about whom nothing was done, unless they are [named](Self::names) as well.
    pub fn refused(&self, users: &[UserId]) {
        let named = &mut self.0.borrow_mut().named;
        for user in users {
            named.entry(user.clone()).or_insert(true);
        }
    }

    /// This was done, too, by what was asked for. It is no longer refused about the user of that.
    pub fn also(&self, action: Action, subject: Subject, asked: Option<&str>) {
        let mut noted = self.0.borrow_mut();
        if let Some(user) = &subject.user
            && noted.named.get(user) == Some(&true)
        {
            noted.named.remove(user);
        }
        noted.also.push((action, subject, asked.map(str::to_owned)));
    }

    /// It turned out to be this, whatever its route is.
    pub fn is_instead(&self, action: Action) {
        self.0.borrow_mut().instead = Some(action);
    }

    /// A list was asked for by this query.
    pub fn query(&self, query: &str) {
        self.0.borrow_mut().query = Some(query.to_owned()).filter(|it| !it.is_empty());
    }
}

/// What for a request is made, as it says.
///
/// # Errors
/// 400 if that is no text, too long, said twice, or has control characters.
pub fn purpose(headers: &HeaderMap) -> Result<Option<String>, Fault> {
    let refused = || {
        Fault::parameter(
            "X-Purpose",
            "must be given once, in UTF-8, with at most 200 characters and no control characters",
        )
    };
    let mut given = headers.get_all(&PURPOSE);
    let Some(value) = given.next() else { return Ok(None) };
    let text = std::str::from_utf8(value.as_bytes()).map_err(|_| refused())?;
    let fits = text.chars().count() <= MAX_PURPOSE_CHARS && !text.chars().any(char::is_control);
    if given.next().is_some() || !fits {
        return Err(refused());
    }
    Ok(Some(text.trim().to_owned()).filter(|it| !it.is_empty()))
}

/// Leaves an entry about a request that is answered, before it one for each other person whom the answer names, and hands on the
/// answer. Nobody reads unseen: if the entry cannot
/// be stored, the answer is 503.
pub async fn leave(in_audit: InAudit, answer: ServiceResponse<BoxBody>) -> ServiceResponse<BoxBody> {
    // What is shown instead of doing what cannot be done is seen, whatever its status is.
    let is_shown_instead = || Note::of(answer.request()).0.borrow().instead.is_some();
    let outcome = outcome(answer.request().method(), answer.status());
    let outcome = outcome.or_else(|| is_shown_instead().then_some(Outcome::Done));
    let (InAudit::As(action), Some(outcome)) = (in_audit, outcome) else { return answer };
    match note(action, outcome, answer.request()).await {
        Ok(()) => answer,
        Err(fault) => ServiceResponse::from_err(fault, answer.into_parts().0),
    }
}

/// What came of a request, if its answer tells anything.
fn outcome(method: &Method, status: StatusCode) -> Option<Outcome> {
    match status {
        // What a form has changed leads to the page that shows it.
        StatusCode::SEE_OTHER if *method == Method::POST => Some(Outcome::Done),
        StatusCode::NOT_FOUND => Some(Outcome::Nothing),
        StatusCode::CONFLICT | StatusCode::LOCKED => Some(Outcome::Refused),
        done if done.is_success() => Some(Outcome::Done),
        _ => None,
    }
}

async fn note(action: Action, outcome: Outcome, request: &HttpRequest) -> Result<(), Fault> {
    let state = State::of(request)?;
    let admitted = request.extensions().get::<Admitted>().cloned();
    let Some(Admitted { tenant, actor, purpose, note, .. }) = admitted else { return Ok(()) };
    let Noted { subject, query, named, also, instead } = note.0.take();
    let deed = Deed { actor, action: instead.unwrap_or(action), outcome, subject, query, purpose };
    let asked = deed.query.as_deref().filter(|it| names_nobody(it, state)).map(str::to_owned);
    let others = named.into_iter().map(|(user, is_refused)| Deed {
        subject: Some(Subject::user(user)),
        outcome: if is_refused { Outcome::Refused } else { outcome },
        query: asked.clone(),
        ..deed.clone()
    });
    let also = also.into_iter().map(|(action, subject, query)| Deed {
        action,
        subject: Some(subject),
        outcome: Outcome::Done,
        query,
        ..deed.clone()
    });
    let others = others.chain(also).map(|deed| state.audit.note(&tenant, deed));
    future::try_join_all(others).await?;
    Ok(state.audit.note(&tenant, deed).await?)
}

/// Whether what was asked of a list may be told to everybody whom the list names: whether it names no person, and nothing that is of
/// one person.
fn names_nobody(asked: &str, state: &State) -> bool {
    const OF_ALL: [&str; 17] = [
        "q", "from", "to", "tz", "tenant", "limit", "cursor", "show", "by", "step", "top", "verdict", "country", "asn",
        "level", "status", "outcome",
    ];
    const OF_ONE: [Field; 8] = [
        Field::User,
        Field::Email,
        Field::Session,
        Field::Reference,
        Field::Device,
        Field::Login,
        Field::Alert,
        Field::Like,
    ];
    url::form_urlencoded::parse(asked.as_bytes()).all(|(name, value)| {
        let is_of_all = || {
            let query = parse_answerable(&value, state.clock.now(), LOOKED_UP);
            query.is_ok_and(|it| it.terms().iter().all(|term| !OF_ONE.contains(&term.field())))
        };
        OF_ALL.contains(&name.as_ref()) && (name != "q" || is_of_all())
    })
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    #[test]
    fn a_purpose_is_one_short_text() {
        let headers = |values: &[&[u8]]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(PURPOSE, HeaderValue::from_bytes(value).unwrap());
            }
            headers
        };
        let read = |values: &[&[u8]]| purpose(&headers(values)).map_err(|it| it.to_string());
        assert_eq!(read(&[]), Ok(None));
        assert_eq!(read(&[b"  "]), Ok(None));
        assert_eq!(read(&["Ticket 4711, Frau Müller".as_bytes()]), Ok(Some("Ticket 4711, Frau Müller".to_owned())));
        assert_eq!(read(&["ü".repeat(200).as_bytes()]), Ok(Some("ü".repeat(200))));
        let refused: [&[&[u8]]; 5] = [&[&[b'a'; 201]], &[b"a\tb"], &["a\u{85}b".as_bytes()], &[b"\xFF"], &[b"a", b"b"]];
        for values in refused {
            assert!(read(values).unwrap_err().starts_with("X-Purpose must"), "{values:?}");
        }
    }
}
