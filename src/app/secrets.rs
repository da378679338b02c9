//! Secrets: the key of the file, and the random bytes of API keys. Nothing else draws random bytes that are kept.

use std::{
    fs::{self, OpenOptions},
    io::{self, ErrorKind, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use data_encoding::HEXLOWER_PERMISSIVE;

use crate::app::fault::Fault;

/// Random bytes that nobody can guess.
///
/// # Errors
/// When the system has none.
#[expect(clippy::disallowed_methods, reason = "the one place that draws secrets")]
pub fn entropy<const BYTES: usize>() -> Result<[u8; BYTES], Fault> {
    let mut bytes = [0; BYTES];
    getrandom::fill(&mut bytes).map_err(Fault::Entropy)?;
    Ok(bytes)
}

/// The key of a file, which wraps the root key of a store.
#[derive(Clone)]
pub struct FileKey(pub [u8; 32]);

/// Hides the key.
impl std::fmt::Debug for FileKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FileKey([redacted])")
    }
}

/// The key in `file`, which has 64 hexadecimal digits; `None` if there is no such file.
///
/// # Errors
/// When the file cannot be read, or contains anything else.
pub fn read_key(file: &Path) -> Result<Option<FileKey>, Fault> {
    match fs::read_to_string(file) {
        Err(fault) if fault.kind() == ErrorKind::NotFound => Ok(None),
        read => parse(file, &read.map_err(|reason| Fault::file(file, reason))?).map(Some),
    }
}

/// Makes a key and writes it to `file`, readable only by its owner. If another process was faster, its key is
/// used. Only for a store in which nothing was ever stored: see
/// [`may_make_key`](crate::domain::store_identity::may_make_key).
///
/// # Errors
/// When the file cannot be written.
pub fn make_key(file: &Path) -> Result<FileKey, Fault> {
    parse(file, &make(file)?)
}

fn parse(file: &Path, text: &str) -> Result<FileKey, Fault> {
    let bytes = HEXLOWER_PERMISSIVE.decode(text.trim().as_bytes()).ok();
    let key: [u8; 32] = bytes.and_then(|it| it.try_into().ok()).ok_or_else(|| Fault::KeyFile(file.to_owned()))?;
    Ok(FileKey(key))
}

/// Writes a new key beside its place and links it there, unless another process was faster. Returns the key in the
/// file.
fn make(file: &Path) -> Result<String, Fault> {
    let failed = |reason: io::Error| Fault::file(file, reason);
    let folder = file.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(failed)?;
    let text = format!("{}\n", HEXLOWER_PERMISSIVE.encode(&entropy::<32>()?));
    let part = file.with_extension(format!("{}.part", std::process::id()));
    let written = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&part);
    written.and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all())).map_err(failed)?;
    // A link, unlike a rename, never replaces what another process has written meanwhile.
    let linked = fs::hard_link(&part, file);
    fs::remove_file(&part).map_err(failed)?;
    match linked {
        Err(fault) if fault.kind() != ErrorKind::AlreadyExists => Err(failed(fault)),
        _ => fs::read_to_string(file).map_err(failed),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn the_key_is_made_once_for_its_owner_only() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("data/secret.key");
        assert!(read_key(&file).unwrap().is_none());
        assert!(!folder.path().join("data").exists(), "looking makes nothing");
        let first = make_key(&file).unwrap().0;
        assert_eq!(make_key(&file).unwrap().0, first);
        assert_eq!(read_key(&file).unwrap().unwrap().0, first);
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        fs::write(&file, "hunter2").unwrap();
        assert!(matches!(read_key(&file), Err(Fault::KeyFile(_))));
    }
}
