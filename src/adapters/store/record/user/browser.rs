//! The stored form of a browser that logins came from.
//!
//! Form 1, in order: fingerprint (16 bytes); flags: scripted, and which of the three sketches follow; browser, system; attributes, as
//! those of a device of which nothing is expected; sketches (4 each).

use crate::{
    adapters::store::record::{
        bytes::{Malformed, Reader, Writer},
        user::device::{read_attributes, read_sketch, write_attributes},
    },
    domain::{
        agent::{Browser, Os},
        browser::{
            attributes::{Attributes, Earlier, NetworkTraits, Sketches, Traits},
            sketch::Sketch,
        },
        history::kept_browser::KeptBrowser,
    },
};

const FORM: u8 = 1;

/// The stored form of a browser.
#[must_use]
pub fn encode(browser: &KeptBrowser) -> Vec<u8> {
    let KeptBrowser { fingerprint, traits } = browser;
    let sketches = [traits.sketches.fonts, traits.sketches.plugins, traits.sketches.extensions];
    let [fonts, plugins, extensions] = sketches.map(|it| it != Sketch::default());
    let mut out = Writer::new(FORM);
    out.raw(fingerprint);
    out.flags(&[traits.scripted, fonts, plugins, extensions]);
    out.raw(&[traits.browser.code(), traits.os.code()]);
    write_attributes(&mut out, &traits.attributes, &Attributes::default());
    sketches.iter().filter(|it| **it != Sketch::default()).for_each(|it| out.raw(&it.0.to_be_bytes()));
    out.finish()
}

/// Reads a browser.
///
/// # Errors
/// The bytes are not the stored form of one.
pub fn decode(bytes: &[u8]) -> Result<KeptBrowser, Malformed> {
    let (form, mut from) = Reader::new(bytes)?;
    if form != FORM {
        return Err(Malformed::UnknownForm(form));
    }
    let fingerprint: [u8; 16] = from.raw()?;
    let [scripted, fonts, plugins, extensions] = from.flags()?;
    let [browser, os] = from.raw()?;
    let (first, _) = fingerprint.split_first_chunk().ok_or(Malformed::Short)?;
    let traits = Traits {
        fingerprint: u64::from_be_bytes(*first).max(1),
        browser: Browser::from_code(browser),
        os: Os::from_code(os),
        scripted,
        attributes: read_attributes(&mut from, &Attributes::default())?,
        sketches: Sketches {
            fonts: from.when(fonts, read_sketch)?.unwrap_or_default(),
            plugins: from.when(plugins, read_sketch)?.unwrap_or_default(),
            extensions: from.when(extensions, read_sketch)?.unwrap_or_default(),
        },
        network: NetworkTraits::default(),
        earlier: Earlier::default(),
    };
    from.finish()?;
    Ok(KeptBrowser { fingerprint, traits })
}
