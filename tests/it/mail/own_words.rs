//! A tenant's own words, and words that nobody has translated.

use std::fs;

use watchlight::{
    adapters::mail::message::Wording,
    app::commands::samples::{RECEIPT, request_variants, variants},
    config::{raw::RawSettings, settings::Settings},
    domain::ids::TenantId,
    words::{
        catalogue::Catalogue,
        facts::{AddressForm, SignIn},
        language::Language,
        message::Message,
        overrides::tongue_with,
        page::{gone, question, thanks},
    },
};

use crate::mail::samples::{LINK, alert, composer};

fn settings(dir: &std::path::Path) -> Settings {
    let mut raw = RawSettings::default();
    raw.mail.templates_dir = Some(dir.display().to_string());
    Settings::resolve(raw).unwrap()
}

#[test]
fn a_tenant_speaks_in_its_own_words_and_others_in_ours() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("acme")).unwrap();
    fs::write(dir.path().join("acme/de.ftl"), "button = Anmeldung ansehen\nsubject = Hallo, { $product }\n").unwrap();
    fs::write(dir.path().join(".hidden"), "").unwrap();
    let catalogue = watchlight::app::commands::templates::catalogue(&settings(dir.path())).unwrap();
    let composer = composer().with_wording(Wording { catalogue, ..Wording::default() });
    let button = |tenant: &str, locale: &str| {
        let tenant = TenantId::parse(tenant).unwrap();
        let sample = variants(&tenant, locale).remove(0);
        let letter = composer.letter(sample.now, &sample.notice(LINK)).unwrap();
        letter.text.lines().rev().skip_while(|it| *it != LINK).nth(1).unwrap().to_owned()
    };
    assert_eq!(button("acme", "de-AT"), "Anmeldung ansehen:");
    assert_eq!(button("acme", "sv"), "Granska inloggningen:");
    assert_eq!(button("other", "de"), "Diese Anmeldung prüfen:");
}

#[test]
fn what_is_wrong_is_told_by_file_line_and_message() {
    let dir = tempfile::tempdir().unwrap();
    for folder in ["acme", "No Tenant"] {
        fs::create_dir(dir.path().join(folder)).unwrap();
    }
    fs::write(dir.path().join("acme/de.ftl"), "\nbutton = { $nobody }\nbuton = x\n").unwrap();
    fs::write(dir.path().join("acme/xx.ftl"), "").unwrap();
    fs::write(dir.path().join("acme/fr.ftl"), [0xFF, 0xFE]).unwrap();
    let told = watchlight::app::commands::templates::catalogue(&settings(dir.path())).unwrap_err().to_string();
    for expected in [
        "acme/de.ftl: line 2: button: the message is not given $nobody",
        "acme/de.ftl: line 3: buton: there is no such message",
        "acme/xx.ftl: must have one of the names en.ftl, de.ftl",
        "acme/fr.ftl: stream did not contain valid UTF-8",
        "No Tenant: is no folder that is named as a tenant",
        "setting: mail.templates_dir",
    ] {
        assert!(told.contains(expected), "{expected}: {told}");
    }
    assert!(watchlight::app::commands::templates::catalogue(&settings(&dir.path().join("missing"))).is_err());
}

/// English in letters that look like it and are not, as a translator would leave nothing of it.
fn pseudo() -> String {
    let mut inside = 0;
    let strange = |it: char| match it {
        'a'..='z' => char::from_u32(0x24D0 + u32::from(it) - u32::from('a')).unwrap(),
        'A'..='Z' => char::from_u32(0x24B6 + u32::from(it) - u32::from('A')).unwrap(),
        it => it,
    };
    let text = |line: &str, inside: &mut i32| -> String {
        line.chars()
            .map(|it| {
                *inside += i32::from(it == '{') - i32::from(it == '}');
                if *inside == 0 { strange(it) } else { it }
            })
            .collect()
    };
    let mut file = String::new();
    for line in Language::English.words().lines() {
        let line = match line.split_once("] ") {
            // A form of a message: its text alone.
            Some((form, rest)) if inside > 0 => format!("{form}] {}", text(rest, &mut 0)),
            _ if inside > 0 || line.starts_with(['#', ' ']) || line.is_empty() => {
                inside -= i32::from(line.trim() == "}");
                line.to_owned()
            }
            _ => {
                let (key, rest) = line.split_once(" = ").unwrap();
                format!("{key} = {}", text(rest, &mut inside))
            }
        };
        file.push_str(&line);
        file.push('\n');
    }
    file
}

#[test]
fn every_word_of_mails_and_pages_can_be_translated() {
    let tongue = || tongue_with(Language::English, &pseudo()).map_err(|it| it[0].to_string()).unwrap();
    assert_eq!(tongue().say(Message::Never).plain().chars().filter(char::is_ascii_alphabetic).count(), 0);
    let tenant = TenantId::parse("acme").unwrap();
    let catalogue = Catalogue::new([((tenant.clone(), Language::English), tongue())].into());
    let composer = composer().with_wording(Wording { catalogue, ..Wording::default() });
    // What is a name, and is the same in every language.
    let names =
        ["Example", "Firefox", "Windows", "Chrome", "Android", "Linköping", "Sweden", "Brazil", "CET", "UTC", "Google"];
    let untranslated = |text: &str| {
        let words = text.split(|it: char| !it.is_alphabetic()).filter(|it| it.is_ascii() && it.len() > 1);
        let left: Vec<_> = words.filter(|it| !names.contains(it)).map(str::to_owned).collect();
        assert!(left.is_empty(), "{left:?} in {text}");
    };
    for sample in variants(&tenant, "en").into_iter().chain(request_variants(&tenant, "en")) {
        let letter = composer.letter(sample.now, &sample.notice(LINK)).unwrap();
        untranslated(&letter.subject);
        untranslated(
            &letter.text.replace(LINK, "").replace("j•••n@example.com", "").replace("7KQ2RX", "").replace(RECEIPT, ""),
        );
        let mut shown = String::new();
        for piece in letter.html.split("<body>").nth(1).unwrap().replace(LINK, "").split('<').skip(1) {
            shown.push_str(piece.split_once('>').map_or("", |(_, text)| text));
            shown.push(' ');
        }
        untranslated(
            &shown.replace("j•••n@example.com", "").replace("7KQ2RX", "").replace(RECEIPT, "").replace("&#39;", "'"),
        );
    }
    let tongue = tongue();
    let asked = question(&tongue, &SignIn::new(&alert(), AddressForm::Full));
    let (done, over) = (thanks(&tongue, "Example", None), gone(&tongue, "Example"));
    let rows = asked.rows.iter().flat_map(|it| [&it.label, &it.value]);
    let phrases =
        [&asked.title, &asked.signed_in, &asked.yes, &asked.yes_then, &asked.no, &asked.not_me, &asked.places_by];
    let others = [&done.title, &done.noted, &done.next, &done.never, &over.title, &over.why, &over.then];
    for phrase in rows.chain(phrases).chain(others).chain(&done.steps) {
        untranslated(&phrase.plain());
    }
}
