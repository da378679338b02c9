//! See the files beside this one.

mod samples;
mod contract;
mod golden;
mod total;
mod embedded;
mod redis;
