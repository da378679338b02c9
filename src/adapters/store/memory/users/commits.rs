//! The order of commits, in memory: a place is a number.

use crate::{
    adapters::store::{
        backend::{CommitBytes, Reply},
        memory::store::{Memory, Tables},
    },
    domain::{
        ids::{LoginId, TenantId},
        time::Timestamp,
    },
    ports::{COMMITS_KEPT_MS, CommitPosition, Commits, Committed, MAX_COMMITS},
};

impl CommitBytes for Memory {
    async fn end_of_commits(&self) -> Reply<CommitPosition> {
        Ok(place(self.tables().n_commits))
    }

    async fn place_behind(&self, tenant: &TenantId, login: LoginId) -> Reply<Option<CommitPosition>> {
        let tables = self.tables();
        let entry = tables.commits.iter().rev().find(|(_, _, it)| it.login == login && it.tenant == *tenant);
        Ok(entry.map(|(number, ..)| place(*number)))
    }

    /// Its clock is the time of the latest commit.
    async fn place_at(&self, read_at: Timestamp) -> Reply<Option<CommitPosition>> {
        let tables = self.tables();
        let later = tables.commits.iter().rev().take_while(|(_, at, _)| *at >= read_at).count() as u64;
        let reaches_back = later < tables.commits.len() as u64 || later == tables.n_commits;
        Ok(reaches_back.then(|| place(tables.n_commits - later)))
    }

    async fn commits(&self, after: &CommitPosition, limit: usize) -> Reply<Option<Commits>> {
        let tables = self.tables();
        let Some(after) = after.0.as_slice().try_into().ok().map(u64::from_be_bytes) else { return Ok(None) };
        let first = tables.commits.front().map_or(tables.n_commits + 1, |(number, ..)| *number);
        if first > after + 1 || after > tables.n_commits {
            return Ok(None);
        }
        let from = tables.commits.partition_point(|(number, ..)| *number <= after);
        let page: Vec<_> = tables.commits.range(from..).take(limit).collect();
        let end = page.last().map_or(after, |(number, ..)| *number);
        let logins = page.into_iter().map(|(_, _, it)| it.clone()).collect();
        let read_at = tables.commits.back().map_or(Timestamp::default(), |(_, at, _)| *at);
        Ok(Some(Commits { logins, end: place(end), read_at, more: end < tables.n_commits }))
    }
}

fn place(number: u64) -> CommitPosition {
    CommitPosition(number.to_be_bytes().to_vec())
}

impl Tables {
    /// Adds a login to the log.
    pub fn note_commit(&mut self, now: Timestamp, tenant: &TenantId, login: LoginId) {
        self.n_commits += 1;
        self.commits.push_back((self.n_commits, now, Committed { tenant: tenant.clone(), login }));
        self.trim_commits(now);
    }

    /// Forgets what is old in the log.
    pub fn trim_commits(&mut self, now: Timestamp) {
        let kept_since = now.plus_ms(-COMMITS_KEPT_MS);
        let is_old = |(number, at, _): &(u64, Timestamp, Committed), newest: u64| {
            *at < kept_since || number + MAX_COMMITS <= newest
        };
        while self.commits.front().is_some_and(|it| is_old(it, self.n_commits)) {
            self.commits.pop_front();
        }
    }
}
