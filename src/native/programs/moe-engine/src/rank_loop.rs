// SPDX-License-Identifier: Apache-2.0
//! The executor loop of one rank. Ranks run the same loop in lock-step: at the top of every iteration
//! each puts a notice on the board, they meet, and all read the same decision from the notices.

mod step;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::board::{Board, Notice};
use crate::env_flags::LogRanks;
use crate::error::EngineError;
use crate::expert_statistic::ExpertStatistic;
use crate::experts::as_u32;
use crate::forward::RankModel;
use crate::iter_log::IterationLine;
use crate::iteration_stats::IterationRecord;
use crate::log::{Level, Log, prefixed};
use crate::options::{Era, Options};
use crate::placement::Placement;
use crate::profiler::{Moment, Profiler, ProfilerNote};
use crate::recorder::{Op, SliceArgs};
use crate::scheduler::{Batch, FinishedRequest, Scheduler};
use crate::step::Instruments;

/// Forwards before the first iteration, which touch all memory once.
const WARM_UP_FORWARDS: usize = 3;

/// What all ranks share, beside the model.
#[derive(Debug)]
pub struct RunContext<'a> {
    /// The command line.
    pub options: &'a Options,
    /// Ranks that print iteration lines; `None` when nobody does.
    pub log_ranks: Option<LogRanks>,
    /// What the iteration log keeps, if there is one: whether every request, too.
    pub records_requests: Option<bool>,
    /// Where the experts live.
    pub placement: &'a Placement,
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
    /// Every iteration from the first request on, where the options ask for an iteration log.
    pub records: Vec<IterationRecord>,
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
    records: Vec<IterationRecord>,
    admitted: usize,
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
            records: Vec::new(),
            admitted: 0,
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
            records: self.records,
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
                self.context.log.line(Level::Info, self.epoch_ns(), &text);
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
            let done = self.scheduler.finished.len();
            if notices.iter().any(|notice| notice.tokens > 0) {
                self.step(*iteration, &batch)?;
            }
            self.record(*iteration, &batch, self.scheduler.finished.len() - done);
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
        let moment = Moment { scheduler: &self.scheduler, now_ns: top_ns };
        let notes = self.profiler.enter(iteration, &mut self.tools.recorder, &moment)?;
        self.note(notes);
        self.last.body_start_ns = self.tools.clock.now_ns();
        Ok(())
    }

    fn log_iteration(&mut self, iteration: u64, top_ns: u64) {
        let is_asked = self.context.log_ranks.as_ref().is_some_and(|ranks| ranks.includes(self.number));
        if !is_asked || !self.context.log.shows(Level::Info) {
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
        self.say(Level::Info, &text);
    }

    fn note(&mut self, notes: impl IntoIterator<Item = ProfilerNote>) {
        for note in notes {
            let level = if note.warning { Level::Warning } else { Level::Info };
            self.say(level, &note.text);
        }
    }

    /// Says something at the next meeting of the ranks.
    fn say(&mut self, level: Level, text: &str) {
        if self.context.log.shows(level) {
            self.pending.push(prefixed(level, self.epoch_ns(), text));
        }
    }

    fn epoch_ns(&self) -> u64 {
        self.tools.clock.origin().epoch_ns() + self.tools.clock.now_ns()
    }

    fn plan(&mut self, iteration: u64) -> Batch {
        let now_ns = self.tools.clock.now_ns();
        let before = self.scheduler.fetched;
        self.scheduler.fetch(iteration, now_ns);
        let arrived = self.scheduler.fetched - before;
        if self.context.options.era != Era::E1 {
            self.tools.close(Op::BroadcastRequests, now_ns, SliceArgs::Requests(as_u32(arrived)));
        }
        self.close_phase(Op::FetchNewRequests, now_ns, arrived);
        // A rank without tokens takes part with none, so no dummy request is ever needed.
        let now_ns = self.tools.clock.now_ns();
        self.close_phase(Op::PadDummyRequest, now_ns, 0);
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

    /// Stops a window that is still open when the loop ends, however it ended.
    fn close_window(&mut self, next: u64, all_in_step: bool) -> Result<(), EngineError> {
        let moment = Moment { scheduler: &self.scheduler, now_ns: self.tools.clock.now_ns() };
        let closed = self.profiler.leave(next, &mut self.tools.recorder, &moment)?;
        self.note(closed);
        if all_in_step {
            self.publish(next, 0)?;
        } else if self.number == 0 {
            self.pending.drain(..).for_each(|line| self.context.log.raw(&line));
        }
        Ok(())
    }
}
