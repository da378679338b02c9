//! Upkeep of the store in memory.

use crate::{
    adapters::store::{
        backend::{Reply, UpkeepBytes},
        memory::store::{Memory, Tables},
    },
    domain::{
        history::{
            clue::Stretch,
            cutoffs::Cutoffs,
            retention::{Stock, Stocks},
        },
        ids::{AlertId, LoginId},
        salt::Week,
        time::Timestamp,
    },
    ports::{KEPT_LONGER_MS, Oldest, Trimmed, Unfit},
};

impl UpkeepBytes for Memory {
    async fn stock(&self, cutoffs: Cutoffs, _enough: u64) -> Reply<Stocks> {
        let tables = self.tables();
        let stock = |newest: Option<Timestamp>, older: usize, all: usize| Stock {
            newest,
            older: older as u64,
            kept: (all - older) as u64,
        };
        let newest = tables.logins.last_key_value().map(|(id, _)| id.time());
        let older = tables.logins.range(..LoginId::first_at(cutoffs.logins)).count();
        let logins = stock(newest, older, tables.logins.len());
        let newest = tables.alerts.last_key_value().map(|(id, _)| id.time());
        let older = tables.alerts.range(..AlertId::first_at(cutoffs.alerts)).count();
        Ok(Stocks { logins, alerts: stock(newest, older, tables.alerts.len()) })
    }

    async fn oldest(&self) -> Reply<Oldest> {
        let tables = self.tables();
        Ok(Oldest {
            login: tables.logins.first_key_value().map(|(id, _)| id.time()),
            minimal_login: tables.brief_logins.first().map(LoginId::time),
            alert: tables.alerts.first_key_value().map(|(id, _)| id.time()),
            note: tables.notes.values().map(|(created_at, _)| *created_at).min(),
            full_address: tables.week_salts.keys().map(|(_, week)| week.start()).min(),
            session_expires_at: tables.sessions.values().map(|it| it.expires_at).min(),
        })
    }

    async fn trim(&self, cutoffs: Cutoffs) -> Reply<Trimmed> {
        let expired_at = cutoffs.expired_at;
        let mut tables = self.tables();
        tables.trim_commits(expired_at);
        tables.idempotency.retain(|_, it| it.expires_at > expired_at);
        tables.sessions.retain(|_, it| it.expires_at > expired_at);
        tables.operator_sessions.retain(|_, (_, expires_at)| *expires_at > expired_at);
        tables.counters.retain(|_, (_, counted_until)| *counted_until > expired_at);
        let unused = cutoffs.logins.plus_ms(-KEPT_LONGER_MS);
        tables.policies.kept.retain(|_, (_, used_at)| *used_at >= unused);
        let first_kept = AlertId::first_at(cutoffs.alerts);
        tables.alerts.retain(|id, it| *id >= first_kept || it.row.delivery.due_at.is_some());
        let (week, brief_week) = (Week::of(cutoffs.logins).0, Week::of(cutoffs.minimal_logins).0);
        tables.browsers.retain(|_, it| it.week >= if it.is_brief { brief_week } else { week });
        let stretch = Stretch::of(cutoffs.logins);
        tables.clues.retain(|(of, _, _)| *of >= stretch);
        tables.notes.retain(|_, (created_at, _)| *created_at >= cutoffs.notes);
        let old: Vec<LoginId> = tables.logins.range(..LoginId::first_at(cutoffs.logins)).map(|(id, _)| *id).collect();
        let brief: Vec<LoginId> =
            tables.brief_logins.range(..LoginId::first_at(cutoffs.minimal_logins)).copied().collect();
        Ok(Trimmed { logins: forget(&mut tables, &old) + forget(&mut tables, &brief), more: false })
    }

    async fn trim_memory(&self) -> Reply<Option<Vec<u8>>> {
        Ok(self.tables().trim_memory.clone())
    }

    async fn put_trim_memory(&self, record: Vec<u8>) -> Reply<()> {
        self.tables().trim_memory = Some(record);
        Ok(())
    }

    async fn close(&self) {
        // There is nothing to keep.
    }

    async fn probe(&self) -> Result<String, Unfit> {
        Ok("in memory: when the process ends, all is lost".to_owned())
    }
}

/// Deletes logins. Returns how many there were.
fn forget(tables: &mut Tables, ids: &[LoginId]) -> u64 {
    ids.iter().filter(|id| tables.forget_login(**id)).count() as u64
}
