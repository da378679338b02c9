//! A known device as callers read it.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    domain::{
        agent::{Agent, Version},
        user::device::KnownDevice,
    },
    wire::{examples, time},
};

/// A browser on a machine from which a user has signed in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = examples::login::device)]
pub struct DeviceBody {
    /// Identifies the device: `dev_…`.
    #[schema(example = "dev_9c1f3b0a5d7e2468")]
    id: String,
    /// The browser and system at its latest login.
    #[serde(flatten)]
    agent: AgentBody,
    /// Its earliest login.
    #[schema(format = DateTime)]
    first_seen_at: String,
    /// Its latest login.
    #[schema(format = DateTime)]
    last_seen_at: String,
    /// How many successful logins came from it.
    logins: u32,
    /// What the user has said about it: `unconfirmed`, `confirmed`, `denied`.
    trust: &'static str,
}

impl DeviceBody {
    /// A device as it is shown.
    #[must_use]
    pub fn new(device: &KnownDevice) -> Self {
        Self {
            id: device.id.to_string(),
            agent: AgentBody::new(&device.agent),
            first_seen_at: time::to_text(device.first_seen),
            last_seen_at: time::to_text(device.last_seen),
            logins: device.logins,
            trust: device.trust.as_str(),
        }
    }
}

/// A user's devices.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = examples::login::devices)]
pub struct DeviceList {
    /// The devices, the most recently seen first.
    pub data: Vec<DeviceBody>,
}

/// Browser and system.
#[derive(Debug, Serialize, ToSchema)]
pub struct AgentBody {
    /// A name to show.
    #[schema(example = "Chrome 142 on Windows 11")]
    pub name: String,
    /// The browser family, if known.
    #[schema(required = true)]
    browser: Option<&'static str>,
    /// The browser's version, if known.
    #[schema(required = true, example = "142")]
    browser_version: Option<String>,
    /// The operating system family, if known.
    #[schema(required = true)]
    os: Option<&'static str>,
    /// The operating system's version, if known.
    #[schema(required = true, example = "11")]
    os_version: Option<String>,
    /// The kind of machine: `desktop`, `mobile`, `tablet`, `bot`, `unknown`.
    r#type: &'static str,
}

impl AgentBody {
    /// Browser and system as they are shown.
    #[must_use]
    pub fn new(agent: &Agent) -> Self {
        let version = |version: Version| (!version.is_unknown()).then(|| version.to_string());
        Self {
            name: agent.name(),
            browser: agent.browser.name(),
            // No browser shows the third number of its version.
            browser_version: version(Version { patch: 0, ..agent.browser_version }),
            os: agent.os.name(),
            os_version: version(agent.os_version),
            r#type: agent.kind.name().unwrap_or("unknown"),
        }
    }
}
