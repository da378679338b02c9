//! How much speaks for two browsers being one.
