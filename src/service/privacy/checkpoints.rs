//! Notes outside the store how far each chain of the audit goes, so that a cut end is seen.

use std::{collections::HashMap, sync::Arc, time::Duration};

use tokio::{sync::watch, task::spawn_blocking, time::timeout};
use tracing::{info, warn};

use crate::{
    domain::{
        ids::TenantId,
        privacy::chain::{AuditHead, Checkpoint},
    },
    ports::{CheckpointFile, Unavailable},
    service::privacy::audit::Audit,
};

/// How often it is noted.
const EVERY: Duration = Duration::from_hours(1);

/// Writes checkpoints to the log, and to a file if there is one.
pub struct Checkpoints {
    audit: Audit,
    file: Option<Arc<dyn CheckpointFile>>,
}

impl Checkpoints {
    /// Notes how far the chains of this audit go.
    #[must_use]
    pub fn new(audit: Audit, file: Option<Arc<dyn CheckpointFile>>) -> Self {
        Self { audit, file }
    }

    /// Notes it at once, every hour, and when `stop` turns true.
    pub async fn run(&self, mut stop: watch::Receiver<bool>) {
        let mut noted = HashMap::new();
        loop {
            let stopping = *stop.borrow();
            if let Err(fault) = self.note(&mut noted).await {
                warn!(%fault, "how far the audit goes cannot be noted");
            }
            if stopping {
                return;
            }
            // Ends after the hour, or at once when `stop` turns true.
            let _ = timeout(EVERY, stop.changed()).await;
        }
    }

    /// Notes the chains that have grown since they were `noted`.
    ///
    /// # Errors
    /// When the store does not answer. A file that cannot be written is a warning in the log.
    pub async fn note(&self, noted: &mut HashMap<TenantId, AuditHead>) -> Result<(), Unavailable> {
        let mut checkpoints = self.audit.checkpoints().await?;
        checkpoints.retain(|it| noted.get(&it.tenant) != Some(&it.head));
        if checkpoints.is_empty() {
            return Ok(());
        }
        if let Err(fault) = self.write(checkpoints.clone()).await {
            warn!(%fault, "how far the audit goes cannot be written to the file of checkpoints");
            return Ok(());
        }
        for checkpoint in checkpoints {
            let hash = data_encoding::HEXLOWER.encode(&checkpoint.head.hash);
            info!(tenant = checkpoint.tenant.as_str(), number = checkpoint.head.number, hash, "audit checkpoint");
            noted.insert(checkpoint.tenant, checkpoint.head);
        }
        Ok(())
    }

    /// On a thread of its own: a file system that hangs must not hold up requests.
    async fn write(&self, checkpoints: Vec<Checkpoint>) -> Result<(), String> {
        let Some(file) = self.file.clone() else { return Ok(()) };
        let writing = spawn_blocking(move || file.append(&checkpoints));
        writing.await.unwrap_or_else(|fault| Err(fault.to_string()))
    }
}
