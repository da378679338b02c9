//! Ways to sign in that are a tenant's own words, as they stand beside logins and in counts. Only the well-known ones stand there
//! in the clear: others are sealed with the tenant's key, the same word always to the same text, so that a store can count what
//! it cannot read.

use std::{borrow::Cow, collections::HashMap};

use data_encoding::BASE64URL_NOPAD;

use crate::{
    adapters::store::{
        coded::sealing::envelope::{open, seal},
        record::bytes::Malformed,
    },
    domain::{
        keyring::TenantKeys,
        salt::SealingKey,
        search::clear::{
            facets::Facets,
            methods::number_of,
            tally::{Counted, Tally},
        },
    },
};

const PLACE: &[u8] = b"method";

/// What stands in the clear of a login, as it is stored.
#[must_use]
pub fn hidden(keys: &TenantKeys, facets: Facets) -> Facets {
    let own = facets.method.as_deref().filter(|it| number_of(it).is_none());
    let Some(own) = own else { return facets };
    let sealed = seal(&keys.tenant_seal(), PLACE, &[], own.as_bytes());
    Facets { method: Some(Cow::Owned(BASE64URL_NOPAD.encode(&sealed))), ..facets }
}

/// Reads such words of one tenant. Each is opened once.
pub struct OwnMethods {
    key: SealingKey,
    opened: HashMap<String, String>,
}

impl OwnMethods {
    /// Those of the tenant with these keys.
    #[must_use]
    pub fn of(keys: &TenantKeys) -> Self {
        Self { key: keys.tenant_seal(), opened: HashMap::new() }
    }

    /// What was stored, as it was before it was [`hidden`].
    ///
    /// # Errors
    /// It was not sealed with this tenant's key.
    pub fn facets(&mut self, mut stored: Facets) -> Result<Facets, Malformed> {
        if let Some(method) = &mut stored.method {
            self.read(method)?;
        }
        Ok(stored)
    }

    /// The same of a tally.
    ///
    /// # Errors
    /// As [`OwnMethods::facets`].
    pub fn tally(&mut self, mut stored: Tally) -> Result<Tally, Malformed> {
        let mut has_own = false;
        for (counted, _) in &mut stored.counts {
            if let Counted::Method(method @ Cow::Owned(_)) = counted {
                self.read(method)?;
                has_own = true;
            }
        }
        if has_own {
            stored.counts.sort_unstable();
        }
        Ok(stored)
    }

    fn read(&mut self, method: &mut Cow<'static, str>) -> Result<(), Malformed> {
        // One that is known by its number was not written out.
        let Cow::Owned(stored) = method else { return Ok(()) };
        if let Some(opened) = self.opened.get(stored) {
            stored.clone_from(opened);
            return Ok(());
        }
        let sealed = BASE64URL_NOPAD.decode(stored.as_bytes()).map_err(|_| Malformed::Sealed)?;
        let bytes = open(&self.key, PLACE, &sealed, 0).map_err(|_| Malformed::Sealed)?;
        let opened = String::from_utf8(bytes).map_err(|_| Malformed::Sealed)?;
        self.opened.insert(std::mem::replace(stored, opened.clone()), opened);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        agent::{Browser, Os},
        ids::TenantId,
        login::login::Outcome,
        policy::policy::Level,
        recognition::verdict::DeviceStatus,
        search::{clear::facets::SignalSet, value::Score},
    };

    fn keys(tenant: &str) -> TenantKeys {
        TenantKeys::of(TenantId::parse(tenant).unwrap(), &[7; 32])
    }

    fn by(method: Option<&'static str>) -> Facets {
        Facets {
            country: None,
            asn: None,
            os: Os::default(),
            browser: Browser::default(),
            method: method.map(Cow::Borrowed),
            signals: SignalSet::default(),
            status: DeviceStatus::New,
            level: Level::Low,
            outcome: Outcome::Success,
            score: Score::from_parts(100).unwrap(),
            has_alert: false,
        }
    }

    #[test]
    fn a_tenants_own_word_is_read_with_its_keys_alone_and_the_others_stand_in_the_clear() {
        let (acme, other) = (keys("acme"), TenantKeys::of(TenantId::parse("other").unwrap(), &[8; 32]));
        for known in [None, Some("passkey"), Some("social:google")] {
            assert_eq!(hidden(&acme, by(known)), by(known));
            assert_eq!(OwnMethods::of(&acme).facets(by(known)), Ok(by(known)));
        }
        let stored = hidden(&acme, by(Some("badge of ana")));
        assert_eq!(stored, hidden(&acme, by(Some("badge of ana"))), "or it could not be counted");
        let text = stored.method.as_deref().unwrap();
        assert!(!text.contains("badge") && text.len() < 80, "{text}");
        let mut methods = OwnMethods::of(&acme);
        for _ in 0..2 {
            assert_eq!(methods.facets(stored.clone()), Ok(by(Some("badge of ana"))));
        }
        assert_eq!(OwnMethods::of(&other).facets(stored), Err(Malformed::Sealed));
    }

    #[test]
    fn counts_stay_in_order_when_their_words_are_read() {
        let acme = keys("acme");
        let own = ["badge", "ldap", "amulet", "token of 2019"];
        let counts = own.map(|it| Counted::of(&hidden(&acme, by(Some(it)))));
        let mut counts: Vec<(Counted, u64)> = counts.concat().into_iter().map(|it| (it, 1)).collect();
        counts.sort_unstable();
        let read = OwnMethods::of(&acme).tally(Tally { logins: 4, counts }).unwrap();
        for method in own {
            assert_eq!(read.of(&Counted::Method(Cow::Borrowed(method))), 1, "{method}");
        }
    }
}
