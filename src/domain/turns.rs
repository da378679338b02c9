//! Whose turn it is: work is leased for the tenants in turn, so that nobody waits for everything that another tenant
//! has waiting.

use std::collections::HashMap;

use crate::domain::{
    ids::{TenantId, WebhookId},
    time::Timestamp,
};

/// How much more may be leased.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Room {
    /// How much more in all, for whichever tenant.
    pub in_all: usize,
    /// How much may be under way for one tenant.
    pub of_tenant: usize,
    /// How much may be under way for one webhook.
    pub of_webhook: usize,
    /// How much is under way already, by tenant and, for messages, by webhook.
    pub under_way: HashMap<(TenantId, Option<WebhookId>), usize>,
}

/// Work that waits and is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate<Name> {
    /// The tenant as it is stored. Empty if a store does not know it: all such work counts as one tenant's.
    pub tenant: String,
    /// The webhook, if it is a message.
    pub webhook: Option<WebhookId>,
    /// Since when it is due.
    pub due_at: Timestamp,
    /// The store's key of it.
    pub name: Name,
}

impl Room {
    /// Room for this much, for whichever tenant.
    #[must_use]
    pub fn of(in_all: usize) -> Self {
        Self { in_all, of_tenant: usize::MAX, of_webhook: usize::MAX, under_way: HashMap::new() }
    }

    /// How much more there is room for, of a tenant, and of one of its webhooks if one is named.
    #[must_use]
    pub fn left(&self, tenant: &str, webhook: Option<WebhookId>) -> usize {
        let of_tenant = self.of_tenant.saturating_sub(self.count(|(it, _)| it.as_str() == tenant));
        let of_webhook = webhook.map(|it| self.of_webhook.saturating_sub(self.count(|(_, other)| *other == Some(it))));
        of_tenant.min(of_webhook.unwrap_or(usize::MAX)).min(self.in_all)
    }

    /// The tenants for which nothing more may be leased.
    #[must_use]
    pub fn full_tenants(&self) -> Vec<TenantId> {
        let mut full: Vec<TenantId> = self.under_way.keys().map(|(tenant, _)| tenant.clone()).collect();
        full.sort_unstable();
        full.dedup();
        full.retain(|it| self.left(it.as_str(), None) == 0);
        full
    }

    /// The webhooks for which nothing more may be leased.
    #[must_use]
    pub fn full_webhooks(&self) -> Vec<WebhookId> {
        let full = self.under_way.keys().filter(|(tenant, webhook)| self.left(tenant.as_str(), *webhook) == 0);
        full.filter_map(|(_, webhook)| *webhook).collect()
    }

    fn count(&self, of: impl Fn(&(TenantId, Option<WebhookId>)) -> bool) -> usize {
        self.under_way.iter().filter(|(key, _)| of(key)).map(|(_, count)| count).sum()
    }

    /// Picks the longest due of each tenant, then the next of each, and so on. What a tenant has under way counts as
    /// turns it has had.
    #[must_use]
    pub fn pick<Name: Ord>(&self, mut due: Vec<Candidate<Name>>) -> Vec<Candidate<Name>> {
        due.sort_unstable_by(|a, b| (a.due_at, &a.name).cmp(&(b.due_at, &b.name)));
        let (mut tenants, mut webhooks) = (HashMap::<String, usize>::new(), HashMap::<WebhookId, usize>::new());
        for ((tenant, webhook), count) in &self.under_way {
            *tenants.entry(tenant.as_str().to_owned()).or_default() += count;
            if let Some(webhook) = webhook {
                *webhooks.entry(*webhook).or_default() += count;
            }
        }
        let mut picked = Vec::new();
        for candidate in due {
            let of_tenant = tenants.entry(candidate.tenant.clone()).or_default();
            let of_webhook = candidate.webhook.map(|id| webhooks.entry(id).or_default());
            let is_slow = of_webhook.as_ref().is_some_and(|it| **it >= self.of_webhook);
            if is_slow || *of_tenant >= self.of_tenant {
                continue;
            }
            picked.push((*of_tenant, candidate));
            *of_tenant += 1;
            if let Some(count) = of_webhook {
                *count += 1;
            }
        }
        // The sort is stable: within a turn, the longest due comes first.
        picked.sort_by_key(|(turn, _)| *turn);
        picked.into_iter().take(self.in_all).map(|(_, candidate)| candidate).collect()
    }
}

/// The last that was picked for each tenant.
#[must_use]
pub fn last_of_each<Name>(picked: &[Candidate<Name>]) -> Vec<&Candidate<Name>> {
    let last: HashMap<&str, &Candidate<Name>> =
        picked.iter().map(|candidate| (candidate.tenant.as_str(), candidate)).collect();
    last.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tenant(name: &str) -> TenantId {
        TenantId::parse(name).unwrap()
    }

    fn names(picked: &[Candidate<i64>]) -> Vec<i64> {
        picked.iter().map(|it| it.name).collect()
    }

    fn due(tenant: &str, webhook: Option<u8>, name: i64) -> Candidate<i64> {
        let webhook = webhook.map(|it| WebhookId([it; 16]));
        Candidate { tenant: tenant.to_owned(), webhook, due_at: Timestamp::from_unix_ms(name), name }
    }

    #[test]
    fn one_of_each_tenant_comes_before_the_second_of_any() {
        let mut waiting: Vec<Candidate<i64>> = (0..1_000).map(|it| due("noisy", None, it)).collect();
        waiting.extend([due("a", None, 5_000), due("b", None, 4_000), due("a", None, 6_000)]);
        let picked = Room::of(6).pick(waiting.clone());
        assert_eq!(names(&picked), [0, 4_000, 5_000, 1, 6_000, 2]);
        let mut last: Vec<i64> = last_of_each(&picked).iter().map(|it| it.name).collect();
        last.sort_unstable();
        assert_eq!(last, [2, 4_000, 6_000]);
        assert_eq!(Room::of(0).pick(waiting), []);
    }

    #[test]
    fn who_has_some_under_way_has_had_their_turns() {
        let under_way = [((tenant("noisy"), None), 2)].into();
        let room = Room { in_all: 4, of_tenant: 4, of_webhook: 9, under_way };
        let waiting = vec![due("noisy", None, 1), due("noisy", None, 2), due("noisy", None, 3), due("a", None, 9)];
        assert_eq!(names(&room.pick(waiting)), [9, 1, 2], "four of a tenant at most");
        assert_eq!((room.left("noisy", None), room.left("a", None)), (2, 4));
    }

    #[test]
    fn a_webhook_that_is_slow_holds_up_neither_others_of_its_tenant_nor_other_tenants() {
        let slow = WebhookId([1; 16]);
        let under_way = [((tenant("acme"), Some(slow)), 4)].into();
        let room = Room { in_all: 32, of_tenant: 6, of_webhook: 4, under_way };
        let mut waiting: Vec<Candidate<i64>> = (0..100).map(|it| due("acme", Some(1), it)).collect();
        waiting.extend([
            due("acme", Some(2), 200),
            due("acme", None, 201),
            due("acme", Some(2), 202),
            due("b", None, 300),
        ]);
        assert_eq!(names(&room.pick(waiting)), [300, 200, 201]);
        assert_eq!((room.full_webhooks(), room.full_tenants()), (vec![slow], Vec::new()));
        assert_eq!((room.left("acme", Some(slow)), room.left("acme", Some(WebhookId([2; 16])))), (0, 2));
    }
}
