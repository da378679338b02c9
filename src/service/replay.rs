//! Yesterday's log through today's rules, with nothing sent.
