// SPDX-License-Identifier: Apache-2.0
//! The line per iteration of `print_iter_log`. As in TensorRT-LLM it is printed at the top of the next
//! pass, so a line `iter = N` has host time, states and batch of step N-1, and the device time of N-2.

use std::fmt::Write;

use crate::log::timestamp;
use crate::options::Era;

/// What a line tells.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct IterationLine {
    /// The number after `iter = `.
    pub iteration: u64,
    /// The rank.
    pub rank: usize,
    /// Requests that arrived at this rank, at all ranks.
    pub fetched: (usize, usize),
    /// Host time of the step before, in nanoseconds.
    pub host_ns: u64,
    /// Wall time of the step before that one, in nanoseconds.
    pub device_ns: Option<u64>,
    /// Moment of printing, in nanoseconds since 1970.
    pub epoch_ns: u64,
    /// Requests in the batch.
    pub scheduled: usize,
    /// Context requests, context tokens, generation tokens.
    pub states: (usize, usize, usize),
    /// Share of the key-value cache in use.
    pub cache_utilisation: f64,
    /// Running requests.
    pub active: usize,
    /// Requests that wait for a place in a batch.
    pub unscheduled: usize,
}

impl IterationLine {
    /// The text in the form of `era`.
    #[must_use]
    pub fn text(&self, era: Era) -> String {
        let Self { iteration, rank, scheduled, .. } = *self;
        let device = self.device_ns.map_or_else(|| "N/A".to_owned(), |ns| format!("{}ms", ms(ns)));
        let fetched = format!("currank_total_requests = {}/{}", self.fetched.0, self.fetched.1);
        let times = format!("host_step_time = {}ms, prev_device_step_time = {device}", ms(self.host_ns));
        let when = format!("timestamp = {}", timestamp(self.epoch_ns));
        let (context, context_tokens, generation) = self.states;
        let states = format!(
            "states = {{'num_ctx_requests': {context}, 'num_ctx_tokens': {context_tokens}, \
             'num_generation_tokens': {generation}}}"
        );
        let head = format!("iter = {iteration}, global_rank = {rank}, rank = {rank}");
        if era == Era::E1 {
            return format!(
                "{head}, {fetched}, {times}, {when}, num_scheduled_requests: {scheduled}, {states}"
            );
        }
        let mut text = format!(
            "{head}, num_scheduled_requests = {scheduled}, adp_dummy_ctx_tokens = 0, adp_dummy_gen_tokens = 0, \
             kv_cache_util = {:.3}, {fetched}, {times}, {when}, {states}",
            self.cache_utilisation
        );
        if era == Era::E3 {
            let (active, unscheduled) = (self.active, self.unscheduled);
            let fetched = self.fetched.0;
            let _ = write!(
                text,
                ", num_active = {active}, num_fetched = {fetched}, num_dummy = 0, num_unscheduled = {unscheduled}"
            );
        }
        text
    }
}

/// Milliseconds with all their digits, as Python prints a float.
#[allow(clippy::cast_precision_loss)]
fn ms(ns: u64) -> String {
    format!("{:?}", ns as f64 / 1e6)
}

#[cfg(test)]
mod tests {
    use regex::Regex;

    use super::*;
    use crate::clock::WORK_EPOCH_NS;

    const LINE: IterationLine = IterationLine {
        iteration: 3,
        rank: 0,
        fetched: (5, 10),
        host_ns: 6_900_593,
        device_ns: Some(2_000_000),
        epoch_ns: WORK_EPOCH_NS,
        scheduled: 260,
        states: (4, 2048, 256),
        cache_utilisation: 0.25,
        active: 7,
        unscheduled: 2,
    };

    #[test]
    fn seed_era_line_is_exact() {
        assert_eq!(
            LINE.text(Era::E1),
            "iter = 3, global_rank = 0, rank = 0, currank_total_requests = 5/10, host_step_time = 6.900593ms, \
             prev_device_step_time = 2.0ms, timestamp = 2026-01-01 00:00:00, num_scheduled_requests: 260, \
             states = {'num_ctx_requests': 4, 'num_ctx_tokens': 2048, 'num_generation_tokens': 256}"
        );
    }

    #[test]
    fn later_eras_match_their_form() {
        let e2 = r"^iter = \d+, global_rank = \d+, rank = \d+, num_scheduled_requests = \d+, adp_dummy_ctx_tokens = \d+, adp_dummy_gen_tokens = \d+, kv_cache_util = \d\.\d{3}, currank_total_requests = \d+/\d+, host_step_time = [\d.]+ms, prev_device_step_time = (N/A|[\d.]+ms), timestamp = \d{4}-\d\d-\d\d \d\d:\d\d:\d\d, states = \{'num_ctx_requests': \d+, 'num_ctx_tokens': \d+, 'num_generation_tokens': \d+\}";
        let first = IterationLine { device_ns: None, ..LINE };
        assert!(
            Regex::new(&format!("{e2}$")).unwrap().is_match(&first.text(Era::E2)),
            "{}",
            first.text(Era::E2)
        );
        let e3 = format!("{e2}, num_active = 7, num_fetched = 5, num_dummy = 0, num_unscheduled = 2$");
        assert!(Regex::new(&e3).unwrap().is_match(&LINE.text(Era::E3)), "{}", LINE.text(Era::E3));
    }
}
