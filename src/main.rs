//! The `watchlight` command.

use std::process::ExitCode;

use anyhow::Context as _;
use clap::Parser as _;
use watchlight::app::{arguments::Arguments, run::run};

/// A login makes some hundred small allocations, which took about a seventh of the service's time with the system's
/// allocator. It asks for no huge pages (`no_thp`), which took 30 MB more.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // Bad usage ends here, with exit code 2.
    let arguments = Arguments::parse();
    match start(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("watchlight: {fault:#}");
            ExitCode::FAILURE
        }
    }
}

fn start(arguments: Arguments) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Runtime::new().context("cannot start")?;
    Ok(runtime.block_on(run(arguments))?)
}
