//! What somebody had typed whose session has ended: it stays on the page where one signs in, goes along with the password, and is
//! there afterwards, to be sent. It is stored nowhere, and stands in no address and no cookie.

use actix_web::{HttpResponse, http::StatusCode};
use askama::Template;
use url::form_urlencoded;

use crate::{
    domain::{operator::operator::Operator, tenant::api_key::Scope},
    http::{
        console::{assets::Assets, page::page, ways::within},
        door::fault::Fault,
    },
};

/// What stands before the name of a field that is carried along.
const CARRIED: &str = "kept:";
/// The field that says where the others are to be sent.
const PLACE: &str = "kept-for";

/// A form that was sent when the session had ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Where it was sent, and is to be sent: the path and the query of a page of ours.
    pub place: String,
    fields: Vec<(String, String)>,
    /// Whether it asks for a page only.
    is_read: bool,
}

/// A field that somebody has typed into.
pub struct Typed<'a> {
    /// Its name in the form.
    pub name: &'a str,
    /// What people call it.
    pub label: &'static str,
    /// What was typed.
    pub text: &'a str,
    /// Whether it may have several lines.
    pub is_long: bool,
}

/// The page after signing in, from where it is sent.
#[derive(Template)]
#[template(path = "console/kept.html")]
struct KeptPage<'a> {
    assets: Assets,
    email: &'a str,
    kept: &'a Kept,
    next: &'a str,
    /// Whether whoever has signed in may send it.
    may_send: bool,
}

impl Kept {
    /// What a form has sent to a place; `None` if it says nothing, or was sent to no page of ours.
    #[must_use]
    pub fn of(place: &str, form: &[u8]) -> Option<Self> {
        let fields: Vec<(String, String)> = form_urlencoded::parse(form).into_owned().collect();
        let place = within(place, "").to_owned();
        (!place.is_empty() && !fields.is_empty()).then_some(Self { place, fields, is_read: false })
    }

    /// What the address of a page asks, as the form that it may have come from; `None` if it asks nothing.
    #[must_use]
    pub fn asked(path: &str, query: &str) -> Option<Self> {
        let asked = form_urlencoded::parse(query.as_bytes()).into_owned();
        let fields: Vec<(String, String)> = asked.filter(|(name, _)| name != "cursor").collect();
        let place = within(path, "").to_owned();
        (!place.is_empty() && !fields.is_empty()).then_some(Self { place, fields, is_read: true })
    }

    /// How it is sent.
    #[must_use]
    pub const fn method(&self) -> &'static str {
        if self.is_read { "get" } else { "post" }
    }

    /// What people call a field of it that they type into; `None` for the others.
    #[must_use]
    pub fn label(&self, name: &str) -> Option<&'static str> {
        if self.is_read { asked_for(name) } else { label(name) }
    }

    /// Whether somebody has typed something into this field.
    #[must_use]
    pub fn has_typed(&self, name: &str) -> bool {
        self.label(name).is_some() && self.fields.iter().any(|(it, text)| it == name && !text.is_empty())
    }

    /// What the form for signing in has carried along, if anything.
    #[must_use]
    pub fn along(form: &[u8]) -> Option<Self> {
        let all: Vec<(String, String)> = form_urlencoded::parse(form).into_owned().collect();
        let place = all.iter().find(|(name, _)| name == PLACE).map(|(_, value)| within(value, ""))?.to_owned();
        let fields = all.into_iter().filter_map(|(name, value)| Some((name.strip_prefix(CARRIED)?.to_owned(), value)));
        let fields: Vec<(String, String)> = fields.collect();
        (!place.is_empty() && !fields.is_empty()).then_some(Self { place, fields, is_read: false })
    }

    /// The fields of the form for signing in that carry it along.
    #[must_use]
    pub fn carried(&self) -> Vec<(String, &str)> {
        let place = [(PLACE.to_owned(), self.place.as_str())].into_iter();
        place.chain(self.fields.iter().map(|(name, value)| (format!("{CARRIED}{name}"), value.as_str()))).collect()
    }

    /// What was typed, field by field. What is empty is left out, but for what must not be.
    #[must_use]
    pub fn typed(&self) -> Vec<Typed<'_>> {
        let typed = self.fields.iter().filter_map(|(name, text)| {
            let label = self.label(name)?;
            (!text.is_empty() || is_needed(name)).then_some(Typed { name, label, text, is_long: name == "text" })
        });
        typed.collect()
    }

    /// The fields that were not typed, or are empty: what was pressed, and what the page knew.
    pub fn others(&self) -> impl Iterator<Item = (&str, &str)> {
        let is_other =
            |(name, text): &&(String, String)| (text.is_empty() && !is_needed(name)) || self.label(name).is_none();
        self.fields.iter().filter(is_other).map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// What sending it does, as a button says it.
    #[must_use]
    pub fn deed(&self) -> String {
        let said = |name: &str| self.fields.iter().rev().find(|(it, _)| it == name).map(|(_, value)| value.as_str());
        let logins = self.fields.iter().filter(|(name, _)| name == "login").count();
        match (said("verdict"), said("text")) {
            (Some(verdict), _) if logins > 1 => format!("Judge {logins} logins: {verdict}"),
            (Some(verdict), _) => format!("Judge it: {verdict}"),
            (None, Some(_)) => "Keep the note".to_owned(),
            (None, None) if self.is_read => "Show".to_owned(),
            (None, None) => "Send it".to_owned(),
        }
    }

    /// The page for whoever has signed in with it.
    ///
    /// # Errors
    /// When it cannot be rendered: a fault of this service.
    pub fn show(&self, operator: &Operator, next: &str) -> Result<HttpResponse, Fault> {
        let may_send = operator.role.allows(self.needs());
        page(StatusCode::OK, &KeptPage { assets: Assets, email: &operator.email, kept: self, next, may_send })
    }

    /// What whoever sends it must be allowed.
    fn needs(&self) -> Scope {
        if self.place.starts_with("/console/settings/operators") {
            Scope::OperatorsWrite
        } else if self.place.starts_with("/console/settings/webhooks") {
            Scope::WebhooksWrite
        } else {
            Scope::DevicesWrite
        }
    }
}

/// Whether a field must not be empty: then it is there to be filled in.
fn is_needed(name: &str) -> bool {
    matches!(name, "text" | "name")
}

/// What people call a field that they type into; `None` for the others.
fn label(name: &str) -> Option<&'static str> {
    match name {
        "text" => Some("Note"),
        "reason" => Some("Reason"),
        "name" => Some("Name"),
        "email" => Some("E-mail address"),
        _ => None,
    }
}

/// What people call what an address asks, if they type it; `None` for the others.
fn asked_for(name: &str) -> Option<&'static str> {
    match name {
        "from" => Some("From"),
        "to" => Some("To"),
        "tz" => Some("Time zone"),
        "login" => Some("Logins"),
        "actor" => Some("Who"),
        "user" => Some("User"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_carried_along_is_what_was_sent() {
        let sent = "text=called+back%0D%0A%22case%22+7&verdict=safe&login=lgn_1&login=lgn_2&seen=";
        let kept = Kept::of("/console/verdicts?tenant=acme", sent.as_bytes()).unwrap();
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("email", "ana@example.com").append_pair("password", "secret").extend_pairs(kept.carried());
        assert_eq!(Kept::along(form.finish().as_bytes()), Some(kept.clone()));
        assert_eq!(
            kept.typed().iter().map(|it| (it.name, it.text)).collect::<Vec<_>>(),
            [("text", "called back\r\n\"case\" 7")]
        );
        let others: Vec<_> = kept.others().collect();
        assert_eq!(others, [("verdict", "safe"), ("login", "lgn_1"), ("login", "lgn_2"), ("seen", "")]);
        assert_eq!(kept.deed(), "Judge 2 logins: safe");
    }

    #[test]
    fn nothing_and_what_is_for_elsewhere_is_not_kept() {
        assert_eq!(Kept::of("/console/logins/lgn_1/notes", b""), None);
        assert_eq!(Kept::of("/v1/logins", b"text=x"), None);
        for form in [
            "",
            "kept-for=/console/",
            "kept:text=x",
            "kept-for=https://evil.example/&kept:text=x",
            "kept-for=//evil.example&kept:text=x",
        ] {
            assert_eq!(Kept::along(form.as_bytes()), None, "{form}");
        }
    }
}
