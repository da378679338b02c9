//! Warnings: looking them up and answering them.
