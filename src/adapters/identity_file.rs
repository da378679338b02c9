//! Remembers which store was used before, in a file beside the master key. So the loss of only one of the two is
//! noticed. The root key is written there too, wrapped with that key.

use std::{
    fs::{self, OpenOptions},
    io::{self, ErrorKind, Write},
    os::unix::fs::OpenOptionsExt,
    path::PathBuf,
};

use data_encoding::HEXLOWER;

use crate::{
    domain::store_identity::{StoreId, StoreIdentity, WrappedRoot},
    ports::StoreMemory,
};

/// The file. Its first word is the store's id, its second line the wrapped root key in hexadecimal; the rest is for
/// people.
#[derive(Debug)]
pub struct IdentityFile {
    path: PathBuf,
}

impl IdentityFile {
    /// Uses the file at `path`, which need not exist.
    #[must_use]
    pub fn new(path: PathBuf) -> Self {
        Self { path }
    }

    fn failed(&self, reason: &io::Error) -> String {
        format!("`{}`: {reason}", self.path.display())
    }

    /// Writes a new file beside this one and renames it, so that readers find the old one or the new one.
    fn write(&self, text: &str) -> io::Result<()> {
        if let Some(folder) = self.path.parent().filter(|it| !it.as_os_str().is_empty()) {
            fs::create_dir_all(folder)?;
        }
        let part = self.path.with_extension(format!("{}.part", std::process::id()));
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&part)?;
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all())?;
        fs::rename(&part, &self.path)
    }
}

impl StoreMemory for IdentityFile {
    fn recall(&self) -> Result<Option<StoreId>, String> {
        let text = match fs::read_to_string(&self.path) {
            Err(fault) if fault.kind() == ErrorKind::NotFound => return Ok(None),
            read => read.map_err(|it| self.failed(&it))?,
        };
        let id = text.split_whitespace().next().and_then(StoreId::parse);
        let mend =
            "names no store: restore it from a backup, or run `watchlight store adopt` if the store is the right one";
        id.map(Some).ok_or_else(|| format!("`{}` {mend}", self.path.display()))
    }

    fn recall_root(&self) -> Option<WrappedRoot> {
        let text = fs::read_to_string(&self.path).ok()?;
        let digits = text.lines().nth(1)?.trim();
        Some(WrappedRoot(HEXLOWER.decode(digits.as_bytes()).ok()?.try_into().ok()?))
    }

    fn remember(&self, identity: &StoreIdentity) -> Result<(), String> {
        let born_at = jiff::Timestamp::from_millisecond(identity.born_at.unix_ms()).unwrap_or_default();
        let mut text = format!("{} is the store that was used here, born {born_at:.0}\n", identity.id);
        if let Some(root) = &identity.root {
            text.push_str(&HEXLOWER.encode(&root.0));
            text.push('\n');
        }
        self.write(&text).map_err(|it| self.failed(&it))
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::domain::{keyring::Keyring, time::Timestamp};

    #[test]
    fn what_is_remembered_is_recalled_by_its_owner_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/er/store.id");
        let file = IdentityFile::new(path.clone());
        assert_eq!(file.recall(), Ok(None));
        for number in [1, 2] {
            let born_at = Timestamp::from_unix_ms(1_795_341_600_000);
            let identity = StoreIdentity::new(StoreId([number; 16]), born_at, &Keyring::new([7; 32]));
            file.remember(&identity).unwrap();
            assert_eq!((file.recall(), file.recall_root()), (Ok(Some(identity.id)), None));
            let identity = identity.with_root(WrappedRoot([number; WrappedRoot::BYTES]));
            file.remember(&identity).unwrap();
            assert_eq!((file.recall(), file.recall_root()), (Ok(Some(identity.id)), identity.root));
        }
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains("born 2026-11-22T10:00:00Z\n"), "{text}");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "nothing is left beside it");
    }

    #[test]
    fn what_names_no_store_is_refused_by_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.id");
        for text in ["", "hunter2", "0001"] {
            fs::write(&path, text).unwrap();
            let fault = IdentityFile::new(path.clone()).recall().unwrap_err();
            assert!(fault.contains("store.id") && fault.contains("store adopt"), "{fault}");
        }
        let folder_in_its_place = IdentityFile::new(folder.path().to_owned());
        assert!(folder_in_its_place.recall().is_err());
    }
}
