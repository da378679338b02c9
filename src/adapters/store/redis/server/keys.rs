//! How keys are called, which there are but for those of tallies (`tally_keys.rs`) and idempotency keys (`once_keys.rs`), and
//! what those of logins and users are called; those of other subjects have files of their own beside this one. A stored form:
//! never rename.
//!
//! All keys of a partition carry its hash tag, `{p000}` to `{p255}`, so that a Cluster keeps them on one node and one
//! script may write them together. Hashes and identifiers are hexadecimal in keys, and raw bytes as members of sorted
//! sets, where the score is 0 and the order that of the bytes: that of time.
//!
//! | key | kind | what |
//! |---|---|---|
//! | `wl:identity` | string | form and number of partitions, checked when a store is opened |
//! | `wl:trim` | string | what is remembered from one trim to the next |
//! | `wl:unsealed` | string | how many records from before sealing are not sealed yet |
//! | `wl:store` | string | which store this is: name, birth, check value, and the stores in whose place it is |
//! | `wl:keys` | hash | API keys' records by public part |
//! | `wl:operators` | hash | operators' records by identifier, each behind the number of times that it was written |
//! | `wl:operator-session:HASH` | string | a session of an operator; expires |
//! | `wl:{pNNN}:user:HASH` | string | version and profile |
//! | `wl:{pNNN}:salts` | hash | the salts of the partition's users, by the bytes of their hash |
//! | `wl:{pNNN}:sessions-of:HASH` | set | a user's sessions; expires |
//! | `wl:{pNNN}:erasing`, `wl:{pNNN}:erasing:HASH` | set, hash | users who are being forgotten, and how far that has got |
//! | `wl:{pNNN}:erasures` | hash | the ledger of erasures, by receipt |
//! | `wl:{pNNN}:receipts` | hash | the latest receipt of each user who was forgotten |
//! | `wl:weeks` | set | the tenants that have some |
//! | `wl:weeks:TENANT` | hash | the salts of a tenant's weeks, by number |
//! | `wl:{pNNN}:logins:NUMBER` | hash | the records of the logins of a day and a half, by their id without the first two bytes and the partition; expires by retention |
//! | `wl:{pNNN}:login:ID` | string | the record of a login from before there were hashes of them; expires by retention |
//! | `wl:{pNNN}:login-numbers` | sorted set | the numbers of those hashes, by which every login of the partition is found |
//! | `wl:{pNNN}:log` | leaves | logins that have a key of their own, and those of earlier versions that no trim has settled yet |
//! | `wl:{pNNN}:brief` | sorted set | the logins that are kept for a shorter time |
//! | `wl:{pNNN}:commits`, `wl:{pNNN}:n-commits` | stream, string | the logins of the partition in the order of their commits, each with tenant, id and number, for a while; the latest number |
//! | `wl:{pNNN}:time:TENANT`, `by-user:HASH` | leaves | indexes of logins; in the first what stands in the clear is behind each identifier |
//! | `wl:{pNNN}:by-prefix:HASH`, `by-print:HASH` | sorted set | indexes of logins, of which a partition mostly has a handful; in the first the lowest byte of the address is behind an identifier, hidden as the address is |
//! | `wl:{pNNN}:browsers-of:HASH` | hash | the browsers that a user's logins came from, by the first 8 bytes of their fingerprint; expires by retention |
//! | `wl:{pNNN}:browsers`, `wl:{pNNN}:brief-browsers` | sorted set | users who have browsers, and those who have some that are kept for a shorter time; the score is the week in which the longest unseen was seen |
//! | `wl:{pNNN}:clues:STRETCH` | leaves | clues of four weeks: 8 bytes of keyed hash, and where they lead; expires by retention |
//! | `wl:{pNNN}:clues:STRETCH:BB` | sorted set | the same from before there were leaves: clues that begin with a byte |
//! | `wl:{pNNN}:confirmed` | string | is written for replicas to confirm what was written before it; expires in a second |
//! | `wl:{pNNN}:alert:ID` | hash | an alert's record and the fields of its delivery |
//! | `wl:{pNNN}:alerts`, `wl:{pNNN}:alerts:TENANT` | sorted set | alerts |
//! | `wl:{pNNN}:alerts-of:HASH` | sorted set | a user's alerts |
//! | `wl:{pNNN}:outbox` | sorted set | alerts that wait; the score is when they are due, in Unix milliseconds |
//! | `wl:{pNNN}:event:ID`, `wl:{pNNN}:event:ID:WEBHOOK` | hash | what waits to be posted: an event, a message about it |
//! | `wl:{pNNN}:events` | sorted set | the same by when they are due; a message is called by both identifiers |
//! | `wl:webhooks:TENANT` | hash | a tenant's webhooks by identifier |
//! | `wl:suppressed:TENANT` | hash | e-mail addresses that get no more mail: why and since when, by keyed hash |
//! | `wl:{pNNN}:note:ID` | string | a note on a login |
//! | `wl:{pNNN}:notes-of:HASH` | sorted set | a user's notes |
//! | `wl:{pNNN}:notes` | sorted set | every note of the partition, called by its user's hash and its id; the score is when it was written, in Unix milliseconds |
//! | `wl:restricted:TENANT` | set | persons whom nobody may look at, by keyed hash |
//! | `wl:{pNNN}:session:HASH` | hash | what is known of a session, and its version; expires |
//! | `wl:{pNNN}:request:ID` | hash | a person's request, and its version |
//! | `wl:{pNNN}:requests:TENANT`, `wl:{pNNN}:requests-of:HASH` | sorted set | requests |
//! | `wl:{pNNN}:request-steps`, `wl:{pNNN}:request-answers` | sorted set | requests by when their next step, or the answer that they are owed, is due |
//! | `wl:{pNNN}:request-open:HASH:KIND` | string | the request of this user and kind that is open |
//! | `wl:searches:TENANT` | hash | the searches that a tenant has saved, and how often that list was written |
//! | `wl:policy:TENANT` | hash | what a tenant wants to be different about its policy, and how often that was written |
//! | `wl:policy:TENANT:VERSION` | string | a whole policy that judged logins; expires by retention |
//! | `wl:policies:TENANT` | set | the versions of those, eight bytes each; of earlier versions of this program none |
//! | `wl:{tenants}:removing` | hash | tenants that are being removed: since when, and how many API keys and webhooks there were |
//! | `wl:{tenants}:removals` | hash | the ledger of removals, by receipt |
//! | `wl:{pNNN}:removed:TENANT:MS` | hash | what the removal that was begun then has deleted in the partition; expires |
//! | `wl:audits` | set | tenants that have an audit |
//! | `wl:audit:{TENANT}:log` | stream | the entries of a tenant's audit by number, each with its user's hash and its record |
//! | `wl:audit:{TENANT}:ends` | hash | number and hash of the newest entry, and where the chain begins |
//! | `wl:audit:{TENANT}:of:HASH` | sorted set | the numbers of the entries about a user |
//! | `wl:count:HASH` | string | a counter; expires |
//! | `wl:attempts:WEBHOOK` | list | what came of a webhook's attempts, the latest first |
//!
//! **Leaves** are a sorted set in pieces of some hundred members, called `SET`, `SET/START` and so on, and one that lists the
//! starts, `SET/`: see [`leaves`](crate::adapters::store::redis::log::leaves).

use std::fmt::{Display, Write};

use data_encoding::HEXLOWER;

use crate::domain::{
    history::login_record::LoginIndex,
    ids::{LoginId, Partition, TenantId, UserKey},
    time::Timestamp,
};

/// The key that tells how the others are to be read.
pub const IDENTITY: &str = "wl:identity";
/// What stands there. Changes with the form of keys or the number of partitions.
pub const IDENTITY_VALUE: &str = "form 1, partitions 256";
/// The key of the store's identity.
pub const STORE: &str = "wl:store";
/// The key of the tenants that have salts of weeks.
pub const TENANTS_WITH_WEEKS: &str = "wl:weeks";
/// The key of the API keys.
pub const API_KEYS: &str = "wl:keys";
/// The key of what is remembered of the latest trim.
pub const TRIM_MEMORY: &str = "wl:trim";
/// A key that is written to see whether writing works.
pub const PROBE: &str = "wl:probe";

/// Logins lie together whose times, in Unix milliseconds, differ in so many of the lowest bits at most: those of 37 hours. Of a store
/// of ten million logins some hundred do, and of a small one each is alone, which costs no more than a key of its own.
const LOGINS_TOGETHER_BITS: u32 = 27;

/// Every partition.
pub fn partitions() -> impl Iterator<Item = Partition> {
    (0..=u8::MAX).map(Partition)
}

/// A key that lies in a partition.
#[must_use]
pub fn in_partition(partition: Partition, rest: &str) -> String {
    let mut key = begun(partition, rest.len());
    key.push_str(rest);
    key
}

/// The beginning of a key that lies in a partition, with room for as many bytes more. A login names some fifteen keys: by `format!`
/// they took four times the instructions.
#[must_use]
pub fn begun(Partition(number): Partition, room: usize) -> String {
    let mut key = String::with_capacity("wl:{p000}:".len() + room);
    key.push_str("wl:{p");
    for digit in [number / 100, number / 10 % 10, number % 10] {
        key.push(char::from(b'0' + digit));
    }
    key.push_str("}:");
    key
}

/// A key that lies in a partition, and ends with these bytes.
#[must_use]
pub fn named(partition: Partition, kind: &str, bytes: &[u8; 16]) -> String {
    let mut key = begun(partition, kind.len() + 2 * bytes.len());
    key.push_str(kind);
    push_hex(&mut key, bytes);
    key
}

/// A key that lies in a partition, and ends with this number.
#[must_use]
pub fn numbered(partition: Partition, kind: &str, number: impl Display) -> String {
    let mut key = begun(partition, kind.len() + 20);
    key.push_str(kind);
    // Writing to a `String` cannot fail.
    let _ = write!(key, "{number}");
    key
}

/// Writes bytes as keys have them.
pub fn push_hex(key: &mut String, bytes: &[u8; 16]) {
    HEXLOWER.encode_append(bytes, key);
}

/// A user's profile.
#[must_use]
pub fn user(user: &UserKey) -> String {
    named(user.partition, "user:", &user.hash)
}

/// The users of a partition who are being forgotten.
#[must_use]
pub fn all_erasing(partition: Partition) -> String {
    in_partition(partition, "erasing")
}

/// How far the erasure of a user has got.
#[must_use]
pub fn erasing(user: &UserKey) -> String {
    named(user.partition, "erasing:", &user.hash)
}

/// A partition's part of the ledger of erasures.
#[must_use]
pub fn erasures(partition: Partition) -> String {
    in_partition(partition, "erasures")
}

/// The latest receipts of a partition's users who were forgotten.
#[must_use]
pub fn receipts(partition: Partition) -> String {
    in_partition(partition, "receipts")
}

/// The salts of a partition's users.
#[must_use]
pub fn salts(partition: Partition) -> String {
    in_partition(partition, "salts")
}

/// The salts of a tenant's weeks.
#[must_use]
pub fn weeks(tenant: &TenantId) -> String {
    format!("wl:weeks:{}", tenant.as_str())
}

/// A session.
#[must_use]
pub fn session(user: &UserKey, key: &[u8; 16]) -> String {
    named(user.partition, "session:", key)
}

/// A user's sessions.
#[must_use]
pub fn sessions_of_user(user: &UserKey) -> String {
    named(user.partition, "sessions-of:", &user.hash)
}

/// The logins of a partition that happened in the same day and a half as this one.
#[must_use]
pub fn logins(id: LoginId) -> String {
    logins_numbered(id.partition(), number_of_logins(id))
}

/// The number of the day and a half in which this login happened.
#[must_use]
pub fn number_of_logins(id: LoginId) -> i64 {
    id.time().unix_ms() >> LOGINS_TOGETHER_BITS
}

/// The logins of a partition by the number of their day and a half.
#[must_use]
pub fn logins_numbered(partition: Partition, number: i64) -> String {
    numbered(partition, "logins:", number)
}

/// The numbers of the hashes of [`logins`] of a partition.
#[must_use]
pub fn numbers_of_logins(partition: Partition) -> String {
    in_partition(partition, "login-numbers")
}

/// What a login is called among [`logins`]: its id without the partition and the first two bytes, which are the same for all there.
#[must_use]
pub fn field_of_login(LoginId(id): LoginId) -> [u8; 13] {
    let [_, _, a, b, c, d, _, rest @ ..] = id;
    let mut field = [0; 13];
    field[..4].copy_from_slice(&[a, b, c, d]);
    field[4..].copy_from_slice(&rest);
    field
}

/// When the time ends of those that lie beside this one among [`logins`].
#[must_use]
pub fn end_of_logins(id: LoginId) -> Timestamp {
    Timestamp::from_unix_ms(((id.time().unix_ms() >> LOGINS_TOGETHER_BITS) + 1) << LOGINS_TOGETHER_BITS)
}

/// A login's id, from the partition and number of its [`logins`], and its field there.
#[must_use]
pub fn read_login(partition: Partition, number: i64, field: [u8; 13]) -> LoginId {
    let [a, b, c, d, rest @ ..] = field;
    let start = (number << LOGINS_TOGETHER_BITS).to_be_bytes();
    let mut id = [0; 16];
    id[..7].copy_from_slice(&[start[2], start[3], a, b, c, d, partition.0]);
    id[7..].copy_from_slice(&rest);
    LoginId(id)
}

/// A login from before there were [`logins`].
#[must_use]
pub fn old_login(id: LoginId) -> String {
    named(id.partition(), "login:", &id.0)
}

/// What earlier versions listed: every login of a partition.
#[must_use]
pub fn log(partition: Partition) -> String {
    in_partition(partition, "log")
}

/// The logins of a partition in the order of their commits.
#[must_use]
pub fn commits(partition: Partition) -> String {
    in_partition(partition, "commits")
}

/// How many logins of a partition were committed.
#[must_use]
pub fn n_commits(partition: Partition) -> String {
    in_partition(partition, "n-commits")
}

/// The logins of a partition that are kept for a shorter time than others.
#[must_use]
pub fn brief_logins(partition: Partition) -> String {
    in_partition(partition, "brief")
}

/// An index of logins, as far as it lies in this partition.
#[must_use]
pub fn index(partition: Partition, tenant: &TenantId, index: &LoginIndex) -> String {
    match index {
        LoginIndex::Time => logins_of(partition, tenant),
        LoginIndex::User(user) => logins_of_user(user),
        LoginIndex::Prefix(prefix) | LoginIndex::Address(prefix, _) => named(partition, "by-prefix:", &prefix.0),
        LoginIndex::Fingerprint(fingerprint) => named(partition, "by-print:", fingerprint),
    }
}

/// A tenant's logins of a partition. A member is an id, and what stands in the clear behind it.
#[must_use]
pub fn logins_of(partition: Partition, tenant: &TenantId) -> String {
    let mut key = begun(partition, "time:".len() + tenant.as_str().len());
    key.push_str("time:");
    key.push_str(tenant.as_str());
    key
}

/// A user's logins.
#[must_use]
pub fn logins_of_user(user: &UserKey) -> String {
    named(user.partition, "by-user:", &user.hash)
}

/// A key that is written so that replicas confirm what was written before it.
#[must_use]
pub fn confirmed(partition: Partition) -> String {
    in_partition(partition, "confirmed")
}

/// A tenant's e-mail addresses that get no more mail.
#[must_use]
pub fn suppressed(tenant: &TenantId) -> String {
    format!("wl:suppressed:{}", tenant.as_str())
}

/// A tenant's restricted persons.
#[must_use]
pub fn restricted(tenant: &TenantId) -> String {
    format!("wl:restricted:{}", tenant.as_str())
}

/// A counter.
#[must_use]
pub fn counter(key: &[u8; 16]) -> String {
    let mut name = "wl:count:".to_owned();
    push_hex(&mut name, key);
    name
}

/// A bound of a range in a sorted set: this member or beyond.
#[must_use]
pub fn from(id: &[u8; 16]) -> Vec<u8> {
    [b"[", &id[..]].concat()
}

/// A bound of a range in a sorted set: below this member.
#[must_use]
pub fn below(id: &[u8; 16]) -> Vec<u8> {
    [b"(", &id[..]].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_is_known_by_its_hash_and_field() {
        for time in [0, 1, 0x07FF_FFFF, 0x0800_0000, 1_790_000_000_123, 0xFFFF_FFFF_FFFF] {
            let mut id = [0xA5; 16];
            id[..6].copy_from_slice(&u64::to_be_bytes(time)[2..]);
            let id = LoginId(id);
            let key = logins(id);
            let number = key.strip_prefix("wl:{p165}:logins:").unwrap().parse().unwrap();
            assert_eq!(read_login(Partition(0xA5), number, field_of_login(id)), id);
            let end = end_of_logins(id);
            assert!(id.time() < end && end.ms_since(id.time()) <= 1 << LOGINS_TOGETHER_BITS);
        }
    }
}
