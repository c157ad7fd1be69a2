// SPDX-License-Identifier: Apache-2.0
//! One step of a rank: the ranges around the forward pass, in the order of TensorRT-LLM's executor without overlap, and
//! what the iteration log keeps of it.

use super::Rank;
use crate::attention::Segment;
use crate::error::EngineError;
use crate::experts::as_u32;
use crate::iteration_stats::{IterationRecord, RequestState};
use crate::log::Level;
use crate::recorder::{Op, SliceArgs};
use crate::router::Routing;
use crate::scheduler::{Batch, Request};

/// Work units that a scheduler phase counts, and per request.
const PHASE_WORK: usize = 2000;
const REQUEST_WORK: usize = 200;

impl Rank<'_> {
    pub(super) fn step(&mut self, iteration: u64, batch: &Batch) -> Result<(), EngineError> {
        let requests = batch.segments.len();
        let now_ns = self.tools.clock.now_ns();
        self.model.prepare_resources(batch);
        self.close_phase(Op::PrepareResources, now_ns, requests);
        let now_ns = self.tools.clock.now_ns();
        self.close_phase(Op::SetupSamplerStep, now_ns, batch.context_requests);

        let now_ns = self.tools.clock.now_ns();
        let (statistic, routed) = (&mut self.statistic, &mut self.routed);
        let mut sink = |layer: usize, routing: &Routing| {
            routing.count_into(routed);
            if let Some(statistic) = statistic {
                statistic.record(iteration, layer, routing);
            }
        };
        self.model.forward(batch, iteration, &mut sink, &mut self.tools)?;
        self.tools.close(Op::ForwardStep, now_ns, step_args(iteration, batch));
        if let Some(text) = self.statistic.as_ref().map(|s| s.write_if_due(iteration)).transpose()?.flatten()
        {
            self.say(Level::Info, &text);
        }

        if self.number == 0 {
            self.context.placement.update();
        }
        let now_ns = self.tools.clock.now_ns();
        let tokens = self.model.sample(batch, self.context.options.seed, &mut self.tools);
        self.tools.close(Op::ProcessRequests, now_ns, SliceArgs::Requests(as_u32(batch.sampled.len())));
        let finish_ns = self.tools.clock.now_ns();
        let finishing = self.scheduler.count_finishing(batch);
        self.close_phase(Op::WriteFinishReasons, finish_ns, finishing);
        self.close_phase(Op::SampleAsync, now_ns, requests);
        self.keep_hidden(batch);
        self.update(batch, &tokens);
        Ok(())
    }

    /// Keeps the numbers of an iteration, from the first request on, where there is an iteration log.
    pub(super) fn record(&mut self, iteration: u64, batch: &Batch, completed: usize) {
        self.admitted += batch.admitted_ns.len();
        let Some(with_requests) = self.context.records_requests else { return };
        if self.scheduler.fetched_by_all(iteration) == 0 {
            return;
        }
        let now_ns = self.tools.clock.now_ns();
        let (running, queued) = self.scheduler.active_and_waiting();
        let cached = |segments: &[Segment]| -> usize {
            segments.iter().map(|segment| segment.first_position + segment.len).sum()
        };
        // A request that arrives in the iteration in which it begins to run has not waited.
        let waited = |arrival_ns: u64| self.last.body_start_ns.saturating_sub(arrival_ns);
        let (context, generation) = batch.segments.split_at(batch.context_requests);
        let state = |(index, request): (usize, &Request)| RequestState {
            id: request.id,
            prefilled: request.prefilled,
            generated: request.generated.len(),
            scheduled: index < running,
        };
        self.records.push(IterationRecord {
            iteration,
            epoch_ns: self.tools.clock.origin().epoch_ns() + now_ns,
            host_ns: now_ns - self.last.body_start_ns,
            device_ns: self.last.device_ns,
            queue_ns: batch.admitted_ns.iter().map(|arrival_ns| waited(*arrival_ns)).sum(),
            admitted: batch.admitted_ns.len(),
            active: running + completed,
            queued,
            completed,
            batch: (context.len(), batch.context_tokens, generation.len()),
            cached: (cached(context), cached(generation)),
            used_slots: running,
            taken_slots: self.admitted,
            requests: with_requests.then(|| self.scheduler.alive().enumerate().map(state).collect()),
        });
    }

    fn update(&mut self, batch: &Batch, tokens: &[u32]) {
        let start_ns = self.tools.clock.now_ns();
        self.scheduler.advance_prompts(batch);
        self.close_phase(Op::UpdateRequestStates, start_ns, batch.context_requests);
        let start_ns = self.tools.clock.now_ns();
        self.scheduler.append_tokens(batch, tokens, start_ns);
        self.close_phase(Op::UpdateRequests, start_ns, tokens.len());
        let start_ns = self.tools.clock.now_ns();
        self.close_phase(Op::HandleCanceledRequests, start_ns, 0);
        let start_ns = self.tools.clock.now_ns();
        let finished = self.scheduler.collect_finished(start_ns);
        let count = finished.len();
        self.close_phase(Op::HandleResponses, start_ns, count);
        let start_ns = self.tools.clock.now_ns();
        self.scheduler.enqueue_finished(finished);
        self.close_phase(Op::EnqueueResponses, start_ns, count);
    }

    fn keep_hidden(&mut self, batch: &Batch) {
        if self.context.options.keep_hidden {
            for (index, sampled) in batch.sampled.iter().enumerate() {
                self.hidden.insert(sampled.request, self.model.hidden_of_sampled(index).to_vec());
            }
        }
    }

    pub(super) fn close_phase(&mut self, op: Op, start_ns: u64, requests: usize) {
        self.tools.clock.count_work((PHASE_WORK + REQUEST_WORK * requests) as u64);
        self.tools.close(op, start_ns, SliceArgs::Requests(as_u32(requests)));
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
