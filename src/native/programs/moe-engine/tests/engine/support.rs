// SPDX-License-Identifier: Apache-2.0
//! Runs of the engine inside the test process, with the output and the files they leave.

use std::io::{self, Write};
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex};

use clap::Parser;
use moe_engine::engine::{Outcome, run};
use moe_engine::env_flags::EnvFlags;
use moe_engine::error::EngineError;
use moe_engine::log::Log;
use moe_engine::options::Options;

/// A model of which a run takes a moment.
pub const TINY: &str = "--layers 2 --hidden 32 --heads 4 --kv-heads 2 --experts 8 --top-k 2 --ffn 16 --vocab 64 \
    --max-batch 8 --requests 16 --input-len 6 --output-len 5 --max-tokens 24 --arrival 4 --clock work";

#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What a run printed and left.
pub struct Finished {
    pub result: Result<Outcome, EngineError>,
    pub output: String,
}

impl Finished {
    pub fn outcome(&self) -> &Outcome {
        self.result.as_ref().unwrap()
    }
}

/// The options of [`TINY`] with `more` behind.
pub fn options(more: &str) -> Options {
    let mut options = Options::parse_from(format!("moe-engine {TINY} {more}").split_whitespace());
    options.keep_hidden = true;
    options
}

/// Runs [`TINY`] with `more` options under `environment`.
pub fn engine(more: &str, environment: &[(&str, &str)]) -> Finished {
    let lookup = |name: &str| environment.iter().find(|(key, _)| *key == name).map(|(_, v)| (*v).to_owned());
    let output = Shared::default();
    let options = options(more);
    let result = EnvFlags::read(options.era, lookup).and_then(|flags| {
        let log = Log::new(Box::new(output.clone()), flags.log_threshold);
        run(&options, &flags, &AtomicUsize::new(0), &log)
    });
    let output = String::from_utf8(output.0.lock().unwrap().clone()).unwrap();
    Finished { result, output }
}
