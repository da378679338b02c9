//! Browsers that are like that of a login, whoever's they are.

use crate::domain::history::{kept_browser::BrowserKey, login_record::LoginRecord};

/// Why nothing can be said about which browsers are like one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Untold {
    /// Nothing was kept of its browser: it is from before that, it says nothing of one, or it was pushed out.
    NotKept,
    /// No script measured it.
    NoScript,
    /// Nearly all browsers of its kind look alike.
    LooksAlike,
    /// It tells too little: even the same browser would not have enough in common with it.
    TellsLittle,
}

/// A browser that is like another.
#[derive(Clone, Debug)]
pub struct AlikeBrowser {
    /// Whose it is.
    pub key: BrowserKey,
    /// The evidence that it is the same, in hundredths of a bit.
    pub centibits: i32,
    /// Its logins, the newest first, as far as they are counted.
    pub logins: Vec<LoginRecord>,
}

/// Browsers that are like that of a login, the most alike first.
#[derive(Clone, Debug)]
pub struct Alike {
    /// The most that a browser can have in common with it, in hundredths of a bit.
    pub most: i32,
    /// The browsers.
    pub browsers: Vec<AlikeBrowser>,
    /// Whether some may be missing: so many share something with it that not all were compared.
    pub is_crowded: bool,
}
