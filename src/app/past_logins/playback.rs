//! Plays a log through the same intake as the service's, with a store in memory and a clock that the log sets.

use std::{sync::Arc, vec::IntoIter};

use tokio::sync::Notify;

use crate::{
    adapters::{clock::ManualClock, geo::MaxmindGeo, store::memory::store::MemoryStore},
    app::{
        arguments::LogArguments,
        compose::Foundation,
        fault::Fault,
        past_logins::log_file::{Line, LogFile},
    },
    config::settings::Settings,
    domain::{
        alert::storm::StormRule, history::login_record::LoginRecord, ids::TenantId, keyring::Keyring,
        login::login::LoginDraft, policy::policy::Policies,
    },
    lab::truth::Truth,
    service::{
        alarm::custody::Custody,
        login::intake::{Intake, NewLogin, Purpose},
        tenant::{api_keys::ApiKeys, saved_searches::SavedSearches},
    },
};

/// How many lines are read at once.
const CHUNK: usize = 1_024;
/// Nothing of a replay is kept, so its key is no secret. A fixed key makes two replays equal.
const KEY: [u8; 32] = *b"watchlight replay, nothing kept.";

/// A log that is being played, in the order of its lines.
pub struct Playback {
    intake: Intake,
    clock: Arc<ManualClock>,
    tenant: TenantId,
    file: LogFile,
    lines: IntoIter<Line>,
    refused: u64,
    is_quiet: bool,
}

/// A login that was accepted.
#[derive(Debug)]
pub struct Played {
    /// The number of its line, from 1.
    pub line: u64,
    /// The login as it was written.
    pub draft: LoginDraft,
    /// The verdict.
    pub record: LoginRecord,
    /// The label, if the log has them.
    pub truth: Option<Truth>,
}

impl Playback {
    /// Opens a log.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub fn open(settings: &Settings, log: &LogArguments, policies: &Policies) -> Result<Self, Fault> {
        let clock = Arc::new(ManualClock::default());
        let store = Arc::new(MemoryStore::default());
        let keyring = Keyring::new(KEY);
        let custody = Arc::new(Custody::new(store.clone(), keyring.clone(), None, None));
        let (clock_port, agents) = (clock.clone(), Arc::default());
        let searches = Arc::new(SavedSearches::new(store.clone(), keyring.clone()));
        let keys = ApiKeys::new(store.clone(), clock.clone(), keyring.clone());
        let foundation = Foundation {
            store,
            clock: clock_port,
            keyring,
            custody,
            agents,
            keeps_email: false,
            searches,
            committed: Arc::default(),
            keys,
        };
        let geo = Arc::new(MaxmindGeo::open(&settings.geoip_dir));
        let storms = foundation.storms(StormRule::default());
        let intake = foundation.intake(policies, geo, Arc::new(Notify::new()), storms);
        let tenant = TenantId::parse("replay").ok_or_else(|| Fault::Partly("no tenant".to_owned()))?;
        Ok(Self {
            intake,
            clock,
            tenant,
            file: LogFile::open(&log.file, &log.columns)?,
            lines: Vec::new().into_iter(),
            refused: 0,
            is_quiet: false,
        })
    }

    /// Without a progress bar or messages about refused lines, if another playback of the log shows them.
    #[must_use]
    pub fn quiet(mut self) -> Self {
        self.file.done();
        self.is_quiet = true;
        self
    }

    /// The next login that is accepted; `None` at the end. Refused lines are listed on the way, and counted.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn next(&mut self) -> Result<Option<Played>, Fault> {
        while let Some(line) = self.next_line()? {
            let number = line.number;
            match self.play(line).await {
                Ok(Some(played)) => return Ok(Some(played)),
                Ok(None) => {}
                Err(problem) => {
                    self.refused += 1;
                    if !self.is_quiet {
                        eprintln!("line {number}: {problem}");
                    }
                }
            }
        }
        self.file.done();
        Ok(None)
    }

    /// Whether every line was accepted.
    ///
    /// # Errors
    /// How many lines were refused.
    pub fn outcome(&self) -> Result<(), Fault> {
        match self.refused {
            0 => Ok(()),
            refused => Err(Fault::Partly(format!("{refused} lines were refused"))),
        }
    }

    fn next_line(&mut self) -> Result<Option<Line>, Fault> {
        if self.lines.as_slice().is_empty() {
            self.lines = self.file.next(CHUNK)?.into_iter();
        }
        Ok(self.lines.next())
    }

    /// Plays a line; `None` if it repeats an earlier one.
    async fn play(&self, line: Line) -> Result<Option<Played>, String> {
        let Line { number, body, draft, truth } = line;
        let draft = draft?;
        // Each login is received at the moment when it happens.
        if let Some(at) = draft.occurred_at {
            self.clock.set(at);
        }
        let request_id = format!("line {number}");
        let login = NewLogin { draft: draft.clone(), body, idempotency_key: None, request_id, purpose: Purpose::Live };
        let recorded = self.intake.record(&self.tenant, login).await.map_err(|it| it.to_string())?;
        Ok((!recorded.replayed).then_some(Played {
            line: number,
            draft,
            record: Arc::unwrap_or_clone(recorded.record),
            truth,
        }))
    }
}
