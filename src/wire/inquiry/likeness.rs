//! Which other users' logins come from a browser like that of a login, as callers read it.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    domain::{
        history::{
            alike::{Alike, AlikeBrowser, Untold},
            login_record::LoginRecord,
        },
        recognition::likeness::ALIKE_FROM,
    },
    wire::{examples, login::four_digits, time},
};

/// Browsers of other users that are like that of a login.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = examples::login::alike)]
pub struct AlikeList {
    /// The browsers, the most alike first: at most fifty.
    data: Vec<AlikeBody>,
    /// Whether its browser can be told from others. If not, nothing is listed, for they would be strangers.
    told_apart: bool,
    /// Why nothing can be told, or what may be missing; null if all is told.
    #[schema(required = true)]
    note: Option<&'static str>,
    /// The evidence, in bits, that all attributes of the very same browser would show; an equal fingerprint counts 20. Null if it
    /// cannot be told from others.
    #[schema(required = true)]
    most_bits: Option<f64>,
    /// From so many bits on a browser is listed.
    from_bits: f64,
}

/// A browser of another user.
#[derive(Debug, Serialize, ToSchema)]
struct AlikeBody {
    /// The account.
    user_id: String,
    /// Its latest login with this browser.
    login_id: String,
    /// The device of that login.
    device_id: String,
    /// When that was.
    #[schema(format = DateTime)]
    last_seen_at: String,
    /// The fingerprint.
    #[schema(pattern = "^b3:[0-9a-f]{64}$")]
    fingerprint: String,
    /// The evidence that it is the same browser, in bits, as matching weighs it: each doubles the odds.
    bits: f64,
    /// The probability that it is, reckoned as a device's `score` is: before any evidence as likely as not.
    #[schema(minimum = 0, maximum = 1)]
    score: f64,
    /// How many logins of the user came from it, at most 256.
    logins: usize,
}

impl AlikeList {
    /// What was found, without those of whom nothing may be shown.
    #[must_use]
    pub fn found(alike: &Alike, shown: &[(&AlikeBrowser, &LoginRecord)]) -> Self {
        let note = alike.is_crowded.then_some(
            "Some of what this browser shows is shared by so many others that not all of them were compared: some may be missing.",
        );
        Self {
            data: shown.iter().map(|(browser, latest)| AlikeBody::new(browser, latest)).collect(),
            told_apart: true,
            note,
            most_bits: Some(bits(alike.most)),
            from_bits: bits(ALIKE_FROM),
        }
    }

    /// That nothing can be told.
    #[must_use]
    pub fn untold(why: Untold) -> Self {
        let note = match why {
            Untold::NotKept => {
                "Nothing is kept of the browser of this login: it says nothing of one, or is from before that was kept."
            }
            Untold::NoScript => {
                "No script measured this browser: what its headers say, thousands of others say. Search by its fingerprint for those that say exactly the same."
            }
            Untold::LooksAlike => {
                "Nearly all browsers of this kind look alike: which of them is which, nobody can tell. Search by its fingerprint for those that look exactly the same."
            }
            Untold::TellsLittle => {
                "This browser tells too little of itself to be told from others. Search by its fingerprint for those that say exactly the same."
            }
        };
        Self { data: Vec::new(), told_apart: false, note: Some(note), most_bits: None, from_bits: bits(ALIKE_FROM) }
    }
}

impl AlikeBody {
    fn new(browser: &AlikeBrowser, latest: &LoginRecord) -> Self {
        let odds = bits(browser.centibits).exp2();
        Self {
            user_id: latest.user.as_str().to_owned(),
            login_id: latest.id.to_string(),
            device_id: latest.device.id.to_string(),
            last_seen_at: time::to_text(latest.occurred_at),
            fingerprint: latest.fingerprint.to_string(),
            bits: bits(browser.centibits),
            score: four_digits(odds / (1.0 + odds)),
            logins: browser.logins.len(),
        }
    }
}

fn bits(centibits: i32) -> f64 {
    f64::from(centibits) / 100.0
}
