//! From a labelled log to the table of weights: what is compared, how the weights are fitted, and how they are written.

pub mod examples;
pub mod fit;
pub mod calibration;
pub mod table;
