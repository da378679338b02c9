//! What views are made of: whose data and what time their addresses name, values that lead on, rows of logins and of the audit, counts.

pub mod range;
pub mod view;
pub mod linked;
pub mod rows;
pub mod words;
pub mod deeds;
pub mod notes;
pub mod you;
pub mod saved;
pub mod facets;
pub mod over_time;
pub mod overview;
pub mod tried;
pub mod matrix;
