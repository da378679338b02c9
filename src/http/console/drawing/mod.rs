//! Pictures, drawn here as SVG: pure functions from plain data to markup. Nothing in them is styled in place: classes say what a
//! thing is, and `assets/console/app.css` how that looks, by day and by night. Where a picture stretches with the page, its places
//! are in percent and its sizes in pixels, so that its words stay as large as all others.
//!
//! A picture shows nothing that is not also in words: those with links have their numbers in a [`Numbers`](numbers::Numbers), and all
//! have a label. Text and addresses of strangers may be given as they are.

pub mod markup;
pub mod numbers;
pub mod axis;
pub mod steps;
pub mod level;
pub mod histogram;
pub mod waterfall;
pub mod heat;
pub mod lanes;
pub mod map;
