//! Sources and users as a picture: a mark where one has tried the other.

use askama::{Template, filters::HtmlSafe};

use crate::{
    domain::inquiry::campaign::{Campaign, Link, Source, Target},
    http::console::page::filters,
};

/// How many sources have a line in it.
const SOURCES: usize = 20;
/// How many users have a column.
const USERS: usize = 40;
/// How far apart marks are.
const STEP: usize = 18;

/// The picture. Shows itself in a template; the tables beside it say the same.
#[derive(Clone, Debug, Template)]
#[template(path = "console/parts/matrix.html")]
pub struct Matrix {
    marks: Vec<Mark>,
    lines: Vec<Line>,
    columns: Vec<Column>,
    width: usize,
    height: usize,
    /// Where the lines begin and end.
    left: usize,
    right: usize,
    /// How many sources and users it shows.
    pub shown: (usize, usize),
    /// Whether there are more.
    pub leaves_out: bool,
}

/// The template escapes.
impl HtmlSafe for Matrix {}

#[derive(Clone, Debug)]
struct Mark {
    x: usize,
    y: usize,
    radius: usize,
    has_entered: bool,
    told: String,
}

#[derive(Clone, Debug)]
struct Column {
    x: usize,
    y: usize,
    name: String,
}

#[derive(Clone, Debug)]
struct Line {
    y: usize,
    name: String,
}

/// Where the marks begin: behind the names of the sources.
const NAMES: usize = 104;
/// How high the names of the users stand above the marks.
const HEAD: usize = 84;
/// How far the last of them reaches beyond its column.
const BEYOND: usize = 44;
/// How many characters of a source's name there is room for, and how many of a user's.
const LONGEST: (usize, usize) = (15, 12);

/// A name, as far as there is room for it.
fn brief(name: &str, longest: usize) -> String {
    if name.chars().count() <= longest {
        return name.to_owned();
    }
    name.chars().take(longest - 1).chain(['…']).collect()
}

impl Matrix {
    /// The picture of a campaign.
    #[must_use]
    pub fn new(campaign: &Campaign) -> Self {
        let (sources, users) = (campaign.sources.len().min(SOURCES), campaign.users.len().min(USERS));
        let place = |at: usize| STEP / 2 + at * STEP;
        let shown = campaign.links.iter().filter(|it| it.source < SOURCES && it.user < USERS);
        let mark = |it: &Link| {
            let all = it.tries.failures + it.tries.successes;
            let (user, source) = (&campaign.users[it.user], &campaign.sources[it.source]);
            Mark {
                x: NAMES + place(it.user),
                y: HEAD + place(it.source),
                radius: [3, 5, 7]
                    .into_iter()
                    .zip([1, 5])
                    .find(|(_, most)| all <= *most)
                    .map_or(7, |(radius, _)| radius),
                has_entered: it.tries.successes > 0,
                told: format!(
                    "{} from {}: {} failed, {} succeeded",
                    user.user.as_str(),
                    source.address,
                    it.tries.failures,
                    it.tries.successes
                ),
            }
        };
        let line = |(at, it): (usize, &Source)| Line { y: HEAD + place(at), name: brief(&it.address, LONGEST.0) };
        let column = |(at, it): (usize, &Target)| Column {
            x: NAMES + place(at),
            y: HEAD - 4,
            name: brief(it.user.as_str(), LONGEST.1),
        };
        Self {
            marks: shown.map(mark).collect(),
            lines: campaign.sources.iter().take(SOURCES).enumerate().map(line).collect(),
            columns: campaign.users.iter().take(USERS).enumerate().map(column).collect(),
            width: NAMES + users * STEP + BEYOND,
            left: NAMES,
            right: NAMES + users * STEP,
            height: HEAD + sources * STEP,
            shown: (sources, users),
            leaves_out: campaign.sources.len() > sources || campaign.users.len() > users,
        }
    }

    /// Whether there is anything to see.
    #[must_use]
    pub fn is_telling(&self) -> bool {
        self.marks.len() > 1
    }
}
