//! Evaluates the verdicts on a labelled log, and what simpler rules make of the same log.

pub mod rate;
pub mod situations;
pub mod curve;
pub mod fp_stalker;
pub mod baselines;
pub mod freeman_alone;
pub mod tally;
pub mod report;
pub mod table;
