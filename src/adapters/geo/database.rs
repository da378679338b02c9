//! A database: read into memory, examined before it is trusted, then asked.

use std::{collections::HashSet, net::IpAddr, net::Ipv4Addr};

use maxminddb::{LookupResult, MaxMindDbError, Reader, WithinOptions};

use crate::{
    adapters::geo::record::{Shape, read, shape_of},
    domain::{
        place::{Whereabouts, is_public},
        time::Timestamp,
    },
    ports::DatabaseStatus,
};

/// Trees up to this size are read whole. Of larger ones a spread sample is read: the nearly 8 million nodes of a city
/// database would delay every start by seconds.
const WHOLE_WALK_NODES: u32 = 1_000_000;
/// How many networks are read in each block of the sample.
const SAMPLE_PER_BLOCK: usize = 6;
/// A database is refused if more than one record in this many is absurd.
const ABSURD_ONE_IN: usize = 100;
/// No sound file has this many zero bytes in a row: its longest run is the separator of 16.
const UNWRITTEN_BYTES: usize = 256;
/// How many addresses are looked up to compare an old and a new database of the same name.
const PROBES: u32 = 2_048;
/// The comparison counts only if the old database knows this many of them.
const TELLING_PROBES: u32 = 32;

/// Why a file is not used.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The file cannot be read.
    #[error("cannot be read: {0}")]
    Unreadable(#[from] std::io::Error),
    /// It is in another format, cut off, or damaged.
    #[error("damaged or no database: {0}")]
    Damaged(#[from] MaxMindDbError),
    /// It has a stretch of zeros, as a crash leaves where a file was never written. They would be read as empty
    /// records.
    #[error("damaged: a stretch of it was never written")]
    Unwritten,
    /// It can be read, but contains what cannot be true.
    #[error("damaged: {absurd} of {records} records name no country or lie off the globe")]
    Absurd {
        /// How many records cannot be true.
        absurd: usize,
        /// How many records were read.
        records: usize,
    },
    /// It is sound, but of another kind: domains, types of connection, and the like.
    #[error("tells neither places nor networks nor what they are used for")]
    Foreign,
    /// It would replace a database that knows more: a country database with the name of a city database.
    #[error("knows less than the database it would replace, which stays in use; remove the file to let it go")]
    Poorer,
    /// It differs, for most addresses, from the database that it would replace.
    #[error("disagrees with the database it would replace on {differing} of {known} addresses; that one stays in use")]
    Disagrees {
        /// For how many addresses it differs.
        differing: u32,
        /// How many of the addresses the old database knows.
        known: u32,
    },
}

/// What a database contains.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each may be held or not, whatever the others are")]
pub struct Holdings {
    /// Countries, at least.
    pub places: bool,
    /// Cities.
    pub cities: bool,
    /// Autonomous systems.
    pub networks: bool,
    /// What networks are used for: VPN, data centre and the like.
    pub uses: bool,
}

/// A database that was examined and found sound.
pub struct Database {
    /// The file's name, without its folder.
    pub file: String,
    /// The BLAKE3 hash of the file, which shows whether it has changed.
    pub checksum: blake3::Hash,
    /// What it contains.
    pub holdings: Holdings,
    reader: Reader<Vec<u8>>,
    shape: Shape,
}

impl Database {
    /// Examines the bytes of a file. What it contains is told by its records; the type in its metadata is only a name.
    ///
    /// # Errors
    /// Why the file must not be used.
    pub fn open(file: &str, bytes: Vec<u8>) -> Result<Self, Refusal> {
        let checksum = blake3::hash(&bytes);
        if bytes.chunks_exact(UNWRITTEN_BYTES).any(|it| it.iter().all(|&byte| byte == 0)) {
            return Err(Refusal::Unwritten);
        }
        let reader = Reader::from_source(bytes)?;
        let mut findings = Findings::default();
        walk(&reader, &mut findings)?;
        let shape = findings.verdict()?;
        Ok(Self { file: file.to_owned(), checksum, holdings: findings.holdings, reader, shape })
    }

    /// What the database knows about a public address. Nothing, if it has no addresses of that family.
    #[must_use]
    pub fn find(&self, address: IpAddr) -> Whereabouts {
        if address.is_ipv6() && self.reader.metadata().ip_version == 4 {
            return Whereabouts::default();
        }
        let found = self.reader.lookup(address).and_then(|it| read(&it, self.shape));
        // The examination may have missed one damaged record among millions. Then nothing is known about the address.
        found.map(|it| it.whereabouts).unwrap_or_default()
    }

    /// Whether it may replace `former`, which has the same name. It must contain the same kinds of data, and agree on
    /// the country and network of most addresses. Only IPv4 is compared: IPv6 is too empty for blind probes to hit
    /// anything.
    ///
    /// # Errors
    /// Why it may not.
    pub fn may_replace(&self, former: &Self) -> Result<(), Refusal> {
        let (new, old) = (self.holdings, former.holdings);
        let lost = |had: bool, has: bool| had && !has;
        if lost(old.places, new.places)
            || lost(old.cities, new.cities)
            || lost(old.networks, new.networks)
            || lost(old.uses, new.uses)
        {
            return Err(Refusal::Poorer);
        }
        let essence = |found: Whereabouts| (found.place.map(|at| at.country), found.network.map(|network| network.asn));
        let (mut known, mut differing) = (0, 0);
        for probe in (0..PROBES).map(probe_address).filter(|&it| is_public(it)) {
            let before = essence(former.find(probe));
            if before != (None, None) {
                known += 1;
                differing += u32::from(before != essence(self.find(probe)));
            }
        }
        let disagrees = TELLING_PROBES <= known && known < 2 * differing;
        if disagrees { Err(Refusal::Disagrees { differing, known }) } else { Ok(()) }
    }

    /// The database's metadata and standing.
    #[must_use]
    pub fn status(&self) -> DatabaseStatus {
        let metadata = self.reader.metadata();
        DatabaseStatus {
            file: self.file.clone(),
            database_type: metadata.database_type.clone(),
            built_at: Timestamp::default()
                .plus_ms(i64::try_from(metadata.build_epoch).unwrap_or(0).saturating_mul(1_000)),
            refused: None,
        }
    }
}

/// The addresses that old and new are compared by: spread over all of IPv4 by a multiplier that has no common factor
/// with the range (Knuth, TAOCP 3, 6.4: the golden ratio of 2^32).
fn probe_address(number: u32) -> IpAddr {
    Ipv4Addr::from(number.wrapping_mul(2_654_435_769)).into()
}

/// What the examination has found so far.
#[derive(Default)]
struct Findings {
    records: HashSet<usize>,
    shape: Option<Shape>,
    holdings: Holdings,
    absurd: usize,
}

impl Findings {
    fn examine(&mut self, found: &LookupResult<'_, Vec<u8>>) -> Result<(), MaxMindDbError> {
        let Some(offset) = found.offset() else { return Ok(()) };
        if !self.records.insert(offset) {
            return Ok(());
        }
        if self.shape.is_none() {
            self.shape = shape_of(found)?;
        }
        let reading = read(found, self.shape.unwrap_or(Shape::Nested))?;
        let Whereabouts { place, network, usage } = reading.whereabouts;
        self.absurd += usize::from(reading.absurd);
        self.holdings.uses |= usage.is_some();
        self.holdings.networks |= network.is_some();
        self.holdings.places |= place.is_some();
        self.holdings.cities |= place.is_some_and(|it| it.city.is_some());
        Ok(())
    }

    fn verdict(&self) -> Result<Shape, Refusal> {
        let records = self.records.len();
        if records < self.absurd * ABSURD_ONE_IN {
            return Err(Refusal::Absurd { absurd: self.absurd, records });
        }
        match self.shape {
            Some(shape) if self.holdings != Holdings::default() => Ok(shape),
            _ => Err(Refusal::Foreign),
        }
    }
}

/// Reads the records of the whole tree, or of a spread sample of a large one.
fn walk(reader: &Reader<Vec<u8>>, findings: &mut Findings) -> Result<(), Refusal> {
    let metadata = reader.metadata();
    if metadata.node_count <= WHOLE_WALK_NODES {
        // A tree of n nodes has n + 1 leaves; MaxMind's aliases of the IPv4 tree may repeat some of them.
        let most = metadata.node_count as usize * 3;
        for (count, found) in reader.networks(WithinOptions::default())?.enumerate() {
            if most < count {
                return Err(MaxMindDbError::invalid_database("the search tree has a cycle").into());
            }
            findings.examine(&found?)?;
        }
        return Ok(());
    }
    let four = (0..0xE000_u32).map(|it| format!("{}/16", Ipv4Addr::from(it << 16)));
    let six = (0x2_0000..0x3_0000).map(|block| format!("{:x}:{:x}::/20", block >> 4, (block & 0xF) << 12));
    for block in four.chain(six.filter(|_| metadata.ip_version == 6)) {
        // The two lines above write valid blocks. If one were not valid, it would be skipped.
        let Ok(block) = block.parse() else { continue };
        for found in reader.within(block, WithinOptions::default())?.take(SAMPLE_PER_BLOCK) {
            findings.examine(&found?)?;
        }
    }
    Ok(())
}
