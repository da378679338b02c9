//! How suspicious a login is: the signals, one function each, and their combination.

pub mod guessing;
pub mod freeman;
pub mod assessment;
pub mod situation;
pub mod devices;
pub mod places;
pub mod attempts;
pub mod habits;
pub mod assess;
pub mod worth;

pub use assess::assess;
pub use situation::Situation;
