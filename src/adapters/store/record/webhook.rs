//! The stored form of a webhook. Its secrets are derived, and are in no record.
//!
//! Form 1, in order: flags: enabled, rotated; id (16 bytes); tenant; url; description; events, each by its place in
//! `EventKind::ALL`; number of the secret; created, until when the secret before signs, too.

use crate::{
    adapters::store::record::{
        bytes::{Malformed, Reader, Writer},
        parts::read_tenant,
    },
    domain::{
        ids::WebhookId,
        tenant::webhook::{EventKind, Webhook},
    },
};

const FORM: u8 = 1;

/// The stored form of a webhook.
#[must_use]
pub fn encode(webhook: &Webhook) -> Vec<u8> {
    let mut out = Writer::new(FORM);
    out.flags(&[webhook.enabled, webhook.rotated_until.is_some()]);
    out.raw(&webhook.id.0);
    out.text(webhook.tenant.as_str());
    out.text(&webhook.url);
    out.text(&webhook.description);
    out.count(webhook.events.len());
    for kind in &webhook.events {
        out.member(&EventKind::ALL, kind);
    }
    out.number(webhook.secret);
    out.time(webhook.created_at);
    if let Some(until) = webhook.rotated_until {
        out.time(until);
    }
    out.finish()
}

/// Reads a webhook in any form that ever was.
///
/// # Errors
/// The bytes are not the stored form of a webhook.
pub fn decode(bytes: &[u8]) -> Result<Webhook, Malformed> {
    let (form, mut from) = Reader::new(bytes)?;
    if form != FORM {
        return Err(Malformed::UnknownForm(form));
    }
    let [enabled, is_rotated] = from.flags()?;
    let webhook = Webhook {
        enabled,
        id: WebhookId(from.raw()?),
        tenant: read_tenant(&mut from)?,
        url: from.text()?,
        description: from.text()?,
        events: from.list(|it| it.member(&EventKind::ALL))?,
        secret: from.number()?,
        created_at: from.time()?,
        rotated_until: from.when(is_rotated, Reader::time)?,
    };
    from.finish()?;
    Ok(webhook)
}
