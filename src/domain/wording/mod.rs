//! How what the product knows is said in English, wherever that is: in a login's reasons, in answers, on pages.

pub mod figures;
