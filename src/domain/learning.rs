//! What a login teaches: the next profile.
