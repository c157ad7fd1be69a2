// SPDX-License-Identifier: Apache-2.0
//! The command line: what the model, the ranks and the workload look like.

use std::path::PathBuf;

use clap::{ArgAction, Parser, ValueEnum};

use crate::affinity::usable_cores;
use crate::error::EngineError;
use crate::scheduler::Arrival;

/// Which generation of TensorRT-LLM is imitated in window rules, file names and log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Era {
    /// Early 2026: windows A-B include iteration B; perfect router without rank rotation.
    E1,
    /// From spring 2026: windows A-B exclude iteration B; one log line per chosen rank.
    E2,
    /// Later 2026: as e2, but a stop without a window is a warning; longer log lines.
    E3,
}

impl Era {
    /// The name as typed on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::E1 => "e1",
            Self::E2 => "e2",
            Self::E3 => "e3",
        }
    }
}

/// What time is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ClockKind {
    /// The machine's clock.
    Wall,
    /// Counted work units at a fixed rate, from 2026-01-01T00:00:00Z: two runs are identical byte for byte.
    Work,
}

/// The `moe-engine` command line.
#[derive(Debug, Clone, Parser)]
#[command(
    name = "moe-engine",
    version,
    args_override_self = true,
    about = "A small mixture-of-experts transformer on the CPU, with TensorRT-LLM's profiling flags",
    long_about = "Runs a real, small mixture-of-experts transformer (random seeded weights, f32) on the CPU.\n\
        Expert-parallel ranks are threads pinned to cores; they meet at an all-to-all in every layer, so that\n\
        imbalance of the router costs time as it does between GPUs. The output text has no meaning.",
    after_long_help = "Environment variables:\n  \
        TLLM_PROFILE_START_STOP=A-B,...  iterations to profile; --era decides whether B is included\n  \
        TLLM_TORCH_PROFILE_TRACE=FILE    trace of the window, FILE-rank-R with several ranks; .gz compresses;\n                                   \
        a later window replaces the file of an earlier one\n  \
        TLLM_LOG_LEVEL=info|warning|error  lines of the log that are written (default info)\n  \
        TLLM_PROFILE_LOG_RANKS=all|0,1   ranks that print iteration lines (eras e2 and e3; default 0)\n  \
        TLLM_NVTX_DEBUG=1                more ranges in the trace; TLLM_LLMAPI_ENABLE_NVTX=1 does the same\n  \
        TLLM_METRICS_ALL_RANKS=1         rows of all ranks in the iteration log (eras e2 and e3)\n  \
        ENABLE_PERFECT_ROUTER=1          every expert gets the same number of tokens; outputs are wrong\n  \
        EXPERT_STATISTIC_ITER_RANGE=A-B  iterations A to B-1 whose expert loads are counted; written in iteration B\n  \
        EXPERT_STATISTIC_PATH=DIR        folder of those files (default expert_statistic)\n\n\
        Options in YAML: moe_config.load_balancer (a moe_load_balancer file), print_iter_log,\n  \
        enable_iter_req_stats, enable_attention_dp; others are named and have no effect.\n\n\
        Exit status: 0 done, 1 failed, 2 usage, 130 interrupted, 143 terminated."
)]
pub struct Options {
    /// Transformer layers, each attention and a mixture of experts
    #[arg(long, default_value_t = 8, value_name = "COUNT")]
    pub layers: usize,
    /// Width of the residual stream, in values
    #[arg(long, default_value_t = 128, value_name = "VALUES")]
    pub hidden: usize,
    /// Query heads; each has hidden/heads values
    #[arg(long, default_value_t = 4, value_name = "COUNT")]
    pub heads: usize,
    /// Key and value heads, shared by groups of query heads
    #[arg(long, default_value_t = 1, value_name = "COUNT")]
    pub kv_heads: usize,
    /// Experts per layer, in contiguous blocks on the ranks unless a load balancer places them
    #[arg(long, default_value_t = 32, value_name = "COUNT")]
    pub experts: usize,
    /// Experts per token
    #[arg(long, default_value_t = 4, value_name = "COUNT")]
    pub top_k: usize,
    /// Inner width of an expert, in values
    #[arg(long, default_value_t = 256, value_name = "VALUES")]
    pub ffn: usize,
    /// Vocabulary, in tokens
    #[arg(long, default_value_t = 1024, value_name = "TOKENS")]
    pub vocab: usize,
    /// Seed of weights, prompts, arrivals, router skew and sampling
    #[arg(long, default_value_t = 1, value_name = "SEED")]
    pub seed: u64,
    /// Expert-parallel ranks (threads) [default: 2, or 1 on a machine with one core]
    #[arg(long, value_name = "RANKS")]
    pub ep_size: Option<usize>,
    /// Largest number of running requests per rank
    #[arg(long, default_value_t = 256, value_name = "REQUESTS")]
    pub max_batch: usize,
    /// Requests of all ranks together
    #[arg(long, default_value_t = 1664, value_name = "REQUESTS")]
    pub requests: usize,
    /// Prompt length of every request, in tokens
    #[arg(long, default_value_t = 32, value_name = "TOKENS")]
    pub input_len: usize,
    /// Generated length of every request, in tokens
    #[arg(long, default_value_t = 48, value_name = "TOKENS")]
    pub output_len: usize,
    /// Stop after this number of iterations, whether all requests are done or not
    #[arg(long, value_name = "ITERATIONS")]
    pub iterations: Option<u64>,
    /// Arrival of requests: all (at once), N (requests per iteration) or poisson:N (seeded, mean requests per iteration)
    #[arg(long, default_value = "poisson:64", value_name = "PROCESS")]
    pub arrival: Arrival,
    /// Height of the router's bias towards its hot experts, in logits; 0 leaves the gate alone
    #[arg(long, default_value_t = 1.5, value_name = "LOGITS")]
    pub router_skew: f32,
    /// How far the hot experts move per iteration, as a share of all experts; 0 keeps them in place
    #[arg(long, default_value_t = 0.002, value_name = "SHARE")]
    pub router_drift: f64,
    /// Largest number of tokens per rank and iteration; longer prompts are prefilled in chunks
    #[arg(long, visible_alias = "chunk", default_value_t = 512, value_name = "TOKENS")]
    pub max_tokens: usize,
    /// Generation of TensorRT-LLM whose windows, log lines and router are imitated
    #[arg(long, value_enum, default_value_t = Era::E1)]
    pub era: Era,
    /// What time is made of
    #[arg(long, value_enum, default_value_t = ClockKind::Wall)]
    pub clock: ClockKind,
    /// Print one line per iteration (times in ms)
    #[arg(long, value_name = "BOOL", action = ArgAction::Set, num_args = 0..=1, require_equals = true,
          default_value_t = true, default_missing_value = "true")]
    pub print_iter_log: bool,
    /// Write the final report to this file as JSON (times in ms, rates per second)
    #[arg(long = "report_json", visible_alias = "report-json", value_name = "FILE")]
    pub report_json: Option<PathBuf>,
    /// Write what every request did to this file as JSON (times in ns of one steady clock)
    #[arg(long = "request_json", visible_alias = "request-json", value_name = "FILE")]
    pub request_json: Option<PathBuf>,
    /// Write the text of every request to this file as JSON; without a tokenizer a token is its number
    #[arg(long = "output_json", visible_alias = "output-json", value_name = "FILE")]
    pub output_json: Option<PathBuf>,
    /// Write the statistics of every iteration to this file, one printed Python dictionary a line
    #[arg(long = "iteration_log", visible_alias = "iteration-log", value_name = "FILE")]
    pub iteration_log: Option<PathBuf>,
    /// Report the times to and between tokens, too
    #[arg(long, value_name = "BOOL", action = ArgAction::Set, num_args = 0..=1,
          default_value_t = false, default_missing_value = "true")]
    pub streaming: bool,
    /// YAML file of further options, such as the placement of experts
    #[arg(long = "extra_llm_api_options", visible_aliases = ["extra-llm-api-options", "config"], value_name = "FILE")]
    pub extra_llm_api_options: Option<PathBuf>,
    /// Keep the last hidden state of every request in the outcome, for tests of the library
    #[arg(skip)]
    pub keep_hidden: bool,
}

impl Options {
    /// The number of ranks: as asked, else 2 where there are cores for them.
    #[must_use]
    pub fn ranks(&self) -> usize {
        self.ep_size.unwrap_or_else(|| usable_cores().min(2))
    }

    /// Checks that the options fit together.
    ///
    /// # Errors
    /// [`EngineError::BadOption`] that names the options, the conflict and the way out.
    pub fn validate(&self) -> Result<(), EngineError> {
        self.validate_counts()?;
        let Self { hidden, heads, kv_heads, experts, top_k, .. } = *self;
        check(hidden.is_multiple_of(heads) && (hidden / heads).is_multiple_of(2), || {
            bad(
                "--hidden, --heads",
                format!("{hidden} values do not split into {heads} heads of even width"),
                "Choose --hidden as a multiple of twice --heads",
            )
        })?;
        check(heads.is_multiple_of(kv_heads), || {
            bad(
                "--heads, --kv-heads",
                format!("{heads} query heads do not split over {kv_heads} key heads"),
                "Choose --kv-heads as a divisor of --heads",
            )
        })?;
        check(top_k <= experts, || {
            bad(
                "--top-k, --experts",
                format!("a token cannot go to {top_k} of {experts} experts"),
                "Choose --top-k not above --experts",
            )
        })?;
        check(self.max_tokens >= self.max_batch, || {
            bad(
                "--max-tokens, --max-batch",
                format!(
                    "{} running requests need more than {} tokens per iteration",
                    self.max_batch, self.max_tokens
                ),
                "Choose --max-tokens not below --max-batch",
            )
        })?;
        check(self.router_skew.is_finite() && self.router_drift.is_finite(), || {
            bad(
                "--router-skew, --router-drift",
                "both must be finite numbers".to_owned(),
                "Give a number such as 1.5",
            )
        })
    }

    /// Checks that the experts split evenly over the ranks: contiguous blocks and the perfect router need that, a load
    /// balancer does not.
    ///
    /// # Errors
    /// [`EngineError::BadOption`].
    pub fn validate_even_split(&self) -> Result<(), EngineError> {
        let (experts, ranks) = (self.experts, self.ranks());
        check(experts.is_multiple_of(ranks), || {
            bad(
                "--experts, --ep-size",
                format!("{experts} experts do not split evenly over {ranks} ranks"),
                "Choose --experts as a multiple of --ep-size",
            )
        })
    }

    fn validate_counts(&self) -> Result<(), EngineError> {
        let counts = [
            ("--layers", self.layers),
            ("--hidden", self.hidden),
            ("--heads", self.heads),
            ("--kv-heads", self.kv_heads),
            ("--experts", self.experts),
            ("--top-k", self.top_k),
            ("--ffn", self.ffn),
            ("--vocab", self.vocab),
            ("--ep-size", self.ranks()),
            ("--max-batch", self.max_batch),
            ("--requests", self.requests),
            ("--input-len", self.input_len),
            ("--output-len", self.output_len),
            ("--max-tokens", self.max_tokens),
        ];
        for (option, value) in counts {
            check(value > 0, || {
                bad(option, "must be at least 1, not 0".to_owned(), "Give a whole number of 1 or more")
            })?;
            check(value <= 1 << 20, || {
                bad(
                    option,
                    format!("{value} is more than this engine can hold"),
                    "Give a number up to 1048576",
                )
            })?;
        }
        Ok(())
    }
}

fn check(holds: bool, error: impl FnOnce() -> EngineError) -> Result<(), EngineError> {
    if holds { Ok(()) } else { Err(error()) }
}

fn bad(option: &str, problem: String, remedy: &str) -> EngineError {
    EngineError::BadOption { option: option.to_owned(), problem, remedy: remedy.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error_of(arguments: &[&str]) -> String {
        let options = Options::parse_from([&["moe-engine"], arguments].concat());
        options
            .validate()
            .and_then(|()| options.validate_even_split())
            .map_or_else(|error| error.to_string(), |()| "valid".to_owned())
    }

    #[test]
    fn defaults_are_valid() {
        assert_eq!(error_of(&[]), "valid");
    }

    #[test]
    fn conflicts_say_what_which_and_what_to_do() {
        assert_eq!(
            error_of(&["--experts", "7", "--ep-size", "2"]),
            "--experts, --ep-size: 7 experts do not split evenly over 2 ranks. \
             Choose --experts as a multiple of --ep-size."
        );
        for arguments in [
            ["--top-k", "33"],
            ["--layers", "0"],
            ["--heads", "3"],
            ["--kv-heads", "3"],
            ["--max-tokens", "8"],
            ["--router-skew", "nan"],
            ["--requests", "99999999"],
        ] {
            let message = error_of(&arguments);
            assert!(message.contains(arguments[0]) && message.ends_with('.'), "{arguments:?}: {message}");
        }
    }
}
