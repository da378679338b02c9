//! The README and the pages of `docs/` name only what there is: files, pages, settings, paths of the API, signals.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use utoipa::OpenApi;
use watchlight::{domain::policy::policy::SignalKind, http::ops::description::Description};

/// The README is one screen and a table of links; everything else has a page.
const README_LINES: usize = 150;
/// Where paths in the texts begin.
const ROOTS: [&str; 7] = ["src/", "tests/", "scripts/", "docs/", "templates/", "benches/", "geoip/"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn text(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|fault| panic!("{path}: {fault}"))
}

/// The README and every page, by their paths.
fn pages() -> Vec<(String, String)> {
    let mut paths = vec!["README.md".to_owned()];
    for entry in fs::read_dir(root().join("docs")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if Path::new(&name).extension().is_some_and(|it| it == "md") {
            paths.push(format!("docs/{name}"));
        }
    }
    paths.sort();
    paths.into_iter().map(|path| (path.clone(), text(&path))).collect()
}

/// What stands between single backticks, outside blocks of code.
fn quoted(page: &str) -> Vec<&str> {
    let mut in_block = false;
    let mut found = Vec::new();
    for line in page.lines() {
        if line.trim_start().starts_with("```") {
            in_block = !in_block;
        } else if !in_block {
            found.extend(line.split('`').skip(1).step_by(2));
        }
    }
    found
}

/// Files that are named and are not there.
fn missing_files(page: &str) -> Vec<String> {
    let is_path = |it: &&str| ROOTS.iter().any(|root| it.starts_with(root)) && !it.contains([' ', '*', '<', '{', '…']);
    // Databases and lists that an operator adds are no files of ours.
    let is_ours = |it: &&str| !it.starts_with("geoip/") || Path::new(it).extension().is_some_and(|it| it == "md");
    let paths = quoted(page).into_iter().filter(is_path).filter(is_ours);
    paths.filter(|it| !root().join(it).exists()).map(str::to_owned).collect()
}

/// How a heading is called in a link.
fn anchor(heading: &str) -> String {
    let lower = heading.to_lowercase();
    let kept = lower.chars().filter(|it| it.is_alphanumeric() || matches!(it, ' ' | '-' | '_'));
    kept.map(|it| if it == ' ' { '-' } else { it }).collect()
}

fn anchors(page: &str) -> BTreeSet<String> {
    page.lines().filter(|it| it.starts_with('#')).map(|it| anchor(it.trim_start_matches('#').trim())).collect()
}

/// Links within the repository that lead nowhere.
fn broken_links(path: &str, page: &str) -> Vec<String> {
    let folder = Path::new(path).parent().unwrap();
    let targets = page.split("](").skip(1).filter_map(|it| it.split(')').next());
    let ours = targets.filter(|it| !it.starts_with("http") && !it.starts_with("mailto:"));
    let leads_nowhere = |target: &&str| {
        let (file, heading) = target.split_once('#').map_or((*target, None), |(file, it)| (file, Some(it)));
        let linked: PathBuf = if file.is_empty() { root().join(path) } else { root().join(folder).join(file) };
        match (linked.exists(), heading) {
            (false, _) => true,
            (true, None) => false,
            (true, Some(it)) => !anchors(&fs::read_to_string(linked).unwrap()).contains(it),
        }
    };
    ours.filter(leads_nowhere).map(str::to_owned).collect()
}

/// Every setting that `src/config/raw.rs` reads.
fn settings_read(source: &str) -> BTreeSet<String> {
    let (mut section, mut found) = (None, BTreeSet::new());
    for line in source.lines() {
        if let Some(name) = line.strip_prefix("/// `[").and_then(|it| it.strip_suffix("]`")) {
            section = Some(name);
        } else if line == "}" {
            section = None;
        } else if let (Some(section), Some(field)) = (section, line.trim().strip_prefix("pub "))
            && let Some((name, _)) = field.split_once(": Option<")
        {
            found.insert(format!("{section}.{name}"));
        }
    }
    found
}

/// The settings in the first column of a table.
fn settings_in_table(page: &str) -> BTreeSet<String> {
    let cells = page.lines().filter_map(|it| it.strip_prefix("| `")?.split('`').next());
    cells.filter(|it| it.contains('.')).map(str::to_owned).collect()
}

/// The settings of a TOML file, those that are commented out too.
fn settings_in_example(example: &str) -> BTreeSet<String> {
    let (mut section, mut found) = (String::new(), BTreeSet::new());
    for line in example.lines() {
        let bare = line.trim_start_matches("# ");
        if let Some(name) = line.strip_prefix('[').and_then(|it| it.strip_suffix(']')) {
            name.clone_into(&mut section);
        } else if let Some((name, _)) = bare.split_once(" = ")
            && name.chars().all(|it| it.is_ascii_lowercase() || it == '_')
        {
            found.insert(format!("{section}.{name}"));
        }
    }
    found
}

/// A path of the API without the names of its variables.
fn shape(path: &str) -> String {
    let segment = |it: &str| if it.starts_with('{') { "{}".to_owned() } else { it.to_owned() };
    path.split('/').map(segment).collect::<Vec<String>>().join("/")
}

/// Paths of the API that are named and are not served.
fn missing_routes(page: &str) -> Vec<String> {
    let served: BTreeSet<String> = Description::openapi().paths.paths.keys().map(|it| shape(it)).collect();
    let words = quoted(page).into_iter().flat_map(str::split_whitespace);
    let paths = words.filter_map(|it| it.split(['?', ',']).next()).filter(|it| it.starts_with("/v1/"));
    paths.filter(|it| !it.contains('…') && !served.contains(&shape(it))).map(str::to_owned).collect()
}

#[test]
fn every_file_link_and_path_of_the_api_that_is_named_is_there() {
    let faults: Vec<String> = pages()
        .iter()
        .flat_map(|(path, page)| {
            let faults = [missing_files(page), broken_links(path, page), missing_routes(page)].concat();
            faults.into_iter().map(move |it| format!("{path}: {it}"))
        })
        .collect();
    assert!(faults.is_empty(), "not there:\n{}", faults.join("\n"));
}

#[test]
fn the_readme_is_short() {
    assert!(text("README.md").lines().count() <= README_LINES);
}

#[test]
fn the_settings_that_are_told_are_those_that_are_read() {
    let read = settings_read(&text("src/config/raw.rs"));
    assert!(read.contains("http.bind") && read.contains("store.url"), "{read:?}");
    assert_eq!(settings_in_table(&text("docs/settings.md")), read, "docs/settings.md");
    assert_eq!(settings_in_example(&text("watchlight.example.toml")), read, "watchlight.example.toml");
}

#[test]
fn every_signal_is_explained() {
    let page = text("docs/api.md");
    let told: BTreeSet<&str> = quoted(&page).into_iter().collect();
    let untold: Vec<&str> = SignalKind::ALL.iter().map(|it| it.as_str()).filter(|it| !told.contains(it)).collect();
    assert!(untold.is_empty(), "{untold:?}");
}

#[test]
fn each_planted_fault_is_found() {
    assert_eq!(missing_files("see `src/nothing.rs` and `src/lib.rs`"), ["src/nothing.rs"]);
    assert_eq!(missing_routes("`GET /v1/nothing`, `GET /v1/logins/{some}?limit=5`"), ["/v1/nothing"]);
    let links =
        "[a](docs/settings.md) [b](docs/none.md) [c](docs/settings.md#no-such-heading) [d](https://example.com)";
    assert_eq!(broken_links("README.md", links), ["docs/none.md", "docs/settings.md#no-such-heading"]);
    let source = "/// `[http]`\npub struct RawHttp {\n    pub bind: Option<String>,\n}\n\npub other: Option<u8>,\n";
    assert_eq!(settings_read(source), ["http.bind".to_owned()].into());
    assert_eq!(settings_in_table("| `http.bind` | x |\n| setting | y |"), ["http.bind".to_owned()].into());
    assert_eq!(settings_in_example("[http]\n# bind = \"x\"\n# a word = no\n"), ["http.bind".to_owned()].into());
}
