//! People's rights, through the door.

mod backups;
mod canaries;
mod erasing;
mod kills;
mod rotation;
mod sealing_of_old;
mod erasures_go_away;
mod removals_go_away;
mod people_go_away;
mod unsealed_goes_away;
pub mod audit_samples;
mod leaving;
mod requests_go_away;
mod papers;
mod person;
mod modes;
mod notes;
mod export;
mod audit;
mod commands;
mod every_route;
mod tampering;
mod story;
mod requests;
mod copies;
mod wishes;
