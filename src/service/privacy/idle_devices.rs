//! Forgets devices that were not seen for long, and users of whom nothing else is left. Users who never come back are
//! found by a walk through all of them, a part every hour.

use std::{
    collections::BTreeMap,
    ops::RangeInclusive,
    sync::{Arc, Mutex, PoisonError},
};

use crate::{
    domain::{
        history::login_record::LoginIndex,
        ids::LoginId,
        time::{HOUR_MS, Timestamp},
        user::profile::Profile,
    },
    ports::{AlertStore, Commit, CommitError, KnownUser, LoginStore, PeopleStore, ProfileStore, Unavailable},
};

/// A day's walk is done in so many parts, one an hour.
const PARTS: i64 = 24;
/// Users that are looked at in one step.
const STEP: usize = 256;

/// What one part of the walk has forgotten.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Idle {
    /// Devices.
    pub devices: usize,
    /// Users of whom nothing is left.
    pub users: usize,
}

/// The ports that are needed to forget devices.
#[derive(Clone)]
pub struct IdlePorts {
    /// Everybody.
    pub people: Arc<dyn PeopleStore>,
    /// Their profiles.
    pub profiles: Arc<dyn ProfileStore>,
    /// Their logins.
    pub logins: Arc<dyn LoginStore>,
    /// Their alerts.
    pub alerts: Arc<dyn AlertStore>,
}

/// Forgets devices that were not seen for long.
pub struct IdleDevices {
    ports: IdlePorts,
    /// When the device was last seen that was seen longest ago, by part of the walk.
    oldest: Mutex<BTreeMap<i64, Timestamp>>,
}

impl IdleDevices {
    /// Reads and changes these ports.
    #[must_use]
    pub fn new(ports: IdlePorts) -> Self {
        Self { ports, oldest: Mutex::default() }
    }

    /// Walks the part of the hour of `now`, and forgets what was last seen before that time.
    ///
    /// # Errors
    /// When the store does not answer. What was forgotten by then stays forgotten.
    pub async fn forget(&self, now: Timestamp, before: Timestamp) -> Result<Idle, Unavailable> {
        let part = now.unix_ms().div_euclid(HOUR_MS).rem_euclid(PARTS);
        let (mut idle, mut oldest, mut position) = (Idle::default(), None, None);
        loop {
            let step = self.ports.people.walk(groups(part), position.as_ref(), STEP).await?;
            for known in step.users {
                let left = self.forget_of(known, now, before, &mut idle).await?;
                let seen = left.devices.iter().map(|it| it.last_seen).min();
                oldest = [oldest, seen].into_iter().flatten().min();
            }
            position = step.next;
            if position.is_none() {
                break;
            }
        }
        let mut parts = self.oldest.lock().unwrap_or_else(PoisonError::into_inner);
        parts.remove(&part);
        parts.extend(oldest.map(|it| (part, it)));
        drop(parts);
        Ok(idle)
    }

    /// When the device was last seen that was seen longest ago, as far as was walked.
    #[must_use]
    pub fn oldest(&self) -> Option<Timestamp> {
        self.oldest.lock().unwrap_or_else(PoisonError::into_inner).values().min().copied()
    }

    /// Forgets what one user was last seen with before that time. Returns what is left.
    async fn forget_of(
        &self,
        known: KnownUser,
        now: Timestamp,
        before: Timestamp,
        idle: &mut Idle,
    ) -> Result<Profile, Unavailable> {
        let left = known.profile.without_idle(before);
        if left.as_ref().unwrap_or(&known.profile).is_spent() && !self.has_history(&known, now).await? {
            let is_removed = self.ports.people.remove_user(&known.user, known.version).await?;
            idle.users += usize::from(is_removed);
            idle.devices += if is_removed { known.profile.devices.len() } else { 0 };
            return Ok(Profile::default());
        }
        let Some(left) = left else { return Ok(known.profile) };
        let gone = known.profile.devices.len() - left.devices.len();
        let commit = Commit {
            tenant: known.tenant,
            user: known.user,
            version: known.version,
            profile: Some(left.clone()),
            logins: Vec::new(),
            answers: Vec::new(),
            events: Vec::new(),
            now,
        };
        match self.ports.profiles.commit(commit).await {
            Ok(()) => idle.devices += gone,
            // The user is back: the next walk looks again.
            Err(CommitError::Stale | CommitError::Duplicate) => {}
            Err(CommitError::Unavailable(fault)) => return Err(fault),
        }
        Ok(left)
    }

    /// Whether a login or an alert of the user is still kept.
    async fn has_history(&self, known: &KnownUser, now: Timestamp) -> Result<bool, Unavailable> {
        let everything = LoginId([0; 16])..LoginId([0xFF; 16]);
        let index = LoginIndex::User(known.user);
        if !self.ports.logins.logins(&known.tenant, &index, everything, 1).await?.is_empty() {
            return Ok(true);
        }
        Ok(!self.ports.alerts.alerts_of(&known.user, None, 1, now).await?.is_empty())
    }
}

/// The groups of users that one part of the walk goes through. All parts together go through all 256.
fn groups(part: i64) -> RangeInclusive<u8> {
    let start = |part: i64| part * 256 / PARTS;
    let group = |number: i64| u8::try_from(number).unwrap_or(u8::MAX);
    group(start(part))..=group(start(part + 1) - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_a_day_go_through_every_group_once() {
        let all: Vec<u8> = (0..PARTS).flat_map(groups).collect();
        assert_eq!(all, (0..=u8::MAX).collect::<Vec<u8>>());
    }
}
