//! What a group of commits leaves to its end: its tallies, which change once for all of it, and its rows of indexes. Each of those lies
//! at another place of its tree, and in the order of the tree one page after the other takes all that the group has for it.

use rusqlite::{Connection, Statement, params};

use crate::{
    adapters::store::{sqlite::engine::group::tally_rows::count, tallying::TallyChanges},
    domain::ids::{ClueKey, LoginId},
};

/// A row of `login_of`: a login by what it is found by. The fields of this and of the other rows stand in the order of their keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LoginOf {
    /// The day of the login.
    pub day: i64,
    /// What the key is of.
    pub kind: i64,
    /// The hash.
    pub key: [u8; 16],
    /// The login.
    pub login: LoginId,
    /// By network, the lowest byte of the address, as it is hidden.
    pub hidden_byte: Option<u8>,
}

/// A row of `login_clue`: what leads to a login.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LoginClue {
    /// The day of the login.
    pub day: i64,
    /// What it is known by.
    pub key: ClueKey,
    /// The login.
    pub login: LoginId,
}

/// A row of `clue`: what leads to a person or a browser.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OtherClue {
    /// The stretch of time.
    pub stretch: i64,
    /// What it is known by.
    pub key: ClueKey,
    /// Where it leads.
    pub lead: Vec<u8>,
}

/// A row of `browser_due`: when a browser is to be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct BrowserDue {
    /// Whether it is kept for a shorter time than others.
    pub is_brief: bool,
    /// The week in which it was seen.
    pub week: i64,
    /// Whose it is.
    pub user: [u8; 16],
    /// The first bytes of its fingerprint.
    pub fingerprint: [u8; 8],
}

/// Rows of indexes. One that is there already stays as it is: what a fault left behind breaks no group of others.
#[derive(Clone, Debug, Default)]
pub struct IndexRows {
    /// Of logins by user, network and fingerprint.
    pub login_of: Vec<LoginOf>,
    /// Of what leads to logins.
    pub login_clues: Vec<LoginClue>,
    /// Of what leads elsewhere.
    pub other_clues: Vec<OtherClue>,
    /// Of browsers.
    pub browsers_due: Vec<BrowserDue>,
}

/// What is left to the end of a transaction.
#[derive(Clone, Debug, Default)]
pub struct Deferred {
    /// How tallies change.
    pub tallies: TallyChanges,
    /// Rows of indexes. Whoever reads or changes these tables within the transaction has [`Deferred::write_rows`] run before.
    pub rows: IndexRows,
}

impl Deferred {
    /// Adds what comes after these.
    pub fn then(&mut self, later: Self) {
        let IndexRows { login_of, login_clues, other_clues, browsers_due } = later.rows;
        self.tallies.then(later.tallies);
        self.rows.login_of.extend(login_of);
        self.rows.login_clues.extend(login_clues);
        self.rows.other_clues.extend(other_clues);
        self.rows.browsers_due.extend(browsers_due);
    }

    /// Writes all of it.
    ///
    /// # Errors
    /// Those of SQLite. The transaction is then to be taken back.
    pub fn write(mut self, connection: &Connection) -> rusqlite::Result<()> {
        self.write_rows(connection)?;
        count(connection, self.tallies)
    }

    /// Writes the rows of indexes that there are by now.
    ///
    /// # Errors
    /// Those of SQLite. The transaction is then to be taken back.
    pub fn write_rows(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        const LOGIN_OF: &str =
            "INSERT OR IGNORE INTO login_of (day, kind, key, id, hidden_byte) VALUES (?, ?, ?, ?, ?)";
        const LOGIN_CLUE: &str = "INSERT OR IGNORE INTO login_clue VALUES (?, ?, ?)";
        const OTHER_CLUE: &str = "INSERT OR IGNORE INTO clue VALUES (?, ?, ?)";
        const BROWSER_DUE: &str = "INSERT OR IGNORE INTO browser_due VALUES (?, ?, ?, ?)";
        let IndexRows { login_of, login_clues, other_clues, browsers_due } = &mut self.rows;
        insert(connection, LOGIN_OF, login_of, |insert, it| {
            insert.execute(params![it.day, it.kind, it.key, it.login.0, it.hidden_byte])
        })?;
        insert(connection, LOGIN_CLUE, login_clues, |insert, it| {
            insert.execute(params![it.day, it.key.0, it.login.0])
        })?;
        insert(connection, OTHER_CLUE, other_clues, |insert, it| {
            insert.execute(params![it.stretch, it.key.0, it.lead])
        })?;
        insert(connection, BROWSER_DUE, browsers_due, |insert, it| {
            insert.execute(params![it.is_brief, it.week, it.user, it.fingerprint])
        })
    }
}

/// Inserts rows in their order, and leaves none.
fn insert<Row: Ord>(
    connection: &Connection,
    text: &str,
    rows: &mut Vec<Row>,
    mut one: impl FnMut(&mut Statement<'_>, Row) -> rusqlite::Result<usize>,
) -> rusqlite::Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    rows.sort_unstable();
    let mut statement = connection.prepare_cached(text)?;
    rows.drain(..).try_for_each(|row| one(&mut statement, row).map(drop))
}
