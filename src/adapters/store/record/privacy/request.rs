//! The stored form of a person's request. What searching and planning need stands first and names nobody; what names the
//! person, or is free text, stands behind it.
//!
//! Form 1, in order: id (16 bytes); tenant; user (16); flags: asked, confirmed, carried out, ended, fetched, receipt,
//! person, locale, error; kind and state, by their places in `ALL`; when it was opened, and those of the times that are
//! there; until when an answer is due; the next step: due, since when, leases; what the tenant was told of the time, by
//! its place in `Reminded::ALL`; receipt. Then: user's id, address, locale; error.

use crate::{
    adapters::store::record::{
        bytes::{Malformed, Reader, Writer},
        parts::{read_tenant, read_user},
    },
    domain::{
        ids::{RequestId, UserKey},
        privacy::request::{PersonRequest, Reminded, RequestKind, RequestPerson, RequestState, RequestTimes, Step},
    },
};

const FORM: u8 = 1;

/// The stored form of a request.
#[must_use]
pub fn encode(request: &PersonRequest) -> Vec<u8> {
    let mut out = Writer::new(FORM);
    let RequestTimes { opened, asked, confirmed, carried_out, ended, fetched } = request.times;
    let times = [asked, confirmed, carried_out, ended, fetched];
    let locale = request.person.as_ref().and_then(|it| it.locale.as_ref());
    let texts = [request.receipt.is_some(), request.person.is_some(), locale.is_some(), request.last_error.is_some()];
    out.raw(&request.id.0);
    out.text(request.tenant.as_str());
    out.raw(&request.user.hash);
    out.flags(&[&times.map(|it| it.is_some())[..], &texts[..]].concat());
    out.member(&RequestKind::ALL, &request.kind);
    out.member(&RequestState::ALL, &request.state);
    out.time(opened);
    for time in times.into_iter().flatten() {
        out.time(time);
    }
    out.time(request.answer_by);
    out.time(request.step.due_at);
    out.time(request.step.since);
    out.number(request.step.attempts);
    out.member(&Reminded::ALL, &request.reminded);
    if let Some(receipt) = &request.receipt {
        out.text(receipt);
    }
    if let Some(person) = &request.person {
        out.text(person.user.as_str());
        out.text(&person.address);
    }
    for text in locale.into_iter().chain(&request.last_error) {
        out.text(text);
    }
    out.finish()
}

/// Reads a request in any form that ever was.
///
/// # Errors
/// The bytes are not the stored form of a request.
pub fn decode(bytes: &[u8]) -> Result<PersonRequest, Malformed> {
    let (form, mut from) = Reader::new(bytes)?;
    if form != FORM {
        return Err(Malformed::UnknownForm(form));
    }
    let (id, tenant) = (RequestId(from.raw()?), read_tenant(&mut from)?);
    let user = UserKey { hash: from.raw()?, partition: id.partition() };
    let [asked, confirmed, carried_out, ended, fetched, receipt, person, locale, error] = from.flags()?;
    let request = PersonRequest {
        id,
        tenant,
        user,
        kind: from.member(&RequestKind::ALL)?,
        state: from.member(&RequestState::ALL)?,
        times: RequestTimes {
            opened: from.time()?,
            asked: from.when(asked, Reader::time)?,
            confirmed: from.when(confirmed, Reader::time)?,
            carried_out: from.when(carried_out, Reader::time)?,
            ended: from.when(ended, Reader::time)?,
            fetched: from.when(fetched, Reader::time)?,
        },
        answer_by: from.time()?,
        step: Step { due_at: from.time()?, since: from.time()?, attempts: from.number()? },
        reminded: from.member(&Reminded::ALL)?,
        receipt: from.when(receipt, Reader::text)?,
        person: from.when(person, |from| {
            Ok(RequestPerson {
                user: read_user(from)?,
                address: from.text()?,
                locale: from.when(locale, Reader::text)?,
            })
        })?,
        last_error: from.when(error, Reader::text)?,
    };
    from.finish()?;
    Ok(request)
}
