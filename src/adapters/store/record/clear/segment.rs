//! The stored form of a segment: a value for each field, about 16 bytes a login in all.
//!
//! Field 0: up to which row the logins of each quarter hour are, four bytes each; and behind that the first 16 bytes of the
//! BLAKE3 hash of these and of fields 1 to 9, one after the other, which a segment of an earlier version does not have.
//! Fields 1 to 9: the numbers of the [column](Column) of that number, each as wide as its column, row after row. The lowest
//! byte comes first.

use std::sync::Arc;

use crate::{
    adapters::store::record::bytes::Malformed,
    domain::search::clear::{
        columns::Column,
        segment::{Numbers, QUARTERS, Segment, SegmentNumber},
    },
};

/// The field of the outline.
pub const OUTLINE: u8 = 0;
/// How many bytes the ends of the quarter hours take.
const ENDS_BYTES: usize = 4 * QUARTERS;

/// What a segment holds, hashed: two of the same hash hold the same.
pub type SegmentHash = [u8; 16];

/// What is told of a segment without its columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outline {
    /// Up to which row the logins of each of its quarter hours are.
    pub ends: [u32; QUARTERS],
    /// What it holds; `None` for one of an earlier version.
    pub hash: Option<SegmentHash>,
}

/// The field of a column.
#[must_use]
pub const fn field_of(column: Column) -> u8 {
    column as u8
}

/// The fields of a segment.
#[must_use]
pub fn encode(segment: &Segment) -> Vec<(u8, Vec<u8>)> {
    let mut outline: Vec<u8> = segment.ends().iter().flat_map(|it| it.to_le_bytes()).collect();
    let bytes = |numbers: &Numbers| match numbers {
        Numbers::Bytes(it) => it.clone(),
        Numbers::Shorts(it) => it.iter().flat_map(|it| it.to_le_bytes()).collect(),
        Numbers::Words(it) => it.iter().flat_map(|it| it.to_le_bytes()).collect(),
    };
    let columns = segment.columns().iter().map(|(column, numbers)| (field_of(*column), bytes(numbers)));
    let columns: Vec<(u8, Vec<u8>)> = columns.collect();
    // How long each is follows from the ends.
    let mut hasher = blake3::Hasher::new();
    hasher.update(&outline);
    for (_, numbers) in &columns {
        hasher.update(numbers);
    }
    outline.extend(hasher.finalize().as_bytes().iter().take(size_of::<SegmentHash>()));
    std::iter::once((OUTLINE, outline)).chain(columns).collect()
}

/// Reads the outline of a segment.
///
/// # Errors
/// The bytes are not the stored form of one.
pub fn outline(bytes: &[u8]) -> Result<Outline, Malformed> {
    const IMPOSSIBLE: Malformed = Malformed::Impossible("segment");
    let (ends, rest) = bytes.split_at_checked(ENDS_BYTES).ok_or(IMPOSSIBLE)?;
    let (words, _) = ends.as_chunks();
    let ends: Vec<u32> = words.iter().map(|it| u32::from_le_bytes(*it)).collect();
    let ends = ends.try_into().map_err(|_| IMPOSSIBLE)?;
    let hash = if rest.is_empty() { None } else { Some(rest.try_into().map_err(|_| IMPOSSIBLE)?) };
    Ok(Outline { ends, hash })
}

/// Reads some columns of the segment with this outline.
///
/// # Errors
/// The bytes are not the stored form of them.
pub fn decode(number: SegmentNumber, outline: &Outline, columns: Vec<(Column, Vec<u8>)>) -> Result<Segment, Malformed> {
    let columns = columns.into_iter().map(|(column, bytes)| Ok((column, Arc::new(numbers(column, bytes)?))));
    let columns = columns.collect::<Result<_, Malformed>>()?;
    Segment::new(number, outline.ends, columns).ok_or(Malformed::Impossible("segment"))
}

fn numbers(column: Column, bytes: Vec<u8>) -> Result<Numbers, Malformed> {
    let (numbers, rest) = match column.width() {
        1 => return Ok(Numbers::Bytes(bytes)),
        2 => {
            let (shorts, rest) = bytes.as_chunks();
            (Numbers::Shorts(shorts.iter().map(|it| u16::from_le_bytes(*it)).collect()), rest)
        }
        _ => {
            let (words, rest) = bytes.as_chunks();
            (Numbers::Words(words.iter().map(|it| u32::from_le_bytes(*it)).collect()), rest)
        }
    };
    if rest.is_empty() { Ok(numbers) } else { Err(Malformed::Impossible("segment")) }
}
