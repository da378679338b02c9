//! The issuer of operators' identities, asked by `OpenID` Connect.

pub mod keys;
pub mod identity;
pub mod documents;
pub mod provider;
