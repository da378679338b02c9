//! How what is acknowledged is kept, in words, and why nothing is acknowledged for the moment.

use std::time::Duration;

use redis::RedisError;
use tokio::time::timeout;

use crate::{
    adapters::store::redis::{
        connection::facts,
        server::link::{FIRST_LINE, Link, unanswered, unavailable},
    },
    ports::Unavailable,
};

/// Why nothing is acknowledged where replicas have to confirm it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unconfirmed {
    /// Too few of them do.
    TooFewReplicas,
    /// Sentinels are making another server the master.
    FailingOver,
}

impl Link {
    /// Why nothing is acknowledged now, if that is for lack of confirmation.
    #[must_use]
    pub fn unconfirmed(&self) -> Option<Unconfirmed> {
        self.replicas?;
        if self.lines.turn().is_err() {
            return Some(Unconfirmed::FailingOver);
        }
        self.short().map(|_| Unconfirmed::TooFewReplicas)
    }

    /// How what is acknowledged is kept, in words that anybody may read.
    ///
    /// # Errors
    /// No answer within `limit`, or a refusal.
    pub async fn persistence(&self, limit: Duration) -> Result<String, Unavailable> {
        let look = async {
            let mut connected = self.lines.connected(FIRST_LINE).await?;
            facts::persistence(&mut connected.connection).await
        };
        let told = timeout(limit, look).await.map_err(|_| unanswered(limit))?;
        let told: &str = told.map_err(|it: RedisError| unavailable(&it))?;
        let confirmed = self.replicas.map(|it| format!("what is acknowledged is on replicas as well, {it} of them"));
        let deaf = self.lines.too_few_sentinels().map(|(answering, of)| {
            format!("{answering} of {of} Sentinels answer, too few to hear of every failover: see that they run")
        });
        let more = [confirmed, self.spare_replicas(limit).await?, deaf];
        Ok(more.into_iter().flatten().fold(told.to_owned(), |told, it| format!("{told}; {it}")))
    }

    /// What is said where a master has more replicas than have to confirm.
    ///
    /// # Errors
    /// No answer within `limit`, or a refusal.
    pub async fn spare_replicas(&self, limit: Duration) -> Result<Option<String>, Unavailable> {
        let Some(asked) = self.replicas else { return Ok(None) };
        let look = async {
            let mut connected = self.lines.connected(FIRST_LINE).await?;
            facts::replicas(&mut connected.connection).await
        };
        let told = timeout(limit, look).await.map_err(|_| unanswered(limit))?;
        let has = told.map_err(|it: RedisError| unavailable(&it))?.filter(|has| *has > asked);
        Ok(has.map(|has| {
            format!(
                "a master has {has} replicas, and what is acknowledged may be on {asked} of them alone: a failover to another \
                 can lose it; with `store.durability` wait:{has} none loses anything, and all {has} must be there"
            )
        }))
    }
}
