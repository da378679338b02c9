//! Compares two logins.

use crate::{
    domain::{
        browser::attributes::{NetworkTraits, short_prefix},
        history::{kept_browser::BrowserKey, login_record::LoginRecord},
        inquiry::{
            comparison::{Comparison, Side},
            naming::Lists,
        },
        kept_address::KeptAddress,
        keyring::TenantKeys,
    },
    ports::Unavailable,
    service::inquiry::explaining::Inquiries,
};

impl Inquiries {
    /// Compares two logins of one tenant, naming values of these time zones.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn compare(
        &self,
        one: &LoginRecord,
        other: &LoginRecord,
        time_zones: &[String],
    ) -> Result<Comparison, Unavailable> {
        let keys = self.keyring.tenant(&one.tenant);
        let asked = [one, other].map(|login| BrowserKey::new(keys.user(&login.user), &login.fingerprint));
        let kept = self.ports.browsers.browsers(&one.tenant, &asked).await?;
        // Of two browsers of one user whose fingerprints begin alike, one is kept.
        let is_its = |login: &LoginRecord, at: usize| {
            kept.get(at).and_then(Option::as_ref).filter(|it| it.fingerprint == login.fingerprint.short())
        };
        let side =
            |login, at| Side { login, browser: is_its(login, at).map(|it| &it.traits), network: network(&keys, login) };
        let lists = Lists { key: keys.fingerprint(), time_zones };
        Ok(Comparison::of(side(one, 0), side(other, 1), &lists))
    }
}

/// What of a login's network is compared, as far as its address is kept.
fn network(keys: &TenantKeys, login: &LoginRecord) -> NetworkTraits {
    let address = match login.ip {
        KeptAddress::Whole(ip) => keys.address(ip),
        KeptAddress::Network(_) => 0,
    };
    let prefix = login.ip.in_prefix().map_or(0, |ip| short_prefix(keys.prefix(ip)));
    NetworkTraits { address, prefix, origin: login.whereabouts.origin() }
}
