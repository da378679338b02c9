//! `/v1/logins/tail`: logins as they are stored, as server-sent events (HTML, 9.2).

use std::future::{Ready, ready};

use actix_web::{
    FromRequest, HttpMessage, HttpRequest, HttpResponse,
    dev::Payload,
    http::header::{self, HeaderName},
    web::Data,
};
use bytes::Bytes;
use futures_util::stream;
use tokio::{
    sync::watch,
    time::{Duration, Instant, sleep_until},
};

use crate::{
    domain::{
        history::login_record::LoginFilter,
        ids::{LoginId, UserId},
        privacy::audit::Subject,
        search::{field::Field, parser::parse_followed, query::Query, value::Value},
    },
    http::door::{
        argument::Argument,
        audited::Note,
        caller::{Caller, LoginsRead},
        console::admission::LetIn,
        fault::Fault,
        problem::Kind,
        query::{LoginParameters, Parameters, Question},
        state::State,
    },
    ports::Unavailable,
    service::{
        history::tail::{
            followed::{FOLLOWED, Followed, News, Seen, TailError},
            tail::Tail,
        },
        operator::operators::SignedIn,
        privacy::people::Hidden,
    },
    wire::{examples, login::PastLoginBody, time},
};

/// The header in which a browser says what it has seen last.
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
/// How often it is looked whether the reader may still read, and whom they may read of.
const LOOK: Duration = Duration::from_secs(1);
/// After so long without an event there is a sign of life, also for what lies between us and the reader.
const BEAT: Duration = Duration::from_secs(15);
/// What every stream begins with: how long a browser waits before it comes back, in milliseconds.
const BEGINNING: &[u8] = b": logins as they are stored\nretry: 500\n\n";

/// What is followed, and what was seen last.
pub struct Follow {
    /// Which logins.
    query: Query,
    /// What was seen last, if the caller comes back.
    seen: Option<Seen>,
}

impl Follow {
    fn of(request: &HttpRequest) -> Result<Self, Fault> {
        let mut parameters = Parameters::of(request)?;
        let filter = LoginFilter::read(&mut parameters)?;
        if filter.to.is_some() {
            return Err(Fault::parameter("to", "must be left out: what is still to come is followed without an end"));
        }
        let mut query = Query::from(&filter);
        if let Some(text) = parameters.take("q") {
            let now = State::of(request)?.clock.now();
            query = query.and(parse_followed(&text, now, FOLLOWED).map_err(|fault| Fault::query("q", fault))?);
        }
        let by_parameter = parameters.take("last_event_id");
        // A browser that comes back asks by the same address again: what it has seen since is in the header.
        let by_header = request.headers().get(LAST_EVENT_ID).map(|it| it.to_str().unwrap_or_default().to_owned());
        let seen = by_header.or(by_parameter).filter(|it| !it.is_empty());
        let must = || Fault::parameter("last_event_id", "must be the `id` of an event of this list");
        let seen = seen.map(|it| seen_last(&it).ok_or_else(must)).transpose()?;
        parameters.finish()?;
        let follow = Self { query, seen };
        let note = Note::of(request);
        note.about(follow.user().cloned().map(Subject::user));
        note.query(request.query_string());
        Ok(follow)
    }

    fn user(&self) -> Option<&UserId> {
        if let Some(Value::User(user)) = self.query.only(Field::User) { Some(user) } else { None }
    }
}

fn seen_last(id: &str) -> Option<Seen> {
    LoginId::parse(id).map(Seen::Login).or_else(|| time::parse(id).map(Seen::UpTo))
}

impl FromRequest for Follow {
    type Error = Fault;
    type Future = Ready<Result<Self, Fault>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of(request))
    }
}

impl Argument for Follow {
    const FAILURES: &'static [Kind] = &[Kind::InvalidParameter];
}

/// Logins as they are stored, by this process or another, until the caller goes away: each as `GET /v1/logins` shows it, in an
/// event `login` whose `id` is the login's. They come in the order in which they are stored, whenever they happened; those of
/// restricted persons are left out. Who comes back with the `id` seen last misses none, and may be told of some twice.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names; [`Fault`] says how each is answered.
#[utoipa::path(get, path = "/v1/logins/tail", tag = "logins", operation_id = "followLogins",
    params(
        ("q" = Option<String>, Query, max_length = 4096, description = "Which logins, in the language of docs/search.md, without an end of time; together with the other parameters",
            example = "level:high -country:SE"),
        LoginParameters,
        ("from" = Option<String>, Query, description = "That happened at this time or later", format = DateTime),
        ("last_event_id" = Option<String>, Query, description = "The `id` seen last, for callers that cannot send the header"),
        ("Last-Event-ID" = Option<String>, Header, description = "The `id` seen last; wins over `last_event_id`")),
    responses(
        (status = 200, description = "Events: `login`, and `end` with a `reason` before the answer ends: `slow`, `forgotten`, `revoked`, `time`, `stopping`",
            content((String = "text/event-stream", example = json!(examples::login::events()))))))]
pub async fn tail(
    caller: Caller<LoginsRead>,
    follow: Follow,
    request: HttpRequest,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    if let Some(user) = follow.user() {
        state.people.check_readable(&caller.tenant, user).await?;
    }
    let hidden = state.people.hidden(&caller.tenant).await?;
    let operator = request.extensions().get::<LetIn>().map(|it| it.signed_in.clone());
    let followed = Followed { tenant: caller.tenant, key: caller.key, query: follow.query };
    let reading = Reading::new((followed.clone(), operator), hidden, &state);
    let tail = state.tails.open(followed, follow.seen).await?;
    let events = stream::unfold(Some((reading, tail)), |reader| async {
        let (mut reading, mut tail) = reader?;
        let (event, goes_on) = reading.next(&mut tail).await;
        Some((Ok::<_, Fault>(event), goes_on.then_some((reading, tail))))
    });
    let mut answer = HttpResponse::Ok();
    answer.insert_header((header::CONTENT_TYPE, "text/event-stream"));
    // A proxy must not gather what comes one by one.
    answer.insert_header((HeaderName::from_static("x-accel-buffering"), "no"));
    Ok(answer.streaming(events))
}

/// Why an answer ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// The reader has not kept up.
    Slow,
    /// The log has forgotten what was not read yet.
    Forgotten,
    /// The key or the operator was revoked, or the session is over.
    Revoked,
    /// It has lasted as long as it may.
    Time,
    /// The process stops.
    Stopping,
}

impl End {
    fn event(self) -> Bytes {
        let reason = match self {
            Self::Slow => "slow",
            Self::Forgotten => "forgotten",
            Self::Revoked => "revoked",
            Self::Time => "time",
            Self::Stopping => "stopping",
        };
        format!("event: end\ndata: {{\"reason\":\"{reason}\"}}\n\n").into()
    }
}

/// Why a reader is looked after.
enum Woken {
    /// It is to be looked whether they may still read.
    Looks,
    /// Nothing was written for a while.
    Beats,
    /// There are news.
    Told(News),
    /// The answer ends.
    Ends(End),
}

/// An answer that is being written.
struct Reading {
    followed: Followed,
    /// The operator who reads in the console; none, if it is the holder of a key.
    operator: Option<SignedIn>,
    hidden: Hidden,
    state: Data<State>,
    closing: watch::Receiver<bool>,
    begun: bool,
    looks_at: Instant,
    beats_at: Instant,
    ends_at: Instant,
}

impl Reading {
    fn new((followed, operator): (Followed, Option<SignedIn>), hidden: Hidden, state: &Data<State>) -> Self {
        let now = Instant::now();
        let (closing, ends_at) = (state.tails.closing(), now + state.settings.tail_lasts);
        let (state, begun) = (state.clone(), false);
        Self { followed, operator, hidden, state, closing, begun, looks_at: now + LOOK, beats_at: now + BEAT, ends_at }
    }

    /// What is written next, and whether more follows.
    async fn next(&mut self, tail: &mut Tail) -> (Bytes, bool) {
        if !self.begun {
            self.begun = true;
            return (Bytes::from_static(BEGINNING), true);
        }
        loop {
            let woken = tokio::select! {
                biased;
                _ = self.closing.wait_for(|is_closing| *is_closing) => Woken::Ends(End::Stopping),
                () = sleep_until(self.ends_at) => Woken::Ends(End::Time),
                () = sleep_until(self.looks_at) => Woken::Looks,
                () = sleep_until(self.beats_at) => Woken::Beats,
                news = tail.next() => Woken::Told(news),
            };
            match woken {
                Woken::Looks => {
                    self.looks_at = Instant::now() + LOOK;
                    // While the store does not answer, nothing new comes from it either.
                    if matches!(self.may_read().await, Ok(false)) {
                        return (End::Revoked.event(), false);
                    }
                }
                Woken::Beats => {
                    self.beats_at = Instant::now() + BEAT;
                    return (sign_of_life(tail), true);
                }
                Woken::Told(News::Logins(logins)) => {
                    let shown = logins.iter().filter(|it| !self.hidden.hides(&it.user));
                    let events: Vec<u8> = shown.flat_map(|it| event(&PastLoginBody::new(it), it.id)).collect();
                    // An empty piece would end the answer.
                    if !events.is_empty() {
                        self.beats_at = Instant::now() + BEAT;
                        return (events.into(), true);
                    }
                }
                Woken::Told(News::Slow) => return (End::Slow.event(), false),
                Woken::Told(News::Forgotten) => return (End::Forgotten.event(), false),
                Woken::Ends(end) => return (end.event(), false),
            }
        }
    }

    /// Whether the key or the session still grants access. Finds out whom it may not read of by now.
    async fn may_read(&mut self) -> Result<bool, Unavailable> {
        let Followed { tenant, key, .. } = &self.followed;
        let is_live = match &self.operator {
            Some(operator) => self.state.operators.still_admits(operator).await?,
            None => self.state.api_keys.is_live(key).await?,
        };
        self.hidden = self.state.people.hidden(tenant).await?;
        Ok(is_live)
    }
}

fn event(login: &PastLoginBody, id: LoginId) -> Vec<u8> {
    let mut event = format!("id: {id}\nevent: login\ndata: ").into_bytes();
    // Writing to memory does not fail, and every key of these types is a text. JSON has no line breaks of its own.
    let _ = serde_json::to_writer(&mut event, login);
    event.extend(b"\n\n");
    event
}

/// A comment; and with an `id` alone, which is no event, up to when everything was seen: so that who comes back after a long
/// silence need not begin with the last event.
fn sign_of_life(tail: &Tail) -> Bytes {
    let up_to = tail.up_to().map(|it| format!("id: {}\n", time::to_text(it)));
    format!(":\n{}\n", up_to.unwrap_or_default()).into()
}

impl From<TailError> for Fault {
    fn from(error: TailError) -> Self {
        match error {
            TailError::TooMany => Self::TailLimit,
            TailError::Forgotten => Self::TailForgotten,
            TailError::Unavailable(unavailable) => unavailable.into(),
        }
    }
}
