//! Every text can be read: its contrast with what is behind it, light and dark, is computed from the template's colours.

use crate::mail::samples::{LINK, composer, variants};

/// What WCAG 2.2 (1.4.3) asks of text of this size.
const LEAST_CONTRAST: f64 = 4.5;

/// The relative luminance of `#rrggbb` (WCAG 2.2).
fn luminance(colour: &str) -> f64 {
    let channel = |at: usize| {
        let part = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap()) / 255.0;
        if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
}

fn contrast(text: &str, back: &str) -> f64 {
    let (text, back) = (luminance(text), luminance(back));
    (text.max(back) + 0.05) / (text.min(back) + 0.05)
}

/// The value of a property in the rule for exactly this selector; the last such rule counts.
fn property<'a>(style: &'a str, selector: &str, name: &str) -> Option<&'a str> {
    let rules = style.split('}').filter_map(|it| it.rsplit_once('{').or_else(|| it.split_once('{')));
    let of_selector = rules.filter(|(selectors, _)| {
        let selectors = selectors.rsplit('{').next().unwrap();
        selectors.split(',').any(|it| it.trim() == selector)
    });
    let values = of_selector.flat_map(|(_, body)| body.split(';')).filter_map(|it| it.split_once(':'));
    let found = values.filter(|(key, _)| key.trim() == name).map(|(_, value)| value).next_back()?;
    Some(found.trim().trim_end_matches("!important").trim())
}

#[test]
fn everything_can_be_read_by_day_and_by_night() {
    let sample = &variants("en")[0];
    let html = composer().letter(sample.now, &sample.notice(LINK)).unwrap().html;
    let style = html.split("<style>").nth(1).unwrap().split("</style>").next().unwrap();
    let (light, dark) = style.split_once("@media (prefers-color-scheme: dark) {").unwrap();
    for (scheme, style) in [("light", light), ("dark", dark)] {
        let back = property(style, ".card", "background").unwrap();
        // What has no colour of its own has the page's.
        let texts = [("body", back), (".brand", back), (".quiet", back), (".facts th", back), (".link", back)];
        let button = property(style, ".button", "background").unwrap();
        for (selector, back) in texts.into_iter().chain([(".button", button)]) {
            let text = property(style, selector, "color").unwrap_or_else(|| panic!("{scheme}: {selector}"));
            let measured = contrast(text, back);
            assert!(measured >= LEAST_CONTRAST, "{scheme}: {selector} {text} on {back}: {measured:.2}");
        }
        let edge = contrast(button, back);
        assert!(edge >= 3.0, "{scheme}: the button on the card: {edge:.2}");
    }
    assert!((contrast("#000000", "#ffffff") - 21.0).abs() < 1e-9);
}
