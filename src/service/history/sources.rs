//! What the history is read from.

use std::sync::Arc;

use crate::ports::{LoginStore, SegmentStore, TallyStore};

/// What the history is read from.
#[derive(Clone)]
pub struct HistoryPorts {
    /// The logins.
    pub logins: Arc<dyn LoginStore>,
    /// How many there are of which kind.
    pub tallies: Arc<dyn TallyStore>,
    /// What stands in the clear of them, column by column.
    pub segments: Arc<dyn SegmentStore>,
}
