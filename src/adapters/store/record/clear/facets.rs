//! The stored form of what stands in the clear beside a login: about 14 bytes.
//!
//! Form 1, in order: a byte of status (2 bits), level (2), failure (1), alert (1), country (1), network (1), the lowest bits
//! first; country (2 letters); number of the network; operating system; browser; signals, a bit for each; score of risk in
//! ten-thousandths; method: 0 for none, the number of one in [`METHODS`](crate::domain::search::clear::methods::METHODS), or 255 and its text.

use std::borrow::Cow;

use crate::{
    adapters::store::record::bytes::{Malformed, Reader, Writer},
    domain::{
        agent::{Browser, Os},
        login::login::Outcome,
        place::{Asn, Country},
        policy::policy::Level,
        recognition::verdict::DeviceStatus,
        search::{
            clear::{
                facets::{Facets, SignalSet},
                methods::{OWN, method_of, number_of},
            },
            value::Score,
        },
    },
};

const FORM: u8 = 1;

/// The stored form of what stands in the clear.
#[must_use]
pub fn encode(facets: &Facets) -> Vec<u8> {
    let mut out = Writer::new(FORM);
    let place = |is_it: Option<usize>| is_it.and_then(|it| u8::try_from(it).ok()).unwrap_or_default();
    let status = place(DeviceStatus::ALL.iter().position(|it| *it == facets.status));
    let level = place(Level::ALL.iter().position(|it| *it == facets.level));
    let flag = |bit: u8, is_set: bool| u8::from(is_set) << bit;
    out.byte(
        status
            | level << 2
            | flag(4, facets.outcome == Outcome::Failure)
            | flag(5, facets.has_alert)
            | flag(6, facets.country.is_some())
            | flag(7, facets.asn.is_some()),
    );
    if let Some(country) = facets.country {
        out.raw(&country.letters());
    }
    if let Some(asn) = facets.asn {
        out.number(asn.get());
    }
    out.byte(facets.os.code());
    out.byte(facets.browser.code());
    out.number(facets.signals.0);
    out.number(facets.score.parts());
    match facets.method.as_deref().map(|it| (number_of(it), it)) {
        None => out.byte(0),
        Some((Some(number), _)) => out.byte(number),
        Some((None, text)) => {
            out.byte(OWN);
            out.text(text);
        }
    }
    out.finish()
}

/// Reads what stands in the clear.
///
/// # Errors
/// The bytes are not the stored form of it.
pub fn decode(bytes: &[u8]) -> Result<Facets, Malformed> {
    let (form, mut from) = Reader::new(bytes)?;
    if form != FORM {
        return Err(Malformed::UnknownForm(form));
    }
    let flags = from.byte()?;
    let has = |bit: u8| flags >> bit & 1 == 1;
    let status = DeviceStatus::ALL[usize::from(flags & 3)];
    let level = Level::ALL.get(usize::from(flags >> 2 & 3)).copied().ok_or(Malformed::Impossible("level"))?;
    let country =
        from.when(has(6), |from| Country::from_letters(from.raw()?).ok_or(Malformed::Impossible("country")))?;
    let asn = from.when(has(7), |from| Asn::new(from.number()?).ok_or(Malformed::Impossible("network")))?;
    let facets = Facets {
        country,
        asn,
        os: Os::from_code(from.byte()?),
        browser: Browser::from_code(from.byte()?),
        signals: SignalSet(from.number()?),
        score: Score::from_parts(from.number()?).ok_or(Malformed::Impossible("score"))?,
        method: match from.byte()? {
            0 => None,
            OWN => Some(Cow::Owned(from.text()?)),
            number => Some(Cow::Borrowed(method_of(number).ok_or(Malformed::Impossible("method"))?)),
        },
        status,
        level,
        outcome: if has(4) { Outcome::Failure } else { Outcome::Success },
        has_alert: has(5),
    };
    from.finish()?;
    Ok(facets)
}
