//! What a labelled log says is true about its logins. The labels are the log's own: other logs may use other ones.

/// The truth about one login, as far as the log tells it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Truth {
    /// Whether the account's owner signed in.
    pub owner: bool,
    /// Whether the device was one that they had used before.
    pub known_device: bool,
    /// The kind of attack, if it was one.
    pub attack: Option<String>,
    /// The log's id of the device.
    pub device: Option<String>,
    /// What had changed on the device since its last login: `browser_update`. `None` if the log does not say.
    pub changes: Option<Vec<String>>,
    /// How the browser was used: `normal`, `private`.
    pub mode: Option<String>,
    /// What in the browser resists fingerprinting: `brave`.
    pub privacy: Option<String>,
    /// Anything else the log says: `travel`, `vpn`.
    pub flags: Vec<String>,
}

impl Truth {
    /// Whether an attacker sent exactly what the owner's browser says. Nothing about the browser tells the two apart
    /// then; only where the login comes from can.
    #[must_use]
    pub fn is_full_replay(&self) -> bool {
        self.attack.as_deref().is_some_and(|attack| attack.starts_with("full_replay"))
    }
}
