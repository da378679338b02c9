//! A policy as it is written, by tenants in the API and by operators in a file, and as it is shown.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    domain::{
        login::login::Invalid,
        policy::{
            change::PolicyChange,
            policy::{Policy, PolicyVersion, SignalKind, TrustedNetwork},
        },
    },
    wire::{examples, network},
};

/// By what logins are judged. What is absent in a request is as the operator has it; an answer has everything.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(example = examples::policy::policy)]
pub struct PolicyBody {
    /// What logins that it judged are marked with: a hash of all that it says. In a request, the version that is to be
    /// replaced: 409 if it is another by now.
    #[schema(example = "pol_5d1fd0b3e9a2c774")]
    pub version: Option<String>,
    /// A device is recognized from this probability on.
    #[schema(minimum = 0, maximum = 1)]
    recognized_from: Option<f64>,
    /// Below this it is recognized, but only just.
    #[schema(minimum = 0, maximum = 1)]
    certain_from: Option<f64>,
    /// From this score on a risk is `medium`.
    #[schema(minimum = 0, maximum = 1)]
    medium_from: Option<f64>,
    /// From this score on it is `high`.
    #[schema(minimum = 0, maximum = 1)]
    high_from: Option<f64>,
    /// Two signals of this weight or more are worth a mail about a known device.
    #[schema(minimum = 0, maximum = 1)]
    strong_from: Option<f64>,
    /// What signals weigh, from 0 to 1, by their names; 0 mutes one.
    #[schema(value_type = BTreeMap<String, f64>)]
    weights: BTreeMap<String, f64>,
    /// Signals that weigh 0, whatever `weights` says. Only in requests.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    muted_signals: Vec<String>,
    /// For how many days a country is remembered; at most 3,650.
    #[schema(maximum = 3650)]
    country_memory_days: Option<u32>,
    /// No country is new within so many days of the first login, at most 3,650 …
    #[schema(maximum = 3650)]
    learning_days: Option<u32>,
    /// … and within so many logins.
    learning_logins: Option<u32>,
    /// A known device that is far away within so many hours of its last login, its clock still at home, looks copied: one
    /// signal about its place is then worth a mail. 0 switches it off.
    copied_within_hours: Option<u32>,
    /// Mails to one user within an hour.
    mails_per_hour: Option<u32>,
    /// Mails to one user within a day; at most 20.
    #[schema(maximum = 20)]
    mails_per_day: Option<u32>,
    /// Logins older than this are never mailed.
    late_after_hours: Option<u32>,
    /// Shadow mode: everything is judged, and nobody is mailed.
    #[serde(alias = "shadow")]
    muted: Option<bool>,
    /// Networks of which nothing is made: all of them, with at most 1,000 ranges.
    trusted_networks: Option<Vec<TrustedNetworkBody>>,
    /// Users and service accounts that are judged and never mailed: all of them.
    excluded_users: Option<Vec<String>>,
}

/// A network that a tenant vouches for.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TrustedNetworkBody {
    /// What the tenant calls it; 1 to 80 characters.
    #[schema(example = "Office Berlin")]
    name: String,
    /// Its networks or addresses.
    #[schema(example = json!(["89.160.20.0/24"]))]
    ranges: Vec<String>,
}

impl PolicyBody {
    /// A policy, whole.
    #[must_use]
    pub fn new(policy: &Policy) -> Self {
        let whole = PolicyChange::whole(policy);
        let networks = |networks: Vec<TrustedNetwork>| networks.iter().map(TrustedNetworkBody::new).collect();
        Self {
            version: Some(policy.version.to_string()),
            recognized_from: whole.recognized_from,
            certain_from: whole.certain_from,
            medium_from: whole.medium_from,
            high_from: whole.high_from,
            strong_from: whole.strong_from,
            weights: whole.weights.into_iter().map(|(kind, weight)| (kind.as_str().to_owned(), weight)).collect(),
            muted_signals: Vec::new(),
            country_memory_days: whole.country_memory_days,
            learning_days: whole.learning_days,
            learning_logins: whole.learning_logins,
            copied_within_hours: whole.copied_within_hours,
            mails_per_hour: whole.mails_per_hour,
            mails_per_day: whole.mails_per_day,
            late_after_hours: whole.late_after_hours,
            muted: whole.muted,
            trusted_networks: whole.trusted_networks.map(networks),
            excluded_users: whole.excluded_users.map(|it| it.into_iter().collect()),
        }
    }

    /// The version that is to be replaced, if the caller says which.
    ///
    /// # Errors
    /// It is none.
    pub fn replaced(&self) -> Result<Option<PolicyVersion>, Invalid> {
        let must = || Invalid::new("version", "must be the version of a policy, pol_…");
        self.version.as_deref().map(|it| PolicyVersion::parse(it).ok_or_else(must)).transpose()
    }

    /// What it says, its version aside. Whether that is sound shows when it is applied.
    ///
    /// # Errors
    /// A name of a signal, or a network, that is none.
    pub fn into_change(self) -> Result<PolicyChange, Invalid> {
        let mut weights = BTreeMap::new();
        for (name, weight) in &self.weights {
            weights.insert(signal("weights", name)?, *weight);
        }
        for name in &self.muted_signals {
            weights.insert(signal("muted_signals", name)?, 0.0);
        }
        let networks = |networks: Vec<TrustedNetworkBody>| {
            networks.into_iter().map(TrustedNetworkBody::into_network).collect::<Result<_, _>>()
        };
        Ok(PolicyChange {
            recognized_from: self.recognized_from,
            certain_from: self.certain_from,
            medium_from: self.medium_from,
            high_from: self.high_from,
            strong_from: self.strong_from,
            weights,
            country_memory_days: self.country_memory_days,
            learning_days: self.learning_days,
            learning_logins: self.learning_logins,
            copied_within_hours: self.copied_within_hours,
            mails_per_hour: self.mails_per_hour,
            mails_per_day: self.mails_per_day,
            late_after_hours: self.late_after_hours,
            muted: self.muted,
            trusted_networks: self.trusted_networks.map(networks).transpose()?,
            excluded_users: self.excluded_users.map(|it| it.into_iter().collect()),
        })
    }
}

impl TrustedNetworkBody {
    fn new(network: &TrustedNetwork) -> Self {
        Self { name: network.name.clone(), ranges: network.ranges.iter().map(network::to_text).collect() }
    }

    fn into_network(self) -> Result<TrustedNetwork, Invalid> {
        let must = || Invalid::new("trusted_networks.ranges", "must be networks such as 10.0.0.0/8, or addresses");
        let range = |it: &String| network::parse(it).map(network::to_range).ok_or_else(must);
        let ranges = self.ranges.iter().map(range).collect::<Result<_, _>>()?;
        Ok(TrustedNetwork { name: self.name, ranges })
    }
}

fn signal(field: &str, name: &str) -> Result<SignalKind, Invalid> {
    SignalKind::parse(name).ok_or_else(|| {
        let names: Vec<&str> = SignalKind::ALL.iter().map(|it| it.as_str()).collect();
        Invalid::new(field, format!("must name signals, which are {}", names.join(", ")))
    })
}
