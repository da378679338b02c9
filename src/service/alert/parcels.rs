//! What of the alerts that are due goes out now, and together with what: storms, budgets, and addresses that get no mail.
//! A rule may delay a warning or have it told together with others; only an address that takes no mail ends one.

use std::{collections::BTreeMap, sync::Arc};

use futures_util::{StreamExt, TryStreamExt, stream};

use crate::{
    domain::{
        alert::{
            alert::{Alert, State, Suppressed},
            budget::{Share, Span, next_digest_at},
            digest::Digest,
            storm::{may_pass, release_at, waits},
        },
        ids::{AlertId, EmailKey, TenantId, UserKey},
        keyring::{Keyring, TenantKeys},
        time::{DAY_MS, Timestamp},
    },
    ports::{AlertStore, Count, Counters, LeasedAlert, SuppressionStore, Unavailable},
    service::alarm::storms::Storms,
};

/// Warnings of a user that are looked at for one digest.
const DIGEST_ALERTS: usize = 500;
/// Users whose warnings are looked for at the same time.
const DIGEST_WIDTH: usize = 16;

/// Leased alerts that one mail tells of.
#[derive(Debug)]
pub struct Parcel {
    /// Leads the mail: the first that was raised.
    pub lead: LeasedAlert,
    /// Is told with it.
    pub others: Vec<LeasedAlert>,
    /// Where the mail goes.
    pub email: EmailKey,
    /// What becomes of it.
    pub prospect: Prospect,
    share: Option<Share>,
}

impl Parcel {
    /// Against which share it counts; none if it does not, or does not go out.
    fn counts(&self) -> Option<Share> {
        self.share.filter(|_| self.prospect == Prospect::Mail)
    }

    /// The counter of the mails to its mailbox about what was raised in the same span.
    fn counted(&self, keys: &TenantKeys, now: Timestamp, span: Span) -> Count {
        let span_ms = span.length_ms();
        let key = self.counts().map(|it| keys.mails_within(self.email, it.name(), span_ms, self.lead.alert.created_at));
        Count { key: key.unwrap_or_default(), add: u64::from(key.is_some()), expires_at: now.plus_ms(span_ms) }
    }
}

/// What becomes of alerts that are due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prospect {
    /// They are mailed now.
    Mail,
    /// They wait until this time, for this reason.
    Held(Timestamp, Suppressed),
    /// They are not mailed.
    Never(Suppressed),
}

/// An alert that is due, and what is known of it beside itself.
struct Due {
    leased: LeasedAlert,
    user: UserKey,
    email: EmailKey,
    /// Whether its address takes no mail.
    is_dead: bool,
    /// Whether it is its user's first to this mailbox within a day. Known at the first lease only.
    is_first: bool,
    /// Whether a storm is on, and until when at least.
    storm_over_at: Option<Timestamp>,
}

impl Due {
    /// Whether somebody has had it sent again, who knows what they do.
    fn is_resent(&self) -> bool {
        self.leased.since > self.leased.alert.created_at
    }

    fn waits_in_storm(&self) -> bool {
        self.storm_over_at.is_some() && waits(self.leased.alert.level) && !self.is_dead && !self.is_resent()
    }

    /// Against which share of its mailbox it counts: at its first lease, or when the storm lets go of it. What is retried,
    /// was sent again, or has waited for its mailbox's hourly mail has been counted, or needs not be.
    fn share(&self) -> Option<Share> {
        let leased = &self.leased;
        match leased.held {
            _ if self.is_resent() || leased.attempt > 1 => None,
            Some(Suppressed::Storm) => Some(Share::First),
            _ if leased.fence > 1 => None,
            _ => Some(if self.is_first { Share::First } else { Share::Repeat }),
        }
    }

    /// With what it is told together: what a storm held back of a user, or what exceeded the shares of a mailbox.
    fn parcel(&self) -> Option<(Option<UserKey>, EmailKey)> {
        match self.leased.held {
            _ if self.is_dead || self.storm_over_at.is_some() => None,
            Some(Suppressed::Storm) => Some((Some(self.user), self.email)),
            Some(Suppressed::RateLimited) if self.leased.fence > 1 => Some((None, self.email)),
            _ => None,
        }
    }
}

/// Makes parcels of what is due.
pub struct Parcels {
    alerts: Arc<dyn AlertStore>,
    suppressions: Arc<dyn SuppressionStore>,
    counters: Arc<dyn Counters>,
    keyring: Keyring,
    storms: Arc<Storms>,
}

impl Parcels {
    /// Holds back what `storms` tell it to, and counts against the shares of e-mail addresses in `counters`.
    #[must_use]
    pub fn new(
        alerts: Arc<dyn AlertStore>,
        suppressions: Arc<dyn SuppressionStore>,
        counters: Arc<dyn Counters>,
        keyring: Keyring,
        storms: Arc<Storms>,
    ) -> Self {
        Self { alerts, suppressions, counters, keyring, storms }
    }

    /// What becomes of the alerts that were leased together: each is in one parcel.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn of(&self, now: Timestamp, leased: Vec<LeasedAlert>) -> Result<Vec<Parcel>, Unavailable> {
        let tenants: BTreeMap<TenantId, TenantKeys> =
            leased.iter().map(|it| (it.alert.tenant.clone(), self.keyring.tenant(&it.alert.tenant))).collect();
        let due = self.look_up(now, &tenants, leased).await?;
        let held = self.held_in_storms(now, &tenants, &due).await?;
        self.within_shares(now, &tenants, together(due, &held)).await
    }

    /// Three questions to the store, however many alerts there are.
    async fn look_up(
        &self,
        now: Timestamp,
        tenants: &BTreeMap<TenantId, TenantKeys>,
        leased: Vec<LeasedAlert>,
    ) -> Result<Vec<Due>, Unavailable> {
        let keys = |it: &LeasedAlert| &tenants[&it.alert.tenant];
        let hashes: Vec<(UserKey, EmailKey)> =
            leased.iter().map(|it| (keys(it).user(&it.alert.user), keys(it).email(&it.recipient))).collect();
        let named: Vec<(TenantId, EmailKey)> =
            leased.iter().zip(&hashes).map(|(it, (_, email))| (it.alert.tenant.clone(), *email)).collect();
        let first_lease = |it: &LeasedAlert| u64::from(it.fence == 1);
        let warnings = leased.iter().zip(&hashes).map(|(it, (user, email))| Count {
            key: keys(it).warnings(user, *email),
            add: first_lease(it),
            expires_at: now.plus_ms(DAY_MS),
        });
        let (warnings, asked) = (warnings.collect::<Vec<Count>>(), tenants.iter().collect::<Vec<_>>());
        let (listed, warnings, storms) = tokio::try_join!(
            self.suppressions.suppressions(&named),
            self.counters.count(&warnings, now),
            self.storms.over_at(&asked, now)
        )?;
        let storms: BTreeMap<&TenantId, Option<Timestamp>> = tenants.keys().zip(storms).collect();
        let known = leased.into_iter().zip(hashes).zip(listed).zip(warnings);
        Ok(known
            .map(|(((leased, (user, email)), listed), warnings)| Due {
                user,
                email,
                is_dead: listed.is_some(),
                is_first: first_lease(&leased) == 1 && warnings == 1,
                storm_over_at: storms.get(&leased.alert.tenant).copied().flatten(),
                leased,
            })
            .collect())
    }

    /// Until when each alert is held by a storm; none for one that is not.
    async fn held_in_storms(
        &self,
        now: Timestamp,
        tenants: &BTreeMap<TenantId, TenantKeys>,
        due: &[Due],
    ) -> Result<Vec<Option<Timestamp>>, Unavailable> {
        let mut held = vec![None; due.len()];
        for (tenant, keys) in tenants {
            let waiting = due.iter().enumerate().filter(|(_, it)| it.leased.alert.tenant == *tenant);
            let waiting: Vec<(usize, &Due)> = waiting.filter(|(_, it)| it.waits_in_storm()).collect();
            if waiting.is_empty() {
                continue;
            }
            let ids: Vec<AlertId> = waiting.iter().map(|(_, it)| it.leased.alert.id).collect();
            let mut places = self.storms.places(keys, now, &ids).await?;
            let joins = |at: &usize| places[*at].is_none() && may_pass(waiting[*at].1.leased.alert.level);
            let joining: Vec<usize> = (0..waiting.len()).filter(joins).collect();
            let names: Vec<(AlertId, UserKey)> = joining.iter().map(|at| (ids[*at], waiting[*at].1.user)).collect();
            for (at, place) in joining.into_iter().zip(self.storms.take_places(keys, now, &names).await?) {
                places[at] = place;
            }
            for ((at, it), place) in waiting.into_iter().zip(places) {
                let release = it.storm_over_at.map(|over| release_at(over, it.user.hash));
                let until = [release, place].into_iter().flatten().min();
                held[at] = until.filter(|until| *until > now);
            }
        }
        Ok(held)
    }

    /// Counts what goes out against the shares of its mailbox: what exceeds them waits for the mailbox's hourly mail.
    async fn within_shares(
        &self,
        now: Timestamp,
        tenants: &BTreeMap<TenantId, TenantKeys>,
        mut parcels: Vec<Parcel>,
    ) -> Result<Vec<Parcel>, Unavailable> {
        // The day comes last: what the hour refuses must not use it up.
        for span in [Span::Hour, Span::Day] {
            let counts: Vec<Count> =
                parcels.iter().map(|it| it.counted(&tenants[&it.lead.alert.tenant], now, span)).collect();
            for (parcel, mails) in parcels.iter_mut().zip(self.counters.count(&counts, now).await?) {
                if parcel.counts().is_some_and(|share| mails > share.most(span)) {
                    let at = next_digest_at(now, parcel.email);
                    parcel.prospect = Prospect::Held(at, Suppressed::RateLimited);
                }
            }
        }
        Ok(parcels)
    }

    /// The digest of a parcel: its alerts, and what was left out to be told with one of them; none if that is one alone.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn digest(&self, now: Timestamp, parcel: &Parcel) -> Result<Option<Digest>, Unavailable> {
        let held = [&parcel.lead].into_iter().chain(&parcel.others).filter(|it| it.held.is_some());
        let mut asked = Vec::new();
        for it in held {
            asked.push(self.left_out_after(now, &it.alert));
        }
        let left_out: Vec<Vec<Alert>> = stream::iter(asked).buffered(DIGEST_WIDTH).try_collect().await?;
        let others = parcel.others.iter().map(|it| it.alert.clone()).chain(left_out.into_iter().flatten());
        let digest = others.fold(Digest::new(parcel.lead.alert.clone()), Digest::with);
        Ok(Some(digest).filter(|it| it.total > 1))
    }

    /// The user's warnings after `first` that were left out to be told with it, up to the one that leads the next digest.
    /// When a digest is due nothing is added to it any more: what comes then leads the next.
    async fn left_out_after(&self, now: Timestamp, first: &Alert) -> Result<Vec<Alert>, Unavailable> {
        let user = self.keyring.tenant(&first.tenant).user(&first.user);
        let mut collected: Vec<Alert> = Vec::new();
        for (alert, delivery) in self.alerts.alerts_of(&user, None, DIGEST_ALERTS, now).await? {
            if alert.id <= first.id {
                break;
            }
            match (delivery.suppressed, delivery.state) {
                (Some(Suppressed::RateLimited), State::Suppressed) if delivery.attempts == 0 => collected.push(alert),
                (Some(_), State::Queued | State::Sending | State::Sent | State::Failed) => collected.clear(),
                (_, State::Suppressed) | (None, _) => {}
            }
        }
        Ok(collected)
    }
}

/// Parcels of what is told together, in the order in which it was due.
fn together(due: Vec<Due>, held: &[Option<Timestamp>]) -> Vec<Parcel> {
    let mut parcels: Vec<Parcel> = Vec::new();
    let mut open: BTreeMap<(Option<[u8; 16]>, [u8; 16]), usize> = BTreeMap::new();
    for (it, held) in due.into_iter().zip(held) {
        let prospect = match held {
            _ if it.is_dead => Prospect::Never(Suppressed::AddressSuppressed),
            Some(until) => Prospect::Held(*until, Suppressed::Storm),
            None => Prospect::Mail,
        };
        let key = it.parcel().map(|(user, email)| (user.map(|it| it.hash), email.0));
        let share = it.share();
        let known = key.and_then(|key| open.get(&key).copied());
        if let Some(parcel) = known.and_then(|at| parcels.get_mut(at)) {
            parcel.others.push(it.leased);
            continue;
        }
        if let Some(key) = key {
            open.insert(key, parcels.len());
        }
        parcels.push(Parcel { lead: it.leased, others: Vec::new(), email: it.email, prospect, share });
    }
    parcels
}
