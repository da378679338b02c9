//! What an operator may do: a role is a set of the scopes that API keys have, so the console can do nothing that the API cannot.

use crate::domain::{
    ids::TenantId,
    tenant::api_key::Scope::{self, AlertsWrite, DevicesWrite, LoginsRead},
};

/// The tenant in which the logins of operators themselves are recorded.
pub const CONSOLE_TENANT: &str = "_console";

/// What an operator may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Looks at logins.
    Reader,
    /// Decides about them too: devices, alerts, verdicts, notes.
    Analyst,
    /// Everything.
    Admin,
}

impl Role {
    /// Every role. The index in this list is the stored form.
    pub const ALL: [Self; 3] = [Self::Reader, Self::Analyst, Self::Admin];

    /// The role's id on the command line and in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reader => "reader",
            Self::Analyst => "analyst",
            Self::Admin => "admin",
        }
    }

    /// Reads a role's id.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == text)
    }

    /// What it allows.
    #[must_use]
    pub const fn scopes(self) -> &'static [Scope] {
        match self {
            Self::Reader => &[LoginsRead],
            Self::Analyst => &[LoginsRead, DevicesWrite, AlertsWrite],
            Self::Admin => &Scope::ALL,
        }
    }

    /// Whether it allows this.
    #[must_use]
    pub fn allows(self, scope: Scope) -> bool {
        self.scopes().contains(&scope)
    }
}

/// Whose data an operator sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sees {
    /// That of every tenant, also of those that come later.
    Every,
    /// That of these: at least one, in order, each once.
    Only(Vec<TenantId>),
}

impl Sees {
    /// These tenants; every one, if none is named.
    #[must_use]
    pub fn of(mut tenants: Vec<TenantId>) -> Self {
        tenants.sort_unstable();
        tenants.dedup();
        if tenants.is_empty() { Self::Every } else { Self::Only(tenants) }
    }

    /// Whether this tenant's data is among it.
    #[must_use]
    pub fn includes(&self, tenant: &TenantId) -> bool {
        match self {
            Self::Every => true,
            Self::Only(tenants) => tenants.contains(tenant),
        }
    }

    /// Whether all that `other` sees is among it.
    #[must_use]
    pub fn includes_all(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Every, _) => true,
            (Self::Only(_), Self::Every) => false,
            (Self::Only(_), Self::Only(tenants)) => tenants.iter().all(|it| self.includes(it)),
        }
    }

    /// Whether it is this tenant's data and no other's.
    #[must_use]
    pub fn is_only(&self, tenant: &TenantId) -> bool {
        matches!(self, Self::Only(tenants) if tenants.as_slice() == std::slice::from_ref(tenant))
    }

    /// The tenants by name; none, if it is every one.
    #[must_use]
    pub fn named(&self) -> &[TenantId] {
        match self {
            Self::Every => &[],
            Self::Only(tenants) => tenants,
        }
    }

    /// The same without a tenant that is removed. `None` if nothing is left.
    #[must_use]
    pub fn without(&self, tenant: &TenantId) -> Option<Self> {
        let Self::Only(tenants) = self else { return Some(Self::Every) };
        let rest: Vec<TenantId> = tenants.iter().filter(|it| *it != tenant).cloned().collect();
        (!rest.is_empty()).then_some(Self::Only(rest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tenant(name: &str) -> TenantId {
        TenantId::parse(name).unwrap()
    }

    #[test]
    fn each_role_allows_what_the_one_before_it_does_and_more() {
        for [less, more] in Role::ALL.array_windows() {
            assert!(less.scopes().iter().all(|it| more.allows(*it)) && less.scopes().len() < more.scopes().len());
        }
        assert!(!Role::Reader.allows(DevicesWrite) && !Role::Analyst.allows(Scope::PrivacyRead));
        assert!(Role::ALL.iter().all(|it| Role::parse(it.as_str()) == Some(*it)));
        assert_eq!(Role::parse("root"), None);
    }

    #[test]
    fn who_sees_some_tenants_sees_no_other() {
        let some = Sees::of(vec![tenant("b"), tenant("a"), tenant("b")]);
        assert_eq!(some.named(), [tenant("a"), tenant("b")]);
        assert!(some.includes(&tenant("a")) && !some.includes(&tenant("c")) && !some.is_only(&tenant("a")));
        let one = some.without(&tenant("a")).unwrap();
        assert!(some.includes_all(&one) && some.includes_all(&some) && Sees::Every.includes_all(&some));
        assert!(!one.includes_all(&some) && !some.includes_all(&Sees::Every));
        assert!(one.is_only(&tenant("b")));
        assert_eq!(one.without(&tenant("b")), None, "never every one");
        assert_eq!(one.without(&tenant("c")), Some(one.clone()));
        let every = Sees::of(Vec::new());
        assert!(every.includes(&tenant("c")) && !every.is_only(&tenant("c")));
        assert_eq!(every.without(&tenant("c")), Some(Sees::Every));
    }
}
