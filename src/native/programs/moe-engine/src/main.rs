// SPDX-License-Identifier: Apache-2.0
//! The command line of the embedded engine.

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use clap::Parser;
use moe_engine::engine::{Outcome, run};
use moe_engine::env_flags::EnvFlags;
use moe_engine::error::EngineError;
use moe_engine::log::Log;
use moe_engine::options::Options;
use signal_hook::consts::{SIGINT, SIGTERM};

fn main() -> ExitCode {
    let options = Options::parse();
    match start(&options) {
        Ok(outcome) if outcome.signal == 0 => ExitCode::SUCCESS,
        Ok(outcome) => {
            eprintln!(
                "Stopped by signal {} at the end of an iteration; no report was written.",
                outcome.signal
            );
            ExitCode::from(u8::try_from(128 + outcome.signal).unwrap_or(1))
        }
        Err(error) => {
            eprintln!("moe-engine: {error} [{}]", error.code());
            ExitCode::from(error.exit_status())
        }
    }
}

fn start(options: &Options) -> Result<Outcome, EngineError> {
    let interrupt = Arc::new(AtomicUsize::new(0));
    for signal in [SIGINT, SIGTERM] {
        let number = usize::try_from(signal).unwrap_or_default();
        signal_hook::flag::register_usize(signal, Arc::clone(&interrupt), number)
            .map_err(|error| EngineError::Signals(error.to_string()))?;
    }
    let flags = EnvFlags::read(options.era, |name| std::env::var(name).ok())?;
    let log = Log::new(Box::new(std::io::stdout()), flags.log_threshold);
    run(options, &flags, &interrupt, &log)
}
