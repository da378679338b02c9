//! Composition: arguments in, a running service out.
