//! What Sentinels say of a master, and what is made of it: who the master is, and whether another is just being made the master.
//!
//! Sentinels agree on the master by a number that each failover raises, the epoch of its configuration. One that is cut off goes on
//! naming an earlier master, with an earlier epoch: so the latest epoch is believed, and an earlier one only if most say so, whom an
//! operator has told to begin again.

use std::collections::HashMap;

use redis::{ErrorKind, RedisError};

/// Where a server is: its host, and its port.
pub type Place = (String, u16);

/// What one Sentinel says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// Where the master is; none where another has taken its place, and this Sentinel does not tell us which.
    pub place: Option<Place>,
    /// The epoch of the configuration that it has.
    pub epoch: u64,
    /// Whether it is just making another server the master, and none is yet.
    pub is_failing_over: bool,
}

/// What was heard of one Sentinel last.
#[derive(Clone, Debug, Default)]
pub enum Heard {
    /// Nothing yet.
    #[default]
    Nothing,
    /// It does not answer, or refuses us.
    Fault(RedisError),
    /// It says this.
    Word(Word),
}

/// What all of them say.
#[derive(Clone, Debug)]
pub struct Standing {
    heard: Vec<Heard>,
    named: Option<(Place, u64)>,
    is_failing_over: bool,
    moves: u64,
    turns: u64,
}

impl Word {
    /// Reads what a Sentinel says of all its masters, and whom it names if one asks for this master's address, which it may not tell us.
    /// `None` if it knows no master of the name.
    #[must_use]
    pub fn read(masters: Vec<HashMap<String, String>>, master: &str, named: Option<Place>) -> Option<Self> {
        let told = masters.into_iter().find(|it| it.get("name").is_some_and(|it| it == master))?;
        let place = (told.get("ip")?.clone(), told.get("port")?.parse().ok()?);
        let epoch = told.get("config-epoch").and_then(|it| it.parse().ok()).unwrap_or(0);
        let is_under_way = told.get("flags").is_some_and(|it| it.contains("failover_in_progress"));
        // Until all replicas follow the new master, it still lists the old one.
        let state = told.get("failover-state").map(String::as_str);
        let is_over = is_under_way && matches!(state, Some("reconf_slaves" | "update_config"));
        let is_another = named.as_ref().is_some_and(|it| *it != place);
        let place = if is_over && !is_another { None } else { Some(named.unwrap_or(place)) };
        Some(Self { place, epoch, is_failing_over: is_under_way && !is_over && !is_another })
    }
}

impl Standing {
    /// That of so many Sentinels, of which nothing was heard yet.
    #[must_use]
    pub fn of(sentinels: usize) -> Self {
        Self { heard: vec![Heard::Nothing; sentinels], named: None, is_failing_over: false, moves: 0, turns: 0 }
    }

    /// Takes in what was heard of one of them.
    pub fn hear(&mut self, at: usize, heard: Heard) {
        let (before, was_failing_over) = (self.named().cloned(), self.is_failing_over);
        if let Some(place) = self.heard.get_mut(at) {
            *place = heard;
        }
        self.named = self.judged();
        let epoch = self.named.as_ref().map_or(0, |(_, epoch)| *epoch);
        let is_under_way = |it: &Word| it.is_failing_over || (it.place.is_none() && it.epoch > epoch);
        let is_failing_over = self.words().any(is_under_way);
        self.is_failing_over = is_failing_over;
        let has_moved = before.is_some() && before.as_ref() != self.named();
        self.moves += u64::from(has_moved);
        self.turns += u64::from(has_moved || (self.is_failing_over && !was_failing_over));
    }

    fn words(&self) -> impl Iterator<Item = &Word> {
        self.heard.iter().filter_map(|it| if let Heard::Word(word) = it { Some(word) } else { None })
    }

    fn is_of_most(&self, sentinels: usize) -> bool {
        sentinels * 2 > self.heard.len()
    }

    /// Who the master is, by what they say now and have said before.
    fn judged(&self) -> Option<(Place, u64)> {
        let votes = |place: &Place| self.words().filter(|it| it.place.as_ref() == Some(place)).count();
        let said = self.words().filter_map(|it| Some((it.place.as_ref()?, it.epoch)));
        let best = said.max_by_key(|(place, epoch)| (*epoch, votes(place)));
        let best = best.map(|(place, epoch)| (place.clone(), epoch));
        match (&self.named, best) {
            (None, best) => best,
            (Some(known), Some(best)) if best.1 > known.1 || self.is_of_most(votes(&best.0)) => Some(best),
            (Some(known), _) => Some(known.clone()),
        }
    }

    /// Who the master is; none if nobody has said it yet.
    #[must_use]
    pub fn named(&self) -> Option<&Place> {
        self.named.as_ref().map(|(place, _)| place)
    }

    /// How many times another server was named than before.
    #[must_use]
    pub const fn moves(&self) -> u64 {
        self.moves
    }

    /// How many times a failover has begun or another server was named; none while one is under way. What is stored and confirmed in
    /// the same turn is with a master that no other was about to replace.
    #[must_use]
    pub const fn turn(&self) -> Option<u64> {
        if self.is_failing_over { None } else { Some(self.turns) }
    }

    /// How many of them answer, and how many there are.
    #[must_use]
    pub fn answering(&self) -> (usize, usize) {
        (self.words().count(), self.heard.len())
    }

    /// Whether so many answer that a failover would be heard of.
    #[must_use]
    pub fn is_heard(&self) -> bool {
        self.is_of_most(self.words().count())
    }

    /// Whether there is nothing to wait for before the master is connected to: most have said who it is, or all have been asked.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.is_heard() || !self.heard.iter().any(|it| matches!(it, Heard::Nothing))
    }

    /// Why nobody names a master. A refusal tells more than that somebody is not there.
    #[must_use]
    pub fn fault(&self) -> RedisError {
        let faults = self.heard.iter().filter_map(|it| if let Heard::Fault(fault) = it { Some(fault) } else { None });
        let is_refusal = |it: &&RedisError| !it.is_io_error() && it.kind() != ErrorKind::MasterNameNotFoundBySentinel;
        faults.max_by_key(|it| is_refusal(it)).cloned().unwrap_or_else(nobody_knows)
    }
}

/// That no Sentinel knows the master, or that it cannot be reached.
#[must_use]
pub fn nobody_knows() -> RedisError {
    RedisError::from((ErrorKind::MasterNameNotFoundBySentinel, "no Sentinel names a master"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(port: u16, epoch: u64) -> Heard {
        Heard::Word(Word { place: Some(place(port)), epoch, is_failing_over: false })
    }

    fn place(port: u16) -> Place {
        ("10.0.0.1".to_owned(), port)
    }

    fn of_three(heard: [Heard; 3]) -> Standing {
        let mut standing = Standing::of(3);
        for (at, it) in heard.into_iter().enumerate() {
            standing.hear(at, it);
        }
        standing
    }

    fn gone() -> Heard {
        Heard::Fault(nobody_knows())
    }

    #[test]
    fn the_latest_epoch_is_believed_and_not_one_that_is_cut_off() {
        let mut standing = of_three([word(1, 3), word(1, 3), word(1, 3)]);
        let turn = standing.turn();
        assert_eq!((standing.named(), standing.moves()), (Some(&place(1)), 0));
        // The one that leads a failover is the first that knows its end.
        standing.hear(2, word(2, 4));
        assert_eq!((standing.named(), standing.moves()), (Some(&place(2)), 1));
        assert!(standing.turn().is_some() && standing.turn() != turn);
        // Of those two only one that is cut off is left, which names the earlier master.
        standing.hear(1, gone());
        standing.hear(2, gone());
        assert_eq!((standing.named(), standing.moves()), (Some(&place(2)), 1));
        assert!(!standing.is_heard() && standing.answering() == (1, 3));
    }

    #[test]
    fn an_earlier_epoch_is_believed_if_most_have_it() {
        let mut standing = of_three([word(1, 7), word(1, 7), word(1, 7)]);
        standing.hear(0, word(2, 0));
        assert_eq!(standing.named(), Some(&place(1)));
        for at in 1..3 {
            standing.hear(at, word(2, 0));
        }
        assert_eq!((standing.named(), standing.moves()), (Some(&place(2)), 1));
        // From here on epochs count from there.
        standing.hear(0, word(3, 1));
        assert_eq!(standing.named(), Some(&place(3)));
    }

    #[test]
    fn one_that_fails_over_ends_a_turn_and_an_end_without_a_new_master_begins_another() {
        let mut standing = of_three([word(1, 3), word(1, 3), gone()]);
        let before = standing.turn();
        let leads = Word { place: Some(place(1)), epoch: 3, is_failing_over: true };
        standing.hear(1, Heard::Word(leads));
        assert_eq!(standing.turn(), None);
        standing.hear(1, word(1, 3));
        assert!(standing.turn().is_some() && standing.turn() != before);
        assert_eq!(standing.moves(), 0);
    }

    #[test]
    fn who_may_not_ask_for_an_address_waits_until_another_names_the_new_master() {
        let mut standing = of_three([word(1, 3), word(1, 3), word(1, 3)]);
        standing.hear(0, Heard::Word(Word { place: None, epoch: 4, is_failing_over: false }));
        assert_eq!((standing.turn(), standing.named()), (None, Some(&place(1))));
        standing.hear(1, word(2, 4));
        assert!(standing.turn().is_some());
        assert_eq!(standing.named(), Some(&place(2)));
    }

    #[test]
    fn a_sentinel_is_read_through_a_whole_failover() {
        let masters = |flags: &str, state: Option<&str>| {
            let fields = [("name", "main"), ("ip", "10.0.0.1"), ("port", "1"), ("flags", flags), ("config-epoch", "3")];
            let fields = fields.into_iter().chain(state.map(|it| ("failover-state", it)));
            let main: HashMap<_, _> = fields.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
            vec![HashMap::from([("name".to_owned(), "other".to_owned())]), main]
        };
        let read = |flags, state, named: Option<u16>| {
            let word = Word::read(masters(flags, state), "main", named.map(place)).unwrap();
            (word.place.map(|(_, port)| port), word.is_failing_over)
        };
        let leads = "master,failover_in_progress";
        assert_eq!(read("master", None, Some(1)), (Some(1), false));
        assert_eq!(read("master,s_down,o_down", None, None), (Some(1), false));
        assert_eq!(read(leads, Some("wait_start"), Some(1)), (Some(1), true));
        assert_eq!(read(leads, Some("wait_promotion"), None), (Some(1), true));
        assert_eq!(read(leads, Some("reconf_slaves"), Some(2)), (Some(2), false));
        assert_eq!(read(leads, Some("reconf_slaves"), None), (None, false));
        assert_eq!(Word::read(masters("master", None), "another", None), None);
    }
}
