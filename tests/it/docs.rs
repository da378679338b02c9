//! The README and the pages of `docs/` name only what there is: files, pages, settings, paths of the API, signals.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use clap::CommandFactory;
use watchlight::{app::arguments::Arguments, domain::policy::policy::SignalKind, http::description::description};

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
    let served: BTreeSet<String> = description().paths.paths.keys().map(|it| shape(it)).collect();
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

/// Commands that are told and are not there: what begins a line of a block of code, or stands between backticks.
fn missing_commands(page: &str) -> Vec<String> {
    let lines = page.lines().map(str::trim_start).filter(|it| it.starts_with("watchlight "));
    let told = lines.chain(quoted(page).into_iter().filter(|it| it.starts_with("watchlight ")));
    told.filter(|it| !is_command(it.split(" #").next().unwrap_or(it))).map(str::to_owned).collect()
}

/// Whether a line runs a command of ours, with options that it has.
fn is_command(line: &str) -> bool {
    let mut command = Arguments::command();
    for word in line.split_whitespace().skip(1) {
        if let Some(option) = word.strip_prefix("--") {
            let option = option.split('=').next();
            let is_option = command.get_arguments().any(|it| it.get_long() == option);
            if !is_option && option != Some("help") {
                return false;
            }
        } else if command.has_subcommands() {
            match command.find_subcommand(word) {
                Some(found) => command = found.clone(),
                None => return false,
            }
        }
    }
    true
}

/// The metrics that the source counts.
fn metrics_counted(source: &str) -> BTreeSet<String> {
    let names = source.split("\"watchlight_").skip(1).filter_map(|it| it.split('"').next());
    let is_metric = |it: &&str| it.chars().all(|it| it.is_ascii_lowercase() || it == '_');
    names.filter(is_metric).map(|it| format!("watchlight_{it}")).collect()
}

/// The names of tests and metrics in a table's cells: words of small letters with underscores between backticks.
fn names(page: &str) -> BTreeSet<String> {
    let rows = page.lines().filter(|it| it.starts_with('|'));
    let quoted = rows.flat_map(|it| it.split('`').skip(1).step_by(2));
    quoted
        .filter(|it| it.contains('_') && it.chars().all(|it| it.is_ascii_alphanumeric() || it == '_'))
        .map(str::to_owned)
        .collect()
}

/// Everything that is written in Rust below a folder.
fn sources(folder: &Path) -> String {
    let mut all = String::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.push_str(&sources(&path));
        } else if path.extension().is_some_and(|it| it == "rs") {
            all.push_str(&fs::read_to_string(path).unwrap());
        }
    }
    all
}

#[test]
fn every_command_that_is_told_is_there() {
    let faults: Vec<String> = pages().iter().flat_map(|(_, page)| missing_commands(page)).collect();
    assert!(faults.is_empty(), "not there:\n{}", faults.join("\n"));
}

#[test]
fn every_metric_that_is_counted_is_told_and_no_other() {
    let page = text("docs/operations.md");
    let told: BTreeSet<String> = names(&page).into_iter().filter(|it| it.starts_with("watchlight_")).collect();
    let counted = metrics_counted(&sources(&root().join("src")));
    assert!(counted.contains("watchlight_logins_total"));
    assert_eq!(told, counted);
}

#[test]
fn every_defence_has_a_test() {
    let page = text("docs/SECURITY.md");
    let table = page.split_once("held by |").unwrap().1;
    let rows: Vec<&str> = table.lines().filter(|it| it.starts_with("| ")).collect();
    let (told, source) = (names(table), sources(&root().join("tests")) + &sources(&root().join("src")));
    let missing: Vec<&String> = told.iter().filter(|it| !source.contains(&format!("fn {it}("))).collect();
    assert!(missing.is_empty() && rows.len() > 9, "{missing:?}");
    assert!(rows.iter().all(|it| !names(it).is_empty()), "a row names no test");
}

#[test]
fn each_planted_fault_is_found() {
    assert_eq!(missing_commands("```\nwatchlight keys creat\n```\n`watchlight check`"), ["watchlight keys creat"]);
    assert_eq!(
        missing_commands("watchlight keys list --all   # not there"),
        ["watchlight keys list --all   # not there"]
    );
    assert_eq!(metrics_counted("counter!(\"watchlight_x_total\")"), ["watchlight_x_total".to_owned()].into());
    assert_eq!(names("| a | `b_c` | `d` |\n`e_f`"), ["b_c".to_owned()].into());
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
