//! The stored form of an API key's record.
//!
//! Form 1, in order: flags: revoked; id; hash (32 bytes); tenant; scopes, each by its place in `Scope::ALL`; created,
//! revoked.

use crate::{
    adapters::store::record::{
        bytes::{Malformed, Reader, Writer},
        parts::read_tenant,
    },
    domain::tenant::api_key::{ApiKeyRecord, Scope},
};

const FORM: u8 = 1;

/// The stored form of an API key's record.
#[must_use]
pub fn encode(key: &ApiKeyRecord) -> Vec<u8> {
    let mut out = Writer::new(FORM);
    out.flags(&[key.revoked_at.is_some()]);
    out.text(&key.id);
    out.raw(&key.hash);
    out.text(key.tenant.as_str());
    out.count(key.scopes.len());
    for scope in &key.scopes {
        out.member(&Scope::ALL, scope);
    }
    out.time(key.created_at);
    if let Some(revoked_at) = key.revoked_at {
        out.time(revoked_at);
    }
    out.finish()
}

/// Reads an API key's record in any form that ever was.
///
/// # Errors
/// The bytes are not the stored form of an API key's record.
pub fn decode(bytes: &[u8]) -> Result<ApiKeyRecord, Malformed> {
    let (form, mut from) = Reader::new(bytes)?;
    if form != FORM {
        return Err(Malformed::UnknownForm(form));
    }
    let [is_revoked] = from.flags()?;
    let key = ApiKeyRecord {
        id: from.text()?,
        hash: from.raw()?,
        tenant: read_tenant(&mut from)?,
        scopes: from.list(|it| it.member(&Scope::ALL))?,
        created_at: from.time()?,
        revoked_at: from.when(is_revoked, Reader::time)?,
    };
    from.finish()?;
    Ok(key)
}
