//! `watchlight bounces`.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, Read},
    path::Path,
};

use crate::{
    adapters::mail::report::{self, Silent},
    app::{compose::Foundation, fault::Fault},
    config::settings::Settings,
    service::alert::bounces::Outcome,
};

/// Reads the reports in a file, a mailbox file, a Maildir folder, or on standard input (`-`).
///
/// # Errors
/// When they cannot be read, or the store does not answer. Reading them again changes nothing.
pub async fn run(settings: &Settings, from: &Path) -> Result<(), Fault> {
    let messages = messages(from).map_err(|it| Fault::file(from, it))?;
    let bounces = Foundation::open(settings).await?.bounces();
    let mut taken = [(Outcome::Suppressed, 0), (Outcome::Known, 0), (Outcome::NotOurs, 0)];
    let mut silent: BTreeMap<Silent, usize> = BTreeMap::new();
    for message in &messages {
        match report::read(message) {
            Ok(report) => {
                let outcome = bounces.take(&report).await?;
                taken.iter_mut().filter(|(it, _)| *it == outcome).for_each(|(_, count)| *count += 1);
            }
            Err(why) => *silent.entry(why).or_default() += 1,
        }
    }
    println!("{:>7}  messages", messages.len());
    for (outcome, count) in taken {
        println!("{count:>7}  {}", words(outcome));
    }
    for (why, count) in silent {
        println!("{count:>7}  {}", why.as_str());
    }
    Ok(())
}

const fn words(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Suppressed => "addresses get no more mail from now on",
        Outcome::Known => "about addresses that get none already",
        Outcome::NotOurs => "about no mail of ours, or another address than it went to",
    }
}

fn messages(from: &Path) -> io::Result<Vec<Vec<u8>>> {
    if from == Path::new("-") {
        let mut bytes = Vec::new();
        io::stdin().read_to_end(&mut bytes)?;
        return Ok(split(&bytes));
    }
    if !from.is_dir() {
        return Ok(split(&fs::read(from)?));
    }
    // A Maildir, or any folder with one message in each file.
    let folders =
        if from.join("new").is_dir() { vec![from.join("cur"), from.join("new")] } else { vec![from.to_owned()] };
    let mut files = Vec::new();
    for folder in folders.iter().filter(|it| it.is_dir()) {
        for entry in fs::read_dir(folder)? {
            files.push(entry?.path());
        }
    }
    files.sort();
    files.iter().filter(|it| it.is_file()).map(fs::read).collect()
}

/// The messages of an mbox file, each of which begins after a line that starts with `From `; or the single message of
/// another file.
fn split(bytes: &[u8]) -> Vec<Vec<u8>> {
    if !bytes.starts_with(b"From ") {
        return if bytes.is_empty() { Vec::new() } else { vec![bytes.to_vec()] };
    }
    let mut messages: Vec<Vec<u8>> = Vec::new();
    for line in bytes.split_inclusive(|it| *it == b'\n') {
        match messages.last_mut() {
            _ if line.starts_with(b"From ") => messages.push(Vec::new()),
            // Lines of a message that look like that were marked when it was written.
            Some(message) => message.extend_from_slice(if line.starts_with(b">From ") { &line[1..] } else { line }),
            None => {}
        }
    }
    messages
}
