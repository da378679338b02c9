//! A change of policy, rehearsed over logins of the past: what each record tells of how its login would have been judged, and
//! what it cannot tell.

pub mod untold;
pub mod device;
pub mod signals;
pub mod copied;
pub mod outlook;
pub mod rehearsed;
pub mod budget;
pub mod tally;
