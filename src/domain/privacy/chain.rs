//! The chain of the audit: each entry's hash covers the entry and the hash before it, under a key of the tenant. So
//! without the key nobody can change, take out or add an entry unnoticed. That the newest entries were cut off is seen
//! by checkpoints, which are kept elsewhere.
//!
//! What names a person is in an entry's hash as it is stored: sealed. So the chain can be verified after that part can no
//! longer be opened, and tells a person who was forgotten from an entry that was changed.

use crate::domain::{
    ids::TenantId,
    keyring::TenantKeys,
    privacy::audit::{AuditEvent, SubjectKind},
    time::Timestamp,
};

/// A hash in the chain.
pub type ChainHash = [u8; 32];

/// The newest entry of a chain; number 0 and a hash of zeros if there has been none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AuditHead {
    /// Its number; the first entry has number 1.
    pub number: u64,
    /// Its hash.
    pub hash: ChainHash,
}

impl AuditHead {
    /// The number of the entry that is appended next.
    #[must_use]
    pub const fn next_number(self) -> u64 {
        self.number.saturating_add(1)
    }
}

/// The newest entry that was deleted for its age: what is kept begins behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditBase {
    /// The entry.
    pub last: AuditHead,
    /// A signature, so that nobody without the key can pass off a cut beginning as a trimmed one.
    pub signature: [u8; 16],
}

impl AuditBase {
    /// Signs that everything up to an entry was deleted for its age.
    #[must_use]
    pub fn new(keys: &TenantKeys, last: AuditHead) -> Self {
        Self { last, signature: signature(keys, last) }
    }

    fn is_signed(&self, keys: &TenantKeys) -> bool {
        signature(keys, self.last) == self.signature
    }
}

fn signature(keys: &TenantKeys, last: AuditHead) -> [u8; 16] {
    let mut hasher = blake3::Hasher::new_keyed(keys.audit());
    hasher.update(b"base\0").update(&last.number.to_be_bytes()).update(&last.hash);
    half(hasher.finalize())
}

/// An entry of the audit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// Its number: one more than that of the entry before it.
    pub number: u64,
    /// What happened.
    pub event: AuditEvent,
    /// The hash of the event's detail as it is stored, by [`sealed_detail_hash`].
    pub detail_hash: [u8; 16],
    /// The hash of this entry and the one before it.
    pub hash: ChainHash,
}

impl AuditEntry {
    /// The entry of an event, behind another one. `sealed_detail` is the event's detail as it will be stored.
    #[must_use]
    pub fn after(head: AuditHead, event: AuditEvent, sealed_detail: &[u8], keys: &TenantKeys) -> Self {
        let number = head.next_number();
        let detail_hash = sealed_detail_hash(sealed_detail);
        let hash = entry_hash(keys, head.hash, number, &event, detail_hash);
        Self { number, event, detail_hash, hash }
    }

    /// The end of a chain that ends with this entry.
    #[must_use]
    pub const fn head(&self) -> AuditHead {
        AuditHead { number: self.number, hash: self.hash }
    }

    /// Whether this is as it was written behind an entry with this hash.
    fn is_intact(&self, keys: &TenantKeys, previous: ChainHash) -> bool {
        entry_hash(keys, previous, self.number, &self.event, self.detail_hash) == self.hash
    }
}

/// An entry was there at a time, as was noted outside the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The tenant.
    pub tenant: TenantId,
    /// The newest entry then.
    pub head: AuditHead,
    /// When that was.
    pub at: Timestamp,
}

/// What is wrong with a chain: the first flaw in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// Where the kept part begins was not written by this service.
    Beginning,
    /// The entry is not as it was written, or cannot be read.
    Changed,
    /// The entry with this number is not there.
    Missing,
    /// The entry is not the one that was there at a checkpoint.
    Replaced,
    /// This entry and those behind it were cut off.
    CutOff,
}

/// Where a chain is broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// What is wrong.
    pub flaw: Flaw,
    /// The number of the first entry that is concerned.
    pub number: u64,
    /// The entry itself, if it can be read; else the next one that is there.
    pub entry: Option<Box<AuditEntry>>,
    /// When it was still there, as a checkpoint says.
    pub seen_at: Option<Timestamp>,
}

impl Broken {
    const fn new(flaw: Flaw, number: u64) -> Self {
        Self { flaw, number, entry: None, seen_at: None }
    }
}

/// Verifies a chain, entry by entry, the oldest first.
#[derive(Debug)]
pub struct Verifier<'a> {
    keys: &'a TenantKeys,
    head: AuditHead,
    last: AuditHead,
    /// Of this tenant, in the order of their numbers.
    checkpoints: Vec<&'a Checkpoint>,
    verified: u64,
}

impl<'a> Verifier<'a> {
    /// Begins with where the kept part begins, and with the newest entry. Checkpoints of other tenants are passed over.
    ///
    /// # Errors
    /// The beginning was forged.
    pub fn begin(
        keys: &'a TenantKeys,
        base: Option<AuditBase>,
        head: AuditHead,
        checkpoints: &'a [Checkpoint],
    ) -> Result<Self, Broken> {
        let last = base.map(|it| it.last).unwrap_or_default();
        if base.is_some_and(|it| !it.is_signed(keys)) {
            return Err(Broken::new(Flaw::Beginning, last.next_number()));
        }
        // What lies before the base was deleted for its age.
        let ours = checkpoints.iter().filter(|it| it.tenant == *keys.tenant() && it.head.number > last.number);
        let mut checkpoints: Vec<&Checkpoint> = ours.collect();
        checkpoints.sort_by_key(|it| it.head.number);
        Ok(Self { keys, head, last, checkpoints, verified: 0 })
    }

    /// Takes the next entry that the store has, by the number under which it is stored; `None` if it cannot be read.
    ///
    /// # Errors
    /// Where the chain is broken.
    pub fn next(&mut self, number: u64, entry: Option<AuditEntry>) -> Result<(), Broken> {
        let expected = self.last.next_number();
        let broken = |flaw, number, entry: Option<AuditEntry>| Broken {
            entry: entry.map(Box::new),
            ..Broken::new(flaw, number)
        };
        if number != expected {
            return Err(broken(Flaw::Missing, expected, entry));
        }
        let Some(entry) = entry else { return Err(broken(Flaw::Changed, number, None)) };
        if entry.number != number || !entry.is_intact(self.keys, self.last.hash) {
            return Err(broken(Flaw::Changed, number, Some(entry)));
        }
        let noted = self.checkpoints.iter().find(|it| it.head.number == number && it.head.hash != entry.hash);
        if let Some(noted) = noted {
            return Err(Broken { seen_at: Some(noted.at), ..broken(Flaw::Replaced, number, Some(entry)) });
        }
        self.last = entry.head();
        self.verified += 1;
        Ok(())
    }

    /// The number of the newest entry that is to be verified.
    #[must_use]
    pub const fn end(&self) -> u64 {
        self.head.number
    }

    /// Ends behind the newest entry. Returns how many were verified.
    ///
    /// # Errors
    /// The end was cut off.
    pub fn finish(self) -> Result<u64, Broken> {
        let behind = self.last.next_number();
        if let Some(noted) = self.checkpoints.iter().find(|it| it.head.number > self.last.number) {
            return Err(Broken { seen_at: Some(noted.at), ..Broken::new(Flaw::CutOff, behind) });
        }
        if self.last != self.head {
            return Err(Broken::new(Flaw::CutOff, behind));
        }
        Ok(self.verified)
    }
}

/// A hash of an event's clear part, its detail's hash and the hash before it.
fn entry_hash(keys: &TenantKeys, previous: ChainHash, number: u64, event: &AuditEvent, detail: [u8; 16]) -> ChainHash {
    let mut hasher = blake3::Hasher::new_keyed(keys.audit());
    hasher.update(b"entry\0").update(&previous).update(&number.to_be_bytes());
    hasher.update(&event.at.unix_ms().to_be_bytes());
    text(&mut hasher, Some(event.tenant.as_str()));
    text(&mut hasher, Some(&event.actor.to_string()));
    text(&mut hasher, Some(event.action.as_str()));
    text(&mut hasher, Some(event.outcome.as_str()));
    text(&mut hasher, event.kind.map(SubjectKind::as_str));
    match event.user {
        Some(user) => hasher.update(&[1]).update(&user.hash).update(&[user.partition.0]),
        None => hasher.update(&[0]),
    };
    *hasher.update(&detail).finalize().as_bytes()
}

/// The hash of an event's detail, of the bytes that are stored; of no bytes if it has none. It has no key: they are sealed.
#[must_use]
pub fn sealed_detail_hash(sealed: &[u8]) -> [u8; 16] {
    half(blake3::hash(sealed))
}

/// A text behind its length and one; 0 for none, so that no two inputs run together.
fn text(hasher: &mut blake3::Hasher, text: Option<&str>) {
    let length = text.map_or(0, |it| u64::try_from(it.len()).unwrap_or(u64::MAX).saturating_add(1));
    hasher.update(&length.to_be_bytes()).update(text.unwrap_or_default().as_bytes());
}

/// The first 16 bytes of a hash.
fn half(hash: blake3::Hash) -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.as_bytes()[..16]);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        ids::UserId,
        keyring::Keyring,
        privacy::audit::{Action, Actor, Outcome},
    };

    fn keys() -> TenantKeys {
        Keyring::new([7; 32]).tenant(&TenantId::parse("acme").unwrap())
    }

    fn chain(count: u64) -> Vec<AuditEntry> {
        let (keys, ana) = (keys(), UserId::parse("ana").unwrap());
        let mut entries: Vec<AuditEntry> = Vec::new();
        for number in 1..=count {
            let event = AuditEvent {
                tenant: keys.tenant().clone(),
                at: Timestamp::from_unix_ms(i64::try_from(number).unwrap()),
                actor: Actor::Cli,
                action: Action::Read,
                outcome: Outcome::Done,
                kind: Some(SubjectKind::User),
                user: Some(keys.user(&ana)),
                detail: None,
            };
            let head = entries.last().map(AuditEntry::head).unwrap_or_default();
            entries.push(AuditEntry::after(head, event, b"sealed", &keys));
        }
        entries
    }

    /// How many of these entries are verified, or what is broken and where.
    fn verify(entries: &[AuditEntry], base: Option<AuditBase>, noted: &[Checkpoint]) -> Result<u64, (Flaw, u64)> {
        let keys = keys();
        let head = entries.last().map(AuditEntry::head).unwrap_or_default();
        let verified = Verifier::begin(&keys, base, head, noted).and_then(|mut verifier| {
            entries.iter().try_for_each(|it| verifier.next(it.number, Some(it.clone())))?;
            verifier.finish()
        });
        verified.map_err(|it| (it.flaw, it.number))
    }

    fn noted(entry: &AuditEntry) -> Checkpoint {
        Checkpoint { tenant: keys().tenant().clone(), head: entry.head(), at: entry.event.at }
    }

    #[test]
    fn a_change_of_any_part_is_named() {
        let entries = chain(5);
        assert_eq!(verify(&entries, None, &[]), Ok(5));
        let changes: [fn(&mut AuditEntry); 8] = [
            |it| it.event.at = it.event.at.plus_ms(1),
            |it| it.event.actor = Actor::System,
            |it| it.event.action = Action::Search,
            |it| it.event.outcome = Outcome::Nothing,
            |it| it.event.kind = None,
            |it| it.event.user = None,
            |it| it.detail_hash[0] ^= 1,
            |it| it.hash[31] ^= 1,
        ];
        for (place, change) in changes.into_iter().enumerate() {
            let mut forged = entries.clone();
            change(&mut forged[2]);
            assert_eq!(verify(&forged, None, &[]), Err((Flaw::Changed, 3)), "{place}");
        }
    }

    #[test]
    fn what_is_taken_out_is_named() {
        for place in 0..4_usize {
            let mut entries = chain(5);
            entries.remove(place);
            assert_eq!(verify(&entries, None, &[]), Err((Flaw::Missing, place as u64 + 1)));
        }
        let mut swapped = chain(5);
        swapped.swap(1, 2);
        assert_eq!(verify(&swapped, None, &[]), Err((Flaw::Missing, 2)));
    }

    #[test]
    fn a_cut_end_is_seen_by_a_checkpoint_and_by_nothing_else() {
        let entries = chain(5);
        let noted = [noted(&entries[3]), noted(&entries[1])];
        assert_eq!(verify(&entries, None, &noted), Ok(5));
        assert_eq!(verify(&entries[..3], None, &[]), Ok(3));
        assert_eq!(verify(&entries[..3], None, &noted), Err((Flaw::CutOff, 4)));
        assert_eq!(verify(&[], None, &noted), Err((Flaw::CutOff, 1)));
        let mut elsewhere = noted.clone();
        elsewhere[1].head.hash = [9; 32];
        assert_eq!(verify(&entries, None, &elsewhere), Err((Flaw::Replaced, 2)));
    }

    #[test]
    fn what_is_trimmed_verifies_and_what_is_cut_does_not() {
        let (keys, entries) = (keys(), chain(5));
        let base = AuditBase::new(&keys, entries[1].head());
        assert_eq!(verify(&entries[2..], Some(base), &[noted(&entries[0])]), Ok(3));
        assert_eq!(verify(&entries[3..], Some(base), &[]), Err((Flaw::Missing, 3)));
        let forged = AuditBase { last: entries[2].head(), ..base };
        assert_eq!(verify(&entries[3..], Some(forged), &[]), Err((Flaw::Beginning, 4)));
        let all = AuditBase::new(&keys, entries[4].head());
        let verifier = Verifier::begin(&keys, Some(all), entries[4].head(), &[]).unwrap();
        assert_eq!(verifier.finish(), Ok(0));
    }

    #[test]
    fn what_is_stored_of_a_detail_is_in_the_hash() {
        assert_ne!(sealed_detail_hash(b"sealed"), sealed_detail_hash(b"sealec"));
        let mut entries = chain(3);
        entries[1].detail_hash = sealed_detail_hash(b"");
        assert_eq!(verify(&entries, None, &[]), Err((Flaw::Changed, 2)));
    }
}
