//! The file of the audit's checkpoints, if the settings name one.

use std::sync::Arc;

use crate::{adapters::checkpoint_file::CheckpointLines, config::settings::Settings, ports::CheckpointFile};

/// The file that `privacy.audit_checkpoint_file` names.
#[must_use]
pub fn file(settings: &Settings) -> Option<Arc<dyn CheckpointFile>> {
    let path = settings.privacy.audit_checkpoint_file.clone()?;
    Some(Arc::new(CheckpointLines::new(path)))
}
