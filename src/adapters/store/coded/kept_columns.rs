//! Columns that were read lately. What is counted over all logins reads the same ones again and again, and a store in another
//! process would copy some megabytes for each question.

use std::sync::Arc;

use quick_cache::{Weighter, sync::Cache};

use crate::{
    adapters::store::record::clear::segment::{Outline, SegmentHash},
    domain::search::clear::{
        columns::Column,
        segment::{Numbers, Segment, SegmentNumber},
    },
};

/// How many bytes of numbers are kept at most: two or three columns of twenty million logins, all columns of eight.
const MAX_BYTES: u64 = 128 * 1_024 * 1_024;
/// About how many bytes a column of a segment has, of which so many are expected.
const USUAL_BYTES: u64 = 16 * 1_024;

/// Keeps columns by what their segment holds: one that was made anew is another. A column names nobody.
pub struct KeptColumns(Cache<(SegmentHash, Column), Arc<Numbers>, Bytes>);

/// Says how many bytes numbers take.
#[derive(Clone)]
struct Bytes;

impl Weighter<(SegmentHash, Column), Arc<Numbers>> for Bytes {
    fn weight(&self, (_, column): &(SegmentHash, Column), numbers: &Arc<Numbers>) -> u64 {
        // What has no weight would never go.
        (column.width() * numbers.len()).max(1) as u64
    }
}

impl Default for KeptColumns {
    fn default() -> Self {
        let expected = usize::try_from(MAX_BYTES / USUAL_BYTES).unwrap_or_default();
        Self(Cache::with_weighter(expected, MAX_BYTES, Bytes))
    }
}

impl std::fmt::Debug for KeptColumns {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeptColumns").field("bytes", &self.0.weight()).finish()
    }
}

impl KeptColumns {
    /// A segment with these columns, if all of them are kept.
    #[must_use]
    pub fn segment(&self, number: SegmentNumber, outline: &Outline, columns: &[Column]) -> Option<Segment> {
        let hash = outline.hash?;
        let kept = |column: &Column| Some((*column, self.0.get(&(hash, *column))?));
        Segment::new(number, outline.ends, columns.iter().map(kept).collect::<Option<_>>()?)
    }

    /// Keeps the columns of a segment with this outline, unless it is of an earlier version, which says less of what it holds.
    pub fn keep(&self, outline: &Outline, segment: &Segment) {
        let Some(hash) = outline.hash else { return };
        for (column, numbers) in segment.columns() {
            self.0.insert((hash, *column), numbers.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::search::clear::segment::QUARTERS;

    fn segment(rows: usize) -> Segment {
        let ends = [u32::try_from(rows).unwrap(); QUARTERS];
        let columns = [(Column::Method, Numbers::Bytes(vec![7; rows])), (Column::Asn, Numbers::Words(vec![9; rows]))];
        let columns = columns.map(|(column, numbers)| (column, Arc::new(numbers)));
        Segment::new(SegmentNumber(1), ends, columns.into()).unwrap()
    }

    fn outline(segment: &Segment, hash: Option<SegmentHash>) -> Outline {
        Outline { ends: *segment.ends(), hash }
    }

    #[test]
    fn a_segment_is_kept_by_what_it_holds() {
        let (kept, segment) = (KeptColumns::default(), segment(3));
        let [one, other, earlier] = [Some([1; 16]), Some([2; 16]), None].map(|it| outline(&segment, it));
        kept.keep(&one, &segment);
        kept.keep(&earlier, &segment);
        let of = |it: &Outline, columns: &[Column]| kept.segment(segment.number, it, columns);
        assert_eq!(of(&one, &[Column::Method, Column::Asn]).as_ref(), Some(&segment));
        assert_eq!(of(&one, &[Column::Asn]).unwrap().columns().len(), 1);
        assert_eq!(of(&one, &[Column::Asn, Column::Score]), None, "one column was not read");
        assert_eq!(of(&other, &[Column::Asn]), None);
        assert_eq!(of(&earlier, &[Column::Asn]), None, "it does not say what it holds");
    }

    #[test]
    fn the_bytes_that_are_kept_are_bounded() {
        let (kept, segment) = (KeptColumns::default(), segment(200_000));
        for number in 0..300_u16 {
            let [low, high] = number.to_le_bytes();
            let mut hash = [0; 16];
            (hash[0], hash[1]) = (low, high);
            kept.keep(&outline(&segment, Some(hash)), &segment);
        }
        let bytes = kept.0.weight();
        assert!(MAX_BYTES / 2 < bytes && bytes <= MAX_BYTES, "{bytes}");
    }
}
