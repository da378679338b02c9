//! The console: who gets in, what each may see, and what no other site can do.

mod people;
mod invitations;
mod signing_in;
mod single_sign_on;
mod issuer_amiss;
mod proxy;
mod kept;
mod table;
mod rights;
mod views;
mod travelling;
mod slips;
mod counted;
mod meanwhile;
mod evidence;
mod who_answered;
mod queue;
mod facts;
mod pages;
mod pictures;
mod api;
mod removing;
mod operators_go_away;
mod audit;
mod settings;
mod story;
