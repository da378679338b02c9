//! What a page is about: its address, the time of it, and where its links lead.

mod when;
mod view;
mod links;

pub use view::{COUNTS, SEARCH, View};
pub use when::clock_of;
