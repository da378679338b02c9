//! `/console/compare/{id}/{other}`: two logins, attribute by attribute.

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use askama::Template;

use crate::{
    domain::{
        history::login_record::LoginRecord,
        inquiry::{
            comparison::{Compared, Comparison},
            naming::Named,
        },
        recognition::verdict::{Agreement, Finding},
    },
    http::{
        console::{
            assets::Assets,
            drawing::waterfall::{MOST_PIECES, Piece, Waterfall, bits},
            frame::{Elsewhere, Frame},
            page::{filters, page},
            parts::{
                rows::Row,
                view::{SEARCH, View},
            },
        },
        door::{
            caller::{Caller, LoginsRead},
            fault::Fault,
            path::{At, LoginPair},
            state::State,
        },
    },
    words::{facts::time_zones, inquiry::comparison::meaning},
};

/// The page.
#[derive(Template)]
#[template(path = "console/views/compare.html")]
struct ComparePage {
    assets: Assets,
    frame: Frame,
    earlier: Row,
    later: Row,
    sentences: Vec<String>,
    attributes: Vec<AttributeShown>,
    /// The names of the other attributes, which say nothing.
    untold: String,
    /// The evidence as a picture; none if browsers were not kept.
    picture: Option<Waterfall>,
}

/// The result of an attribute that one of the logins does not tell.
const UNTOLD: &str = "not told";

/// How an attribute compares.
struct AttributeShown {
    name: &'static str,
    result: &'static str,
    from: String,
    to: String,
    bits: String,
}

/// Compares two logins.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names.
pub async fn show(
    caller: Caller<LoginsRead>,
    view: View,
    At(LoginPair { id, other }): At<LoginPair>,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    let [one, another] = caller.logins(&state, [id, other]).await?;
    let compared = state.inquiries.compare(&one, &another, time_zones()).await?;
    page(StatusCode::OK, &ComparePage::new(view, [&one, &another], &compared))
}

impl ComparePage {
    fn new(view: View, logins: [&LoginRecord; 2], compared: &Comparison) -> Self {
        let view = view.timeless();
        let [one, another] = logins;
        let (earlier, later) = if compared.earlier.id == one.id { (one, another) } else { (another, one) };
        let path = format!("/console/compare/{}/{}", one.id, another.id);
        let call = format!("/v1/logins/{}/compare/{}", one.id, another.id);
        let all = compared.attributes.iter().map(AttributeShown::new);
        let (attributes, untold): (Vec<_>, Vec<_>) = all.partition(AttributeShown::is_telling);
        Self {
            assets: Assets,
            earlier: Row::new(&view, earlier),
            later: Row::new(&view, later),
            sentences: meaning(compared),
            attributes,
            untold: untold.iter().map(|it| it.name).collect::<Vec<_>>().join(", "),
            picture: compared.weighed.as_ref().map(|_| picture(compared)),
            frame: Frame::new(view.clone(), SEARCH).with(Elsewhere::new(&view, &path, &call, &[], false)),
        }
    }
}

impl AttributeShown {
    fn is_telling(&self) -> bool {
        self.result != UNTOLD || !self.from.is_empty() || !self.to.is_empty()
    }

    fn new(compared: &Compared) -> Self {
        let named = |it: &Option<Named>| match it {
            Some(named) if named.is_probable => format!("{} (probably)", named.text),
            Some(named) => named.text.clone(),
            None => String::new(),
        };
        let centibits = i64::from(compared.finding.centibits);
        Self {
            name: compared.attribute.words(),
            result: match compared.finding.agreement {
                Agreement::Absent => UNTOLD,
                Agreement::Agreed => "same",
                Agreement::Similar => "similar",
                Agreement::Changed => "changed",
            },
            from: named(&compared.from),
            to: named(&compared.to),
            bits: if centibits == 0 { String::new() } else { bits(centibits) },
        }
    }
}

fn picture(compared: &Comparison) -> Waterfall {
    let network = compared.weighed.as_ref().map(|it| ("network", it.network));
    let findings = compared.attributes.iter().map(|it| (it.attribute.words(), it.finding)).chain(network);
    let piece = |(label, finding): (&str, Finding)| Piece {
        label: label.to_owned(),
        agreement: finding.agreement,
        centibits: i32::from(finding.centibits),
        note: None,
    };
    let pieces = findings.filter(|(_, it)| it.centibits != 0).map(piece).collect();
    Waterfall { title: "Evidence that both are one browser, in bits".to_owned(), pieces, most: MOST_PIECES }
}
