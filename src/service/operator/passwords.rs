//! Hashes passwords: slowly on purpose, and never many at once.

use std::{sync::Arc, time::Duration};

use argon2::{Algorithm, Argon2, Params, Version};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    task::spawn_blocking,
    time::timeout,
};

use crate::{
    domain::{operator::password::PasswordHash, tokens::same},
    ports::Unavailable,
};

/// 19 MiB, two passes, one lane: what OWASP advises at least. A stored form.
const MEMORY_KIB: u32 = 19 * 1_024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// How many passwords are hashed at the same time: logins must not wait for the processor.
const AT_ONCE: usize = 2;
/// How long one waits for its turn.
const WAITS: Duration = Duration::from_secs(5);

/// Hashes passwords. Cheap to clone.
#[derive(Clone)]
pub struct Passwords {
    turns: Arc<Semaphore>,
}

impl Default for Passwords {
    fn default() -> Self {
        Self { turns: Arc::new(Semaphore::new(AT_ONCE)) }
    }
}

impl Passwords {
    /// What is stored in place of a password, with 16 random bytes.
    ///
    /// # Errors
    /// When too many are being hashed, or the memory is missing.
    pub async fn hash(&self, password: String, salt: [u8; 16]) -> Result<PasswordHash, Unavailable> {
        let turn = self.turn().await?;
        let work = move || hash(&turn, password.as_bytes(), salt);
        spawn_blocking(work).await.map_err(|it| Unavailable(format!("hashing a password broke off: {it}")))?
    }

    /// Whether this is the password that `stored` stands for. Without one it is not, and that takes as long to find out.
    ///
    /// # Errors
    /// As [`Passwords::hash`].
    pub async fn is_right(&self, password: String, stored: Option<&PasswordHash>) -> Result<bool, Unavailable> {
        let given = self.hash(password, stored.map_or([0; 16], |it| it.salt)).await?;
        Ok(stored.is_some_and(|it| same(&given.hash, &it.hash)))
    }

    async fn turn(&self) -> Result<OwnedSemaphorePermit, Unavailable> {
        let waited = timeout(WAITS, self.turns.clone().acquire_owned()).await;
        let busy = || Unavailable("too many passwords are being hashed".to_owned());
        waited.map_err(|_| busy())?.map_err(|_| busy())
    }
}

/// Hashes while it is its turn.
fn hash(_turn: &OwnedSemaphorePermit, password: &[u8], salt: [u8; 16]) -> Result<PasswordHash, Unavailable> {
    let failed = |it: argon2::Error| Unavailable(format!("a password cannot be hashed: {it}"));
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(failed)?;
    let mut hash = [0; 32];
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    argon2.hash_password_into(password, &salt, &mut hash).map_err(failed)?;
    Ok(PasswordHash { salt, hash })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_is_known_again_and_no_other_is() {
        let passwords = Passwords::default();
        let stored = passwords.hash("correct horse battery".to_owned(), [7; 16]).await.unwrap();
        let check = |it: &str| passwords.is_right(it.to_owned(), Some(&stored));
        assert!(check("correct horse battery").await.unwrap());
        assert!(!check("correct horse batterx").await.unwrap());
        assert!(!passwords.is_right("correct horse battery".to_owned(), None).await.unwrap());
    }

    #[tokio::test]
    async fn the_hash_is_that_of_the_reference_implementation() {
        // As Python's `cryptography` derives it: Argon2id(salt, length=32, iterations=2, lanes=1, memory_cost=19456).
        let stored = Passwords::default().hash("correct horse battery".to_owned(), *b"saltsaltsaltsalt").await.unwrap();
        assert_eq!(
            data_encoding::HEXLOWER.encode(&stored.hash),
            "88f390e5fd8edb516c8e706fa3502215c0ee4977220a7294ad714efb27e03683"
        );
    }
}
