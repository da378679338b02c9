//! `watchlight templates preview` writes every mail and page, in every language, as files to look
//! at.

use std::{fs, path::Path};

use askama::Template;

use crate::{
    adapters::mail::message::Composer,
    app::{
        commands::{
            samples::{RECIPIENT, Sample, request_variants, standard, variants},
            templates,
        },
        fault::Fault,
        services::mailing,
    },
    config::settings::Settings,
    domain::{alert::alert::Alert, ids::TenantId, privacy::request::RequestKind},
    http::pages::templates::{AnswerPage, AnswerState, RequestPage, RequestPageState},
    ports::MailFault,
    service::alert::alerts::LINK_TOKEN,
    words::{
        catalogue::Tongue,
        facts::SignIn,
        language::Language,
        page::{gone, question, thanks},
        request::{copy_offer, request_gone, request_noted, request_question},
    },
};

/// The token in the links of a preview. It answers nothing.
const SAMPLE_TOKEN: &str = "preview-preview-preview-preview-preview-pre";

/// A page that shows all files.
#[derive(Template)]
#[template(path = "pages/preview.html")]
struct Sheet<'a> {
    product: &'a str,
    tenant: &'a str,
    languages: Vec<Shown>,
}

/// A language on that page.
struct Shown {
    language: Language,
    mails: Vec<Sent>,
    pages: Vec<&'static str>,
}

/// A mail on that page.
struct Sent {
    name: &'static str,
    subject: String,
}

/// Writes the files of a tenant to `dir`, which is created: a folder for each language, and `index.html`. Sends
/// nothing.
///
/// # Errors
/// When the tenant's words cannot be used, or a file cannot be written.
pub fn run(settings: &Settings, dir: &Path, tenant: &TenantId) -> Result<(), Fault> {
    let catalogue = templates::catalogue(settings)?;
    let wording = mailing::wording(settings, None, catalogue.clone());
    let review_url = mailing::review_url(settings);
    let (start, _) = review_url.split_once(LINK_TOKEN).unwrap_or((&review_url, ""));
    let composer = Composer::new(&settings.mail.from, &settings.mail.product, start)
        .map_err(|it| Fault::MailOpen(it.to_string()))?
        .with_page_start(&format!("{}/", settings.http.public_url))
        .with_wording(wording);
    let link = review_url.replace(LINK_TOKEN, SAMPLE_TOKEN);
    let request_link = format!("{}/r/{SAMPLE_TOKEN}", settings.http.public_url);
    let mut languages = Vec::new();
    for &language in Language::ALL {
        let folder = dir.join(language.tag());
        fs::create_dir_all(&folder).map_err(|it| Fault::file(&folder, it))?;
        let mut mails = Vec::new();
        for sample in variants(tenant, language.tag()) {
            mails.push(mail(&folder, &composer, &sample, &link)?);
        }
        for sample in request_variants(tenant, language.tag()) {
            mails.push(mail(&folder, &composer, &sample, &request_link)?);
        }
        let pages = pages(&folder, settings, catalogue.tongue(tenant, language))?;
        languages.push(Shown { language, mails, pages });
    }
    let sheet = Sheet { product: &settings.mail.product, tenant: tenant.as_str(), languages };
    write(&dir.join("index.html"), rendered(&sheet)?.as_bytes())?;
    println!("{}", dir.join("index.html").display());
    Ok(())
}

fn mail(folder: &Path, composer: &Composer, sample: &Sample, link: &str) -> Result<Sent, Fault> {
    let refused = |it: MailFault| Fault::Partly(it.to_string());
    let notice = sample.notice(link);
    let letter = composer.letter(sample.now, &notice).map_err(refused)?;
    let message = composer.compose(sample.now, &notice).map_err(refused)?;
    let file = |ending| folder.join(format!("{}.{ending}", sample.name));
    write(&file("html"), letter.html.as_bytes())?;
    write(&file("txt"), letter.text.as_bytes())?;
    write(&file("eml"), &message.bytes)?;
    Ok(Sent { name: sample.name, subject: letter.subject })
}

fn pages(folder: &Path, settings: &Settings, tongue: &Tongue) -> Result<Vec<&'static str>, Fault> {
    let product = settings.mail.product.as_str();
    let alert = Alert { locale: Some(tongue.language().tag().to_owned()), ..standard() };
    let sign_in = SignIn::new(&alert, mailing::addresses(settings));
    let method = sign_in.method;
    let states = [
        ("page_ask", AnswerState::Ask { words: question(tongue, &sign_in), nonce: "" }),
        ("page_done", AnswerState::Done(thanks(tongue, product, method))),
        ("page_gone", AnswerState::Gone(gone(tongue, product))),
    ];
    let mut names = Vec::new();
    for (name, state) in states {
        let page = AnswerPage { language: tongue.language(), product, credit: None, state };
        write(&folder.join(format!("{name}.html")), rendered(&page)?.as_bytes())?;
        names.push(name);
    }
    names.extend(request_pages(folder, product, tongue)?);
    Ok(names)
}

fn request_pages(folder: &Path, product: &str, tongue: &Tongue) -> Result<Vec<&'static str>, Fault> {
    let ask = |kind| RequestPageState::Ask { words: request_question(tongue, kind, RECIPIENT, product), nonce: "" };
    let states = [
        ("page_request_export", ask(RequestKind::Export)),
        ("page_request_erase", ask(RequestKind::Erase)),
        ("page_request_restrict", ask(RequestKind::Restrict)),
        ("page_request_object", ask(RequestKind::Object)),
        ("page_request_confirmed", RequestPageState::Noted(request_noted(tongue, true))),
        ("page_request_declined", RequestPageState::Noted(request_noted(tongue, false))),
        ("page_request_gone", RequestPageState::Gone(request_gone(tongue, product))),
        ("page_copy", RequestPageState::Copy { words: copy_offer(tongue, product), nonce: "" }),
    ];
    let mut names = Vec::new();
    for (name, state) in states {
        let page = RequestPage { language: tongue.language(), product, state };
        write(&folder.join(format!("{name}.html")), rendered(&page)?.as_bytes())?;
        names.push(name);
    }
    Ok(names)
}

fn rendered(page: &impl Template) -> Result<String, Fault> {
    page.render().map_err(|it| Fault::Partly(it.to_string()))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Fault> {
    fs::write(path, bytes).map_err(|it| Fault::file(path, it))
}
