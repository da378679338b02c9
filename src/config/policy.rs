//! Policies as they are written: a TOML file with what is different for everybody, and for single tenants.
//!
//! ```toml
//! [default]
//! mails_per_day = 10
//!
//! [tenant.acme]
//! shadow = true
//! excluded_users = ["svc_backup"]
//! weights = { unusual_hour = 0, new_country = 0.5 }
//! trusted_networks = [{ name = "Office Berlin", ranges = ["89.160.20.0/24"] }]
//! ```
//! A tenant has what `[default]` says wherever its own table says nothing.

use std::{collections::BTreeMap, sync::Arc};

use ipnet::IpNet;
use serde::Deserialize;

use crate::config::network;
use crate::domain::{
    ids::{TenantId, UserId},
    place::AddressRange,
    policy::{Policies, Policy, SignalKind, TrustedNetwork},
    profile::MAX_RECENT_ALERTS,
    time::{DAY_MS, HOUR_MS},
};

/// Longest name of a trusted network, in characters.
const MAX_NAME_CHARS: usize = 80;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawPolicies {
    default: RawPolicy,
    tenant: BTreeMap<String, RawPolicy>,
}

/// Every part of a policy as it was written; `None` where it was not.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawPolicy {
    recognized_from: Option<f64>,
    certain_from: Option<f64>,
    medium_from: Option<f64>,
    high_from: Option<f64>,
    strong_from: Option<f64>,
    weights: BTreeMap<String, f64>,
    muted_signals: Vec<String>,
    country_memory_days: Option<u32>,
    learning_days: Option<u32>,
    learning_logins: Option<u32>,
    mails_per_hour: Option<usize>,
    mails_per_day: Option<usize>,
    late_after_hours: Option<u32>,
    shadow: Option<bool>,
    trusted_networks: Option<Vec<RawNetwork>>,
    excluded_users: Option<Vec<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawNetwork {
    name: String,
    ranges: Vec<String>,
}

/// Reads the text of a file of policies.
///
/// # Errors
/// What is wrong, by its name in the file.
pub fn parse(text: &str) -> Result<Policies, String> {
    let raw: RawPolicies = toml::from_str(text).map_err(|it| it.to_string().trim_end().to_owned())?;
    let default = resolve("default", Policy::default(), raw.default)?;
    let mut tenants = BTreeMap::new();
    for (name, own) in raw.tenant {
        let tenant = TenantId::parse(&name).ok_or_else(|| format!("tenant.{name} is no name of a tenant"))?;
        let policy = resolve(&format!("tenant.{name}"), default.clone(), own)?;
        tenants.insert(tenant, Arc::new(policy));
    }
    Ok(Policies { default: Arc::new(default), tenants })
}

fn resolve(table: &str, base: Policy, raw: RawPolicy) -> Result<Policy, String> {
    let share = |name: &str, written: Option<f64>, otherwise: f64| match written {
        Some(it) if !(0.0..=1.0).contains(&it) => Err(format!("{table}.{name} must be from 0 to 1")),
        written => Ok(written.unwrap_or(otherwise)),
    };
    let days = |written: Option<u32>, otherwise: i64| written.map_or(otherwise, |it| i64::from(it) * DAY_MS);
    let mut policy = Policy {
        recognized_from: share("recognized_from", raw.recognized_from, base.recognized_from)?,
        certain_from: share("certain_from", raw.certain_from, base.certain_from)?,
        medium_from: share("medium_from", raw.medium_from, base.medium_from)?,
        high_from: share("high_from", raw.high_from, base.high_from)?,
        strong_from: share("strong_from", raw.strong_from, base.strong_from)?,
        country_memory_ms: days(raw.country_memory_days, base.country_memory_ms),
        learning_ms: days(raw.learning_days, base.learning_ms),
        learning_logins: raw.learning_logins.unwrap_or(base.learning_logins),
        mails_per_hour: raw.mails_per_hour.unwrap_or(base.mails_per_hour),
        mails_per_day: raw.mails_per_day.unwrap_or(base.mails_per_day),
        late_after_ms: raw.late_after_hours.map_or(base.late_after_ms, |it| i64::from(it) * HOUR_MS),
        muted: raw.shadow.unwrap_or(base.muted),
        ..base
    };
    if policy.high_from < policy.medium_from {
        return Err(format!("{table}.high_from must not be less than medium_from"));
    }
    if policy.mails_per_day > MAX_RECENT_ALERTS {
        return Err(format!("{table}.mails_per_day must be at most {MAX_RECENT_ALERTS}"));
    }
    for (name, weight) in &raw.weights {
        let weight = share(&format!("weights.{name}"), Some(*weight), 0.0)?;
        policy.weights.set(signal(&format!("{table}.weights"), name)?, weight);
    }
    for name in &raw.muted_signals {
        policy.weights.set(signal(&format!("{table}.muted_signals"), name)?, 0.0);
    }
    if let Some(written) = raw.trusted_networks {
        let read = written.into_iter().map(|it| trusted_network(&format!("{table}.trusted_networks"), it));
        policy.trusted_networks = read.collect::<Result<_, _>>()?;
    }
    if let Some(written) = raw.excluded_users {
        if let Some(it) = written.iter().find(|it| UserId::parse(it).is_none()) {
            return Err(format!("{table}.excluded_users: `{it}` is no name of a user"));
        }
        policy.excluded_users = written.into_iter().collect();
    }
    Ok(policy.named())
}

fn signal(place: &str, name: &str) -> Result<SignalKind, String> {
    SignalKind::parse(name).ok_or_else(|| {
        let names: Vec<&str> = SignalKind::ALL.iter().map(|it| it.as_str()).collect();
        format!("{place}: `{name}` is no signal; there are {}", names.join(", "))
    })
}

fn trusted_network(place: &str, raw: RawNetwork) -> Result<TrustedNetwork, String> {
    if !(1..=MAX_NAME_CHARS).contains(&raw.name.chars().count()) {
        return Err(format!("{place}: a name must have 1 to {MAX_NAME_CHARS} characters"));
    }
    let range = |it: &String| {
        let range = |it: IpNet| AddressRange { first: it.network(), last: it.broadcast() };
        network::parse(it).map(range).ok_or_else(|| format!("{place}: `{it}` is no network such as 10.0.0.0/8"))
    };
    let ranges = raw.ranges.iter().map(range).collect::<Result<_, _>>()?;
    Ok(TrustedNetwork { name: raw.name, ranges })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r#"
        [default]
        mails_per_day = 10

        [tenant.acme]
        shadow = true
        excluded_users = ["svc_backup"]
        muted_signals = ["rare_login"]
        weights = { unusual_hour = 0, new_country = 0.5 }
        trusted_networks = [{ name = "Office Berlin", ranges = ["89.160.20.0/24", "2a02:1810::1"] }]
    "#;

    #[test]
    fn a_tenant_has_its_own_and_else_what_everybody_has() {
        let policies = parse(FILE).unwrap();
        let of = |tenant: &str| policies.of(&TenantId::parse(tenant).unwrap()).clone();
        let (acme, other) = (of("acme"), of("other"));
        assert_eq!((acme.mails_per_day, other.mails_per_day), (10, 10));
        assert!(acme.muted && !other.muted && acme.excludes(&UserId::parse("svc_backup").unwrap()));
        let weights = [SignalKind::UnusualHour, SignalKind::NewCountry, SignalKind::RareLogin]
            .map(|it| format!("{}", acme.weights.get(it)));
        assert_eq!(weights, ["0", "0.5", "0"]);
        let office = |address: &str| acme.trusted_network(address.parse().unwrap()).map(|it| it.name.as_str());
        assert_eq!(office("89.160.20.112"), Some("Office Berlin"));
        assert_eq!((office("89.160.21.1"), office("2a02:1810::1")), (None, Some("Office Berlin")));
        assert_ne!(acme.version, other.version);
        assert_eq!(parse("").unwrap().default.version, Policy::default().version);
    }

    #[test]
    fn a_fault_is_told_by_its_name() {
        for (text, name) in [
            ("[default]\nmedium_form = 1", "medium_form"),
            ("[default]\nmedium_from = 2", "default.medium_from"),
            ("[default]\nmedium_from = 0.8", "default.high_from"),
            ("[tenant.Acme]\nshadow = true", "tenant.Acme"),
            ("[tenant.acme]\nmails_per_day = 21", "tenant.acme.mails_per_day"),
            ("[tenant.acme]\nmuted_signals = [\"new_contry\"]", "new_contry"),
            ("[tenant.acme.weights]\nnew_country = -1", "tenant.acme.weights.new_country"),
            ("[tenant.acme]\ntrusted_networks = [{ name = \"\", ranges = [] }]", "trusted_networks"),
            ("[tenant.acme]\ntrusted_networks = [{ name = \"a\", ranges = [\"10/8\"] }]", "10/8"),
            ("[tenant.acme]\nexcluded_users = [\"\"]", "excluded_users"),
        ] {
            let fault = parse(text).map(|_| ()).unwrap_err();
            assert!(fault.contains(name), "{fault}");
        }
    }
}
