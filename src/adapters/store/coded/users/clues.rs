//! What leads to logins and people.

use std::{collections::HashSet, ops::Range};

use async_trait::async_trait;

use crate::{
    adapters::store::{
        backend::{ClueBytes, CluesAsked},
        coded::store::Coded,
        prepared::PreparedClue,
        record::user::clue,
    },
    domain::{
        history::{
            clue::{Clue, Lead, clues_of_browser, clues_of_login},
            kept_browser::BrowserKey,
        },
        ids::{ClueKey, LoginId, UserKey},
        time::Timestamp,
    },
    ports::{ClueStore, Commit, Unavailable},
};

/// Above every lead to a user or a browser.
const HIGHEST: [u8; 26] = [0xFF; 26];

#[async_trait]
impl<Backend: ClueBytes> ClueStore for Coded<Backend> {
    async fn clues_to_logins(
        &self,
        clues: &[ClueKey],
        ids: Range<LoginId>,
        limit: usize,
        now: Timestamp,
    ) -> Result<Vec<LoginId>, Unavailable> {
        let asked = CluesAsked { keys: clues, from: &ids.start.0, below: &ids.end.0, limit, now };
        let found = self.backend.clues(asked).await?;
        let login = |(_, lead): (ClueKey, Vec<u8>)| match clue::decode(&lead) {
            Some(Lead::Login(id)) => Some(id),
            _ => None,
        };
        let mut ids: Vec<LoginId> = found.into_iter().filter_map(login).collect();
        ids.sort_unstable_by(|a, b| b.cmp(a));
        ids.dedup();
        ids.truncate(limit);
        Ok(ids)
    }

    async fn clues_to_users(
        &self,
        clues: &[ClueKey],
        limit: usize,
        now: Timestamp,
    ) -> Result<Vec<UserKey>, Unavailable> {
        let found = self.backend.clues(CluesAsked { keys: clues, from: &[], below: &HIGHEST, limit, now }).await?;
        let user = |(_, lead): (ClueKey, Vec<u8>)| match clue::decode(&lead) {
            Some(Lead::User(user)) => Some(user),
            _ => None,
        };
        let mut seen = HashSet::new();
        let users = found.into_iter().filter_map(user).filter(|it| seen.insert(it.hash));
        Ok(users.take(limit).collect())
    }

    async fn clues_to_browsers(
        &self,
        clues: &[ClueKey],
        limit: usize,
        now: Timestamp,
    ) -> Result<Vec<Vec<BrowserKey>>, Unavailable> {
        let found = self.backend.clues(CluesAsked { keys: clues, from: &[], below: &HIGHEST, limit, now }).await?;
        let of_key = |asked: &ClueKey| {
            let mut seen = HashSet::new();
            let leads = found.iter().filter(|(key, _)| key == asked).filter_map(|(_, lead)| clue::decode(lead));
            let browsers = leads.filter_map(|lead| if let Lead::Browser(it) = lead { Some(it) } else { None });
            browsers.filter(|it| seen.insert(*it)).take(limit).collect()
        };
        Ok(clues.iter().map(of_key).collect())
    }
}

impl<Backend> Coded<Backend> {
    /// The clues of the logins of a commit and of their browsers, each once.
    pub(crate) fn clues_of(&self, commit: &Commit) -> Vec<PreparedClue> {
        let keys = self.sealer.keys(&commit.tenant);
        let mut clues: Vec<PreparedClue> = Vec::new();
        for write in &commit.logins {
            let login = &write.record;
            let of_login = clues_of_login(self.sealer.keyring(), &keys, commit.user, login);
            let browser = BrowserKey::new(commit.user, &login.fingerprint);
            let kept = write.browser.iter();
            let of_browser = kept.flat_map(|kept| clues_of_browser(&keys, browser, login.id.time(), kept));
            for clue in of_login.iter().copied().chain(of_browser).map(prepared) {
                if !clues.contains(&clue) {
                    clues.push(clue);
                }
            }
        }
        clues
    }
}

/// A clue as bytes.
#[must_use]
pub fn prepared(clue: Clue) -> PreparedClue {
    PreparedClue { stretch: clue.stretch, key: clue.key, lead: clue::encode(&clue.lead) }
}
