//! The numbers of ways to sign in that many products have.

/// The number of a method that is not in [`METHODS`], where it has to have one.
pub const OWN: u8 = 255;

/// Methods that many products have; the first is number 1. A stored form: new ones come at the end.
pub const METHODS: [&str; 32] = [
    "password",
    "passkey",
    "webauthn",
    "totp",
    "otp",
    "sms",
    "email",
    "magic_link",
    "push",
    "sso",
    "saml",
    "oidc",
    "oauth",
    "ldap",
    "social:google",
    "social:apple",
    "social:facebook",
    "social:github",
    "social:microsoft",
    "google",
    "apple",
    "facebook",
    "github",
    "microsoft",
    "recovery_code",
    "backup_code",
    "security_key",
    "certificate",
    "refresh_token",
    "api_key",
    "biometric",
    "pin",
];

/// The number of a method in [`METHODS`].
#[must_use]
pub fn number_of(method: &str) -> Option<u8> {
    (1..).zip(METHODS).find(|(_, it)| *it == method).map(|(number, _)| number)
}

/// The method of a number.
#[must_use]
pub fn method_of(number: u8) -> Option<&'static str> {
    METHODS.get(usize::from(number).checked_sub(1)?).copied()
}
