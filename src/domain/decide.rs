//! The rule book: what is known and what is seen become a decision.
