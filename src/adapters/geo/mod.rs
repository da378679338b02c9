//! Places, read from databases in the MaxMind format.
