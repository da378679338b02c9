//! What a rehearsal cannot tell, in sentences.

use crate::domain::{rehearsal::untold::Untold, wording::figures::count};

/// What could not be told of so many logins, and how they were taken.
#[must_use]
pub fn untold(what: Untold, logins: u64) -> String {
    let logins = count(usize::try_from(logins).unwrap_or(usize::MAX), "login");
    match what {
        Untold::Signal(kind) => {
            let name = kind.as_str().replace('_', " ");
            format!(
                "Whether the signal “{name}” would have fired in {logins}: it was not reckoned then. Taken as if not."
            )
        }
        Untold::Device => {
            format!(
                "What the signals of places would have been in {logins} that would count as from another device. Taken as they were."
            )
        }
        Untold::Network => {
            format!(
                "Whether {logins} came from a trusted network: only a part of the address is kept. Taken as it was."
            )
        }
        Untold::Copied => format!("Whether the browser looked copied in {logins}. Taken as if not."),
        Untold::Address => format!("Whether {logins} named an e-mail address. Taken as if they had."),
    }
}

/// That a changed rule is not rehearsed.
#[must_use]
pub fn unrehearsed(rule: &str) -> String {
    format!(
        "The rule “{}” asks for what was known of the user then, which no login keeps. It was left as it is.",
        rule.replace('_', " ")
    )
}
