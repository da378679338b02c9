//! What a password must be, and what is stored in its place.

/// Fewest characters of a password.
pub const MIN_CHARS: usize = 12;
/// Most bytes of a password.
pub const MAX_BYTES: usize = 256;

/// What is stored in place of a password: Argon2id with 19 MiB, two passes and one lane.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash {
    /// Random bytes, drawn for this password.
    pub salt: [u8; 16],
    /// The hash.
    pub hash: [u8; 32],
}

/// Hides the hash.
impl std::fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordHash([redacted])")
    }
}

/// What is wrong with a password, in words for whoever chose it; `None` if it can be taken. `email` is the address it goes with.
#[must_use]
pub fn amiss(password: &str, email: &str) -> Option<&'static str> {
    if password.chars().count() < MIN_CHARS {
        return Some("The password needs at least 12 characters.");
    }
    if password.len() > MAX_BYTES {
        return Some("The password may have at most 256 bytes.");
    }
    let mut letters = password.chars();
    let first = letters.next();
    if letters.all(|it| Some(it) == first) {
        return Some("One character again and again is easily guessed.");
    }
    let name = email.split('@').next().unwrap_or_default();
    let bare = password.to_lowercase();
    (bare == email.to_lowercase() || bare.trim_matches(|it: char| !it.is_alphabetic()) == name.to_lowercase())
        .then_some("The e-mail address is the first thing that anybody would try.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_long_and_no_address() {
        let check = |it: &str| amiss(it, "annabelle.lee@example.com").is_none();
        assert!(check("correct horse battery") && check("ääääääöööööö") && check(&"ab".repeat(128)));
        assert!(!check("short") && !check(&"ab".repeat(129)) && !check("aaaaaaaaaaaaaaa"));
        assert!(!check("Annabelle.Lee@example.com") && !check("annabelle.lee2026"));
    }
}
