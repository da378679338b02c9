//! Computes the table of weights from a labelled log: what is compared, how the weights are fitted, and how they are
//! written.

pub mod examples;
pub mod fit;
pub mod calibration;
pub mod table;
