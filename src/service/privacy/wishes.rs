//! What a person can ask for, done.

use async_trait::async_trait;

use crate::{
    domain::{
        ids::{TenantId, UserId},
        privacy::{processing::Mode, request::RequestKind},
    },
    ports::Unavailable,
    service::privacy::{erasures::Erasures, people::People},
};

/// Why a person's mode is what it is, where they asked for it themselves.
const ASKED: &str = "the person asked for it, and confirmed it by mail";

/// Carries out what a person has confirmed. Each may be done twice, and is then as if it was done once: a worker that is
/// killed after it, and before that is stored, does it again.
#[async_trait]
pub trait Wishes: Send + Sync {
    /// Whether wishes of this kind are carried out. What is not is refused when it is opened.
    fn offers(&self, kind: RequestKind) -> bool;

    /// Makes sure that a copy can be given: there may be nothing to do before it is fetched.
    async fn export(&self, tenant: &TenantId, user: &UserId) -> Result<(), Unavailable>;

    /// Deletes all that is kept about the person. Returns the receipt; `None` if there was nothing.
    async fn erase(&self, tenant: &TenantId, user: &UserId) -> Result<Option<String>, Unavailable>;

    /// Has logins only counted from now on.
    async fn restrict(&self, tenant: &TenantId, user: &UserId) -> Result<(), Unavailable>;

    /// Has what scripts collect not used from now on.
    async fn object(&self, tenant: &TenantId, user: &UserId) -> Result<(), Unavailable>;
}

/// Carries wishes out by the services that the product calls as well.
pub struct PersonWishes {
    /// Forgets people.
    pub erasures: Erasures,
    /// How much of a person's logins may be used.
    pub people: People,
}

#[async_trait]
impl Wishes for PersonWishes {
    fn offers(&self, _: RequestKind) -> bool {
        true
    }

    /// The copy is read when it is taken.
    async fn export(&self, _: &TenantId, _: &UserId) -> Result<(), Unavailable> {
        Ok(())
    }

    async fn erase(&self, tenant: &TenantId, user: &UserId) -> Result<Option<String>, Unavailable> {
        Ok(self.erasures.erase(tenant, user).await?.map(|it| it.erasure.receipt.to_string()))
    }

    async fn restrict(&self, tenant: &TenantId, user: &UserId) -> Result<(), Unavailable> {
        self.people.set_processing(tenant, user, Mode::Restricted, Some(ASKED.to_owned())).await.map(drop)
    }

    /// Who is restricted already stays so: an objection must not loosen it.
    async fn object(&self, tenant: &TenantId, user: &UserId) -> Result<(), Unavailable> {
        if self.people.profile(tenant, user).await?.processing.mode == Mode::Full {
            self.people.set_processing(tenant, user, Mode::Minimal, Some(ASKED.to_owned())).await?;
        }
        Ok(())
    }
}
