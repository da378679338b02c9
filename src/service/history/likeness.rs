//! Which browsers are like that of a login, whoever's they are: found by what they have in common, and compared by what matching weighs.

use std::{
    collections::{HashMap, hash_map::Entry},
    ops::Range,
    sync::Arc,
};

use crate::{
    domain::{
        browser::{
            attributes::Traits,
            class::{Class, Gap},
        },
        history::{
            alike::{Alike, AlikeBrowser, Untold},
            kept_browser::{BrowserKey, KeptBrowser},
            login_record::{LoginIndex, LoginRecord},
        },
        ids::{LoginId, TenantId},
        keyring::Keyring,
        recognition::likeness::{ALIKE_FROM, bands, likeness_centibits, most_centibits},
        time::Timestamp,
    },
    ports::{BrowserStore, Clock, ClueStore, LoginStore, Unavailable},
};

/// Browsers that share one combination; of a combination that is shared by more, nothing is followed.
const MAX_SHARED: usize = 500;
/// How many browsers are found at most: those that are most alike.
const MAX_FOUND: usize = 50;
/// How many logins of each are counted at most.
const MAX_LOGINS: usize = 256;

/// A browser that is compared with others.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    /// The login that it is of.
    pub login: LoginId,
    /// What it tells.
    traits: Traits,
    /// When it was seen.
    seen_at: Timestamp,
}

impl Sample {
    /// The evidence, in hundredths of a bit, that a browser which was seen then is this one; `None` if it cannot be.
    #[must_use]
    pub fn centibits(&self, kept: &KeptBrowser, seen_at: Timestamp) -> Option<i32> {
        let (earlier, later) =
            if seen_at <= self.seen_at { (&kept.traits, &self.traits) } else { (&self.traits, &kept.traits) };
        let gap = Gap::between(seen_at.min(self.seen_at), seen_at.max(self.seen_at));
        likeness_centibits(earlier, later, gap)
    }
}

/// Where browsers are looked for.
#[derive(Clone)]
pub struct Likeness {
    /// Logins.
    pub logins: Arc<dyn LoginStore>,
    /// Their browsers.
    pub browsers: Arc<dyn BrowserStore>,
    /// What browsers have in common.
    pub clues: Arc<dyn ClueStore>,
    /// Tells for which times there may be clues.
    pub clock: Arc<dyn Clock>,
    /// Derives keys.
    pub keyring: Keyring,
}

impl Likeness {
    /// The browser of a login.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn sample(&self, tenant: &TenantId, login: &LoginRecord) -> Result<Result<Sample, Untold>, Unavailable> {
        let key = self.key(tenant, login);
        let Some(kept) = self.browsers.browsers(tenant, &[key]).await?.pop().flatten() else {
            return Ok(Err(Untold::NotKept));
        };
        let traits = kept.traits;
        Ok(if !traits.scripted {
            Err(Untold::NoScript)
        } else if Class::of_traits(&traits).looks_alike() {
            Err(Untold::LooksAlike)
        } else if most_centibits(&traits) < ALIKE_FROM {
            Err(Untold::TellsLittle)
        } else {
            Ok(Sample { login: login.id, traits, seen_at: login.occurred_at })
        })
    }

    /// The browser of the login with this id, if there is such a login and its browser can be told from others.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn sample_of(&self, tenant: &TenantId, id: LoginId) -> Result<Option<Sample>, Unavailable> {
        let Some(login) = self.logins.login(tenant, id).await? else { return Ok(None) };
        Ok(self.sample(tenant, &login).await?.ok())
    }

    /// Whether the browsers of these logins are like the sample.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn are_like(
        &self,
        tenant: &TenantId,
        sample: &Sample,
        logins: &[LoginRecord],
    ) -> Result<Vec<bool>, Unavailable> {
        let keys: Vec<BrowserKey> = logins.iter().map(|login| self.key(tenant, login)).collect();
        let kept = self.browsers.browsers(tenant, &keys).await?;
        let is_like = |(login, kept): (&LoginRecord, Option<KeptBrowser>)| {
            let centibits = kept.and_then(|it| sample.centibits(&it, login.occurred_at));
            centibits.is_some_and(|it| it >= ALIKE_FROM)
        };
        Ok(logins.iter().zip(kept).map(is_like).collect())
    }

    /// The browsers that are like the sample, each with those of its logins that have ids in this range.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn alike(&self, tenant: &TenantId, sample: &Sample, ids: &Range<LoginId>) -> Result<Alike, Unavailable> {
        let keys = self.keyring.tenant(tenant);
        let clues: Vec<_> = bands(&sample.traits).iter().map(|it| keys.band_clue(it)).collect();
        let shared = self.clues.clues_to_browsers(&clues, MAX_SHARED, self.clock.now()).await?;
        let is_crowded = shared.iter().any(|it| it.len() >= MAX_SHARED);
        let mut candidates: Vec<BrowserKey> = shared.into_iter().filter(|it| it.len() < MAX_SHARED).flatten().collect();
        candidates.sort_unstable_by_key(|it| (it.user.hash, it.fingerprint));
        candidates.dedup();
        let kept = self.browsers.browsers(tenant, &candidates).await?;
        // When each was seen is not known yet, and tells little.
        let compared = candidates.into_iter().zip(kept).filter_map(|(key, kept)| {
            let kept = kept?;
            Some((sample.centibits(&kept, sample.seen_at)?, key, kept))
        });
        let mut found: Vec<_> = compared.filter(|(centibits, ..)| *centibits >= ALIKE_FROM).collect();
        found.sort_by_key(|(centibits, ..)| -centibits);
        let is_crowded = is_crowded || found.len() > MAX_FOUND;
        found.truncate(MAX_FOUND);
        let mut logins_by_fingerprint: HashMap<[u8; 16], Vec<LoginRecord>> = HashMap::new();
        let mut browsers = Vec::with_capacity(found.len());
        for (centibits, key, kept) in found {
            let logins = match logins_by_fingerprint.entry(kept.fingerprint) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(vacant) => {
                    let index = LoginIndex::Fingerprint(kept.fingerprint);
                    vacant.insert(self.logins.logins(tenant, &index, ids.clone(), MAX_LOGINS).await?)
                }
            };
            let logins: Vec<LoginRecord> =
                logins.iter().filter(|login| keys.user(&login.user).hash == key.user.hash).cloned().collect();
            if !logins.is_empty() {
                browsers.push(AlikeBrowser { key, centibits, logins });
            }
        }
        Ok(Alike { most: most_centibits(&sample.traits), browsers, is_crowded })
    }

    fn key(&self, tenant: &TenantId, login: &LoginRecord) -> BrowserKey {
        BrowserKey::new(self.keyring.tenant(tenant).user(&login.user), &login.fingerprint)
    }
}
