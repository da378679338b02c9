//! The stored form of an entry of the ledger of removals. It names the tenant, and nobody.
//!
//! Form 1, in order: id of the receipt (16 bytes); tenant; when it was asked for; people, logins, alerts, sessions, devices,
//! API keys, webhooks.

use crate::{
    adapters::store::record::{
        bytes::{Malformed, Reader, Writer},
        parts::read_tenant,
    },
    domain::{
        ids::ReceiptId,
        privacy::{
            erasure::Erased,
            removal::{Removal, Removed},
        },
    },
};

const FORM: u8 = 1;

/// The stored form of a removal.
#[must_use]
pub fn encode(removal: &Removal) -> Vec<u8> {
    let mut out = Writer::new(FORM);
    out.raw(&removal.receipt.0);
    out.text(removal.tenant.as_str());
    out.time(removal.at);
    let Removed { people, erased, api_keys, webhooks } = removal.removed;
    let Erased { logins, alerts, sessions, devices } = erased;
    for count in [people, logins, alerts, sessions, devices, api_keys, webhooks] {
        out.number(count);
    }
    out.finish()
}

/// Reads a removal in any form that ever was.
///
/// # Errors
/// The bytes are not the stored form of a removal.
pub fn decode(bytes: &[u8]) -> Result<Removal, Malformed> {
    let (form, mut from) = Reader::new(bytes)?;
    if form != FORM {
        return Err(Malformed::UnknownForm(form));
    }
    let (receipt, tenant, at) = (ReceiptId(from.raw()?), read_tenant(&mut from)?, from.time()?);
    let people = from.number()?;
    let erased =
        Erased { logins: from.number()?, alerts: from.number()?, sessions: from.number()?, devices: from.number()? };
    let removed = Removed { people, erased, api_keys: from.number()?, webhooks: from.number()? };
    from.finish()?;
    Ok(Removal { receipt, tenant, at, removed })
}
