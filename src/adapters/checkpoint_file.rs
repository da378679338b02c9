//! Keeps checkpoints of the audit in a file: a line of JSON each, only ever added to. Another program may take the lines
//! away to where this machine cannot change them.

use std::{
    fs::{self, OpenOptions},
    io::{self, ErrorKind, Write},
    os::unix::fs::OpenOptionsExt,
    path::PathBuf,
};

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};

use crate::{
    domain::{
        ids::TenantId,
        privacy::chain::{AuditHead, Checkpoint},
        time::Timestamp,
    },
    ports::CheckpointFile,
};

/// The file.
#[derive(Debug)]
pub struct CheckpointLines {
    path: PathBuf,
}

/// One line.
#[derive(Debug, Serialize, Deserialize)]
struct Line {
    tenant: String,
    number: u64,
    /// 64 hexadecimal digits.
    hash: String,
    /// RFC 3339.
    time: String,
}

impl Line {
    fn new(checkpoint: &Checkpoint) -> Self {
        let Checkpoint { tenant, head, at } = checkpoint;
        let time = jiff::Timestamp::from_millisecond(at.unix_ms()).unwrap_or_default();
        Self {
            tenant: tenant.as_str().to_owned(),
            number: head.number,
            hash: HEXLOWER.encode(&head.hash),
            time: format!("{time:.3}"),
        }
    }

    fn read(text: &str) -> Option<Checkpoint> {
        let Self { tenant, number, hash, time } = serde_json::from_str(text).ok()?;
        let hash = HEXLOWER.decode(hash.as_bytes()).ok()?.try_into().ok()?;
        let at = time.parse::<jiff::Timestamp>().ok()?.as_millisecond();
        let head = AuditHead { number, hash };
        Some(Checkpoint { tenant: TenantId::parse(&tenant)?, head, at: Timestamp::from_unix_ms(at) })
    }
}

impl CheckpointLines {
    /// Uses the file at `path`, which is made when there is something to write.
    #[must_use]
    pub fn new(path: PathBuf) -> Self {
        Self { path }
    }

    fn failed(&self, reason: &io::Error) -> String {
        format!("`{}`: {reason}", self.path.display())
    }

    fn write(&self, lines: &str) -> io::Result<()> {
        if let Some(folder) = self.path.parent().filter(|it| !it.as_os_str().is_empty()) {
            fs::create_dir_all(folder)?;
        }
        let mut file = OpenOptions::new().append(true).create(true).mode(0o600).open(&self.path)?;
        file.write_all(lines.as_bytes())?;
        file.sync_all()
    }
}

impl CheckpointFile for CheckpointLines {
    fn append(&self, checkpoints: &[Checkpoint]) -> Result<(), String> {
        // Every member of a line is a text or a number, so writing it cannot fail.
        let line = |it: &Checkpoint| serde_json::to_string(&Line::new(it)).unwrap_or_default() + "\n";
        let lines: String = checkpoints.iter().map(line).collect();
        self.write(&lines).map_err(|it| self.failed(&it))
    }

    fn read(&self) -> Result<Vec<Checkpoint>, String> {
        let text = match fs::read_to_string(&self.path) {
            Err(fault) if fault.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            read => read.map_err(|it| self.failed(&it))?,
        };
        // A line without an end was being written when the machine stopped.
        let whole = text.rfind('\n').map_or("", |end| &text[..end]);
        let read = |(place, line): (usize, &str)| {
            let fault = || format!("`{}`: line {} is no checkpoint", self.path.display(), place + 1);
            Line::read(line).ok_or_else(fault)
        };
        whole.lines().enumerate().map(read).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checkpoint(number: u64) -> Checkpoint {
        let head = AuditHead { number, hash: [u8::try_from(number).unwrap(); 32] };
        Checkpoint { tenant: TenantId::parse("acme").unwrap(), head, at: Timestamp::from_unix_ms(1_795_341_600_123) }
    }

    #[test]
    fn what_is_added_is_read_in_its_order() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/er/checkpoints");
        let file = CheckpointLines::new(path.clone());
        assert_eq!(file.read(), Ok(Vec::new()));
        file.append(&[checkpoint(1), checkpoint(2)]).unwrap();
        file.append(&[checkpoint(7)]).unwrap();
        assert_eq!(file.read(), Ok(vec![checkpoint(1), checkpoint(2), checkpoint(7)]));
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, format!("{text}{{\"tenant\":\"ac")).unwrap();
        assert_eq!(file.read().unwrap().len(), 3, "the last line was cut off");
        fs::write(&path, format!("{text}nonsense\n")).unwrap();
        assert!(file.read().unwrap_err().contains("line 4"));
    }
}
