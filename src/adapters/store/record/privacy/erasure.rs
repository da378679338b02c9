//! The stored form of an entry of the ledger of erasures. Nothing of it is sealed: it names nobody, and has to be read
//! when the salt is gone.
//!
//! Form 1, in order: id of the receipt (16 bytes); tenant; user's hash (16); when it was asked for; logins, alerts,
//! sessions, devices.

use crate::{
    adapters::store::record::{
        bytes::{Malformed, Reader, Writer},
        parts::read_tenant,
    },
    domain::{
        ids::{ReceiptId, UserKey},
        privacy::erasure::{Erased, Erasure},
    },
};

const FORM: u8 = 1;

/// The stored form of an erasure.
#[must_use]
pub fn encode(erasure: &Erasure) -> Vec<u8> {
    let mut out = Writer::new(FORM);
    out.raw(&erasure.receipt.0);
    out.text(erasure.tenant.as_str());
    out.raw(&erasure.user.hash);
    out.time(erasure.at);
    let Erased { logins, alerts, sessions, devices } = erasure.erased;
    for count in [logins, alerts, sessions, devices] {
        out.number(count);
    }
    out.finish()
}

/// Reads an erasure in any form that ever was.
///
/// # Errors
/// The bytes are not the stored form of an erasure.
pub fn decode(bytes: &[u8]) -> Result<Erasure, Malformed> {
    let (form, mut from) = Reader::new(bytes)?;
    if form != FORM {
        return Err(Malformed::UnknownForm(form));
    }
    let receipt = ReceiptId(from.raw()?);
    let erasure = Erasure {
        receipt,
        tenant: read_tenant(&mut from)?,
        user: UserKey { hash: from.raw()?, partition: receipt.partition() },
        at: from.time()?,
        erased: Erased {
            logins: from.number()?,
            alerts: from.number()?,
            sessions: from.number()?,
            devices: from.number()?,
        },
    };
    from.finish()?;
    Ok(erasure)
}
