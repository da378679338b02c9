//! What a labelled log says is true of its logins. Its names are its own: whoever makes a log may use others.

/// What is true of one login, as far as the log says it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Truth {
    /// Whether the account's owner signed in.
    pub owner: bool,
    /// Whether from a device that they had used before.
    pub known_device: bool,
    /// What kind of attacker it was, if it was one.
    pub attack: Option<String>,
    /// The log's name for the device.
    pub device: Option<String>,
    /// What had changed on the device since its login before: `browser_update`. None where the log does not say.
    pub changes: Option<Vec<String>>,
    /// How the browser was used: `normal`, `private`.
    pub mode: Option<String>,
    /// What in the browser works against fingerprints: `brave`.
    pub privacy: Option<String>,
    /// Whatever else is said to be so: `travel`, `vpn`.
    pub flags: Vec<String>,
}

impl Truth {
    /// Whether it was an attacker who sent all that the owner's own browser says: nothing in it tells the two apart, and
    /// only where it comes from can warn.
    #[must_use]
    pub fn is_full_replay(&self) -> bool {
        self.attack.as_deref().is_some_and(|it| it.starts_with("full_replay"))
    }
}
