//! What did not work, as a page: with the console around it for whoever was let in, and with what was typed, to be mended and sent.

use actix_web::{
    HttpMessage, HttpRequest,
    http::{Method, header::HeaderMap},
};
use askama::Template;
use bytes::Bytes;

use crate::http::{
    console::{
        assets::Assets,
        entry::{kept::Kept, login_page::HOME},
        frame::Frame,
        page::render,
        parts::{
            rows::sentence,
            view::{SEARCH, View},
        },
        ways::from_where,
    },
    door::{
        body::{SentForm, read_form},
        edge::Unread,
        fault::Fault,
        problem::Kind,
        query::Parameters,
    },
};

/// What went wrong, and how one goes on.
pub struct Slip {
    title: &'static str,
    text: String,
    /// What was typed.
    kept: Option<Kept>,
    /// Whether sending it once more may do.
    can_send: bool,
    /// The field that is wrong; empty if none is.
    field: String,
    /// The address to ask once more; empty where that makes no sense.
    again: String,
    /// The page that one comes from; empty if that is not known.
    back: String,
    home: String,
    /// The id of the request, where somebody may look for it in the log.
    request_id: String,
}

/// The page, with the console around it.
#[derive(Template)]
#[template(path = "console/views/slip.html")]
struct SlipPage<'a> {
    assets: Assets,
    frame: Frame,
    slip: &'a Slip,
}

/// The page for whoever was not let in.
#[derive(Template)]
#[template(path = "console/slip.html")]
struct AlonePage<'a> {
    assets: Assets,
    slip: &'a Slip,
}

impl Slip {
    /// What went wrong with a request, whose form may have sent something.
    pub async fn of(request: &HttpRequest, fault: &Fault, has_retry: bool, id: &str) -> Self {
        let is_read = *request.method() == Method::GET;
        let field = fault.field().unwrap_or_default();
        let kept = match fault {
            // Nobody here has written what another site sends.
            Fault::CrossSite => None,
            _ if is_read => Kept::asked(request.path(), request.query_string()).filter(|it| it.has_typed(field)),
            _ => sent(request).await,
        };
        let (title, text) = words(fault, is_read, kept.as_ref());
        let back = from_where(request, "");
        Self {
            title,
            text,
            can_send: is_read || is_mendable(fault.kind()),
            field: field.to_owned(),
            // What was sent by a form is sent again from its page.
            again: if is_read && has_retry { request.uri().to_string() } else { String::new() },
            back: if back == request.uri().to_string() { String::new() } else { back },
            home: HOME.to_owned(),
            request_id: id.to_owned(),
            kept,
        }
    }

    /// The page.
    ///
    /// # Errors
    /// When it cannot be rendered: a fault of this service.
    pub fn page(mut self, request: &HttpRequest) -> Result<String, Fault> {
        let Ok(view) = view(request) else { return render(&AlonePage { assets: Assets, slip: &self }) };
        self.home = view.href(HOME, &[]);
        render(&SlipPage { assets: Assets, frame: Frame::new(view, ""), slip: &self })
    }
}

/// A view about nothing, for whoever was let in: of an address that cannot be read, the search alone.
fn view(request: &HttpRequest) -> Result<View, Fault> {
    let readable = Parameters::of(request).and_then(|mut it| View::read(request, &mut it));
    let mut view = readable.or_else(|_| View::read(request, &mut Parameters::none()))?.timeless();
    if let Some(q) = Parameters::of(request).ok().and_then(|mut it| it.take("q")) {
        view.q = q;
    }
    SEARCH.clone_into(&mut view.path);
    Ok(view)
}

/// What a form has sent, whether it was read or not.
pub async fn sent(request: &HttpRequest) -> Option<Kept> {
    let read = request.extensions().get::<SentForm>().map(|it| it.0.clone());
    let unread = request.extensions_mut().remove::<Unread>();
    let form = match (read, unread) {
        (Some(form), _) => form,
        (None, Some(Unread(unread))) => read_form(request, unread).await.unwrap_or_default(),
        (None, None) => Bytes::new(),
    };
    Kept::of(&request.uri().to_string(), &form)
}

/// Whether it may do when it was mended, or somewhat later.
const fn is_mendable(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::InvalidParameter
            | Kind::InvalidField
            | Kind::Unavailable
            | Kind::StoreChanged
            | Kind::RateLimited
            | Kind::SearchesChanged
            | Kind::Internal
    )
}

/// What is said of a failure: a few words, and what to do.
fn words(fault: &Fault, is_read: bool, kept: Option<&Kept>) -> (&'static str, String) {
    let kind = fault.kind();
    let said = fault.to_string();
    match kind {
        Kind::NotFound => ("There is nothing here", "Or nothing that you may see.".to_owned()),
        Kind::InsufficientScope => (
            "Your role does not allow this",
            "Nothing was done. An admin of this tenant can give you another role: under Settings, by inviting you again.".to_owned(),
        ),
        Kind::CrossSite => (
            "This came from another site",
            "Nothing was changed. If it was you who pressed the button, open the console anew and press it there."
                .to_owned(),
        ),
        Kind::Unavailable | Kind::StoreChanged if is_read => {
            ("The store does not answer", "Nothing is lost. Try again in half a minute.".to_owned())
        }
        Kind::Unavailable | Kind::StoreChanged if kept.is_some() => (
            "The store does not answer",
            "What you sent may not have been done. It is here: send it again in half a minute. What was done is not done twice."
                .to_owned(),
        ),
        Kind::Unavailable | Kind::StoreChanged => (
            "The store does not answer",
            "What you sent may not have been done. Go back and send it again in half a minute: what was done is not done twice."
                .to_owned(),
        ),
        Kind::Internal => ("This service has a fault", "It is in the log, under the id of this request.".to_owned()),
        Kind::InvalidParameter | Kind::InvalidField => {
            let field = fault.field().unwrap_or_default();
            let label = kept.and_then(|it| it.label(field));
            let said = match (label, said.strip_prefix(field)) {
                (Some(label), Some(must)) => sentence(&format!("{label}{must}")),
                _ => sentence(&said),
            };
            (if is_read { "This address cannot be read" } else { "Nothing was done yet" }, said)
        }
        _ => (kind.row().title, sentence(&said)),
    }
}

/// Whether whoever asks wants JSON, and no page.
#[must_use]
pub fn wants_json(headers: &HeaderMap) -> bool {
    let accepted = headers.get("accept").and_then(|it| it.to_str().ok()).unwrap_or_default();
    accepted.starts_with("application/json")
}
