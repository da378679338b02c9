//! People's rights, through the door.

mod requests_go_away;
mod papers;
