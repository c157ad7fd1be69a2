// SPDX-License-Identifier: Apache-2.0
//! The executor loop of one rank. Ranks run the same loop in lock-step: at the top of every iteration
//! each puts a notice on the board, they meet, and all read the same decision from the notices.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::env_flags::LogRanks;
use crate::error::EngineError;
use crate::expert_statistic::ExpertStatistic;
use crate::experts::as_u32;
use crate::forward::RankModel;
use crate::iter_log::IterationLine;
use crate::log::{Level, Log, prefixed};
use crate::options::Options;
use crate::profiler::{Profiler, ProfilerNote};
use crate::recorder::{Op, SliceArgs};
use crate::scheduler::{Batch, FinishedRequest, Scheduler};
use crate::step::Instruments;

/// Forwards before the first iteration, which touch all memory once.
const WARM_UP_FORWARDS: usize = 3;
/// Work units that a scheduler phase counts, and per request.
const PHASE_WORK: usize = 2000;
const REQUEST_WORK: usize = 200;

/// What a rank tells the others at the top of an iteration.
#[derive(Debug, Default, Clone)]
struct Notice {
    lines: Vec<String>,
    tokens: usize,
    has_work: bool,
    stop: bool,
}

/// The notices of all ranks, of even and odd iterations: a fast rank may already write its next
/// notice while a slow one still reads.
#[derive(Debug)]
pub struct Board {
    notices: Vec<Mutex<[Notice; 2]>>,
}

impl Board {
    /// An empty board.
    #[must_use]
    pub fn new(ranks: usize) -> Self {
        Self { notices: (0..ranks).map(|_| Mutex::default()).collect() }
    }

    fn put(&self, rank: usize, turn: usize, notice: Notice) {
        self.notices[rank].lock().unwrap_or_else(PoisonError::into_inner)[turn] = notice;
    }

    fn read(&self, turn: usize) -> Vec<Notice> {
        let copy =
            |notice: &Mutex<[Notice; 2]>| notice.lock().unwrap_or_else(PoisonError::into_inner)[turn].clone();
        self.notices.iter().map(copy).collect()
    }
}

/// What all ranks share, beside the model.
#[derive(Debug)]
pub struct RunContext<'a> {
    /// The command line.
    pub options: &'a Options,
    /// Ranks that print iteration lines.
    pub log_ranks: LogRanks,
    /// Where lines go.
    pub log: &'a Log,
    /// The notices.
    pub board: Board,
    /// The signal that asked the run to stop, or 0.
    pub interrupt: &'a AtomicUsize,
}

/// What a rank leaves behind.
#[derive(Debug)]
pub struct RankOutcome {
    /// Start of the first iteration, in nanoseconds since the origin.
    pub start_ns: u64,
    /// End of the last iteration.
    pub end_ns: u64,
    /// Iterations of the loop.
    pub iterations: u64,
    /// Expert time of every layer of every forward, in order.
    pub moe_ns: Vec<u64>,
    /// Waiting for other ranks inside layers.
    pub wait_ns: u64,
    /// Requests that are done.
    pub finished: Vec<FinishedRequest>,
    /// Prompt tokens computed and tokens generated, those of unfinished requests included.
    pub tokens: (usize, usize),
    /// Tokens routed to each expert by this rank, all layers and iterations together.
    pub routed: Vec<i64>,
    /// Per request the last hidden state, where the options ask for it.
    pub hidden: BTreeMap<usize, Vec<f32>>,
}

/// One rank and everything it owns.
#[derive(Debug)]
pub struct Rank<'a> {
    context: &'a RunContext<'a>,
    number: usize,
    model: RankModel,
    scheduler: Scheduler,
    profiler: Profiler,
    statistic: Option<ExpertStatistic>,
    tools: Instruments,
    turn: usize,
    pending: Vec<String>,
    last: LastStep,
    routed: Vec<i64>,
    hidden: BTreeMap<usize, Vec<f32>>,
}

/// What the next iteration line tells.
#[derive(Debug, Default, Clone, Copy)]
struct LastStep {
    top_ns: u64,
    body_start_ns: u64,
    device_ns: Option<u64>,
    scheduled: usize,
    states: (usize, usize, usize),
}

impl<'a> Rank<'a> {
    /// Puts a rank together.
    #[must_use]
    pub fn new(
        context: &'a RunContext<'a>,
        number: usize,
        model: RankModel,
        scheduler: Scheduler,
        profiler: Profiler,
        statistic: Option<ExpertStatistic>,
        tools: Instruments,
    ) -> Self {
        Self {
            context,
            number,
            model,
            scheduler,
            profiler,
            statistic,
            tools,
            turn: 0,
            pending: Vec::new(),
            last: LastStep::default(),
            routed: vec![0; context.options.experts],
            hidden: BTreeMap::new(),
        }
    }

    /// Warms up, then iterates until all requests are done, or the limit or a signal stops it.
    ///
    /// # Errors
    /// Everything that ends a run early: profiling assertions, files, a lost rank.
    pub fn run(mut self) -> Result<RankOutcome, EngineError> {
        self.warm_up()?;
        let start_ns = self.tools.clock.now_ns();
        let mut iteration = 0;
        let looped = self.iterate(&mut iteration);
        let end_ns = self.tools.clock.now_ns();
        let closed = self.close_window(iteration, looped.is_ok());
        looped.and(closed)?;
        let tokens = self.scheduler.token_totals();
        Ok(RankOutcome {
            start_ns,
            end_ns,
            iterations: iteration,
            moe_ns: self.tools.moe_ns,
            wait_ns: self.tools.wait_ns,
            finished: self.scheduler.finished,
            tokens,
            routed: self.routed,
            hidden: self.hidden,
        })
    }

    fn warm_up(&mut self) -> Result<(), EngineError> {
        let batch = self.scheduler.warm_up_batch();
        self.model.prepare_resources(&batch);
        for number in 1..=WARM_UP_FORWARDS {
            if self.number == 0 {
                let tokens = batch.tokens.len();
                let text =
                    format!("Warm-up forward {number} of {WARM_UP_FORWARDS}: {tokens} tokens per rank");
                self.context.log.raw(&self.stamped(Level::Info, &text));
            }
            self.model.forward(&batch, 0, &mut |_, _| {}, &mut self.tools)?;
            self.model.sample(&batch, 0, &mut self.tools);
        }
        self.tools.meet(SliceArgs::None)?;
        self.tools.reset_sums();
        Ok(())
    }

    fn iterate(&mut self, iteration: &mut u64) -> Result<(), EngineError> {
        loop {
            self.open_iteration(*iteration)?;
            let batch = self.plan(*iteration);
            let notices = self.publish(*iteration, batch.tokens.len())?;
            if notices.iter().any(|notice| notice.stop) || !notices.iter().any(|notice| notice.has_work) {
                return Ok(());
            }
            if notices.iter().any(|notice| notice.tokens > 0) {
                self.step(*iteration, &batch)?;
            }
            self.last.scheduled = batch.segments.len();
            self.last.states = (batch.context_requests, batch.context_tokens, batch.generation_requests());
            *iteration += 1;
        }
    }

    /// The line of the iteration before, and the windows that open or close here.
    fn open_iteration(&mut self, iteration: u64) -> Result<(), EngineError> {
        let top_ns = self.tools.clock.now_ns();
        if iteration > 0 {
            self.log_iteration(iteration, top_ns);
            self.last.device_ns = Some(top_ns - self.last.top_ns);
        }
        self.last.top_ns = top_ns;
        let notes = self.profiler.enter(iteration, &mut self.tools.recorder)?;
        self.note(notes);
        self.last.body_start_ns = self.tools.clock.now_ns();
        Ok(())
    }

    fn log_iteration(&mut self, iteration: u64, top_ns: u64) {
        if !self.context.options.print_iter_log || !self.context.log_ranks.includes(self.number) {
            return;
        }
        let (active, waiting) = self.scheduler.active_and_waiting();
        #[allow(clippy::cast_precision_loss)]
        let cache_utilisation =
            self.scheduler.cached_tokens() as f64 / self.model.cache.capacity_tokens() as f64;
        let line = IterationLine {
            iteration,
            rank: self.number,
            fetched: (self.scheduler.fetched, self.scheduler.fetched_by_all(iteration - 1)),
            host_ns: top_ns - self.last.body_start_ns,
            device_ns: self.last.device_ns,
            epoch_ns: self.tools.clock.origin().epoch_ns() + top_ns,
            scheduled: self.last.scheduled,
            states: self.last.states,
            cache_utilisation,
            active,
            unscheduled: waiting,
        };
        let text = line.text(self.context.options.era);
        self.pending.push(self.stamped(Level::Info, &text));
    }

    fn note(&mut self, notes: impl IntoIterator<Item = ProfilerNote>) {
        for note in notes {
            let level = if note.warning { Level::Warning } else { Level::Info };
            self.pending.push(self.stamped(level, &note.text));
        }
    }

    fn stamped(&self, level: Level, text: &str) -> String {
        prefixed(level, self.tools.clock.origin().epoch_ns() + self.tools.clock.now_ns(), text)
    }

    fn plan(&mut self, iteration: u64) -> Batch {
        let now_ns = self.tools.clock.now_ns();
        let before = self.scheduler.fetched;
        self.scheduler.fetch(iteration, now_ns);
        let arrived = self.scheduler.fetched - before;
        self.close_phase(Op::FetchNewRequests, now_ns, arrived);
        let now_ns = self.tools.clock.now_ns();
        let batch = self.scheduler.schedule();
        self.close_phase(Op::Schedule, now_ns, batch.segments.len());
        batch
    }

    /// Puts up the notice of this rank, meets, prints everybody's lines on rank 0.
    fn publish(&mut self, iteration: u64, tokens: usize) -> Result<Vec<Notice>, EngineError> {
        let limit = self.context.options.iterations.is_some_and(|limit| iteration >= limit);
        let interrupted = self.context.interrupt.load(Ordering::Relaxed) != 0;
        let notice = Notice {
            lines: std::mem::take(&mut self.pending),
            tokens,
            has_work: self.scheduler.has_work(),
            stop: self.number == 0 && (limit || interrupted),
        };
        self.context.board.put(self.number, self.turn, notice);
        self.tools.meet(SliceArgs::None)?;
        let notices = self.context.board.read(self.turn);
        self.turn = 1 - self.turn;
        if self.number == 0 {
            notices.iter().flat_map(|notice| &notice.lines).for_each(|line| self.context.log.raw(line));
        }
        Ok(notices)
    }

    fn step(&mut self, iteration: u64, batch: &Batch) -> Result<(), EngineError> {
        let requests = batch.segments.len();
        let now_ns = self.tools.clock.now_ns();
        self.model.prepare_resources(batch);
        self.close_phase(Op::PrepareResources, now_ns, requests);

        let now_ns = self.tools.clock.now_ns();
        let (statistic, routed) = (&mut self.statistic, &mut self.routed);
        let mut sink = |layer: usize, routing: &crate::router::Routing| {
            routing.count_into(routed);
            if let Some(statistic) = statistic {
                statistic.record(iteration, layer, routing);
            }
        };
        self.model.forward(batch, iteration, &mut sink, &mut self.tools)?;
        self.tools.close(Op::ForwardStep, now_ns, step_args(iteration, batch));
        if let Some(text) = self.statistic.as_ref().map(|s| s.write_if_due(iteration)).transpose()?.flatten()
        {
            self.pending.push(self.stamped(Level::Info, &text));
        }

        let now_ns = self.tools.clock.now_ns();
        let tokens = self.model.sample(batch, self.context.options.seed, &mut self.tools);
        self.close_phase(Op::SampleAsync, now_ns, requests);
        self.keep_hidden(batch);
        self.update(batch, &tokens);
        Ok(())
    }

    fn update(&mut self, batch: &Batch, tokens: &[u32]) {
        let start_ns = self.tools.clock.now_ns();
        self.scheduler.advance_prompts(batch);
        self.close_phase(Op::UpdateRequestStates, start_ns, batch.context_requests);
        let start_ns = self.tools.clock.now_ns();
        self.scheduler.append_tokens(batch, tokens, start_ns);
        self.close_phase(Op::UpdateRequests, start_ns, tokens.len());
        let start_ns = self.tools.clock.now_ns();
        let before = self.scheduler.finished.len();
        self.scheduler.collect_finished(start_ns);
        self.close_phase(Op::HandleResponses, start_ns, self.scheduler.finished.len() - before);
    }

    fn keep_hidden(&mut self, batch: &Batch) {
        if self.context.options.keep_hidden {
            for (index, sampled) in batch.sampled.iter().enumerate() {
                self.hidden.insert(sampled.request, self.model.hidden_of_sampled(index).to_vec());
            }
        }
    }

    fn close_phase(&mut self, op: Op, start_ns: u64, requests: usize) {
        self.tools.clock.count_work((PHASE_WORK + REQUEST_WORK * requests) as u64);
        self.tools.close(op, start_ns, SliceArgs::Requests(as_u32(requests)));
    }

    /// Stops a window that is still open when the loop ends, however it ended.
    fn close_window(&mut self, next: u64, all_in_step: bool) -> Result<(), EngineError> {
        let closed = self.profiler.leave(next, &mut self.tools.recorder)?;
        self.note(closed);
        if all_in_step {
            self.publish(next, 0)?;
        } else if self.number == 0 {
            self.pending.drain(..).for_each(|line| self.context.log.raw(&line));
        }
        Ok(())
    }
}

#[allow(clippy::cast_possible_truncation)]
const fn step_args(iteration: u64, batch: &Batch) -> SliceArgs {
    SliceArgs::Step(
        iteration as u32,
        as_u32(batch.context_requests),
        as_u32(batch.context_tokens),
        as_u32(batch.generation_requests()),
    )
}
