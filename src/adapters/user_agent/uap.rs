//! The parser: uap-core's patterns, compiled once, behind a small cache.

use std::sync::LazyLock;

use quick_cache::sync::Cache;
use ua_parser::{Extractor, Regexes, device::ValueRef};

use crate::{
    adapters::user_agent::families,
    domain::agent::{Agent, Os, Version},
    ports::Agents,
};

/// uap-core's patterns; see `NOTICE.md` beside the file.
const PATTERNS: &str = include_str!("regexes.yaml");

/// What uap-core calls the device of a crawler.
const CRAWLER: &str = "Spider";
/// The model of a crawler that does not call itself a phone.
const NO_PHONE: &str = "Desktop";

/// How many user agents are cached. A site sees a few thousand that matter. Takes at most about 6 MB, with the texts.
pub const CACHE_CAPACITY: usize = 10_000;
/// Longest user agent that is cached, in bytes. Longer ones are parsed every time: real ones are seldom longer, and
/// strangers choose the text.
pub const CACHED_BYTES: usize = 512;
/// How much of a user agent is parsed, in bytes. The longest that apps send are about half as long.
pub const READ_BYTES: usize = 1_024;

/// Parses user agents by uap-core's patterns. Cheap to create: the patterns are compiled at the first use.
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

    /// Compiles the patterns now, so that no login waits for it. Takes some 40 ms of an optimised program.
    pub fn warm_up(&self) {
        LazyLock::force(&self.patterns);
    }

    /// How many user agents are cached now; never more than [`CACHE_CAPACITY`].
    #[must_use]
    pub fn cached(&self) -> usize {
        self.cache.len()
    }

    fn read(&self, user_agent: &str) -> Agent {
        let (browser, os, device) = self.patterns.extract(user_agent);
        let (family, told) = browser
            .as_ref()
            .map_or(("", Version::default()), |ua| (ua.family.as_ref(), version([ua.major, ua.minor, ua.patch])));
        let listed = families::browser(family, user_agent);
        // The version of an app inside another browser's engine is not the browser's version.
        let browser_version = if families::is_named_by(listed, family) { told } else { Version::default() };
        let (os_family, os_told) = os.as_ref().map_or(("", Version::default()), |os| {
            (os.os.as_ref(), version([os.major.as_deref(), os.minor.as_deref(), os.patch.as_deref()]))
        });
        let system = families::os(os_family, user_agent);
        let is_crawler = device.is_some_and(|it| is_crawler(&it, system));
        Agent {
            browser: listed,
            browser_version,
            os: system,
            os_version: families::os_version(system, os_told, (listed, browser_version), user_agent),
            kind: families::kind(system, is_crawler, user_agent),
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

/// Compiles the patterns. They are part of the program, and a test compiles them, so this cannot fail. If it did, the
/// program would be wrong and had better stop.
///
/// Of a device it is asked only whether it is a crawler: the 626 patterns that name makes and models would take 17 MB, and half of the
/// time.
fn compile() -> Extractor<'static> {
    let mut patterns: Regexes<'static> = serde_yaml_ng::from_str(PATTERNS).expect("uap-core's patterns are valid YAML");
    patterns.device_parsers.retain(|it| it.device_replacement.as_deref() == Some(CRAWLER));
    patterns.try_into().expect("uap-core's patterns are valid expressions")
}

/// Whether the device is a crawler by all of uap-core's patterns. The last one of crawlers looks for words such as `bot` that stand in
/// the names of phones and apps as well, and uap-core asks it behind all phones: so it tells nothing where the system is a phone's.
fn is_crawler(device: &ValueRef<'_>, system: Os) -> bool {
    let is_phone = matches!(system, Os::Android | Os::HarmonyOs | Os::Ios | Os::IpadOs);
    device.device == CRAWLER && !(is_phone && device.model.as_deref() == Some(NO_PHONE))
}

/// The numbers up to the first that is missing: `7`, none, `3` is version 7.
fn version(numbers: [Option<&str>; 3]) -> Version {
    let [major, minor, patch] = numbers.map(|it| it.and_then(|text| text.parse::<u16>().ok()));
    match (major, minor, patch) {
        (None, _, _) => Version::default(),
        (Some(major), None, _) => Version { major, minor: 0, patch: 0 },
        (Some(major), Some(minor), patch) => Version { major, minor, patch: patch.unwrap_or(0) },
    }
}
