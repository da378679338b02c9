//! The console: pages for people who look into logins. Every page works without script, holds its whole state in its address, and
//! changes nothing by being opened.
//!
//! To add a view: a struct in a file of its own in `views/` with its template in `templates/console/views/`, a handler that takes the
//! [`View`](parts::view::View), and, if it reads about persons, [`Caller`](crate::http::door::caller::Caller) with the scope; a line
//! of the table in `http/routes.rs`, with that scope and what it is in the audit; and an entry in
//! [`NAV`](frame::NAV), if one gets there from everywhere. `tests/it/console/` walks the table.

pub mod assets;
pub mod drawing;
pub mod done;
pub mod operator;
pub mod page;
pub mod parts;
pub mod frame;
pub mod ways;
pub mod entry;
pub mod slip;
pub mod faces;
pub mod home;
pub mod views;
