//! The stored form of a segment: a value for each field, about 16 bytes a login in all.
//!
//! Field 0: up to which row the logins of each quarter hour are, four bytes each. Fields 1 to 9: the numbers of the
//! [column](Column) of that number, each as wide as its column, row after row. The lowest byte comes first.

use crate::{
    adapters::store::record::bytes::Malformed,
    domain::search::clear::{
        columns::Column,
        segment::{Numbers, QUARTERS, Segment, SegmentNumber},
    },
};

/// The field of where quarter hours end.
pub const ENDS: u8 = 0;

/// The field of a column.
#[must_use]
pub const fn field_of(column: Column) -> u8 {
    column as u8
}

/// The fields of a segment.
#[must_use]
pub fn encode(segment: &Segment) -> Vec<(u8, Vec<u8>)> {
    let ends = segment.ends().iter().flat_map(|it| it.to_le_bytes()).collect();
    let bytes = |numbers: &Numbers| match numbers {
        Numbers::Bytes(it) => it.clone(),
        Numbers::Shorts(it) => it.iter().flat_map(|it| it.to_le_bytes()).collect(),
        Numbers::Words(it) => it.iter().flat_map(|it| it.to_le_bytes()).collect(),
    };
    let columns = segment.columns().iter().map(|(column, numbers)| (field_of(*column), bytes(numbers)));
    std::iter::once((ENDS, ends)).chain(columns).collect()
}

/// Reads where quarter hours end, and some columns.
///
/// # Errors
/// The bytes are not the stored form of them.
pub fn decode(number: SegmentNumber, ends: &[u8], columns: Vec<(Column, Vec<u8>)>) -> Result<Segment, Malformed> {
    let (words, _) = ends.as_chunks();
    let ends: Vec<u32> = words.iter().map(|it| u32::from_le_bytes(*it)).collect();
    let ends: [u32; QUARTERS] = ends.try_into().map_err(|_| Malformed::Impossible("segment"))?;
    let columns = columns.into_iter().map(|(column, bytes)| Ok((column, numbers(column, bytes)?)));
    let columns = columns.collect::<Result<_, Malformed>>()?;
    Segment::new(number, ends, columns).ok_or(Malformed::Impossible("segment"))
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
