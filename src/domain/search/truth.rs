//! What can be said about a login of which not everything is known.

/// Whether something is so, as far as is known (Kleene's logic of three values).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Truth {
    /// It is not so.
    No,
    /// What would tell is not known: it was forgotten, or nobody has looked it up.
    Unknown,
    /// It is so.
    Yes,
}

impl Truth {
    /// What is known for certain.
    #[must_use]
    pub const fn of(is_so: bool) -> Self {
        if is_so { Self::Yes } else { Self::No }
    }

    /// What is known of something, if anything is.
    #[must_use]
    pub fn of_known(is_so: Option<bool>) -> Self {
        is_so.map_or(Self::Unknown, Self::of)
    }

    /// Whether it may be so.
    #[must_use]
    pub const fn is_possible(self) -> bool {
        !matches!(self, Self::No)
    }

    /// Whether all are so; of none, all are.
    #[must_use]
    pub fn all(parts: impl IntoIterator<Item = Self>) -> Self {
        parts.into_iter().min().unwrap_or(Self::Yes)
    }

    /// Whether one is so; of none, none is.
    #[must_use]
    pub fn any(parts: impl IntoIterator<Item = Self>) -> Self {
        parts.into_iter().max().unwrap_or(Self::No)
    }
}

impl std::ops::Not for Truth {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            Self::No => Self::Yes,
            Self::Unknown => Self::Unknown,
            Self::Yes => Self::No,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Truth::{No, Unknown, Yes};
    use super::*;

    #[test]
    fn what_is_not_known_decides_nothing_that_is_decided_without_it() {
        assert_eq!((Truth::all([Yes, Unknown]), Truth::all([No, Unknown]), Truth::all([])), (Unknown, No, Yes));
        assert_eq!((Truth::any([Yes, Unknown]), Truth::any([No, Unknown]), Truth::any([])), (Yes, Unknown, No));
        assert_eq!((!Yes, !Unknown, !No), (No, Unknown, Yes));
        assert_eq!((Truth::of_known(None), Truth::of_known(Some(true))), (Unknown, Yes));
    }
}
