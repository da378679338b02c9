//! A login as a line of a scenario: as it would have been posted, with a label of what is known about it. `watchlight replay` and
//! `watchlight evaluate` read such lines.

use serde::Serialize;

use crate::{
    domain::{
        agent::{Agent, Browser, Os, Version},
        history::login_record::LoginRecord,
        ids::DeviceId,
        recognition::verdict::DeviceStatus,
        rehearsal::rehearsed::Known,
    },
    wire::time,
};

/// A line of a scenario. The browser is a stand-in: what a browser measured is not kept, and so its device is named instead, which
/// the service then knows again as it did, and no other.
#[derive(Debug, Serialize)]
pub struct ScenarioLine<'a> {
    occurred_at: String,
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    method: Option<&'a str>,
    user: User<'a>,
    client: Client,
    #[serde(skip_serializing_if = "Option::is_none")]
    truth: Option<Truth>,
}

#[derive(Debug, Serialize)]
struct User<'a> {
    id: &'a str,
}

#[derive(Debug, Serialize)]
struct Client {
    ip: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_agent: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fingerprint: Option<Fingerprint>,
}

#[derive(Debug, Serialize)]
struct Fingerprint {
    case_device: String,
}

#[derive(Debug, Serialize)]
struct Truth {
    owner: bool,
    known_device: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    attack: Option<&'static str>,
    device_id: String,
}

impl<'a> ScenarioLine<'a> {
    /// A login whose device has this browser, and of which this is known.
    #[must_use]
    pub fn new(login: &'a LoginRecord, browser: &Agent, known: Known) -> Self {
        let (device, status) = (login.device.id, login.device.status);
        let is_told = status != DeviceStatus::Unknown;
        Self {
            occurred_at: time::to_text(login.occurred_at),
            outcome: login.outcome.as_str(),
            method: login.method.as_deref(),
            user: User { id: login.user.as_str() },
            client: Client {
                ip: login.ip.lowest().to_string(),
                user_agent: is_told.then(|| user_agent(browser)),
                fingerprint: is_told.then(|| Fingerprint { case_device: device.to_string() }),
            },
            truth: Truth::of(known, status, device),
        }
    }
}

impl Truth {
    fn of(known: Known, status: DeviceStatus, device: DeviceId) -> Option<Self> {
        let (owner, attack) = match known {
            Known::Nothing => return None,
            Known::Harmless => (true, None),
            Known::Attack => (false, Some("case")),
        };
        Some(Self { owner, known_device: status == DeviceStatus::Recognized, attack, device_id: device.to_string() })
    }
}

/// A user agent that names this browser and system.
fn user_agent(agent: &Agent) -> String {
    let system = match agent.os {
        Os::Windows => "Windows NT 10.0; Win64; x64",
        Os::MacOs => "Macintosh; Intel Mac OS X 10_15_7",
        Os::Ios => "iPhone; CPU iPhone OS 18_7 like Mac OS X",
        Os::IpadOs => "iPad; CPU OS 18_7 like Mac OS X",
        Os::Android | Os::HarmonyOs => "Linux; Android 10; K",
        Os::ChromeOs => "X11; CrOS x86_64 14541.0.0",
        Os::FreeBsd => "X11; FreeBSD amd64",
        Os::Linux | Os::Unknown => "X11; Linux x86_64",
    };
    let Version { major, minor, .. } = agent.browser_version;
    let chrome = |more: String| {
        format!(
            "Mozilla/5.0 ({system}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{major}.0.0.0 Safari/537.36{more}"
        )
    };
    match agent.browser {
        Browser::Firefox => {
            format!("Mozilla/5.0 ({system}; rv:{major}.0) Gecko/20100101 Firefox/{major}.0")
        }
        Browser::Safari => format!(
            "Mozilla/5.0 ({system}) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/{major}.{minor} Safari/604.1"
        ),
        Browser::Edge => chrome(format!(" Edg/{major}.0.0.0")),
        Browser::Opera => chrome(format!(" OPR/{major}.0.0.0")),
        Browser::Vivaldi => chrome(format!(" Vivaldi/{major}.{minor}")),
        Browser::Yandex => chrome(format!(" YaBrowser/{major}.{minor}")),
        _ => chrome(String::new()),
    }
}
