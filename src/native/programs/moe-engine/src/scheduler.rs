// SPDX-License-Identifier: Apache-2.0
//! Requests of one rank: admission, chunked prefill, decode, completion. Nothing here looks at the time, so both arms of a
//! comparison run exactly the same batches.

mod arrival;
mod batch;
mod request;

use std::collections::VecDeque;
use std::sync::Arc;

pub use arrival::Arrival;
pub use batch::{Batch, SampledRow};
pub use request::{FinishedRequest, Lifetime, Request};

use crate::options::Options;
use crate::rng::hash;

/// The scheduler of one rank.
#[derive(Debug)]
pub struct Scheduler {
    arrivals: Arc<[u64]>,
    next_arrival: usize,
    ranks: usize,
    seed: u64,
    vocab: u64,
    input_len: usize,
    output_len: usize,
    max_tokens: usize,
    free_slots: Vec<usize>,
    waiting: VecDeque<Request>,
    running: Vec<Request>,
    /// Requests that arrived at this rank so far.
    pub fetched: usize,
    /// Requests that are done.
    pub finished: Vec<FinishedRequest>,
}

impl Scheduler {
    /// The scheduler of `rank`; request i belongs to rank i mod ranks.
    #[must_use]
    pub fn new(options: &Options, arrivals: Arc<[u64]>, rank: usize) -> Self {
        Self {
            arrivals,
            next_arrival: rank,
            ranks: options.ranks(),
            seed: options.seed,
            vocab: options.vocab as u64,
            input_len: options.input_len,
            output_len: options.output_len,
            max_tokens: options.max_tokens,
            free_slots: (0..options.max_batch).rev().collect(),
            waiting: VecDeque::new(),
            running: Vec::new(),
            fetched: 0,
            finished: Vec::new(),
        }
    }

    /// Takes in the requests that arrived up to `iteration`.
    pub fn fetch(&mut self, iteration: u64, now_ns: u64) {
        while self.arrivals.get(self.next_arrival).is_some_and(|&at| at <= iteration) {
            let request = Request {
                id: self.next_arrival,
                slot: 0,
                prefilled: 0,
                generated: Vec::new(),
                arrival_ns: now_ns,
                first_token_ns: 0,
            };
            self.waiting.push_back(request);
            self.next_arrival += self.ranks;
            self.fetched += 1;
        }
    }

    /// Requests of all ranks that arrived up to `iteration`.
    #[must_use]
    pub fn fetched_by_all(&self, iteration: u64) -> usize {
        self.arrivals.partition_point(|&at| at <= iteration)
    }

    /// Whether any request of this rank is not done or still to arrive.
    #[must_use]
    pub fn has_work(&self) -> bool {
        self.next_arrival < self.arrivals.len() || !self.waiting.is_empty() || !self.running.is_empty()
    }

    /// Requests that run, and requests that wait for a slot or for tokens of the budget.
    #[must_use]
    pub fn active_and_waiting(&self) -> (usize, usize) {
        (self.running.len(), self.waiting.len())
    }

    /// A batch that touches every slot with one token, for warm-up.
    #[must_use]
    pub fn warm_up_batch(&self) -> Batch {
        let mut batch = Batch::default();
        for slot in 0..self.free_slots.len() {
            let request = Request {
                id: slot,
                slot,
                prefilled: 0,
                generated: Vec::new(),
                arrival_ns: 0,
                first_token_ns: 0,
            };
            batch.push(slot, &request, [Self::prompt_token(self.seed, self.vocab, slot, 0)].into_iter(), 0);
            batch.sample_last_row(slot, &request);
        }
        batch
    }

    /// Tokens in the cache.
    #[must_use]
    pub fn cached_tokens(&self) -> usize {
        self.running.iter().map(|request| request.prefilled + request.generated.len()).sum()
    }

    /// The token at `position` of the prompt of request `id`.
    #[must_use]
    #[allow(clippy::cast_possible_truncation)]
    pub fn prompt_token(seed: u64, vocab: u64, id: usize, position: usize) -> u32 {
        (hash(&[seed, 201, id as u64, position as u64]) % vocab) as u32
    }

    /// Chooses the rows of the next forward: every running generation, then prompts, in chunks, up to
    /// the token budget.
    pub fn schedule(&mut self) -> Batch {
        let generating = self.running.iter().filter(|request| request.prefilled == self.input_len).count();
        let mut budget = self.max_tokens - generating;
        let mut batch = Batch::default();
        while let Some(slot) = self.free_slots.pop() {
            let Some(request) = self.waiting.pop_front() else {
                self.free_slots.push(slot);
                break;
            };
            batch.admitted_ns.push(request.arrival_ns);
            self.running.push(Request { slot, ..request });
        }
        for (owner, request) in self.running.iter().enumerate() {
            let chunk = (self.input_len - request.prefilled).min(budget);
            if chunk > 0 {
                let positions = request.prefilled..request.prefilled + chunk;
                let tokens = positions.map(|at| Self::prompt_token(self.seed, self.vocab, request.id, at));
                batch.push(owner, request, tokens, request.prefilled);
                budget -= chunk;
                if request.prefilled + chunk == self.input_len {
                    batch.sample_last_row(owner, request);
                }
            }
        }
        batch.context_requests = batch.segments.len();
        batch.context_tokens = batch.tokens.len();
        for (owner, request) in self.running.iter().enumerate() {
            if let Some(&last) = request.generated.last() {
                batch.push(owner, request, [last].into_iter(), self.input_len + request.generated.len() - 1);
                batch.sample_last_row(owner, request);
            }
        }
        batch
    }

    /// Counts the prompt rows of a forward as computed.
    pub fn advance_prompts(&mut self, batch: &Batch) {
        for (segment, &owner) in batch.segments.iter().zip(&batch.owners).take(batch.context_requests) {
            self.running[owner].prefilled += segment.len;
        }
    }

    /// Appends the sampled tokens of a forward, one per entry of `batch.sampled`.
    pub fn append_tokens(&mut self, batch: &Batch, tokens: &[u32], now_ns: u64) {
        for (sampled, &token) in batch.sampled.iter().zip(tokens) {
            let request = &mut self.running[sampled.owner];
            if request.generated.is_empty() {
                request.first_token_ns = now_ns;
            }
            request.generated.push(token);
        }
    }

    /// Requests of `batch` whose next token is their last.
    #[must_use]
    pub fn count_finishing(&self, batch: &Batch) -> usize {
        let is_last = |row: &&SampledRow| self.running[row.owner].generated.len() + 1 == self.output_len;
        batch.sampled.iter().filter(is_last).count()
    }

    /// Takes the requests that have all their tokens out of the running ones and frees their slots.
    pub fn collect_finished(&mut self, now_ns: u64) -> Vec<FinishedRequest> {
        let output_len = self.output_len;
        let mut finished = Vec::new();
        for request in self.running.extract_if(.., |request| request.generated.len() == output_len) {
            self.free_slots.push(request.slot);
            let Request { id, arrival_ns, first_token_ns, generated, .. } = request;
            finished.push(FinishedRequest {
                id,
                arrival_ns,
                first_token_ns,
                end_ns: now_ns,
                tokens: generated,
            });
        }
        finished
    }

    /// Keeps requests that are done.
    pub fn enqueue_finished(&mut self, mut finished: Vec<FinishedRequest>) {
        self.finished.append(&mut finished);
    }

    /// The requests that were not done before `since_ns`, by number.
    #[must_use]
    pub fn lifetimes(&self, since_ns: u64) -> Vec<Lifetime> {
        let done =
            self.finished.iter().filter(|request| request.end_ns >= since_ns).map(|request| Lifetime {
                id: request.id,
                arrival_ns: request.arrival_ns,
                first_token_ns: Some(request.first_token_ns),
                end_ns: Some(request.end_ns),
            });
        let alive = self.running.iter().chain(&self.waiting).map(|request| Lifetime {
            id: request.id,
            arrival_ns: request.arrival_ns,
            first_token_ns: (!request.generated.is_empty()).then_some(request.first_token_ns),
            end_ns: None,
        });
        let mut all: Vec<Lifetime> = done.chain(alive).collect();
        all.sort_by_key(|lifetime| lifetime.id);
        all
    }

    /// Requests that run, then those that wait.
    pub fn alive(&self) -> impl Iterator<Item = &Request> {
        self.running.iter().chain(&self.waiting)
    }

    /// Prompt tokens computed and tokens generated so far, done requests included.
    #[must_use]
    pub fn token_totals(&self) -> (usize, usize) {
        let prompts: usize = self.running.iter().map(|request| request.prefilled).sum();
        let generated: usize = self.running.iter().map(|request| request.generated.len()).sum();
        (prompts + self.finished.len() * self.input_len, generated + self.finished.len() * self.output_len)
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    fn scheduler(arguments: &str) -> Scheduler {
        let options = Options::parse_from(format!("moe-engine {arguments}").split(' '));
        let arrivals = options.arrival.iterations(options.requests, options.seed);
        Scheduler::new(&options, arrivals.into(), 0)
    }

    /// Context tokens + generation requests of every iteration.
    fn run(scheduler: &mut Scheduler) -> Vec<String> {
        let mut steps = Vec::new();
        while scheduler.has_work() {
            scheduler.fetch(steps.len() as u64, 0);
            let batch = scheduler.schedule();
            let tokens = vec![1; batch.sampled.len()];
            scheduler.advance_prompts(&batch);
            scheduler.append_tokens(&batch, &tokens, 0);
            let finished = scheduler.collect_finished(0);
            scheduler.enqueue_finished(finished);
            steps.push(format!("{}+{}", batch.context_tokens, batch.generation_requests()));
        }
        steps
    }

    #[test]
    fn prompts_are_chunked_by_the_token_budget_and_slots_are_reused() {
        let mut s = scheduler(
            "--ep-size 1 --requests 3 --max-batch 2 --max-tokens 6 --input-len 4 --output-len 3 --arrival all",
        );
        assert_eq!(run(&mut s), ["6+0", "2+1", "0+2", "4+1", "0+1", "0+1"]);
        assert_eq!(
            s.finished.iter().map(|f| (f.id, f.tokens.len())).collect::<Vec<_>>(),
            [(0, 3), (1, 3), (2, 3)]
        );
        assert_eq!(s.token_totals(), (12, 9));
    }
}
