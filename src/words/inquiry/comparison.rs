//! What the comparison of two logins means.

use crate::domain::{
    inquiry::comparison::{Comparison, Weighed},
    recognition::verdict::Gate,
    wording::figures::duration,
};

/// What it means, in sentences.
#[must_use]
pub fn meaning(compared: &Comparison) -> Vec<String> {
    let (was, is) = (&compared.earlier, &compared.later);
    let whose = if was.user == is.user { "Both logins are of one user" } else { "The logins are of two users" };
    let (then, now) = (was.agent.name(), is.agent.name());
    let mut told = vec![format!("{whose}, {} apart: {then}, then {now}.", duration(compared.apart_ms))];
    if compared.same_device {
        told.push("Both were taken for the same device when they happened.".to_owned());
    }
    let Some(weighed) = &compared.weighed else {
        let known = if compared.same_fingerprint {
            "Their fingerprints are the same. What else agreed is not kept."
        } else {
            "Their fingerprints differ. How much they are alike is not kept: one of them is from before browsers were kept, or \
             says nothing of its browser."
        };
        told.push(known.to_owned());
        return told;
    };
    told.push(weight(weighed));
    if weighed.looks_alike && weighed.gate.is_none() {
        told.push(
            "Browsers of this kind look alike on every machine of one model, so that they agree says little."
                .to_owned(),
        );
    }
    told
}

fn weight(weighed: &Weighed) -> String {
    let gate = weighed.gate.map(|gate| match gate {
        Gate::Browser => "the browsers are of two families",
        Gate::Os => "the operating systems are of two families",
        Gate::OlderBrowser => "the later browser is of an older version",
    });
    if let Some(why) = gate {
        return format!("They are two browsers, whatever else agrees: {why}.");
    }
    let bits = f64::from(weighed.centibits) / 100.0;
    let odds = bits.abs().exp2();
    let times = if odds > 1e6 { "more than a million".to_owned() } else { format!("{odds:.0}") };
    let (likely, than) = if bits >= 0.0 { ("one browser", "two") } else { ("two browsers", "one") };
    format!("Taken together it is {times} times as likely of {likely} as of {than} ({bits:+.1} bits).")
}
