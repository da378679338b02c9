//! Copies of a store's two files, in two folders, so that they can be kept apart.
//!
//! The records are copied first. Whoever signs in meanwhile has a salt without records in the copy, and whoever is forgotten
//! meanwhile has records that nobody can read: what the ledger of erasures leaves nothing of.

use std::{
    ffi::OsString,
    fs::{self, DirBuilder, File, OpenOptions},
    io,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use rusqlite::{Connection, OpenFlags};

use crate::adapters::store::{
    fault::OpenError,
    sqlite::engine::{faults, salts_file, schema},
};

/// What SQLite may have beside a file.
const BESIDE: [&str; 4] = ["", "-wal", "-shm", "-journal"];

/// The files of a backup in a folder.
#[derive(Clone, Debug)]
pub struct Copy {
    records: PathBuf,
    salts: PathBuf,
}

impl Copy {
    /// Those of a backup in `folder`, which need not exist.
    #[must_use]
    pub fn in_folder(folder: &Path) -> Self {
        Self { records: folder.join("records/watchlight.db"), salts: folder.join("salts/watchlight.db.salts") }
    }

    /// Copies the store at `path`, which may be in use. When this returns, the copy is on the disk.
    ///
    /// # Errors
    /// A file cannot be read or written. What was written is left.
    pub fn take(&self, path: &Path) -> Result<(), OpenError> {
        let refused = |it: rusqlite::Error| fault(path, faults::of_sqlite(&it));
        let connection = schema::connect_reader(path).map_err(refused)?;
        for (schema, file) in [("main", &self.records), ("salts", &self.salts)] {
            // SQLite fills a file that is there and empty, and leaves its mode.
            create(file).map_err(|it| fault(file, faults::of_file(&it)))?;
            let copied = connection.execute(&format!("VACUUM {schema} INTO ?"), [file.to_string_lossy()]);
            copied.map_err(|it| fault(file, faults::of_sqlite(&it)))?;
            sync(file).map_err(|it| fault(file, faults::of_file(&it)))?;
        }
        Ok(())
    }

    /// Whether the copy is whole, and its two files belong together.
    ///
    /// # Errors
    /// What is wrong.
    pub fn check(&self) -> Result<(), OpenError> {
        let known = ask(&self.records, "SELECT value FROM identity WHERE name = 'salts'")?;
        let found = ask(&self.salts, "SELECT id FROM file")?;
        if known != found {
            let problem =
                "the salts are those of another store: put those beside the records that were backed up with them";
            return Err(fault(&self.salts, problem.to_owned()));
        }
        for file in [&self.records, &self.salts] {
            if ask(file, "PRAGMA quick_check(1)")? != "ok" {
                return Err(fault(file, "the copy is damaged: use another backup".to_owned()));
            }
        }
        Ok(())
    }

    /// Copies it beside the place of the store at `path`, from where [`Staged::put`] puts it there.
    ///
    /// # Errors
    /// A file cannot be read or written. Nothing is left then.
    pub fn stage(&self, path: &Path) -> Result<Staged, OpenError> {
        let mut staged = Staged(Vec::new());
        // The salts come first: records without salts are no store.
        for (from, to) in [(&self.salts, salts_file::beside(path)), (&self.records, path.to_owned())] {
            let part = with_ending(&to, &".part".into());
            let begun = clear(&part).and_then(|()| create(&part));
            staged.0.push((part.clone(), to));
            let copied = begun.and_then(|mut it| io::copy(&mut File::open(from)?, &mut it)).and_then(|_| sync(&part));
            copied.map_err(|it| fault(&part, faults::of_file(&it)))?;
        }
        Ok(staged)
    }
}

/// Copies that lie beside their places. They are removed when this is dropped.
#[derive(Debug)]
pub struct Staged(Vec<(PathBuf, PathBuf)>);

impl Staged {
    /// Puts the copies in their places.
    ///
    /// # Errors
    /// There is a file already.
    pub fn put(self) -> Result<(), OpenError> {
        for (part, to) in &self.0 {
            // A link, unlike a rename, never replaces a file.
            let put = fs::hard_link(part, to).and_then(|()| sync(to));
            put.map_err(|it| fault(to, faults::of_file(&it)))?;
        }
        Ok(())
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        for (part, _) in &self.0 {
            // The next restore clears away what is left.
            let _ = clear(part);
        }
    }
}

/// The files that the store at `path` has now.
#[must_use]
pub fn files_at(path: &Path) -> Vec<PathBuf> {
    let names = endings().map(|it| with_ending(path, &it));
    // A link that leads nowhere is in the way as well.
    names.filter(|it| it.symlink_metadata().is_ok()).collect()
}

/// Renames the files of the store at `path` to those of a store at `aside`.
///
/// # Errors
/// One cannot be renamed.
pub fn move_aside(path: &Path, aside: &Path) -> Result<(), OpenError> {
    for ending in endings() {
        let from = with_ending(path, &ending);
        match fs::rename(&from, with_ending(aside, &ending)) {
            Err(it) if it.kind() != io::ErrorKind::NotFound => return Err(fault(&from, faults::of_file(&it))),
            _ => {}
        }
    }
    Ok(())
}

fn endings() -> impl Iterator<Item = OsString> {
    let salts = BESIDE.into_iter().map(|it| format!(".salts{it}"));
    BESIDE.into_iter().map(str::to_owned).chain(salts).map(OsString::from)
}

fn with_ending(path: &Path, ending: &OsString) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(ending);
    name.into()
}

fn fault(path: &Path, problem: String) -> OpenError {
    OpenError::File { path: path.display().to_string(), problem }
}

fn create(file: &Path) -> io::Result<File> {
    if let Some(folder) = file.parent().filter(|it| !it.as_os_str().is_empty()) {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    OpenOptions::new().create_new(true).write(true).mode(0o600).open(file)
}

/// The file, and its name in its folder.
fn sync(file: &Path) -> io::Result<()> {
    File::open(file)?.sync_all()?;
    let folder = file.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

fn clear(file: &Path) -> io::Result<()> {
    match fs::remove_file(file) {
        Err(it) if it.kind() != io::ErrorKind::NotFound => Err(it),
        _ => Ok(()),
    }
}

/// The one text that a query answers.
fn ask(file: &Path, query: &str) -> Result<String, OpenError> {
    let refused = |it: rusqlite::Error| fault(file, faults::of_sqlite(&it));
    let connection = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(refused)?;
    connection.query_row(query, [], |row| row.get(0)).map_err(refused)
}
