//! The messages that every language has. The build fails if a language file lacks one, misspells one, has one too many
//! or has them out of order: see [`has_every_message`].

macro_rules! messages {
    ($($variant:ident $name:literal,)+) => {
        /// Something that can be said. The words are in `templates/locales`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Message {
            $(#[doc = concat!("`", $name, "`")] $variant,)+
        }

        impl Message {
            /// Every message, in the order of the files.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The message's name in the files.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }
        }
    };
}

messages! {
    Subject "subject",
    SubjectDevice "subject-device",
    SubjectDigest "subject-digest",
    NewDevice "new-device",
    NewDeviceLate "new-device-late",
    NewDeviceUnusual "new-device-unusual",
    NewDeviceUnusualLate "new-device-unusual-late",
    Unusual "unusual",
    UnusualLate "unusual-late",
    Digest "digest",
    SentLate "sent-late",
    Account "account",
    Newest "newest",
    Riskiest "riskiest",
    When "when",
    Device "device",
    Where "where",
    IpAddress "ip-address",
    Method "method",
    BrowserOnSystem "browser-on-system",
    UnknownBrowser "unknown-browser",
    UnknownDevice "unknown-device",
    AndroidApp "android-app",
    IosApp "ios-app",
    DesktopApp "desktop-app",
    Script "script",
    NearCity "near-city",
    InCountry "in-country",
    UnknownPlace "unknown-place",
    PrivateNetwork "private-network",
    Password "password",
    Passkey "passkey",
    MagicLink "magic-link",
    OneTimeCode "one-time-code",
    SingleSignOn "single-sign-on",
    Why "why",
    WhyDeviceAndCountry "why-device-and-country",
    WhyDeviceAndNetwork "why-device-and-network",
    WhyNewDevice "why-new-device",
    WhyNewCountry "why-new-country",
    WhyNewNetwork "why-new-network",
    WhyImpossibleTravel "why-impossible-travel",
    WhyUserAgentMismatch "why-user-agent-mismatch",
    WhyTokenMismatch "why-token-mismatch",
    WhyDeniedDevice "why-denied-device",
    WhyAnonymousNetwork "why-anonymous-network",
    WhyHostingNetwork "why-hosting-network",
    WhyFailedAttempts "why-failed-attempts",
    WhyCredentialStuffing "why-credential-stuffing",
    WhyUnusualHour "why-unusual-hour",
    WhyRareLogin "why-rare-login",
    WhyUnusual "why-unusual",
    IfYou "if-you",
    IfNotYou "if-not-you",
    SignOut "sign-out",
    SignOutUnknown "sign-out-unknown",
    ChangePassword "change-password",
    RemovePasskeys "remove-passkeys",
    SecureMailbox "secure-mailbox",
    SecureProvider "secure-provider",
    ChangePasswordIfAny "change-password-if-any",
    TwoStep "two-step",
    Button "button",
    Link "link",
    Never "never",
    Reference "reference",
    Sender "sender",
    Support "support",
    Kept "kept",
    PlacesBy "places-by",
    Monday "monday",
    Tuesday "tuesday",
    Wednesday "wednesday",
    Thursday "thursday",
    Friday "friday",
    Saturday "saturday",
    Sunday "sunday",
    January "january",
    February "february",
    March "march",
    April "april",
    May "may",
    June "june",
    July "july",
    August "august",
    September "september",
    October "october",
    November "november",
    December "december",
    Date "date",
    Clock "clock",
    Moment "moment",
    MomentOtherDay "moment-other-day",
    MomentUtc "moment-utc",
    Thousands "thousands",
    Colon "colon",
    PageQuestion "page-question",
    PageSignedIn "page-signed-in",
    PageYes "page-yes",
    PageYesThen "page-yes-then",
    PageNo "page-no",
    PageNotMe "page-not-me",
    PagePlacesBy "page-places-by",
    PageThanks "page-thanks",
    PageNoted "page-noted",
    PageNext "page-next",
    PageSignOut "page-sign-out",
    PagePassword "page-password",
    PageGone "page-gone",
    PageGoneWhy "page-gone-why",
    PageGoneThen "page-gone-then",
    RequestSubject "request-subject",
    RequestSubjectDone "request-subject-done",
    RequestSubjectCopy "request-subject-copy",
    RequestAskedExport "request-asked-export",
    RequestAskedErase "request-asked-erase",
    RequestAskedRestrict "request-asked-restrict",
    RequestAskedObject "request-asked-object",
    RequestThenExport "request-then-export",
    RequestThenErase "request-then-erase",
    RequestThenRestrict "request-then-restrict",
    RequestThenObject "request-then-object",
    RequestIfNotYou "request-if-not-you",
    RequestValid "request-valid",
    RequestButton "request-button",
    RequestDoneExport "request-done-export",
    RequestDoneErase "request-done-erase",
    RequestDoneRestrict "request-done-restrict",
    RequestDoneObject "request-done-object",
    RequestDoneEraseThen "request-done-erase-then",
    RequestDoneUndo "request-done-undo",
    RequestCopyOnce "request-copy-once",
    RequestCopyButton "request-copy-button",
    RequestDoneNotYou "request-done-not-you",
    RequestReceipt "request-receipt",
    RequestSender "request-sender",
    RequestKept "request-kept",
    PageRequest "page-request",
    PageRequestYesExport "page-request-yes-export",
    PageRequestYesErase "page-request-yes-erase",
    PageRequestYesRestrict "page-request-yes-restrict",
    PageRequestYesObject "page-request-yes-object",
    PageRequestNo "page-request-no",
    PageRequestConfirmed "page-request-confirmed",
    PageRequestDeclined "page-request-declined",
    PageRequestGoneThen "page-request-gone-then",
    PageCopyOnce "page-copy-once",
    PageCopyRead "page-copy-read",
    PageCopyData "page-copy-data",
    ExportTitle "export-title",
    ExportWritten "export-written",
    ExportContact "export-contact",
    ExportEmail "export-email",
    ExportLanguage "export-language",
    ExportTimeZone "export-time-zone",
    ExportProcessing "export-processing",
    ExportFull "export-full",
    ExportMinimal "export-minimal",
    ExportRestricted "export-restricted",
    ExportHabits "export-habits",
    ExportFirst "export-first",
    ExportLogins "export-logins",
    ExportCountries "export-countries",
    ExportDevices "export-devices",
    ExportFirstSeen "export-first-seen",
    ExportLastSeen "export-last-seen",
    ExportSaid "export-said",
    ExportSaidNothing "export-said-nothing",
    ExportSaidMine "export-said-mine",
    ExportSaidNotMine "export-said-not-mine",
    ExportFound "export-found",
    ExportResult "export-result",
    ExportSuccess "export-success",
    ExportFailure "export-failure",
    ExportNoticed "export-noticed",
    ExportAlerts "export-alerts",
    ExportMail "export-mail",
    ExportMailSent "export-mail-sent",
    ExportMailWaiting "export-mail-waiting",
    ExportMailFailed "export-mail-failed",
    ExportMailNone "export-mail-none",
    ExportSessions "export-sessions",
    ExportSession "export-session",
    ExportEnded "export-ended",
    ExportNotes "export-notes",
    ExportRequests "export-requests",
    ExportRetention "export-retention",
    ExportDays "export-days",
    ExportSources "export-sources",
    ExportFromProduct "export-from-product",
    ExportFromPlaces "export-from-places",
    ExportLogic "export-logic",
    ExportLogicCompare "export-logic-compare",
    ExportLogicScore "export-logic-score",
    ExportLogicDecide "export-logic-decide",
    ExportNone "export-none",
    ExportReads "export-reads",
}

impl Message {
    /// Reads a message's name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|message| message.name() == name)
    }
}

/// Whether a Fluent file has every message once, in order, and no other. Checked at compile time, so that no language
/// can ship with a gap.
#[must_use]
pub const fn has_every_message(file: &str) -> bool {
    let file = file.as_bytes();
    let (mut at, mut found) = (0, 0);
    while let Some(start) = next_name(file, at) {
        if found == Message::ALL.len() || !is_named(file, start, Message::ALL[found].name().as_bytes()) {
            return false;
        }
        (at, found) = (start + 1, found + 1);
    }
    found == Message::ALL.len()
}

/// Whether two Fluent files have the same names in the same order.
#[must_use]
pub const fn have_same_names(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let (mut here, mut there) = (0, 0);
    loop {
        match (next_name(one, here), next_name(other, there)) {
            (None, None) => return true,
            (Some(first), Some(second)) => {
                let mut letter = 0;
                while one[first + letter] != b' ' || other[second + letter] != b' ' {
                    if one[first + letter] != other[second + letter] {
                        return false;
                    }
                    letter += 1;
                }
                (here, there) = (first + 1, second + 1);
            }
            _ => return false,
        }
    }
}

/// The start of the next line that begins with a letter, and so of the next message. Comments, variants and closing
/// brackets begin otherwise.
const fn next_name(file: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    while at < file.len() {
        if file[at].is_ascii_alphabetic() && (at == 0 || file[at - 1] == b'\n') {
            return Some(at);
        }
        at += 1;
    }
    None
}

const fn is_named(file: &[u8], start: usize, name: &[u8]) -> bool {
    let mut letter = 0;
    while letter < name.len() {
        if start + letter >= file.len() || file[start + letter] != name[letter] {
            return false;
        }
        letter += 1;
    }
    start + letter < file.len() && file[start + letter] == b' '
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hole_in_a_file_is_found() {
        let lines = Message::ALL.iter().map(|it| format!("# x\n{} = y\n    z", it.name()));
        let whole = lines.collect::<Vec<_>>().join("\n") + "\n";
        assert!(has_every_message(&whole));
        let misspelt = whole.replace("\nsubject =", "\nsubjects =");
        let without_last = whole.rsplit_once("export-reads").unwrap().0;
        for faulty in ["", &misspelt, without_last, &format!("{whole}more = x\n")] {
            assert!(!has_every_message(faulty));
            assert!(!have_same_names(&whole, faulty));
        }
        assert!(have_same_names(&whole, &whole.replace(" = y", " = another")));
    }
}
