//! `watchlight backup` and `watchlight restore`.

use std::{
    ffi::OsString,
    fs,
    io::{self, ErrorKind},
    path::{Path, PathBuf},
};

use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};

use crate::{
    adapters::{
        clock::SystemClock,
        store::{
            fault::OpenError,
            open::sqlite_file,
            sqlite::engine::copy::{Copy, files_at, move_aside},
        },
    },
    app::{
        compose::{Foundation, MEMORY},
        fault::Fault,
    },
    config::settings::Settings,
    domain::{store_identity::Found, time::Timestamp},
    ports::Clock,
    wire::time,
};

/// The form of a backup.
const FORM: u32 = 1;

/// What a backup says of itself. It is written last: a backup without it is not whole.
#[derive(Debug, Serialize, Deserialize)]
struct Manifest {
    /// The form of the backup.
    form: u32,
    /// When it was begun.
    made_at: String,
    /// The id of the store.
    store: String,
}

/// Copies the store into a folder. The service may be running.
///
/// # Errors
/// The store is not one of SQLite, the folder is not empty, or a file cannot be read or written. Nothing is left in the
/// folder then.
pub async fn back_up(settings: &Settings, dir: &Path) -> Result<(), Fault> {
    let path = file_of(settings)?;
    must_be_empty(dir)?;
    let foundation = Foundation::open(settings).await?;
    let Found::Named(identity) = foundation.store.identity().await? else {
        return Err(Fault::Partly("the store has no name yet: start the service once".to_owned()));
    };
    let made_at = time::to_text(foundation.clock.now());
    let manifest = Manifest { form: FORM, made_at, store: identity.id.to_string() };
    let copied = Copy::in_folder(dir).take(&path).map_err(|it| of_copy(&it)).and_then(|()| manifest.write(dir));
    if copied.is_err() {
        // What cannot be removed is found by the next backup, which refuses the folder.
        let _ = ["records", "salts"].map(|it| fs::remove_dir_all(dir.join(it)));
        let _ = fs::remove_file(Manifest::path(dir));
    }
    copied?;
    println!("records   {}", dir.join("records").display());
    println!("salts     {}", dir.join("salts").display());
    println!("Keep the two apart, and the salts for 35 days at most.");
    println!(
        "`{}` is not in it, and without it nobody can read it: keep a copy elsewhere.",
        settings.key_file.display()
    );
    Ok(())
}

/// Puts a backup in the place of the store. With `yes`, the store that is there is moved aside.
///
/// # Errors
/// The store is not one of SQLite, or is there and is to stay, or the backup is not whole or cannot be copied. The store that
/// is there is left as it was then.
pub fn restore(settings: &Settings, dir: &Path, yes: bool) -> Result<(), Fault> {
    let path = file_of(settings)?;
    let manifest = Manifest::read(dir)?;
    let copy = Copy::in_folder(dir);
    copy.check().map_err(|it| of_copy(&it))?;
    let there = files_at(&path);
    if let (Some(file), false) = (there.first(), yes) {
        return Err(Fault::Partly(format!(
            "`{}` is there, and nothing was restored: stop the service, and let --yes move the store aside",
            file.display()
        )));
    }
    let staged = copy.stage(&path).map_err(|it| of_copy(&it))?;
    if !there.is_empty() {
        let aside = aside(&path, SystemClock.now());
        move_aside(&path, &aside).map_err(|it| of_copy(&it))?;
        println!("moved aside  {}, with its salts: delete it when you do not need it any more", aside.display());
    }
    staged.put().map_err(|it| of_copy(&it))?;
    println!("restored     {}, the store {} as of {}", path.display(), manifest.store, manifest.made_at);
    println!("Whoever was forgotten since then is there again. Before you start the service, with the newest ledger:");
    println!("  watchlight erasures apply FILE");
    if !settings.key_file.exists() {
        println!("`{}` is missing: put back the one that the store was used with.", settings.key_file.display());
    }
    Ok(())
}

fn file_of(settings: &Settings) -> Result<PathBuf, Fault> {
    let url = settings.store.url.expose_secret();
    sqlite_file(url).map(Path::to_owned).ok_or_else(|| {
        let words = if url == MEMORY {
            "a store in memory belongs to the service that holds it"
        } else {
            "only a store of SQLite is backed up and restored by this command. Redis does it by its own files, and \
             `watchlight erasures export` and `apply` keep erasures: see docs/operations.md, \"Backing up\""
        };
        Fault::Partly(words.to_owned())
    })
}

fn of_copy(fault: &OpenError) -> Fault {
    Fault::Partly(fault.to_string())
}

fn must_be_empty(dir: &Path) -> Result<(), Fault> {
    match fs::read_dir(dir).map(|mut it| it.next().is_none()) {
        Ok(true) => Ok(()),
        Ok(false) => Err(Fault::Partly(format!("`{}` is not empty: name a new folder", dir.display()))),
        Err(fault) if fault.kind() == ErrorKind::NotFound => Ok(()),
        Err(fault) => Err(Fault::file(dir, fault)),
    }
}

/// Where a store is moved: beside its place, with the time.
fn aside(path: &Path, now: Timestamp) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(format!(".replaced-{}", time::to_text(now).replace([':', '.'], "-")));
    name.into()
}

impl Manifest {
    fn path(dir: &Path) -> PathBuf {
        dir.join("backup.json")
    }

    fn write(&self, dir: &Path) -> Result<(), Fault> {
        let text = serde_json::to_string(self).map_err(|it| Fault::Partly(it.to_string()))? + "\n";
        let path = Self::path(dir);
        let written = fs::write(&path, text).and_then(|()| fs::File::open(&path)?.sync_all());
        written.and_then(|()| fs::File::open(dir)?.sync_all()).map_err(|it| Fault::file(path, it))
    }

    fn read(dir: &Path) -> Result<Self, Fault> {
        let path = Self::path(dir);
        let text = fs::read(&path).map_err(|it| Fault::file(&path, it))?;
        let read: Result<Self, _> = serde_json::from_slice(&text);
        let read = read.map_err(|it| Fault::file(&path, io::Error::new(ErrorKind::InvalidData, it)))?;
        if read.form == FORM {
            return Ok(read);
        }
        Err(Fault::Partly(format!("`{}` is of form {}, and this program knows form {FORM}", path.display(), read.form)))
    }
}
