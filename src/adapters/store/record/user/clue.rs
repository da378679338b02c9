//! How it is stored where a clue leads: a login's id (16 bytes), which sorts by time; a user's partition and hash (17); or the first half
//! of a browser's fingerprint (8) and its user (17). A key has leads of one kind.

use crate::domain::{
    history::{clue::Lead, kept_browser::BrowserKey},
    ids::{LoginId, Partition, UserKey},
};

const LOGIN: usize = 16;
const USER: usize = 17;
const FINGERPRINT: usize = 8;

/// The stored form of a lead.
#[must_use]
pub fn encode(lead: &Lead) -> Vec<u8> {
    match lead {
        Lead::Login(id) => id.0.to_vec(),
        Lead::User(user) => user_bytes(user),
        Lead::Browser(browser) => [&browser.fingerprint[..], &user_bytes(&browser.user)].concat(),
    }
}

/// Reads a lead; `None` if it is none.
#[must_use]
pub fn decode(bytes: &[u8]) -> Option<Lead> {
    match bytes.len() {
        LOGIN => bytes.try_into().ok().map(|id| Lead::Login(LoginId(id))),
        USER => user(bytes).map(Lead::User),
        _ => {
            let (fingerprint, rest) = bytes.split_first_chunk::<FINGERPRINT>()?;
            Some(Lead::Browser(BrowserKey { user: user(rest)?, fingerprint: *fingerprint }))
        }
    }
}

fn user_bytes(user: &UserKey) -> Vec<u8> {
    [&[user.partition.0][..], &user.hash].concat()
}

fn user(bytes: &[u8]) -> Option<UserKey> {
    let (partition, hash) = bytes.split_first()?;
    Some(UserKey { hash: hash.try_into().ok()?, partition: Partition(*partition) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lead_is_read_back() {
        let user = UserKey { hash: [5; 16], partition: Partition(9) };
        let browser = BrowserKey { user, fingerprint: [7; 8] };
        for lead in [Lead::Login(LoginId([3; 16])), Lead::User(user), Lead::Browser(browser)] {
            assert_eq!(decode(&encode(&lead)), Some(lead));
        }
        assert!([0, 8, 15, 18, 24, 26].iter().all(|length| decode(&vec![1; *length]).is_none()));
    }
}
