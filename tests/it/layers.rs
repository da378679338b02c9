//! The shape of the source, held by a test: in `lib.rs` and in every `mod.rs`, a module may import
//! only modules declared above it, so there are no circles at any depth.
use std::{fs, path::Path};

/// Edges that the order alone would allow.
const STRANGERS: &[(&str, &str)] = &[
    ("adapters", "service"),
    ("http", "adapters"),
    // What measures us is used by nobody but the commands.
    ("adapters", "lab"),
    ("http", "lab"),
    ("config", "lab"),
];
/// Words that may not stand in `src/domain`.
const IMPURE: &[&str] = &[
    "SystemTime",
    "Instant",
    "now()",
    "std::fs",
    "std::env",
    "std::net::Tcp",
    "async ",
    "await",
    "tokio",
    "actix_web",
    "redis",
    "lettre",
    "maxminddb",
    "serde",
    "rand::",
    "tracing",
];
const MAX_LINES: usize = 400;
/// More files in a folder, beside its `mod.rs`, tell a newcomer nothing.
const MAX_FILES: usize = 15;
/// More methods in a trait ask too much of whoever implements or stands in for it.
const MAX_METHODS: usize = 8;
/// Who may see a whole store, and not only the parts that it needs.
const SEES_WHOLE_STORE: &[&str] = &["app", "adapters", "ports"];

#[test]
fn the_source_keeps_its_layers() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let problems = check(&src);
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
}

#[test]
fn tests_are_as_short_as_what_they_test() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    let long = |(module, text): &(Vec<String>, String)| (MAX_LINES < text.lines().count()).then(|| module.join("::"));
    let problems: Vec<String> = files(&tests, &mut Vec::new()).iter().filter_map(long).collect();
    assert!(problems.is_empty(), "longer than {MAX_LINES} lines: {problems:?}");
}

fn check(src: &Path) -> Vec<String> {
    let mut problems = crowded(src, src);
    for (module, text) in files(src, &mut Vec::new()) {
        let name = module.join("::");
        let code: String = text
            .lines()
            .map(|it| it.split("//").next().unwrap_or(it))
            .take_while(|it| !it.contains("#[cfg(test)]"))
            .collect::<Vec<_>>()
            .join("\n");
        if MAX_LINES < text.lines().count() {
            problems.push(format!("{name}: longer than {MAX_LINES} lines"));
        }
        if !text.starts_with("//!") && name != "main" {
            problems.push(format!("{name}: no opening `//!` line"));
        }
        if module[0] == "domain" {
            for word in IMPURE {
                if code.contains(word) {
                    problems.push(format!("{name}: `{word}` in the domain"));
                }
            }
        }
        if src.join(module.join("/")).is_dir()
            && ["fn ", "struct ", "enum ", "trait ", "impl "].iter().any(|it| code.contains(it))
        {
            problems.push(format!("{name}: `mod.rs` is a table of contents, nothing else"));
        }
        if code.contains("super::") {
            problems.push(format!("{name}: write `crate::`, not `super::`"));
        }
        for (named, methods) in traits(&code).filter(|(_, methods)| MAX_METHODS < *methods) {
            problems.push(format!("{name}: `{named}` has {methods} methods, and {MAX_METHODS} are enough"));
        }
        for target in imports(&code) {
            let is_whole_store =
                target.first().is_some_and(|it| it == "ports") && target.last().is_some_and(|it| it == "Store");
            if is_whole_store && !SEES_WHOLE_STORE.contains(&module[0].as_str()) {
                problems.push(format!("{name}: names a whole store, and not the parts that it needs"));
            }
            // The first segment at which the two paths part decides.
            let Some(depth) = (0..module.len().min(target.len())).find(|&i| module[i] != target[i]) else { continue };
            let parent = &module[..depth];
            let order = declared(src, parent);
            let at = |it: &str| order.iter().position(|o| o == it);
            let (from, to) = (module[depth].as_str(), target[depth].as_str());
            match (at(from), at(to)) {
                (Some(from_at), Some(to_at)) if from_at < to_at => {
                    problems.push(format!("{name}: imports `{}`, declared below it", target[..=depth].join("::")));
                }
                _ => (),
            }
            if depth == 0 && STRANGERS.contains(&(from, to)) {
                problems.push(format!("{name}: `{from}` may not know `{to}`"));
            }
            if depth == 1 && parent[0] == "adapters" && at(to).is_some() {
                problems.push(format!("{name}: adapters are strangers to each other (`{to}`)"));
            }
        }
    }
    problems
}

/// The traits of a file as rustfmt lays them out, with how many methods each has.
fn traits(code: &str) -> impl Iterator<Item = (&str, usize)> {
    code.split("pub trait ").skip(1).map(|text| {
        let name = text.split(|it: char| !it.is_alphanumeric() && it != '_').next().unwrap_or_default();
        let body = text.split("\n}").next().unwrap_or_default();
        let methods = body.lines().filter(|it| it.starts_with("    fn ") || it.starts_with("    async fn "));
        (name, methods.count())
    })
}

/// The folders, at any depth, that hold more than [`MAX_FILES`] files.
fn crowded(src: &Path, dir: &Path) -> Vec<String> {
    let entries: Vec<_> = fs::read_dir(dir).unwrap().map(|it| it.unwrap().path()).collect();
    let is_module =
        |path: &&std::path::PathBuf| path.extension().is_some_and(|it| it == "rs") && !path.ends_with("mod.rs");
    let count = entries.iter().filter(is_module).count();
    let folder = dir.strip_prefix(src).unwrap().display();
    let own = (count > MAX_FILES).then(|| format!("{folder}: {count} files, and {MAX_FILES} are enough"));
    own.into_iter().chain(entries.iter().filter(|it| it.is_dir()).flat_map(|it| crowded(src, it))).collect()
}

/// Every source file with its module path; `mod.rs` stands for its folder.
fn files(dir: &Path, module: &mut Vec<String>) -> Vec<(Vec<String>, String)> {
    let mut found = Vec::new();
    let mut entries: Vec<_> = fs::read_dir(dir).unwrap().map(|it| it.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        let stem = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            module.push(stem);
            found.extend(files(&path, module));
            module.pop();
        } else if stem != "lib" && path.extension().is_some_and(|it| it == "rs") {
            let mut full = module.clone();
            if stem != "mod" {
                full.push(stem);
            }
            found.push((full, fs::read_to_string(&path).unwrap()));
        }
    }
    found
}

/// The modules that `parent` declares, in order.
fn declared(src: &Path, parent: &[String]) -> Vec<String> {
    let file = match parent {
        [] => src.join("lib.rs"),
        _ => src.join(parent.join("/")).join("mod.rs"),
    };
    let text = fs::read_to_string(file).unwrap_or_default();
    text.lines()
        .filter_map(|it| {
            it.trim()
                .trim_start_matches("pub(crate) ")
                .trim_start_matches("pub ")
                .strip_prefix("mod ")?
                .strip_suffix(';')
                .map(str::to_owned)
        })
        .collect()
}

/// The module paths that `crate::…` names, groups spread out.
fn imports(code: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for (start, prefix) in code.match_indices("crate::") {
        spread(&code[start + prefix.len()..], &mut Vec::new(), &mut found);
    }
    found
}

/// Reads one path or group at the start of `rest`, returns how much it read.
fn spread(rest: &str, path: &mut Vec<String>, found: &mut Vec<Vec<String>>) -> usize {
    let mut read = 0;
    let depth = path.len();
    loop {
        let tail = &rest[read..];
        if let Some(inner) = tail.strip_prefix('{') {
            let mut at = 0;
            loop {
                at += inner[at..].len() - inner[at..].trim_start_matches([' ', '\n', ',']).len();
                if inner[at..].starts_with('}') || inner[at..].is_empty() {
                    break;
                }
                let step = spread(&inner[at..], path, found);
                if step == 0 {
                    break;
                }
                at += step;
            }
            read += at + 2;
            break;
        }
        let word = tail.len() - tail.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_').len();
        if word == 0 {
            break;
        }
        path.push(tail[..word].to_owned());
        read += word;
        if rest[read..].starts_with("::") {
            read += 2;
        } else {
            found.push(path.clone());
            break;
        }
    }
    path.truncate(depth);
    read
}

#[test]
fn groups_are_spread_out() {
    let got: Vec<String> = imports("use crate::{a::{b, c::D}, e};").iter().map(|it| it.join("::")).collect();
    assert_eq!(got, ["a::b", "a::c::D", "e"]);
}

/// A small sound source tree, into which a fault is planted.
const SOUND: &[(&str, &str)] = &[
    (
        "lib.rs",
        "//! The map.\npub mod domain;\npub mod ports;\npub mod service;\npub mod lab;\npub mod adapters;\npub mod http;\n",
    ),
    ("main.rs", "fn main() {}\n"),
    ("domain/mod.rs", "//! Rules.\n\npub mod time;\npub mod login;\n"),
    ("domain/time.rs", "//! Times.\n\npub struct Timestamp(i64);\n"),
    ("domain/login.rs", "//! Logins.\n\nuse crate::domain::time::Timestamp;\n"),
    ("ports.rs", "//! Traits.\n\nuse crate::domain::{login::Login, time::Timestamp};\n"),
    ("service/mod.rs", "//! Ways.\n\npub mod intake;\n"),
    ("service/intake.rs", "//! One login.\n\nuse crate::ports::ProfileStore;\n"),
    ("lab.rs", "//! Measures.\n\nuse crate::service::intake::Intake;\n"),
    ("adapters/mod.rs", "//! The world.\n\npub mod clock;\npub mod store;\n"),
    ("adapters/clock.rs", "//! The clock.\n\nuse crate::ports::Clock;\n"),
    ("adapters/store/mod.rs", "//! Stores.\n\npub mod record;\npub mod memory;\n\npub use memory::MemoryStore;\n"),
    ("adapters/store/record.rs", "//! Forms.\n\nuse crate::domain::time::Timestamp;\n"),
    ("adapters/store/memory.rs", "//! In memory.\n\nuse crate::adapters::store::record::write;\n"),
    ("http/mod.rs", "//! The contract.\n\npub mod logins;\n"),
    ("http/logins.rs", "//! Logins.\n\nuse crate::service::intake::Intake;\n"),
];

/// What the checker says of the sound tree with one file written otherwise.
fn problems_with(file: &str, text: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in SOUND.iter().copied().chain([(file, text)]) {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    check(folder.path())
}

#[test]
fn a_sound_tree_has_no_problems() {
    assert_eq!(problems_with("main.rs", "fn main() {}\n"), Vec::<String>::new());
}

#[test]
fn each_planted_fault_is_found() {
    let wide = format!(
        "//! T.\n#[async_trait]\npub trait Wide {{\n{}}}\n",
        "    async fn one(&self);\n".repeat(MAX_METHODS + 1)
    );
    let long = format!("//! Times.\n{}", "// and so on\n".repeat(MAX_LINES));
    let faults = [
        ("ports.rs", "//! T.\nuse crate::service::intake::Intake;\n", "imports `service`, declared below it"),
        ("domain/time.rs", "//! T.\nuse crate::domain::login::Login;\n", "imports `domain::login`, declared below it"),
        (
            "domain/time.rs",
            "//! T.\nuse crate::{\n    domain::{\n        login::Login,\n    },\n};\n",
            "imports `domain::login`, declared below it",
        ),
        (
            "adapters/store/record.rs",
            "//! F.\nfn it() -> crate::adapters::store::memory::MemoryStore {}\n",
            "imports `adapters::store::memory`, declared below it",
        ),
        ("adapters/store/mod.rs", "//! S.\npub mod record;\npub fn open() {}\n", "is a table of contents"),
        ("service/mod.rs", "//! W.\npub mod intake;\npub struct Intake;\n", "is a table of contents"),
        ("domain/login.rs", "//! L.\nuse super::time::Timestamp;\n", "not `super::`"),
        ("domain/login.rs", "//! L.\nuse std::time::SystemTime;\n", "`SystemTime` in the domain"),
        ("domain/login.rs", "//! L.\npub async fn see() {}\n", "`async ` in the domain"),
        ("domain/login.rs", "//! L.\n#[derive(serde::Serialize)]\npub struct L;\n", "`serde` in the domain"),
        ("domain/time.rs", long.as_str(), "longer than 400 lines"),
        ("domain/time.rs", "pub struct Timestamp(i64);\n", "no opening `//!` line"),
        ("adapters/store/memory.rs", "//! M.\nuse crate::adapters::clock::SystemClock;\n", "strangers to each other"),
        ("adapters/clock.rs", "//! C.\nuse crate::adapters::store::memory::MemoryStore;\n", "strangers to each other"),
        ("adapters/clock.rs", "//! C.\nuse crate::service::intake::Intake;\n", "`adapters` may not know `service`"),
        ("http/logins.rs", "//! L.\nuse crate::adapters::clock::SystemClock;\n", "`http` may not know `adapters`"),
        ("http/logins.rs", "//! L.\nuse crate::lab::Evaluation;\n", "`http` may not know `lab`"),
        ("ports.rs", wide.as_str(), "`Wide` has 9 methods"),
        ("service/intake.rs", "//! W.\nuse crate::ports::{Clock, Store};\n", "names a whole store"),
    ];
    for (file, text, expected) in faults {
        let problems = problems_with(file, text);
        assert!(problems.iter().any(|it| it.contains(expected)), "{file} {text:?}: {problems:?}");
    }
}

#[test]
fn a_crowded_folder_is_found() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("flat")).unwrap();
    for number in 0..MAX_FILES {
        fs::write(folder.path().join(format!("flat/file_{number}.rs")), "//! One.\n").unwrap();
    }
    fs::write(folder.path().join("flat/mod.rs"), "//! All.\n").unwrap();
    assert_eq!(crowded(folder.path(), folder.path()), Vec::<String>::new());
    fs::write(folder.path().join("flat/more.rs"), "//! One more.\n").unwrap();
    assert_eq!(crowded(folder.path(), folder.path()).len(), 1);
}

#[test]
fn what_stands_in_comments_and_tests_is_no_fault() {
    let text =
        "//! Times, as SystemTime has them.\n\n#[cfg(test)]\nmod tests {\n    use super::*;\n    use std::fs;\n}\n";
    assert_eq!(problems_with("domain/time.rs", text), Vec::<String>::new());
}
