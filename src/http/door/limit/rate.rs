//! What a limit is, and what a caller is told of it.

/// A limit, as the settings have it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rate {
    /// Requests a second in the long run; 0 switches the limit off.
    pub per_second: u32,
    /// Requests at once; 0 means as many as in a second.
    pub burst: u32,
}

/// A caller's state within a limit, after a request that was admitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Within {
    /// What is counted: `key` or `address`.
    pub counted: &'static str,
    /// How many requests may come at once.
    pub burst: u32,
    /// In how many seconds that many become free.
    pub window_s: u32,
    /// How many may come now.
    pub left: u32,
    /// In how many seconds as many as ever may come.
    pub full_in_s: u32,
}

/// The limits that a request has counted against so far: at most its address and its key.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counted(pub [Option<Within>; 2]);

impl Counted {
    /// Adds one limit.
    pub fn add(&mut self, within: Within) {
        if let Some(free) = self.0.iter_mut().find(|place| place.is_none()) {
            *free = Some(within);
        }
    }

    /// The values of `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10); `None` without a
    /// limit.
    #[must_use]
    pub fn headers(&self) -> Option<[String; 2]> {
        let list = |write: fn(&Within) -> String| self.0.iter().flatten().map(write).collect::<Vec<_>>().join(", ");
        self.0[0]?;
        Some([
            list(|within| format!("\"{}\";q={};w={}", within.counted, within.burst, within.window_s)),
            list(|within| format!("\"{}\";r={};t={}", within.counted, within.left, within.full_in_s)),
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caller_is_told_of_each_limit() {
        let mut counted = Counted::default();
        assert_eq!(counted.headers(), None);
        counted.add(Within { counted: "key", burst: 5, window_s: 3, left: 4, full_in_s: 1 });
        counted.add(Within { counted: "address", burst: 9, window_s: 1, left: 0, full_in_s: 1 });
        let [policy, state] = counted.headers().unwrap();
        assert_eq!(policy, "\"key\";q=5;w=3, \"address\";q=9;w=1");
        assert_eq!(state, "\"key\";r=4;t=1, \"address\";r=0;t=1");
    }
}
