//! What the logins that a search finds have in common: who was tried from where, and who was entered.

use jiff::tz::TimeZone;

use crate::{
    domain::{
        ids::TenantId,
        inquiry::{
            campaign::Campaign,
            gathering::{Attempt, Gathering},
        },
        privacy::processing::Mode,
        search::query::Query,
    },
    ports::Unavailable,
    service::{
        history::search::History,
        inquiry::{explaining::Inquiries, walk::Walk},
    },
};

/// How many logins are looked at: the newest.
pub const MAX_GATHERED: usize = 10_000;

/// A campaign, and whether there is more of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Gathered {
    /// The campaign.
    pub campaign: Campaign,
    /// Whether there are more logins than were looked at.
    pub at_least: bool,
}

impl Inquiries {
    /// Gathers the logins that a search finds; hours are those of the zone. Those of restricted persons are left out.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn campaign(
        &self,
        history: &History,
        tenant: &TenantId,
        (query, zone): (&Query, &TimeZone),
    ) -> Result<Gathered, Unavailable> {
        let hidden = self.people.hidden(tenant).await?;
        let mut walk = Walk::begin(history, tenant, query, MAX_GATHERED).await;
        let mut gathering = Gathering::by_clock_of(zone.clone());
        while let Some(mut logins) = walk.next().await? {
            logins.retain(|it| !hidden.hides(&it.user) && it.processing != Mode::Restricted);
            let said = self.said(&logins).await?;
            for login in &logins {
                gathering.add(&Attempt { login, delivery: said.delivery(login), verdict: said.verdict(login) });
            }
        }
        Ok(Gathered { campaign: gathering.finish(), at_least: !walk.is_whole() })
    }
}
