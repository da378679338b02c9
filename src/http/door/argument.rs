//! The arguments of handlers, and how a request fails that does not bring them. So the description lists for each
//! operation exactly the failures of its handler's arguments.

use actix_web::{HttpRequest, web::Data};

use crate::http::door::problem::Kind;

/// An argument of a handler.
pub trait Argument {
    /// How a request fails that does not bring it, whatever the handler.
    const FAILURES: &'static [Kind];
}

/// All arguments of a handler.
pub trait Arguments {
    /// How a request fails that does not bring all of them.
    #[must_use]
    fn failures() -> Vec<Kind>;
}

impl<T> Argument for Data<T> {
    const FAILURES: &'static [Kind] = &[];
}

impl Argument for HttpRequest {
    const FAILURES: &'static [Kind] = &[];
}

impl Arguments for () {
    fn failures() -> Vec<Kind> {
        Vec::new()
    }
}

macro_rules! arguments {
    ($($argument:ident)*) => {
        impl<$($argument: Argument),*> Arguments for ($($argument,)*) {
            fn failures() -> Vec<Kind> {
                [$($argument::FAILURES),*].concat()
            }
        }
    };
}

arguments!(A);
arguments!(A B);
arguments!(A B C);
arguments!(A B C D);
arguments!(A B C D E);
arguments!(A B C D E F);
