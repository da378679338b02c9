//! One who follows logins: reads what they have missed, and is then told with the others.

use std::{
    collections::HashSet,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use tokio::{
    sync::broadcast::{Receiver, error::RecvError},
    time::sleep,
};
use tracing::warn;

use crate::{
    domain::{
        history::login_record::LoginRecord,
        ids::LoginId,
        search::{matching::LoginFacts, needs::Need},
        time::Timestamp,
    },
    ports::{CommitPosition, Unavailable},
    service::history::tail::{
        followed::{Followed, News, Seen, TailError},
        log::{STEP, Shared, Told},
        slots::Slot,
    },
};

/// How often the log is read for what other processes have committed, and how long a store that does not answer is left alone.
pub const POLL: Duration = Duration::from_secs(1);

/// How far a reader has come.
enum Stage {
    /// They read what they have missed. At its end they begin to follow, and read once more what was committed until
    /// then.
    Missed { place: CommitPosition, told: Option<Receiver<Told>>, earlier: HashSet<LoginId> },
    /// They are told with the others, of some logins `earlier` once more.
    Live { told: Receiver<Told>, earlier: HashSet<LoginId> },
}

/// Logins that somebody follows.
pub struct Tail {
    shared: Arc<Shared>,
    followed: Followed,
    stage: Stage,
    _slot: Slot,
}

impl Tail {
    /// Takes a place among the tails, and finds out where to begin.
    ///
    /// # Errors
    /// See [`TailError`].
    pub async fn begin(shared: Arc<Shared>, followed: Followed, seen: Option<Seen>) -> Result<Self, TailError> {
        let slot = shared.slots.take(&followed)?;
        let tenant = &followed.tenant;
        let stage = match seen {
            None => Stage::Live { told: shared.subscribe().await?, earlier: HashSet::new() },
            Some(seen) => {
                let place = match seen {
                    Seen::Login(login) => shared.commits.place_behind(tenant, login).await?,
                    Seen::UpTo(at) => shared.commits.place_at(at).await?,
                };
                Stage::Missed { place: place.ok_or(TailError::Forgotten)?, told: None, earlier: HashSet::new() }
            }
        };
        Ok(Self { shared, followed, stage, _slot: slot })
    }

    /// Waits for what comes next. Nothing is lost if that is given up and asked again. After [`News::Slow`] and
    /// [`News::Forgotten`] there is no more.
    pub async fn next(&mut self) -> News {
        match &mut self.stage {
            Stage::Live { told, earlier } => {
                let mut found = Vec::new();
                match told.recv().await {
                    Ok(Told::Logins(all)) => {
                        let theirs = all.get(&self.followed.tenant).map(Vec::as_slice).unwrap_or_default();
                        found.extend(theirs.iter().filter(|it| !earlier.remove(&it.id)).cloned());
                    }
                    Ok(Told::Forgotten) | Err(RecvError::Closed) => return News::Forgotten,
                    Err(RecvError::Lagged(_)) => return News::Slow,
                }
                News::Logins(self.asked_for(found))
            }
            Stage::Missed { .. } => match self.read_missed().await {
                Ok(news) => news,
                Err(fault) => {
                    warn!(%fault, "somebody who came back waits for the store");
                    sleep(POLL).await;
                    News::Logins(Vec::new())
                }
            },
        }
    }

    /// Up to which time of the log's clock everything was told, if nothing waits to be told.
    #[must_use]
    pub fn up_to(&self) -> Option<Timestamp> {
        // The time first: what is told after that waits in the channel.
        let up_to = self.shared.told_up_to.load(Ordering::Acquire);
        match &self.stage {
            Stage::Live { told, .. } if told.is_empty() && up_to > 0 => Some(Timestamp::from_unix_ms(up_to)),
            _ => None,
        }
    }

    /// Reads a part of what was missed.
    async fn read_missed(&mut self) -> Result<News, Unavailable> {
        let Stage::Missed { place, told, earlier } = &mut self.stage else { return Ok(News::Logins(Vec::new())) };
        let Some(page) = self.shared.commits.commits(place, STEP).await? else { return Ok(News::Forgotten) };
        let theirs = page.logins.into_iter().filter(|it| it.tenant == self.followed.tenant);
        let ids: Vec<LoginId> = theirs.map(|it| it.login).collect();
        let found = self.shared.logins.logins_named(&self.followed.tenant, &ids).await?;
        // Others are told of what is committed from here on; what was committed just before is read once more.
        let subscribed = if page.more || told.is_some() { None } else { Some(self.shared.subscribe().await?) };
        // Nothing is waited for from here on: what was read is told and left behind, or both is done by the next try.
        if page.more && told.is_none() {
            earlier.clear();
        }
        earlier.extend(ids);
        *place = page.end;
        if !page.more {
            match told.take() {
                None => *told = subscribed,
                Some(told) => self.stage = Stage::Live { told, earlier: std::mem::take(earlier) },
            }
        }
        Ok(News::Logins(self.asked_for(found.into_iter().map(Arc::new).collect())))
    }

    /// Those of the logins that the query asks for, as far as is known.
    fn asked_for(&self, mut logins: Vec<Arc<LoginRecord>>) -> Vec<Arc<LoginRecord>> {
        let needs_references = self.followed.query.needs().contains(&Need::References);
        logins.retain(|login| {
            let alert = login.alert.as_ref().filter(|_| needs_references);
            let reference = alert.map(|alert| self.shared.keyring.reference(alert.id));
            let facts = LoginFacts { reference: reference.as_deref(), ..LoginFacts::of(login) };
            self.followed.query.matches(&facts).is_possible()
        });
        logins
    }
}
