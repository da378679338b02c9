//! How operators of the console are let in: by a session in a cookie, and never at the wish of another site.

pub mod origin;
pub mod cookies;
pub mod proxied;
pub mod admission;
