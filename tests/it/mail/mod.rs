//! The mail of an alert: what it says, that nothing can be smuggled into it, and how it leaves.

mod samples;
mod letters;
mod request_letters;
mod hostile;
mod sending;
mod outbox;
mod delivery;
mod clocks;
mod held;
mod reports;
mod folder;
mod colours;
mod own_words;
mod pages;
