//! The rules of other products and of the literature, applied to the same logins: ours must do better.

use std::collections::HashSet;

use crate::{
    domain::{agent::Agent, browser::fingerprint::Fingerprint, login::login::Client},
    lab::evaluation::fp_stalker::{Devices, Print},
};

/// A rule by which a device is recognized.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Everything the browser says must be the same.
    ExactHash,
    /// User agent, address and two headers, hashed as in rappasoft/laravel-authentication-log.
    AgentAndAddress,
    /// Browser, operating system, its version and the kind of machine, as in `BuffaLogs`.
    FamilyAndSystem,
    /// FP-STALKER's rules.
    FpStalker,
    /// The user agent alone.
    UserAgent,
    /// The address alone.
    Address,
}

impl Rule {
    /// Every rule, in the order in which they are shown.
    pub const ALL: [Self; 6] = [
        Self::ExactHash,
        Self::AgentAndAddress,
        Self::FamilyAndSystem,
        Self::FpStalker,
        Self::UserAgent,
        Self::Address,
    ];

    /// The rule's id in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ExactHash => "exact_hash",
            Self::AgentAndAddress => "ua_and_ip",
            Self::FamilyAndSystem => "family_os",
            Self::FpStalker => "fp_stalker",
            Self::UserAgent => "any_new_user_agent",
            Self::Address => "any_new_address",
        }
    }

    /// The rule's title in tables.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::ExactHash => "exact hash",
            Self::AgentAndAddress => "UA + IP (laravel)",
            Self::FamilyAndSystem => "family-os (BuffaLogs)",
            Self::FpStalker => "FP-Stalker's rules",
            Self::UserAgent => "any new user agent",
            Self::Address => "any new address",
        }
    }
}

/// A login as the rules use it.
#[derive(Clone, Copy, Debug)]
pub struct Raw<'a> {
    /// What the browser and the network say.
    pub client: &'a Client,
    /// The user agent, parsed on its own.
    pub agent: Agent,
    /// The hash of everything the browser says.
    pub fingerprint: Fingerprint,
}

/// What each rule remembers of one user.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    keys: HashSet<(&'static str, String)>,
    devices: Devices,
}

impl Memory {
    /// Whether a rule takes the device for one of the user's.
    #[must_use]
    pub fn recognizes(&self, rule: Rule, login: &Raw<'_>) -> bool {
        match key(rule, login) {
            Some(key) => self.keys.contains(&(rule.as_str(), key)),
            None => self.devices.recognize(&Print::new(login.client, &login.agent)),
        }
    }

    /// Learns a login, for every rule.
    pub fn learn(&mut self, login: &Raw<'_>) {
        let keys = Rule::ALL.into_iter().filter_map(|rule| Some((rule.as_str(), key(rule, login)?)));
        self.keys.extend(keys);
        self.devices.learn(Print::new(login.client, &login.agent));
    }
}

/// What must be the same; `None` for rules that compare by degrees.
fn key(rule: Rule, login: &Raw<'_>) -> Option<String> {
    let Raw { client, agent, fingerprint } = login;
    let user_agent = client.user_agent.as_deref().unwrap_or_default();
    let header = |name| client.headers.get(name).unwrap_or_default();
    match rule {
        Rule::ExactHash => Some(fingerprint.to_string()),
        Rule::AgentAndAddress => {
            let headers = [header("accept-language"), header("accept-encoding")];
            Some([user_agent, &client.ip.to_string(), headers[0], headers[1]].join("|"))
        }
        Rule::FamilyAndSystem => {
            let Agent { browser, os, os_version, kind, .. } = agent;
            Some(format!("{os:?}-{}-{kind:?}-{browser:?}", os_version.major))
        }
        Rule::FpStalker => None,
        Rule::UserAgent => Some(user_agent.to_owned()),
        Rule::Address => Some(client.ip.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        agent::{Browser, DeviceKind, Os, Version},
        login::components::{Components, Headers},
    };

    fn client() -> Client {
        let headers = [("accept-language", "fi"), ("accept-encoding", "br")];
        Client {
            ip: "89.160.20.112".parse().unwrap(),
            user_agent: Some("Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0".into()),
            headers: Headers::new(headers.map(|(name, value)| (name.into(), value.into())).to_vec()),
            device_token: None,
            components: Components::default(),
        }
    }

    fn agent() -> Agent {
        let (browser_version, os_version) = (Version::parse("142"), Version::parse("24.4"));
        Agent { browser: Browser::Firefox, browser_version, os: Os::Linux, os_version, kind: DeviceKind::Desktop }
    }

    /// Which rules recognize a login after one other that differs by `change`.
    fn recognizing(change: impl FnOnce(&mut Client, &mut Agent, &mut [u8; 32])) -> Vec<Rule> {
        let (mut client, mut agent, mut hash) = (client(), agent(), [7; 32]);
        let mut memory = Memory::default();
        memory.learn(&Raw { client: &client, agent, fingerprint: Fingerprint(hash) });
        change(&mut client, &mut agent, &mut hash);
        let later = Raw { client: &client, agent, fingerprint: Fingerprint(hash) };
        Rule::ALL.into_iter().filter(|&rule| memory.recognizes(rule, &later)).collect()
    }

    #[test]
    fn each_rule_asks_for_what_it_is_named_after() {
        use Rule::{Address, AgentAndAddress, ExactHash, FamilyAndSystem, FpStalker, UserAgent};
        assert_eq!(recognizing(|_, _, _| ()), Rule::ALL);
        let moved = recognizing(|client, _, _| client.ip = "89.160.20.113".parse().unwrap());
        assert_eq!(moved, [ExactHash, FamilyAndSystem, FpStalker, UserAgent]);
        let updated = recognizing(|client, agent, hash| {
            client.user_agent = client.user_agent.take().map(|it| it.replace("142", "143"));
            (agent.browser_version, *hash) = (Version::parse("143"), [8; 32]);
        });
        assert_eq!(updated, [FamilyAndSystem, FpStalker, Address]);
        let upgraded = recognizing(|_, agent, hash| (agent.os_version, *hash) = (Version::parse("26.4"), [8; 32]));
        assert_eq!(upgraded, [AgentAndAddress, FpStalker, UserAgent, Address]);
        let translated = recognizing(|client, _, _| {
            client.headers = Headers::new(vec![("accept-language".into(), "sv-SE,sv;q=0.9".into())]);
        });
        assert_eq!(translated, [ExactHash, FamilyAndSystem, UserAgent, Address]);
        let none = Memory::default();
        let login = Raw { client: &client(), agent: agent(), fingerprint: Fingerprint([7; 32]) };
        assert!(Rule::ALL.into_iter().all(|rule| !none.recognizes(rule, &login)));
    }
}
