//! People who look into what is kept, by the console: what each may do and see, how they are let in, and for how long.

pub mod role;
pub mod password;
pub mod session;
pub mod token;
pub mod operator;
pub mod vouching;
pub mod claims;
pub mod ticket;
