// SPDX-License-Identifier: Apache-2.0
//! Puts a run together: checks, model, rank threads, report.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::affinity::{pin_to_core_of, thread_id, usable_cores};
use crate::board::Board;
use crate::clock::{Clock, TimeOrigin};
use crate::env_flags::EnvFlags;
use crate::error::EngineError;
use crate::exchange::Exchange;
use crate::expert_statistic::ExpertStatistic;
use crate::forward::{RankModel, Router};
use crate::llm_options::LlmOptions;
use crate::log::{Level, Log};
use crate::model::{Model, ModelShape};
use crate::options::{Era, Options};
use crate::perfect_router::{COMMON_BATCH_SIZES, PerfectRouter, Planner, cache_mb, precompute};
use crate::placement::Placement;
use crate::profile_window::WindowMachine;
use crate::profiler::Profiler;
use crate::rank_loop::{Rank, RankOutcome, RunContext};
use crate::recorder::Recorder;
use crate::report::{Summary, report_text};
use crate::report_json::write_report_json;
use crate::request_json::{write_iteration_log, write_request_files};
use crate::router::RouterSkew;
use crate::scheduler::Scheduler;
use crate::step::Instruments;
use crate::sync::RankBarrier;
use crate::trace_file::{TraceOwner, rank_path};

/// What a run leaves behind.
#[derive(Debug)]
pub struct Outcome {
    /// One entry per rank.
    pub ranks: Vec<RankOutcome>,
    /// The figures of the report.
    pub summary: Summary,
    /// The signal that stopped the run, or 0.
    pub signal: usize,
}

/// Runs the engine to its end and prints to `log`. `interrupt` holds 0, or the number of a signal
/// after which the run stops at the end of its iteration, without a report.
///
/// # Errors
/// See [`EngineError`]; bad options and missing folders are found before anything is built.
pub fn run(
    options: &Options,
    flags: &EnvFlags,
    interrupt: &AtomicUsize,
    log: &Log,
) -> Result<Outcome, EngineError> {
    options.validate()?;
    // Fixed now: a pinned thread would count a single core.
    let options = &Options { ep_size: Some(options.ranks()), ..options.clone() };
    check_folders(options, flags)?;
    let llm_options = LlmOptions::read(options.extra_llm_api_options.as_deref())?;
    let ranks = options.ranks();
    llm_options.check(options.experts, ranks)?;
    if llm_options.load_balancer.is_none() || flags.perfect_router {
        options.validate_even_split()?;
    }
    let origin = TimeOrigin::now(options.clock);
    let say = |level, text: &str| log.line(level, origin.epoch_ns(), text);
    for (level, text) in remarks(flags, &llm_options) {
        say(level, &text);
    }
    let shape = ModelShape::of(options);
    let placement = Arc::new(place_experts(&llm_options, shape, ranks));
    say(
        Level::Info,
        &format!("Loading model: {} layers, {} experts, seed {}", shape.layers, shape.experts, options.seed),
    );
    let model = Arc::new(Model::new(shape, options.seed));
    say(Level::Info, &format!("Model loaded: {} parameters on {ranks} ranks, f32", model.parameters()));
    let routers = build_routers(options, flags, log);
    let barrier = Arc::new(RankBarrier::new(ranks, usable_cores()));
    let context = RunContext {
        options,
        log_ranks: llm_options
            .print_iter_log
            .unwrap_or(options.print_iter_log)
            .then(|| flags.log_ranks.clone()),
        records_requests: options.iteration_log.as_ref().map(|_| llm_options.iteration_request_stats),
        placement: &placement,
        log,
        board: Board::new(ranks),
        interrupt,
    };
    let exchange = Arc::new(Exchange::new(ranks));
    let parts = Parts { flags, model, exchange, placement: Arc::clone(&placement), barrier, origin };
    let outcomes = run_ranks(&context, &parts, routers)?;
    let signal = interrupt.load(Ordering::Relaxed);
    let summary = Summary::of(options, &outcomes);
    if signal == 0 {
        let end_ns = outcomes.iter().map(|rank| rank.end_ns).max().unwrap_or(0);
        log.line(Level::Info, origin.epoch_ns() + end_ns, &report_text(options, &summary));
        write_report_json(options, &summary)?;
        write_request_files(options, &outcomes)?;
    }
    write_iteration_log(options, flags.metrics_all_ranks, &outcomes)?;
    Ok(Outcome { ranks: outcomes, summary, signal })
}

/// What the user should know before the run.
fn remarks(flags: &EnvFlags, llm_options: &LlmOptions) -> Vec<(Level, String)> {
    let mut remarks = Vec::new();
    if flags.trace.is_some() && flags.spans.is_none() {
        let text = "TLLM_TORCH_PROFILE_TRACE is set but TLLM_PROFILE_START_STOP is not: nothing is traced. \
            Set TLLM_PROFILE_START_STOP to the iterations to trace, for example 100-150.";
        remarks.push((Level::Warning, text.to_owned()));
    }
    if flags.ranges.garbage_collection {
        let text = "TLLM_PROFILE_RECORD_GC is set: this engine has no garbage collector, \
            so its trace holds no 'Python GC' ranges.";
        remarks.push((Level::Info, text.to_owned()));
    }
    for name in &llm_options.without_effect {
        remarks.push((Level::Warning, format!("The option {name} has no effect on this engine.")));
    }
    if let Some((path, config)) = &llm_options.load_balancer {
        let text = format!(
            "MoE load balancer: {} slots, {} layers assigned, {} layers updated per iteration, from {}",
            config.num_slots,
            config.initial_global_assignments.as_ref().map_or(0, std::collections::BTreeMap::len),
            config.layer_updates_per_iter,
            path.display()
        );
        remarks.push((Level::Info, text));
    }
    remarks
}

fn place_experts(llm_options: &LlmOptions, shape: ModelShape, ranks: usize) -> Placement {
    match &llm_options.load_balancer {
        Some((_, config)) => Placement::balanced(config, shape, ranks),
        None => Placement::contiguous(shape.experts, ranks),
    }
}

/// What rank threads are built from.
struct Parts<'a> {
    flags: &'a EnvFlags,
    model: Arc<Model>,
    exchange: Arc<Exchange>,
    placement: Arc<Placement>,
    barrier: Arc<RankBarrier>,
    origin: TimeOrigin,
}

fn check_folders(options: &Options, flags: &EnvFlags) -> Result<(), EngineError> {
    let trace = flags.trace.as_deref().filter(|_| flags.spans.is_some());
    let outputs = [
        ("TLLM_TORCH_PROFILE_TRACE", trace),
        ("--report_json", options.report_json.as_deref()),
        ("--request_json", options.request_json.as_deref()),
        ("--output_json", options.output_json.as_deref()),
        ("--iteration_log", options.iteration_log.as_deref()),
    ];
    for (what, path) in outputs {
        let Some(folder) = path.and_then(Path::parent).filter(|folder| !folder.as_os_str().is_empty()) else {
            continue;
        };
        if !folder.is_dir() {
            return Err(EngineError::MissingFolder { what, folder: folder.to_owned() });
        }
    }
    Ok(())
}

/// The perfect router of every rank, or `None` each; prints the lines that prove its activation.
fn build_routers(options: &Options, flags: &EnvFlags, log: &Log) -> Vec<Option<PerfectRouter>> {
    let ranks = options.ranks();
    if !flags.perfect_router {
        return vec![None; ranks];
    }
    let planner =
        |rank| Planner { era: options.era, experts: options.experts, top_k: options.top_k, ranks, rank };
    let build = |rank: usize, suffix: &str| {
        let sizes = COMMON_BATCH_SIZES.len();
        log.raw(&format!("Precomputing perfect router logits for {sizes} common batch sizes{suffix}..."));
        let cache = precompute(&planner(rank));
        let (entries, mb) = (cache.len(), cache_mb(&cache));
        log.raw(&format!(
            "Perfect router cache initialized{suffix}: {entries} entries, {mb:.2} MB memory usage"
        ));
        Arc::new(cache)
    };
    if options.era == Era::E1 {
        let shared = build(0, "");
        return (0..ranks).map(|rank| Some(PerfectRouter::new(planner(rank), Arc::clone(&shared)))).collect();
    }
    let own = |rank| PerfectRouter::new(planner(rank), build(rank, &format!(" (ep_rank={rank})")));
    (0..ranks).map(|rank| Some(own(rank))).collect()
}

fn run_ranks(
    context: &RunContext<'_>,
    parts: &Parts<'_>,
    routers: Vec<Option<PerfectRouter>>,
) -> Result<Vec<RankOutcome>, EngineError> {
    let options = context.options;
    let arrivals: Arc<[u64]> = options.arrival.iterations(options.requests, options.seed).into();
    let results: Vec<Result<RankOutcome, EngineError>> = thread::scope(|scope| {
        let spawn = |(rank, perfect): (usize, Option<PerfectRouter>)| {
            let arrivals = Arc::clone(&arrivals);
            scope.spawn(move || {
                pin_to_core_of(rank);
                let mut abort_guard = AbortWithoutResult(Some(&parts.barrier));
                let result = build_rank(context, parts, rank, perfect, arrivals).run();
                abort_guard.0 = result.is_err().then_some(&parts.barrier);
                result
            })
        };
        let threads: Vec<_> = routers.into_iter().enumerate().map(spawn).collect();
        threads.into_iter().map(|thread| thread.join().unwrap_or(Err(EngineError::RankLost))).collect()
    });
    let mut outcomes = Vec::new();
    let mut failure = None;
    for result in results {
        match result {
            Ok(outcome) => outcomes.push(outcome),
            // The first cause counts; lost ranks are its consequences.
            Err(error) if matches!(failure, None | Some(EngineError::RankLost)) => failure = Some(error),
            Err(_) => {}
        }
    }
    failure.map_or(Ok(outcomes), Err)
}

/// Frees the other ranks when a rank ends without a result, by error or by panic.
struct AbortWithoutResult<'a>(Option<&'a RankBarrier>);

impl Drop for AbortWithoutResult<'_> {
    fn drop(&mut self) {
        if let Some(barrier) = self.0 {
            barrier.abort();
        }
    }
}

fn build_rank<'a>(
    context: &'a RunContext<'a>,
    parts: &Parts<'_>,
    rank: usize,
    perfect: Option<PerfectRouter>,
    arrivals: Arc<[u64]>,
) -> Rank<'a> {
    let options = context.options;
    let shape = parts.model.shape;
    let ranks = options.ranks();
    let skew = RouterSkew { height: options.router_skew, drift: options.router_drift, seed: options.seed };
    let cache_size = (options.max_batch, options.input_len + options.output_len);
    let model = RankModel::new(
        Arc::clone(&parts.model),
        Arc::clone(&parts.exchange),
        Arc::clone(&parts.placement),
        rank,
        Router { skew, perfect },
        cache_size,
    );
    let statistic = parts.flags.statistic_range.map(|range| {
        ExpertStatistic::new(range, &parts.flags.statistic_path, rank, (shape.experts, shape.top_k))
    });
    // Work time makes files identical, so the ids in them must not change either.
    let work = parts.origin.is_work();
    let owner = TraceOwner {
        rank,
        world_size: ranks,
        pid: if work { 1 } else { std::process::id() },
        tid: if work { 1 + crate::experts::as_u32(rank) } else { thread_id() },
        base_ns: parts.origin.epoch_ns(),
        marks_context_tokens: options.era != Era::E1,
    };
    // Era e1 would let ranks overwrite one file; nobody wants that back.
    let verbatim = options.era == Era::E1 && ranks == 1;
    let trace = parts.flags.trace.as_ref().map(|path| (rank_path(path, rank, verbatim), owner));
    let windows = WindowMachine::new(options.era, parts.flags.spans.clone().unwrap_or_default());
    let slices_per_iteration = 32 + shape.layers * (15 + parts.placement.places_per_rank());
    let profiler = Profiler::new(windows, trace, rank, slices_per_iteration);
    let tools = Instruments::new(
        Clock::new(parts.origin),
        Recorder::new(parts.flags.ranges.debug),
        Arc::clone(&parts.barrier),
    );
    let scheduler = Scheduler::new(options, arrivals, rank);
    Rank::new(context, rank, model, scheduler, profiler, statistic, tools)
}
