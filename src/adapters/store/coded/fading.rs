//! Addresses that fade: of each, what is behind its network is hidden under a pad that hangs on the salt of its week. When
//! the salt is destroyed, the network is left, and no record was written for that.

use std::{collections::HashMap, net::IpAddr, sync::Arc};

use crate::{
    adapters::store::{
        backend::SaltBytes,
        coded::{sealing::chance, store::Coded},
    },
    domain::{
        ids::TenantId,
        kept_address::KeptAddress,
        keyring::TenantKeys,
        salt::{Salt, Week},
        time::Timestamp,
    },
    ports::Unavailable,
};

/// The salts of one tenant's weeks, as far as they are kept.
pub struct Weeks {
    keys: Arc<TenantKeys>,
    salts: HashMap<Week, Salt>,
}

impl Weeks {
    /// The address of the record with this id and time, to be stored.
    #[must_use]
    pub fn hide(&self, id: &[u8; 16], at: Timestamp, address: KeptAddress) -> KeptAddress {
        match self.pad(id, at) {
            Some(pad) => address.hidden(&pad),
            None => address.shortened(),
        }
    }

    /// The address of the record with this id and time, as it was stored.
    #[must_use]
    pub fn find(&self, id: &[u8; 16], at: Timestamp, address: KeptAddress) -> KeptAddress {
        match self.pad(id, at) {
            Some(pad) => address.found(&pad),
            None if matches!(address, KeptAddress::Network(_)) => address.shortened(),
            None => address,
        }
    }

    /// The lowest byte of an address that was hidden for a record of this time: it stands beside the record in the index by network.
    /// `None` where nothing of it is kept.
    #[must_use]
    pub fn hidden_byte(&self, at: Timestamp, hidden: KeptAddress) -> Option<u8> {
        self.salts.contains_key(&Week::of(at)).then(|| hidden.lowest_byte())
    }

    /// Whether the record with this id and time may be from this address, as far as that byte tells.
    #[must_use]
    pub fn may_be_from(&self, address: IpAddr, id: &[u8; 16], at: Timestamp, hidden_byte: Option<u8>) -> bool {
        let Some((byte, pad)) = hidden_byte.zip(self.pad(id, at)) else { return true };
        KeptAddress::from(address).hidden(&pad).lowest_byte() == byte
    }

    fn pad(&self, id: &[u8; 16], at: Timestamp) -> Option<[u8; 16]> {
        let week = Week::of(at);
        Some(self.keys.address_pad(week, *self.salts.get(&week)?, id))
    }
}

impl<Backend: SaltBytes> Coded<Backend> {
    /// The salts of the weeks in which records are stored at `now`. Those are drawn that are not there, for weeks of which
    /// addresses are still kept.
    ///
    /// # Errors
    /// The store does not answer.
    pub(crate) async fn weeks_to_store(
        &self,
        tenant: &TenantId,
        now: Timestamp,
        times: impl Iterator<Item = Timestamp>,
    ) -> Result<Weeks, Unavailable> {
        let faded = self.faded_at(now);
        let mut weeks = Weeks { keys: self.sealer.keys(tenant), salts: HashMap::new() };
        for week in times.map(Week::of) {
            if weeks.salts.contains_key(&week) {
                continue;
            }
            let is_faded = faded.is_none_or(|faded| week <= faded);
            let kept = match self.sealer.remembered_week(tenant, week) {
                Some(Some(salt)) => Some(salt),
                Some(None) if is_faded => None,
                _ => self.backend.week_salt(tenant, week).await?,
            };
            let salt = match kept {
                None if !is_faded => Some(self.backend.put_week_salt(tenant, week, chance::salt()?).await?),
                // One that is to be destroyed and still there is used: with it an address would be found that never was.
                kept => kept,
            };
            self.sealer.remember_week(tenant, week, salt);
            weeks.salts.extend(salt.map(|salt| (week, salt)));
        }
        Ok(weeks)
    }

    /// The salts of these weeks, as far as they are kept.
    ///
    /// # Errors
    /// The store does not answer.
    pub(crate) async fn weeks_kept(
        &self,
        tenant: &TenantId,
        times: impl Iterator<Item = Timestamp>,
    ) -> Result<Weeks, Unavailable> {
        let mut weeks = Weeks { keys: self.sealer.keys(tenant), salts: HashMap::new() };
        let mut asked: Vec<Week> = times.map(Week::of).collect();
        asked.sort_unstable();
        asked.dedup();
        for week in asked {
            let salt = if let Some(known) = self.sealer.remembered_week(tenant, week) {
                known
            } else {
                let salt = self.backend.week_salt(tenant, week).await?;
                self.sealer.remember_week(tenant, week, salt);
                salt
            };
            weeks.salts.extend(salt.map(|salt| (week, salt)));
        }
        Ok(weeks)
    }

    /// Destroys the salts of the weeks that began before this time, of which no address is kept any more.
    ///
    /// # Errors
    /// The store does not answer.
    pub(crate) async fn fade(&self, cutoff: Timestamp) -> Result<(), Unavailable> {
        self.sealer.forget_weeks();
        self.backend.drop_weeks(Week::of(cutoff)).await
    }

    /// The last week that has faded at this time; `None` if addresses are not kept at all.
    fn faded_at(&self, now: Timestamp) -> Option<Week> {
        Some(self.full_address_ms).filter(|it| *it > 0).map(|it| Week::of(now.plus_ms(-it)))
    }
}
