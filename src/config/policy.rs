//! Policies as they are written: a TOML file with what differs from the defaults, for every tenant and for single ones.
//!
//! ```toml
//! [default]
//! mails_per_day = 10
//!
//! [tenant.acme]
//! muted = true
//! excluded_users = ["svc_backup"]
//! weights = { unusual_hour = 0, new_country = 0.5 }
//! trusted_networks = [{ name = "Office Berlin", ranges = ["89.160.20.0/24"] }]
//! ```
//! A tenant has what `[default]` says wherever its own table says nothing.

use std::{collections::BTreeMap, sync::Arc};

use serde::Deserialize;

use crate::domain::{
    ids::TenantId,
    login::login::Invalid,
    policy::policy::{Policies, Policy},
};
use crate::wire::policy::PolicyBody;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawPolicies {
    default: PolicyBody,
    tenant: BTreeMap<String, PolicyBody>,
}

/// Reads the text of a file of policies.
///
/// # Errors
/// What is wrong, with the setting's name in the file.
pub fn parse(text: &str) -> Result<Policies, String> {
    let raw: RawPolicies = toml::from_str(text).map_err(|fault| fault.to_string().trim_end().to_owned())?;
    let default = resolve("default.", &Policy::default(), raw.default)?;
    let mut tenants = BTreeMap::new();
    for (name, own) in raw.tenant {
        let tenant = TenantId::parse(&name).ok_or_else(|| format!("tenant.{name} is no name of a tenant"))?;
        tenants.insert(tenant, Arc::new(resolve(&format!("tenant.{name}."), &default, own)?));
    }
    Ok(Policies { default: Arc::new(default), tenants })
}

/// Reads one policy for all tenants, in the form in which `GET /v1/policy` shows it.
///
/// # Errors
/// What is wrong, with the field's name.
pub fn parse_json(text: &str) -> Result<Policies, String> {
    let mut body: PolicyBody = serde_json::from_str(text).map_err(|it| it.to_string())?;
    body.version = None;
    let policy = resolve("", &Policy::default(), body)?;
    Ok(Policies { default: Arc::new(policy), ..Policies::default() })
}

fn resolve(table: &str, base: &Policy, raw: PolicyBody) -> Result<Policy, String> {
    if raw.version.is_some() {
        return Err(format!("{table}version follows from what the policy says, and is not written"));
    }
    let named = |Invalid { field, problem, .. }| format!("{table}{field} {problem}");
    raw.into_change().and_then(|change| change.apply(base)).map_err(named)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ids::UserId, policy::policy::SignalKind};

    const FILE: &str = r#"
        [default]
        mails_per_day = 10

        [tenant.acme]
        muted = true
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
            .map(|signal| format!("{}", acme.weights.get(signal)));
        assert_eq!(weights, ["0", "0.5", "0"]);
        let office =
            |address: &str| acme.trusted_network(address.parse().unwrap()).map(|network| network.name.as_str());
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
            ("[tenant.acme]\nmuted_signals = [\"new_contry\"]", "tenant.acme.muted_signals"),
            ("[tenant.acme.weights]\nnew_country = -1", "tenant.acme.weights.new_country"),
            ("[tenant.acme]\ntrusted_networks = [{ name = \"\", ranges = [] }]", "trusted_networks"),
            ("[tenant.acme]\ntrusted_networks = [{ name = \"a\", ranges = [\"10/8\"] }]", "trusted_networks.ranges"),
            ("[tenant.acme]\nexcluded_users = [\"\"]", "excluded_users"),
            ("[tenant.acme]\nversion = \"pol_0123456789abcdef\"", "tenant.acme.version"),
        ] {
            let fault = parse(text).map(|_| ()).unwrap_err();
            assert!(fault.contains(name), "{fault}");
        }
    }

    #[test]
    fn a_policy_that_was_shown_is_read_back() {
        let acme = parse(FILE).unwrap().of(&TenantId::parse("acme").unwrap()).clone();
        let shown = serde_json::to_string(&PolicyBody::new(&acme)).unwrap();
        assert_eq!(parse_json(&shown).unwrap().default, acme);
        assert!(parse_json("{\"medium_form\": 1}").unwrap_err().contains("medium_form"));
    }
}
