//! A policy as tenants write it in the API and operators in a file, and as it is shown.

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

/// How logins are judged. What a request leaves out is as the operator has set it; an answer has everything.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(example = examples::policy::policy)]
pub struct PolicyBody {
    /// A hash of the policy's contents, which each login that it judged names. In a request, the version to be
    /// replaced: 409 if it is not the current one.
    #[schema(example = "pol_5d1fd0b3e9a2c774")]
    pub version: Option<String>,
    /// A device is recognized at this probability or more.
    #[schema(minimum = 0, maximum = 1)]
    recognized_from: Option<f64>,
    /// Below this probability, a recognized device is uncertain.
    #[schema(minimum = 0, maximum = 1)]
    certain_from: Option<f64>,
    /// A score of this or more is a `medium` risk.
    #[schema(minimum = 0, maximum = 1)]
    medium_from: Option<f64>,
    /// A score of this or more is a `high` risk.
    #[schema(minimum = 0, maximum = 1)]
    high_from: Option<f64>,
    /// Two signals of this weight or more are worth a mail about a known device.
    #[schema(minimum = 0, maximum = 1)]
    strong_from: Option<f64>,
    /// The weights of signals by their ids, from 0 to 1; 0 mutes a signal.
    #[schema(value_type = BTreeMap<String, f64>)]
    weights: BTreeMap<String, f64>,
    /// Signals with weight 0, whatever `weights` says. Only in requests.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    muted_signals: Vec<String>,
    /// For how many days a country is remembered; at most 3,650.
    #[schema(maximum = 3650)]
    country_memory_days: Option<u32>,
    /// No country is new within this many days of the first login, at most 3,650 …
    #[schema(maximum = 3650)]
    learning_days: Option<u32>,
    /// … or within this many logins.
    learning_logins: Option<u32>,
    /// A known device that is far away within this many hours of its last login, while its clock is still at home,
    /// looks copied: then one signal about its place is worth a mail. 0 switches this off.
    copied_within_hours: Option<u32>,
    /// How many mails a user gets within an hour.
    mails_per_hour: Option<u32>,
    /// How many mails a user gets within a day; at most 20.
    #[schema(maximum = 20)]
    mails_per_day: Option<u32>,
    /// Logins older than this are never mailed.
    late_after_hours: Option<u32>,
    /// Shadow mode: everything is judged, but nobody is mailed.
    #[serde(alias = "shadow")]
    muted: Option<bool>,
    /// Networks whose place is not suspicious: the whole list, with at most 1,000 ranges.
    trusted_networks: Option<Vec<TrustedNetworkBody>>,
    /// Users and service accounts that are judged but never mailed: the whole list.
    excluded_users: Option<Vec<String>>,
}

/// A network that a tenant trusts.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TrustedNetworkBody {
    /// The tenant's name for it, 1 to 80 characters.
    #[schema(example = "Office Berlin")]
    name: String,
    /// Its networks or addresses.
    #[schema(example = json!(["89.160.20.0/24"]))]
    ranges: Vec<String>,
}

impl PolicyBody {
    /// The whole policy.
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

    /// The version to be replaced, if the caller names one.
    ///
    /// # Errors
    /// If it is not a version.
    pub fn replaced(&self) -> Result<Option<PolicyVersion>, Invalid> {
        let must = || Invalid::new("version", "must be the version of a policy, pol_…");
        self.version.as_deref().map(|it| PolicyVersion::parse(it).ok_or_else(must)).transpose()
    }

    /// The change, without its version. Whether it is valid shows when it is applied.
    ///
    /// # Errors
    /// A signal or a network that does not exist.
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
