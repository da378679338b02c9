//! `watchlight evaluate` measures how good the verdicts on a labelled log are, and compares them with those of simpler
//! rules.

use crate::{
    adapters::user_agent::UapAgents,
    app::{
        arguments::EvaluateArguments,
        fault::Fault,
        past_logins::playback::{Playback, Played},
    },
    config::settings::Settings,
    domain::login::login::Login,
    lab::evaluation::{
        report::Report,
        tally::{Evaluation, Labelled},
    },
    ports::Agents as _,
};

/// Evaluates a labelled log in the order of its lines.
///
/// # Errors
/// When the file cannot be used, a login has no label, or lines were refused. Refused lines are listed, and the others
/// count.
pub async fn run(settings: &Settings, arguments: &EvaluateArguments) -> Result<(), Fault> {
    let mut playback = Playback::open(settings, &arguments.log, &settings.policies)?;
    let agents = UapAgents::new();
    let mut evaluation = Evaluation::default();
    while let Some(Played { line, draft, record, truth }) = playback.next().await? {
        let unlabelled = || format!("line {line}: no `truth` beside the login, so there is nothing to judge it by");
        let truth = truth.ok_or_else(|| Fault::Partly(unlabelled()))?;
        let login = Login::parse(record.received_at, draft)
            .map_err(|fault| Fault::Partly(format!("line {line}: {} {}", fault.field, fault.problem)))?;
        let agent = login.client.user_agent.as_deref().map(|it| agents.parse(it)).unwrap_or_default();
        evaluation.add(&Labelled { client: &login.client, agent, record: &record, truth: &truth });
    }
    let report = Report::new(&evaluation);
    if arguments.json {
        let json = serde_json::to_string_pretty(&report).map_err(|it| Fault::Partly(it.to_string()))?;
        println!("{json}");
    } else {
        print!("{report}");
    }
    playback.outcome()
}
