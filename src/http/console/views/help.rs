//! `/console/help`: what can be searched by, and the keys.

use actix_web::{HttpResponse, http::StatusCode};
use askama::Template;

use crate::{
    domain::search::{field::Field, times::Bound, value::Value},
    http::{
        console::{assets::Assets, drawing::markup::Markup, frame::Frame, page::page, parts::view::View},
        door::fault::Fault,
    },
};

/// The page.
#[derive(Template)]
#[template(path = "console/views/help.html")]
struct HelpPage {
    assets: Assets,
    frame: Frame,
    fields: Vec<FieldShown>,
}

/// Something that can be searched by.
struct FieldShown {
    name: &'static str,
    others: String,
    example: String,
    /// Where the example leads, if it means something everywhere.
    href: Option<String>,
    must: Markup,
}

/// Shows what can be searched by, and the keys.
///
/// # Errors
/// See [`Access::SignedIn`](crate::http::door::access::Access::SignedIn).
pub async fn show(view: View) -> Result<HttpResponse, Fault> {
    let view = view.timeless();
    let fields = Field::ALL.iter().map(|field| FieldShown::new(&view, *field));
    let fields = fields.chain(Bound::ALL.map(|bound| FieldShown::of_time(&view, bound))).collect();
    page(StatusCode::OK, &HelpPage { assets: Assets, fields, frame: Frame::new(view, "/console/help") })
}

/// Whether an example of it may find something anywhere: it is no id that only some tenant has.
fn is_of_all(field: Field) -> bool {
    matches!(field, Field::Country | Field::Asn | Field::Address | Field::Risk) || !Value::choices(field).is_empty()
}

impl FieldShown {
    fn of_time(view: &View, bound: Bound) -> Self {
        let example = format!("{}:{}", bound.as_str(), bound.example());
        Self {
            name: bound.as_str(),
            others: bound.names()[1..].join(", "),
            href: Some(view.search(&example)),
            example,
            must: Markup::coded(bound.must()),
        }
    }

    fn new(view: &View, field: Field) -> Self {
        let choices = Value::choices(field);
        let example = choices.first().map_or_else(|| field.example().to_owned(), Value::to_string);
        let must = if choices.is_empty() {
            field.must().to_owned()
        } else {
            let words: Vec<String> = choices.iter().map(Value::to_string).collect();
            format!("is one of {}", words.join(", "))
        };
        let sign = if field == Field::Risk { ">=" } else { ":" };
        let example = format!("{}{sign}{example}", field.as_str());
        Self {
            name: field.as_str(),
            others: field.other_names().join(", "),
            href: is_of_all(field).then(|| view.search(&example)),
            example,
            must: Markup::coded(&must),
        }
    }
}
