//! What a user says about their devices.
