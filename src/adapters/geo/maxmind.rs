//! All databases of a folder, which answer together.

use std::{
    fs, io,
    net::IpAddr,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use arc_swap::ArcSwap;

use crate::{
    adapters::geo::{
        database::{Database, Refusal},
        lists::{LISTS, NetworkList},
        operators::usage_by_name,
    },
    domain::{
        place::{NetworkUse, Place, Whereabouts, canonical_address, is_public},
        time::Timestamp,
    },
    ports::{DatabaseStatus, Geo},
};

/// The `.mmdb` files of a folder. If several know a place, the most detailed answer is used, and among equals the
/// newest. The network comes from whichever database knows it.
///
/// A look-up never waits: it uses the databases that were in use when it started, while others are being read.
pub struct MaxmindGeo {
    dir: PathBuf,
    catalog: ArcSwap<Catalog>,
    /// Held while the folder is read, so that an older read cannot overwrite a newer one.
    reloading: Mutex<()>,
}

/// What is in use, and what is not.
#[derive(Default)]
struct Catalog {
    /// In the order in which they are asked: those with cities first, then the newest.
    in_use: Vec<Arc<Database>>,
    /// The operator's own lists of networks.
    lists: Vec<NetworkList>,
    refused: Vec<DatabaseStatus>,
}

impl MaxmindGeo {
    /// Reads every `.mmdb` file in `dir`. Never fails: [`Geo::databases`] says why a file was refused. Without a
    /// database, nothing is known about any address.
    #[must_use]
    pub fn open(dir: &Path) -> Self {
        let geo = Self { dir: dir.to_owned(), catalog: ArcSwap::default(), reloading: Mutex::new(()) };
        geo.reload();
        geo
    }

    /// The folder of the databases.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Reads the folder again. A new or changed file is examined first. If it is refused, the database in use with that
    /// name stays. If a file is deleted, its database is no longer used.
    pub fn reload(&self) {
        let _one_at_a_time = self.reloading.lock().unwrap_or_else(PoisonError::into_inner);
        let former = self.catalog.load_full();
        let files = match database_files(&self.dir) {
            Ok(files) => files,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => {
                tracing::warn!(%error, "the folder of place databases cannot be read; what is in use stays");
                return;
            }
        };
        let mut next = Catalog::default();
        for path in files {
            next.take(&path, &former);
        }
        next.read_lists(&self.dir, &former);
        next.in_use.sort_by_key(|database| (!database.holdings.cities, -database.status().built_at.unix_ms()));
        log_changes(&former, &next);
        self.catalog.store(Arc::new(next));
    }
}

impl MaxmindGeo {
    /// What an address is used for: according to the operator's lists, else a database, else the name of the network.
    fn usage(&self, address: IpAddr, found: &Whereabouts) -> Option<NetworkUse> {
        let network = found.network.as_ref();
        let listed = |list: &NetworkList| list.names(address, network.map(|it| it.asn)).then_some(list.usage);
        let by_list = self.catalog.load().lists.iter().find_map(listed);
        by_list.or(found.usage).or_else(|| usage_by_name(&network?.name))
    }
}

impl Geo for MaxmindGeo {
    fn locate(&self, address: IpAddr) -> Whereabouts {
        let address = canonical_address(address);
        let mut answer = Whereabouts::default();
        if !is_public(address) {
            return answer;
        }
        for database in &self.catalog.load().in_use {
            let found = database.find(address);
            answer.network = answer.network.or(found.network);
            answer.usage = answer.usage.or(found.usage);
            if fineness(answer.place.as_ref()) < fineness(found.place.as_ref()) {
                answer.place = found.place;
            }
        }
        answer.usage = self.usage(address, &answer);
        answer
    }

    fn databases(&self) -> Vec<DatabaseStatus> {
        let catalog = self.catalog.load();
        let in_use = catalog.in_use.iter().map(|it| it.status());
        let lists = catalog.lists.iter().map(NetworkList::status);
        in_use.chain(lists).chain(catalog.refused.iter().cloned()).collect()
    }

    fn credit(&self) -> Option<&'static str> {
        // DB-IP's databases are CC BY 4.0: https://db-ip.com/db/lite.php
        let by_db_ip = |database: &DatabaseStatus| {
            let names = [database.file.to_ascii_lowercase(), database.database_type.to_ascii_lowercase()];
            database.refused.is_none() && names.iter().any(|name| name.contains("dbip") || name.contains("db-ip"))
        };
        self.databases().iter().any(by_db_ip).then_some("db-ip.com")
    }
}

impl Catalog {
    /// Uses a new file, or keeps the database of `former` with this name.
    fn take(&mut self, path: &Path, former: &Self) {
        let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let kept = former.in_use.iter().find(|it| it.file == file);
        match read(path, &file, kept) {
            Ok(database) => self.in_use.push(database),
            Err(status) => {
                self.refused.push(status);
                self.in_use.extend(kept.cloned());
            }
        }
    }
}

impl Catalog {
    /// Uses the operator's lists. If one is faulty, the list of `former` with this name stays.
    fn read_lists(&mut self, dir: &Path, former: &Self) {
        for (file, usage) in LISTS {
            match NetworkList::read(&dir.join(file), usage) {
                Ok(Some(list)) => self.lists.push(list),
                Ok(None) => {}
                Err(refused) => {
                    self.refused.push(refused);
                    self.lists.extend(former.lists.iter().filter(|it| it.file == file).cloned());
                }
            }
        }
    }
}

/// The database of a file: `kept` if the file has not changed, else a new one if it may replace that, else why not.
fn read(path: &Path, file: &str, kept: Option<&Arc<Database>>) -> Result<Arc<Database>, DatabaseStatus> {
    let unread = |refusal: Refusal| DatabaseStatus {
        file: file.to_owned(),
        database_type: String::new(),
        built_at: Timestamp::default(),
        refused: Some(refusal.to_string()),
    };
    let bytes = fs::read(path).map_err(|error| unread(error.into()))?;
    if let Some(kept) = kept.filter(|it| it.checksum == blake3::hash(&bytes)) {
        return Ok(Arc::clone(kept));
    }
    let database = Database::open(file, bytes).map_err(unread)?;
    match kept.map_or(Ok(()), |it| database.may_replace(it)) {
        Ok(()) => Ok(Arc::new(database)),
        Err(refusal) => Err(DatabaseStatus { refused: Some(refusal.to_string()), ..database.status() }),
    }
}

/// The database files of a folder, sorted by name.
fn database_files(dir: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(dir)?.collect::<io::Result<Vec<_>>>()?;
    let mut files: Vec<PathBuf> = entries.into_iter().map(|it| it.path()).filter(|it| is_database(it)).collect();
    files.sort();
    Ok(files)
}

/// Whether a path has the name of a database or a list.
pub(crate) fn is_watched(path: &Path) -> bool {
    is_database(path) || LISTS.iter().any(|(file, _)| path.file_name().is_some_and(|it| it == *file))
}

fn is_database(path: &Path) -> bool {
    path.extension().is_some_and(|it| it.eq_ignore_ascii_case("mmdb"))
}

/// How detailed a place is.
fn fineness(place: Option<&Place>) -> u8 {
    match place {
        None => 0,
        Some(Place { city: Some(_), .. }) => 4,
        Some(Place { point: Some(_), region: Some(_), .. }) => 3,
        Some(Place { point: Some(_), .. } | Place { region: Some(_), .. }) => 2,
        Some(_) => 1,
    }
}

/// Logs each file whose standing has changed.
fn log_changes(former: &Catalog, next: &Catalog) {
    for database in &next.in_use {
        if !former.in_use.iter().any(|old| old.file == database.file && old.checksum == database.checksum) {
            let DatabaseStatus { file, database_type, .. } = database.status();
            tracing::info!(file, database_type, "place database in use");
        }
    }
    for status in &next.refused {
        if !former.refused.contains(status) {
            tracing::warn!(file = status.file, reason = status.refused, "place database refused");
        }
    }
    for database in &former.in_use {
        if !next.in_use.iter().any(|it| it.file == database.file) {
            tracing::info!(file = database.file, "place database no longer in use: its file is gone");
        }
    }
}
