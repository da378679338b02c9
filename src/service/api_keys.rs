//! API keys: made, checked, listed, revoked.
