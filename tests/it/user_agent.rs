//! User agents: uap-core's own cases, our closed lists, and texts by strangers.

use std::{
    collections::BTreeSet,
    sync::LazyLock,
    time::{Duration, Instant},
};

use serde::Deserialize;
use ua_parser::{Extractor, Regexes};
use watchlight::{
    adapters::user_agent::{
        UapAgents,
        uap::{CACHE_CAPACITY, CACHED_BYTES, READ_BYTES},
    },
    domain::agent::{Agent, DeviceKind},
    ports::Agents,
};

use crate::{
    http::server::{CHROME, FIREFOX},
    stories::world::Browser,
    support::agents::CommonAgents,
};

static AGENTS: LazyLock<UapAgents> = LazyLock::new(UapAgents::new);

/// The table below: what is shown, the kind, and the user agent.
const CASES: &str = include_str!("../data/user_agents.txt");

/// uap-core's patterns, all of them, and its cases of browsers and systems.
const PATTERNS: &str = include_str!("../../src/adapters/user_agent/regexes.yaml");
const UA_CASES: &str = include_str!("../data/uap-core/test_ua.yaml");
const OS_CASES: &str = include_str!("../data/uap-core/test_os.yaml");

#[derive(Deserialize)]
struct Cases<T> {
    test_cases: Vec<T>,
}

#[derive(Deserialize)]
struct Case {
    user_agent_string: String,
    family: String,
    major: Option<String>,
    minor: Option<String>,
    patch: Option<String>,
}

impl Case {
    fn expected(&self) -> [&str; 4] {
        let text = |it: &'_ Option<String>| it.as_deref().unwrap_or_default().to_owned().leak() as &str;
        [self.family.clone().leak(), text(&self.major), text(&self.minor), text(&self.patch)]
    }
}

#[test]
fn the_patterns_pass_the_cases_of_uap_core() {
    let patterns: Regexes<'_> = serde_yaml_ng::from_str(PATTERNS).unwrap();
    let patterns = Extractor::try_from(patterns).unwrap();
    let cases = |text: &str| serde_yaml_ng::from_str::<Cases<Case>>(text).unwrap().test_cases;

    let browsers = cases(UA_CASES);
    let systems = cases(OS_CASES);
    assert!(browsers.len() > 1_000 && systems.len() > 300, "{} and {}", browsers.len(), systems.len());
    for case in &browsers {
        let found = patterns.ua.extract(&case.user_agent_string);
        let got = found.as_ref().map_or(["Other", "", "", ""], |it| {
            [&*it.family, it.major.unwrap_or_default(), it.minor.unwrap_or_default(), it.patch.unwrap_or_default()]
        });
        assert_eq!(got, case.expected(), "{}", case.user_agent_string);
    }
    for case in &systems {
        let found = patterns.os.extract(&case.user_agent_string);
        let text =
            |it: Option<&std::borrow::Cow<'_, str>>| it.map(|text| text.clone().into_owned()).unwrap_or_default();
        let got = found.as_ref().map_or_else(
            || ["Other".to_owned(), String::new(), String::new(), String::new()],
            |it| {
                [it.os.clone().into_owned(), text(it.major.as_ref()), text(it.minor.as_ref()), text(it.patch.as_ref())]
            },
        );
        assert_eq!(got, case.expected(), "{}", case.user_agent_string);
    }
}

/// What the patterns of makes and models take for a phone or a television, and the service for a crawler: machines of before 2013, and
/// crawlers whose name has a make in it.
const CRAWLERS_BESIDE: [&str; 7] = [
    "Mozilla/5.0 (PlayStation Vita 1.81) AppleWebKit/531.22.8 (KHTML, like Gecko) Silk/3.2",
    "NokiaN70/. FASTMobileCrawl/6.6 Profile/MIDP-2.0 Configuration/CLDC-1.1",
    "HuaweiSymantecSpider/1.0 DSE-support@huaweisymantec.com (compatible; MSIE 7.0; Windows NT 5.1; Trident/4.0; .NET CLR 2.0.50727; .NET CLR 3.0.4506.2152; .NET CLR ; http://www.huaweisymantec.com/cn/IRL/spider)",
    "Http Connector Spider, contact Alcatel-Lucent IDOL Search",
    "Huaweisymantecspider (compatible; MSIE 7.0; Windows NT 5.1; Trident/4.0; .NET CLR 2.0.50727),gzip(gfe)",
    "DoCoMo/2.0 N902iS(c100;TB;W24H12)(compatible; moba-crawler; http://crawler.dena.jp/)",
    "Nokia6680/1.0 ((4.04.07) SymbianOS/8.0 Series60/2.6 Profile/MIDP-2.0 Configuration/CLDC-1.1 (for mobile crawler) )",
];

#[test]
fn without_the_patterns_of_makes_and_models_the_same_ones_are_crawlers() {
    let patterns: Regexes<'_> = serde_yaml_ng::from_str(PATTERNS).unwrap();
    let patterns = Extractor::try_from(patterns).unwrap();
    let cases = [UA_CASES, OS_CASES].map(|it| serde_yaml_ng::from_str::<Cases<Case>>(it).unwrap().test_cases);
    let theirs = cases.iter().flatten().map(|it| it.user_agent_string.as_str());
    let ours = CASES.lines().filter_map(|it| it.splitn(3, " | ").nth(2));

    let (mut crawlers, mut beside) = (0, BTreeSet::new());
    for user_agent in theirs.chain(ours).filter(|it| it.len() <= READ_BYTES) {
        let is_one = patterns.dev.extract(user_agent).is_some_and(|it| it.device == "Spider");
        crawlers += usize::from(is_one);
        match (is_one, AGENTS.parse(user_agent).kind == DeviceKind::Bot) {
            (true, false) => panic!("a crawler that is not seen: {user_agent}"),
            (false, true) => {
                beside.insert(user_agent);
            }
            (true, true) | (false, false) => {}
        }
    }
    assert!(crawlers > 100, "{crawlers}");
    assert_eq!(beside, BTreeSet::from(CRAWLERS_BESIDE));
}

#[test]
fn user_agents_of_today_are_put_into_our_lists() {
    let mut wrong = Vec::new();
    let cases: Vec<&str> = CASES.lines().filter(|it| !it.is_empty() && !it.starts_with('#')).collect();
    assert!(cases.len() >= 60, "{}", cases.len());
    for case in cases {
        let mut fields = case.splitn(3, " | ").map(str::trim);
        let [expected, kind, user_agent] = std::array::from_fn(|_| fields.next().expect("three fields"));
        let agent = AGENTS.parse(user_agent);
        let got = (agent.name(), agent.kind.name().unwrap_or("unknown"));
        if got != (expected.to_owned(), kind) {
            wrong.push(format!("{} | {} | {user_agent}\n  expected {expected} | {kind}", got.0, got.1));
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn what_stands_for_the_patterns_in_other_tests_reads_alike() {
    let mut user_agents = vec![CHROME.to_owned(), FIREFOX.to_owned()];
    for family in ["chrome-142", "chrome-113", "firefox-145"] {
        for system in ["windows", "mac", "linux", "none"] {
            user_agents.push(Browser::parse(&format!("{family}/{system}")).user_agent());
        }
    }
    let others = ["safari-18/iphone", "safari-26/iphone", "safari-26/mac", "unknown-1/none"];
    user_agents.extend(others.map(|it| Browser::parse(it).user_agent()));
    user_agents.extend(["Mozilla/5.0", "curl/8.5.0", ""].map(str::to_owned));
    for it in user_agents {
        assert_eq!(CommonAgents.parse(&it), AGENTS.parse(&it), "{it}");
    }
}

#[test]
fn of_a_text_that_says_nothing_nothing_is_known() {
    for it in ["", " ", "\0", "Mozilla/5.0", "🦀", "<script>alert(1)</script>", "Chrome", "%s%s%n", "10.0.0.1"] {
        assert_eq!(AGENTS.parse(it), Agent::default(), "{it:?}");
    }
}

#[test]
fn the_first_reading_and_the_remembered_one_agree() {
    let agents = UapAgents::new();
    let user_agent = CASES.lines().skip(1).find_map(|it| it.split(" | ").nth(2)).unwrap();
    let first = agents.parse(user_agent);
    assert_eq!(agents.cached(), 1);
    assert_eq!(agents.parse(user_agent), first);
    assert_eq!(agents.cached(), 1);
    assert_ne!(first.kind, DeviceKind::Unknown);
}

#[test]
fn the_cache_stays_within_its_bounds() {
    let agents = UapAgents::new();
    for number in 0..CACHE_CAPACITY + CACHE_CAPACITY / 5 {
        agents.parse(&format!("agent {number}"));
    }
    assert!((CACHE_CAPACITY / 2..=CACHE_CAPACITY).contains(&agents.cached()), "{}", agents.cached());

    let agents = UapAgents::new();
    agents.parse(&"x".repeat(CACHED_BYTES + 1));
    assert_eq!(agents.cached(), 0, "a long text is not remembered");
    agents.parse(&"x".repeat(CACHED_BYTES));
    assert_eq!(agents.cached(), 1);
}

#[test]
fn four_kilobytes_of_garbage_cost_little() {
    AGENTS.warm_up();
    let seeds = [
        "Mozilla/5.0 (",
        "Android ",
        "(((((",
        "Chrome/1.",
        "; wv) Mobile ",
        "é",
        "a",
        "iPhone OS 1_",
        "🦀",
        "\0\u{7f}",
    ];
    for seed in seeds {
        let garbage = seed.repeat(4_096 / seed.len());
        let started = Instant::now();
        AGENTS.parse(&garbage);
        // Some 50 µs as released. The bound leaves room for a build without optimisation on a busy machine.
        assert!(started.elapsed() < Duration::from_secs(2), "{seed:?}: {:?}", started.elapsed());
    }
}
