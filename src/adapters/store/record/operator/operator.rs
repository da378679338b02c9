//! The stored form of an operator.
//!
//! Form 1, in order: flags: sees every tenant, invitation, password, revoked, vouched for by the issuer, by a proxy; id (16 bytes); e-mail address; role, by its place in
//! `Role::ALL`; the tenants by name; invited, sessions since; of an invitation its hash (32 bytes) and when it expires; of a
//! password, hashed by Argon2id with 19 MiB, two passes and one lane, its salt (16) and its hash (32); revoked; the
//! account at the issuer (16).

use crate::{
    adapters::store::record::{
        bytes::{Malformed, Reader, Writer},
        parts::read_tenant,
    },
    domain::{
        ids::OperatorId,
        operator::{
            operator::{Invitation, IssuerAccount, Operator, Voucher},
            password::PasswordHash,
            role::{Role, Sees},
        },
    },
};

const FORM: u8 = 1;

/// The stored form of an operator.
#[must_use]
pub fn encode(operator: &Operator) -> Vec<u8> {
    let Operator { id, email, role, sees, invited_at, invitation, password, vouched_by, sessions_since, revoked_at } =
        operator;
    let mut out = Writer::new(FORM);
    let (is_every, is_proxy) = (matches!(sees, Sees::Every), matches!(vouched_by, Some(Voucher::Proxy)));
    let is_issuer = matches!(vouched_by, Some(Voucher::Issuer(_)));
    out.flags(&[is_every, invitation.is_some(), password.is_some(), revoked_at.is_some(), is_issuer, is_proxy]);
    out.raw(&id.0);
    out.text(email);
    out.member(&Role::ALL, role);
    out.count(sees.named().len());
    for tenant in sees.named() {
        out.text(tenant.as_str());
    }
    out.time(*invited_at);
    out.time(*sessions_since);
    if let Some(Invitation { hash, expires_at }) = invitation {
        out.raw(hash);
        out.time(*expires_at);
    }
    if let Some(PasswordHash { salt, hash }) = password {
        out.raw(salt);
        out.raw(hash);
    }
    if let Some(at) = revoked_at {
        out.time(*at);
    }
    if let Some(Voucher::Issuer(account)) = vouched_by {
        out.raw(&account.0);
    }
    out.finish()
}

/// Reads an operator.
///
/// # Errors
/// The bytes are not the stored form of an operator.
pub fn decode(bytes: &[u8]) -> Result<Operator, Malformed> {
    let (form, mut from) = Reader::new(bytes)?;
    if form != FORM {
        return Err(Malformed::UnknownForm(form));
    }
    let [is_every, is_invited, has_password, is_revoked, is_issuer, is_proxy] = from.flags()?;
    let (id, email, role) = (OperatorId(from.raw()?), from.text()?, from.member(&Role::ALL)?);
    let tenants = from.list(read_tenant)?;
    if is_every != tenants.is_empty() {
        // Nobody may see every tenant because a list was lost.
        return Err(Malformed::Impossible("list of tenants"));
    }
    let sees = Sees::of(tenants);
    let (invited_at, sessions_since) = (from.time()?, from.time()?);
    let invitation = from.when(is_invited, |from| Ok(Invitation { hash: from.raw()?, expires_at: from.time()? }))?;
    let password = from.when(has_password, |from| Ok(PasswordHash { salt: from.raw()?, hash: from.raw()? }))?;
    let revoked_at = from.when(is_revoked, Reader::time)?;
    let account = from.when(is_issuer, |from| Ok(IssuerAccount(from.raw()?)))?;
    let vouched_by = match (account, is_proxy) {
        (Some(_), true) => return Err(Malformed::Impossible("voucher")),
        (Some(account), false) => Some(Voucher::Issuer(account)),
        (None, true) => Some(Voucher::Proxy),
        (None, false) => None,
    };
    from.finish()?;
    Ok(Operator { id, email, role, sees, invited_at, invitation, password, vouched_by, sessions_since, revoked_at })
}
