//! The parser: uap-core's patterns, compiled once, behind a small cache.

use std::sync::LazyLock;

use quick_cache::sync::Cache;
use ua_parser::{Extractor, Regexes};

use crate::{
    adapters::user_agent::families,
    domain::agent::{Agent, Version},
    ports::Agents,
};

/// uap-core's patterns; see `NOTICE.md` beside the file.
const PATTERNS: &str = include_str!("regexes.yaml");

/// How many user agents are remembered. A site sees some thousands that matter; at most about 6 MB with the texts.
pub const CACHE_CAPACITY: usize = 10_000;
/// Longer user agents are read, but not remembered: real ones are seldom longer, and a stranger chooses the text. Bytes.
pub const CACHED_BYTES: usize = 512;
/// No more of a user agent is read. The longest that apps send are about half as long. Bytes.
pub const READ_BYTES: usize = 1_024;

/// Reads user agents by uap-core's patterns. Cheap to make: the patterns are compiled at the first use.
pub struct UapAgents {
    patterns: LazyLock<Extractor<'static>>,
    cache: Cache<Box<str>, Agent>,
}

impl UapAgents {
    /// A parser with an empty cache.
    #[must_use]
    pub fn new() -> Self {
        Self { patterns: LazyLock::new(compile), cache: Cache::new(CACHE_CAPACITY) }
    }

    /// Compiles the patterns now, which takes a tenth to a third of a second, rather than during somebody's login.
    pub fn warm_up(&self) {
        LazyLock::force(&self.patterns);
    }

    /// How many user agents are remembered now; never more than [`CACHE_CAPACITY`].
    #[must_use]
    pub fn cached(&self) -> usize {
        self.cache.len()
    }

    fn read(&self, user_agent: &str) -> Agent {
        let (browser, os, device) = self.patterns.extract(user_agent);
        let (family, told) = browser
            .as_ref()
            .map_or(("", Version::default()), |it| (it.family.as_ref(), version([it.major, it.minor, it.patch])));
        let listed = families::browser(family, user_agent);
        // A number that belongs to an app inside another browser's engine would be taken for the browser's.
        let browser_version = if families::is_named_by(listed, family) { told } else { Version::default() };
        let (os_family, os_told) = os.as_ref().map_or(("", Version::default()), |it| {
            (it.os.as_ref(), version([it.major.as_deref(), it.minor.as_deref(), it.patch.as_deref()]))
        });
        let system = families::os(os_family, user_agent);
        let is_spider = device.is_some_and(|it| it.device == "Spider");
        Agent {
            browser: listed,
            browser_version,
            os: system,
            os_version: families::os_version(system, os_told, (listed, browser_version), user_agent),
            kind: families::kind(system, is_spider, user_agent),
        }
    }
}

impl Default for UapAgents {
    fn default() -> Self {
        Self::new()
    }
}

impl Agents for UapAgents {
    fn parse(&self, user_agent: &str) -> Agent {
        if CACHED_BYTES < user_agent.len() {
            return self.read(&user_agent[..user_agent.floor_char_boundary(READ_BYTES)]);
        }
        if let Some(agent) = self.cache.get(user_agent) {
            return agent;
        }
        let agent = self.read(user_agent);
        self.cache.insert(user_agent.into(), agent);
        agent
    }
}

/// Compiles the patterns. They are part of the program and a test compiles them, so that this cannot fail; if it did, the
/// program would be wrong, and better stopped.
fn compile() -> Extractor<'static> {
    let patterns: Regexes<'static> = serde_yaml_ng::from_str(PATTERNS).expect("uap-core's patterns are valid YAML");
    patterns.try_into().expect("uap-core's patterns are valid expressions")
}

/// The numbers as far as they go; `7`, none, `3` is version 7.
fn version(numbers: [Option<&str>; 3]) -> Version {
    let [major, minor, patch] = numbers.map(|it| it.and_then(|text| text.parse::<u16>().ok()));
    match (major, minor, patch) {
        (None, _, _) => Version::default(),
        (Some(major), None, _) => Version { major, minor: 0, patch: 0 },
        (Some(major), Some(minor), patch) => Version { major, minor, patch: patch.unwrap_or(0) },
    }
}
