//! Tallies, and counting what an earlier version has not.

use std::ops::{Range, RangeInclusive};

use async_trait::async_trait;

use crate::{
    adapters::store::{
        backend::{LoginBytes, SaltBytes, TallyBytes},
        coded::{
            sealing::methods::{OwnMethods, hidden},
            store::Coded,
        },
        record::clear::{facets, tally},
    },
    domain::{
        ids::{LoginId, Partitions, TenantId},
        search::{
            clear::facets::Facets,
            clear::tally::QuarterTally,
            tallies::{Dimension, Quarter},
        },
    },
    ports::{LoginStore, Recounted, TallyStore, Unavailable, WalkPosition},
};

/// How many logins are looked at at once for facets that are missing.
const LOOK: usize = 4_096;
/// How many of them are opened at once.
const OPEN: usize = 256;

#[async_trait]
impl<Backend: TallyBytes + LoginBytes + SaltBytes> TallyStore for Coded<Backend> {
    async fn is_counted(&self) -> Result<bool, Unavailable> {
        self.backend.is_counted().await
    }

    async fn tallies(
        &self,
        tenant: &TenantId,
        quarters: RangeInclusive<Quarter>,
        dimensions: &[Dimension],
        limit: usize,
    ) -> Result<Vec<QuarterTally>, Unavailable> {
        let rows = self.backend.tallies(tenant, quarters, limit).await?;
        let mut methods = OwnMethods::of(&self.sealer.keys(tenant));
        let read = |(quarter, bytes): (Quarter, Vec<u8>)| {
            Ok(QuarterTally { quarter, tally: methods.tally(tally::decode(&bytes, dimensions)?)? })
        };
        rows.into_iter().map(read).collect()
    }

    async fn recount_next(&self, from: Option<&WalkPosition>) -> Result<Recounted, Unavailable> {
        let (tenant, from) =
            from.and_then(read_position).map_or((None, Quarter::FIRST), |(tenant, it)| (Some(tenant), it));
        let found = self.backend.next_quarter(tenant.as_ref(), from).await?;
        let is_here = found.as_ref().is_some_and(|(it, _)| Some(it) == tenant.as_ref());
        let next = match (&found, &tenant) {
            (Some((here, quarter)), _) if is_here => Some(write_position(here, quarter.next())),
            (Some((other, _)), _) => Some(write_position(other, Quarter::FIRST)),
            (None, _) => None,
        };
        // What is counted where there are no logins any more goes too.
        let until = found.filter(|_| is_here).map_or(Quarter::LAST, |(_, quarter)| quarter);
        let Some(tenant) = tenant else { return Ok(Recounted { logins: 0, opened: 0, next }) };
        let opened = self.add_facets(&tenant, from.first_id()..until.next().first_id()).await?;
        let logins = self.backend.recount(&tenant, from..=until).await?;
        Ok(Recounted { logins, opened, next })
    }

    async fn put_counted(&self) -> Result<(), Unavailable> {
        self.backend.put_counted().await
    }
}

impl<Backend: TallyBytes + LoginBytes + SaltBytes> Coded<Backend> {
    /// Opens the logins of which nothing stands in the clear yet. Returns how many there were. Those that cannot be read stay as
    /// they are.
    async fn add_facets(&self, tenant: &TenantId, mut ids: Range<LoginId>) -> Result<u64, Unavailable> {
        let (mut opened, keys) = (0, self.sealer.keys(tenant));
        loop {
            let page = self.clear_logins(tenant, ids.clone(), &Partitions::ALL, LOOK).await?;
            let missing: Vec<LoginId> =
                page.logins.into_iter().filter(|it| it.facets.is_none()).map(|it| it.id).collect();
            for some in missing.chunks(OPEN) {
                let logins = self.logins_named(tenant, some).await?;
                let facets = logins.iter().map(|it| (it.id, facets::encode(&hidden(&keys, Facets::of(it))))).collect();
                self.backend.put_facets(tenant, facets).await?;
                opened += logins.len() as u64;
            }
            let Some(next) = page.next else { return Ok(opened) };
            ids.end = next;
        }
    }
}

fn write_position(tenant: &TenantId, quarter: Quarter) -> WalkPosition {
    WalkPosition([&quarter.0.to_be_bytes()[..], tenant.as_str().as_bytes()].concat())
}

fn read_position(position: &WalkPosition) -> Option<(TenantId, Quarter)> {
    let (quarter, tenant) = position.0.split_first_chunk()?;
    Some((TenantId::parse(std::str::from_utf8(tenant).ok()?)?, Quarter(i64::from_be_bytes(*quarter))))
}
