//! The model of Freeman et al. as the only judge: a login is a stranger's if it is among the rarest 2 % so far.

use crate::{
    domain::{
        agent::Agent,
        history::login_record::LoginRecord,
        risk::freeman::{Calibration, Features, Model},
    },
    service::login::rarity::model_values,
};

/// The model and what it has said so far.
#[derive(Clone, Debug, Default)]
pub struct FreemanAlone {
    model: Model,
    calibration: Calibration,
}

impl FreemanAlone {
    /// Whether it takes the login for the user's own.
    #[must_use]
    pub fn recognizes(&self, features: &Features) -> bool {
        self.model.score(features).is_some_and(|score| self.calibration.rarity(score).is_none())
    }

    /// Learns a login.
    pub fn learn(&mut self, features: &Features) {
        if let Some(score) = self.model.score(features) {
            self.calibration.learn(score);
        }
        self.model.learn(features);
    }
}

/// A login of a log as the model sees it.
#[must_use]
pub fn features(record: &LoginRecord, user_agent: Option<&str>, agent: &Agent) -> Features {
    let hash =
        |text: &str| u64::from_be_bytes(blake3::hash(text.as_bytes()).as_bytes()[..8].try_into().unwrap_or_default());
    let asn = record.whereabouts.network.as_ref().map_or(0, |it| it.asn);
    let country = record.whereabouts.place.as_ref().map_or([0; 2], |it| it.country.letters());
    let network = (hash(&record.ip.to_string()), asn, country);
    Features { user: hash(record.user.as_str()), values: model_values(network, user_agent, agent) }
}
