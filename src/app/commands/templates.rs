//! Reads the tenants' own words from their folder.

use std::{collections::BTreeMap, fs, path::Path};

use crate::{
    app::fault::Fault,
    config::settings::Settings,
    domain::ids::TenantId,
    words::{
        catalogue::{Catalogue, Tongue},
        language::Language,
        overrides::tongue_with,
    },
};

/// The words of mails and pages: ours, overridden by those in `mail.templates_dir`, which has a folder for each tenant
/// and in it a file for each language: `acme/de.ftl`.
///
/// # Errors
/// Everything that is wrong, by file, line and message.
pub fn catalogue(settings: &Settings) -> Result<Catalogue, Fault> {
    settings.mail.templates_dir.as_deref().map_or_else(|| Ok(Catalogue::default()), read)
}

fn read(dir: &Path) -> Result<Catalogue, Fault> {
    let (mut own, mut wrong) = (BTreeMap::new(), Vec::new());
    for name in entries(dir)? {
        let folder = dir.join(&name);
        let Some(tenant) = TenantId::parse(&name).filter(|_| folder.is_dir()) else {
            wrong.push(format!("{}: is no folder that is named as a tenant", folder.display()));
            continue;
        };
        for name in entries(&folder)? {
            let path = folder.join(&name);
            match file_of(&path, &name) {
                Ok((language, tongue)) => drop(own.insert((tenant.clone(), language), tongue)),
                Err(faults) => wrong.extend(faults.into_iter().map(|it| format!("{}: {it}", path.display()))),
            }
        }
    }
    if wrong.is_empty() { Ok(Catalogue::new(own)) } else { Err(Fault::Templates(wrong)) }
}

fn file_of(path: &Path, name: &str) -> Result<(Language, Tongue), Vec<String>> {
    let language = name.strip_suffix(".ftl").and_then(Language::parse).ok_or_else(|| {
        let names = Language::ALL.iter().map(|it| format!("{}.ftl", it.tag())).collect::<Vec<_>>().join(", ");
        vec![format!("must have one of the names {names}")]
    })?;
    let text = fs::read_to_string(path).map_err(|it| vec![it.to_string()])?;
    let tongue = tongue_with(language, &text).map_err(|it| it.iter().map(ToString::to_string).collect::<Vec<_>>())?;
    Ok((language, tongue))
}

/// The names in a folder, sorted. Hidden files, and names that are not Unicode, are skipped.
fn entries(dir: &Path) -> Result<Vec<String>, Fault> {
    let cannot = |it| Fault::file(dir, it);
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).map_err(cannot)? {
        found.extend(entry.map_err(cannot)?.file_name().into_string().ok().filter(|it| !it.starts_with('.')));
    }
    found.sort();
    Ok(found)
}
