//! Questions about past logins.
