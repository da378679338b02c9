//! The model of Freeman et al. on its own: a login is a stranger's if it is among the rarest 2 % so far.

use crate::domain::{
    agent::Agent,
    history::login_record::LoginRecord,
    risk::freeman::{Calibration, Features, Model, Told, short_hash},
};

/// The model and its scores so far.
#[derive(Clone, Debug, Default)]
pub struct FreemanAlone {
    model: Model,
    calibration: Calibration,
}

impl FreemanAlone {
    /// Whether the model takes the login for the user's own.
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

/// The features of a login of a log.
#[must_use]
pub fn features(record: &LoginRecord, user_agent: Option<&str>, agent: &Agent) -> Features {
    Features::of(&Told {
        user: short_hash(record.user.as_str()),
        address: short_hash(&record.ip.to_string()),
        origin: record.whereabouts.origin(),
        user_agent,
        agent: *agent,
    })
}
