//! See the files beside this one.

mod samples;
mod contract;
mod contract_events;
mod golden;
mod total;
mod embedded;
mod redis;
