//! Whether the open files are still the ones at their paths.
//!
//! A process that has a file open goes on writing to it after it was deleted, moved or replaced. What is written then
//! is lost at the next start, which looks at the path. So nothing is acknowledged while the path leads elsewhere.

use std::{
    ffi::OsString,
    fs, io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

/// Which of the files is not where it was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Astray {
    /// The database itself.
    Database,
    /// The file of salts or one of its own: what is stored now could not be read at the next start.
    Salts,
    /// Its write-ahead log or the index to that (`-wal`, `-shm`), of which another process would now make new ones.
    Log,
}

impl Astray {
    /// What has happened and how to repair it, for anybody.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Database => {
                "the database file was deleted, moved or replaced while the service ran: put the same file back, or restart \
                 with what is there"
            }
            Self::Salts => {
                "the database's file of salts, or its -wal or -shm, was deleted, moved or replaced while the service ran: put the \
                 same file back, or restart"
            }
            Self::Log => {
                "the database's -wal or -shm file was deleted, moved or replaced while the service ran: put the same file \
                 back, or restart"
            }
        }
    }
}

/// The files that a connection has open: of the database, and of the salts that are attached to it.
#[derive(Clone, Debug)]
pub struct OpenFiles {
    records: DatabaseFiles,
    salts: DatabaseFiles,
}

/// A database, its log, and the index to that.
#[derive(Clone, Debug)]
struct DatabaseFiles {
    database: OpenFile,
    log: OpenFile,
    index: OpenFile,
}

#[derive(Clone, Debug)]
struct OpenFile {
    path: PathBuf,
    /// Device and inode: they identify the file as long as anybody has it open.
    is: (u64, u64),
}

impl OpenFiles {
    /// Those at the paths of a database and of its salts, which were just opened, in the mode of a write-ahead log, and read.
    ///
    /// # Errors
    /// If one of them does not exist.
    pub fn at(records: &Path, salts: &Path) -> io::Result<Self> {
        Ok(Self { records: DatabaseFiles::at(records)?, salts: DatabaseFiles::at(salts)? })
    }

    /// The paths at which the database and its salts were opened.
    #[must_use]
    pub fn databases(&self) -> [&Path; 2] {
        [&self.records, &self.salts].map(|it| &*it.database.path)
    }

    /// The file that is not where it was opened, if any.
    #[must_use]
    pub fn astray(&self) -> Option<Astray> {
        if !self.records.database.is_in_place() {
            return Some(Astray::Database);
        }
        if !self.records.has_its_log() {
            return Some(Astray::Log);
        }
        (!self.salts.database.is_in_place() || !self.salts.has_its_log()).then_some(Astray::Salts)
    }

    /// Whether another process may have started a log in place of ours. Then our pages must not get into the files any
    /// more.
    #[must_use]
    pub fn log_is_replaced(&self) -> bool {
        self.records.log_is_replaced() || self.salts.log_is_replaced()
    }
}

impl DatabaseFiles {
    fn at(path: &Path) -> io::Result<Self> {
        // SQLite follows links before it names the other files.
        let real = fs::canonicalize(path)?;
        let beside = |ending: &str| {
            let mut name = OsString::from(&real);
            name.push(ending);
            OpenFile::at(name.into())
        };
        Ok(Self { database: OpenFile::at(path.to_owned())?, log: beside("-wal")?, index: beside("-shm")? })
    }

    fn has_its_log(&self) -> bool {
        self.log.is_in_place() && self.index.is_in_place()
    }

    fn log_is_replaced(&self) -> bool {
        let replaced = |file: &OpenFile| file.path.exists() && !file.is_in_place();
        replaced(&self.log) || replaced(&self.index)
    }
}

impl OpenFile {
    fn at(path: PathBuf) -> io::Result<Self> {
        let found = fs::metadata(&path)?;
        Ok(Self { path, is: (found.dev(), found.ino()) })
    }

    fn is_in_place(&self) -> bool {
        fs::metadata(&self.path).is_ok_and(|found| (found.dev(), found.ino()) == self.is)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_moved_or_replaced_is_missed_until_it_is_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let salts = folder.path().join("a.salts");
        let names = ["a.db", "a.db-wal", "a.db-shm", "a.salts", "a.salts-wal", "a.salts-shm"];
        let is_log = names.map(|it| it.contains('-'));
        let names = names.map(|it| folder.path().join(it));
        for name in &names {
            fs::write(name, "x").unwrap();
        }
        let files = OpenFiles::at(&path, &salts).unwrap();
        assert_eq!(files.astray(), None);
        let expected = [Astray::Database, Astray::Log, Astray::Log, Astray::Salts, Astray::Salts, Astray::Salts];
        for ((name, astray), is_log) in names.iter().zip(expected).zip(is_log) {
            let aside = folder.path().join("aside");
            fs::rename(name, &aside).unwrap();
            assert_eq!((files.astray(), files.log_is_replaced()), (Some(astray), false));
            fs::copy(&aside, name).unwrap();
            assert_eq!((files.astray(), files.log_is_replaced()), (Some(astray), is_log));
            fs::rename(&aside, name).unwrap();
            assert_eq!(files.astray(), None);
        }
    }
}
