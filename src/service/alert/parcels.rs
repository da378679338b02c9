//! Which due alerts are mailed now, and which share a mail: storms, budgets, and addresses that get no mail. A rule may
//! delay a warning or have one mail tell of several; only an address that accepts no mail ends a warning.

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

/// How many warnings of a user are read for one digest at most.
const DIGEST_ALERTS: usize = 500;
/// For how many users warnings are read at the same time.
const DIGEST_WIDTH: usize = 16;

/// Leased alerts that one mail tells of.
#[derive(Debug)]
pub struct Parcel {
    /// The alert that leads the mail: the first that was raised.
    pub lead: LeasedAlert,
    /// The other alerts in the mail.
    pub others: Vec<LeasedAlert>,
    /// The e-mail address that gets it.
    pub email: EmailKey,
    /// What becomes of the mail.
    pub prospect: Prospect,
    share: Option<Share>,
}

impl Parcel {
    /// The share of the budget that it counts against; `None` if it counts against none or is not sent.
    fn counts(&self) -> Option<Share> {
        self.share.filter(|_| self.prospect == Prospect::Mail)
    }

    /// The counter of mails to its e-mail address about alerts raised in the same span.
    fn counted(&self, keys: &TenantKeys, now: Timestamp, span: Span) -> Count {
        let span_ms = span.length_ms();
        let key =
            self.counts().map(|share| keys.mails_within(self.email, share.name(), span_ms, self.lead.alert.created_at));
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

/// An alert that is due, with what the store says about it.
struct Due {
    leased: LeasedAlert,
    user: UserKey,
    email: EmailKey,
    /// Whether its e-mail address accepts no mail.
    is_dead: bool,
    /// Whether it is the user's first to this e-mail address within a day. Only known at the first lease.
    is_first: bool,
    /// If there is a storm, the earliest time at which it can end.
    storm_over_at: Option<Timestamp>,
}

impl Due {
    /// Whether it was sent again on demand. Then no rule holds it back.
    fn is_resent(&self) -> bool {
        self.leased.since > self.leased.alert.created_at
    }

    fn waits_in_storm(&self) -> bool {
        self.storm_over_at.is_some() && waits(self.leased.alert.level) && !self.is_dead && !self.is_resent()
    }

    /// The share of its e-mail address that it counts against, at its first lease or when a storm releases it. Retries,
    /// alerts sent again, and those that waited for the hourly mail of their address do not count: either they were
    /// counted before, or they need not be.
    fn share(&self) -> Option<Share> {
        let leased = &self.leased;
        match leased.held {
            _ if self.is_resent() || leased.attempt > 1 => None,
            Some(Suppressed::Storm) => Some(Share::First),
            _ if leased.fence > 1 => None,
            _ => Some(if self.is_first { Share::First } else { Share::Repeat }),
        }
    }

    /// What it shares a mail with: alerts of the same user that a storm held back, or alerts to the same address that
    /// exceeded its shares.
    fn parcel(&self) -> Option<(Option<UserKey>, EmailKey)> {
        match self.leased.held {
            _ if self.is_dead || self.storm_over_at.is_some() => None,
            Some(Suppressed::Storm) => Some((Some(self.user), self.email)),
            Some(Suppressed::RateLimited) if self.leased.fence > 1 => Some((None, self.email)),
            _ => None,
        }
    }
}

/// Sorts due alerts into parcels.
pub struct Parcels {
    alerts: Arc<dyn AlertStore>,
    suppressions: Arc<dyn SuppressionStore>,
    counters: Arc<dyn Counters>,
    keyring: Keyring,
    storms: Arc<Storms>,
}

impl Parcels {
    /// Holds back what `storms` says, and counts against the shares of e-mail addresses in `counters`.
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

    /// Sorts alerts that were leased together. Each of them is in exactly one parcel.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn of(&self, now: Timestamp, leased: Vec<LeasedAlert>) -> Result<Vec<Parcel>, Unavailable> {
        let tenants: BTreeMap<TenantId, TenantKeys> =
            leased.iter().map(|alert| (alert.alert.tenant.clone(), self.keyring.tenant(&alert.alert.tenant))).collect();
        let due = self.look_up(now, &tenants, leased).await?;
        let held = self.held_in_storms(now, &tenants, &due).await?;
        self.within_shares(now, &tenants, together(due, &held)).await
    }

    /// Reads what the store says about the alerts. Three calls, however many alerts there are.
    async fn look_up(
        &self,
        now: Timestamp,
        tenants: &BTreeMap<TenantId, TenantKeys>,
        leased: Vec<LeasedAlert>,
    ) -> Result<Vec<Due>, Unavailable> {
        let keys = |alert: &LeasedAlert| &tenants[&alert.alert.tenant];
        let hashes: Vec<(UserKey, EmailKey)> = leased
            .iter()
            .map(|alert| (keys(alert).user(&alert.alert.user), keys(alert).email(&alert.recipient)))
            .collect();
        let named: Vec<(TenantId, EmailKey)> =
            leased.iter().zip(&hashes).map(|(alert, (_, email))| (alert.alert.tenant.clone(), *email)).collect();
        let first_lease = |alert: &LeasedAlert| u64::from(alert.fence == 1);
        let warnings = leased.iter().zip(&hashes).map(|(alert, (user, email))| Count {
            key: keys(alert).warnings(user, *email),
            add: first_lease(alert),
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

    /// Until when a storm holds each alert; `None` for one that it does not hold.
    async fn held_in_storms(
        &self,
        now: Timestamp,
        tenants: &BTreeMap<TenantId, TenantKeys>,
        due: &[Due],
    ) -> Result<Vec<Option<Timestamp>>, Unavailable> {
        let mut held = vec![None; due.len()];
        for (tenant, keys) in tenants {
            let waiting = due.iter().enumerate().filter(|(_, due)| due.leased.alert.tenant == *tenant);
            let waiting: Vec<(usize, &Due)> = waiting.filter(|(_, due)| due.waits_in_storm()).collect();
            if waiting.is_empty() {
                continue;
            }
            let ids: Vec<AlertId> = waiting.iter().map(|(_, due)| due.leased.alert.id).collect();
            let mut places = self.storms.places(keys, now, &ids).await?;
            let joins = |at: &usize| places[*at].is_none() && may_pass(waiting[*at].1.leased.alert.level);
            let joining: Vec<usize> = (0..waiting.len()).filter(joins).collect();
            let names: Vec<(AlertId, UserKey)> = joining.iter().map(|at| (ids[*at], waiting[*at].1.user)).collect();
            for (at, place) in joining.into_iter().zip(self.storms.take_places(keys, now, &names).await?) {
                places[at] = place;
            }
            for ((at, due), place) in waiting.into_iter().zip(places) {
                let release = due.storm_over_at.map(|over| release_at(over, due.user.hash));
                let until = [release, place].into_iter().flatten().min();
                held[at] = until.filter(|until| *until > now);
            }
        }
        Ok(held)
    }

    /// Counts the parcels against the shares of their e-mail addresses. What exceeds a share waits for the hourly mail
    /// of its address.
    async fn within_shares(
        &self,
        now: Timestamp,
        tenants: &BTreeMap<TenantId, TenantKeys>,
        mut parcels: Vec<Parcel>,
    ) -> Result<Vec<Parcel>, Unavailable> {
        // The day is counted last: a mail that the hour refuses must not use up the day's share.
        for span in [Span::Hour, Span::Day] {
            let counts: Vec<Count> =
                parcels.iter().map(|parcel| parcel.counted(&tenants[&parcel.lead.alert.tenant], now, span)).collect();
            for (parcel, mails) in parcels.iter_mut().zip(self.counters.count(&counts, now).await?) {
                if parcel.counts().is_some_and(|share| mails > share.most(span)) {
                    let at = next_digest_at(now, parcel.email);
                    parcel.prospect = Prospect::Held(at, Suppressed::RateLimited);
                }
            }
        }
        Ok(parcels)
    }

    /// The digest of a parcel: its alerts, and those that were left to be told with one of them. `None` if that is a
    /// single alert.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn digest(&self, now: Timestamp, parcel: &Parcel) -> Result<Option<Digest>, Unavailable> {
        let held = [&parcel.lead].into_iter().chain(&parcel.others).filter(|it| it.held.is_some());
        let mut asked = Vec::new();
        for leased in held {
            asked.push(self.left_out_after(now, &leased.alert));
        }
        let left_out: Vec<Vec<Alert>> = stream::iter(asked).buffered(DIGEST_WIDTH).try_collect().await?;
        let others = parcel.others.iter().map(|it| it.alert.clone()).chain(left_out.into_iter().flatten());
        let digest = others.fold(Digest::new(parcel.lead.alert.clone()), Digest::with);
        Ok(Some(digest).filter(|it| it.total > 1))
    }

    /// The user's warnings after `first` that were left to be told with it, up to the one that leads the next digest.
    /// Nothing is added to a digest that is due: later warnings belong to the next.
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

/// Groups alerts that share a mail, in the order in which they were due.
fn together(due: Vec<Due>, held: &[Option<Timestamp>]) -> Vec<Parcel> {
    let mut parcels: Vec<Parcel> = Vec::new();
    let mut open: BTreeMap<(Option<[u8; 16]>, [u8; 16]), usize> = BTreeMap::new();
    for (due, held) in due.into_iter().zip(held) {
        let prospect = match held {
            _ if due.is_dead => Prospect::Never(Suppressed::AddressSuppressed),
            Some(until) => Prospect::Held(*until, Suppressed::Storm),
            None => Prospect::Mail,
        };
        let key = due.parcel().map(|(user, email)| (user.map(|it| it.hash), email.0));
        let share = due.share();
        let known = key.and_then(|key| open.get(&key).copied());
        if let Some(parcel) = known.and_then(|at| parcels.get_mut(at)) {
            parcel.others.push(due.leased);
            continue;
        }
        if let Some(key) = key {
            open.insert(key, parcels.len());
        }
        parcels.push(Parcel { lead: due.leased, others: Vec::new(), email: due.email, prospect, share });
    }
    parcels
}
