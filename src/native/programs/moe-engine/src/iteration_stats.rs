// SPDX-License-Identifier: Apache-2.0
//! `--iteration_log`: what every iteration did, in the fields of TensorRT-LLM's iteration statistics. Written when the
//! loop has ended, so that it costs the run only a copy of numbers per iteration.

use serde_json::{Map, Value, json};

use crate::log::utc;
use crate::options::{Era, Options};
use crate::python_repr::python_repr;

/// The state of one request after an iteration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestState {
    /// Number among all requests.
    pub id: usize,
    /// Prompt tokens in the cache.
    pub prefilled: usize,
    /// Tokens generated.
    pub generated: usize,
    /// Whether it has a place in the batch.
    pub scheduled: bool,
}

/// The numbers of one iteration of one rank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IterationRecord {
    /// The iteration.
    pub iteration: u64,
    /// Its end, in nanoseconds since 1970.
    pub epoch_ns: u64,
    /// Host time of its body.
    pub host_ns: u64,
    /// Wall time of the iteration before, from top to top.
    pub device_ns: Option<u64>,
    /// How long the newly active requests had waited, together.
    pub queue_ns: u64,
    /// Requests that became active.
    pub admitted: usize,
    /// Requests that ran.
    pub active: usize,
    /// Requests that wait.
    pub queued: usize,
    /// Requests that are done with this iteration.
    pub completed: usize,
    /// Context requests, context tokens, generation requests.
    pub batch: (usize, usize, usize),
    /// Tokens in the cache of context requests, of generation requests.
    pub cached: (usize, usize),
    /// Sequences of the cache in use.
    pub used_slots: usize,
    /// Sequences of the cache taken since the start.
    pub taken_slots: usize,
    /// Every request that was there, where the options ask for it.
    pub requests: Option<Vec<RequestState>>,
}

/// Who writes.
#[derive(Debug, Clone, Copy)]
pub struct StatsOwner<'a> {
    /// The command line.
    pub options: &'a Options,
    /// The rank.
    pub rank: usize,
    /// Whether rows of all ranks are written.
    pub all_ranks: bool,
}

impl IterationRecord {
    /// The line of the file; `sequence` counts the lines of the rank.
    #[must_use]
    pub fn line(&self, owner: StatsOwner<'_>, sequence: usize) -> String {
        let mut entries = self.common(owner.options);
        if owner.options.era != Era::E1 {
            self.add_late(&mut entries, owner);
        }
        if owner.options.era == Era::E3 {
            entries.insert("statsSequence".to_owned(), json!(sequence));
            entries.insert("statsDroppedFrames".to_owned(), json!(0));
        }
        if let Some(requests) = &self.requests {
            let rows = requests.iter().map(|request| request_row(*request, owner.options.input_len));
            entries.insert("requestStats".to_owned(), rows.collect());
        }
        python_repr(&Value::Object(entries))
    }

    fn common(&self, options: &Options) -> Map<String, Value> {
        let (max_batch, max_tokens) = (options.max_batch, options.max_tokens);
        let entries = json!({
            "timestamp": timestamp(self.epoch_ns),
            "iter": self.iteration,
            "iterLatencyMS": ms(self.host_ns),
            "newActiveRequestsQueueLatencyMS": ms(self.queue_ns),
            "numNewActiveRequests": self.admitted,
            "numActiveRequests": self.active,
            "numQueuedRequests": self.queued,
            "numCompletedRequests": self.completed,
            "maxNumActiveRequests": max_batch,
            "maxBatchSizeStatic": max_batch,
            "maxBatchSizeTunerRecommended": 0,
            "maxBatchSizeRuntime": max_batch,
            "maxNumTokensStatic": max_tokens,
            "maxNumTokensTunerRecommended": 0,
            "maxNumTokensRuntime": max_tokens,
            "gpuMemUsage": 0,
            "cpuMemUsage": 0,
            "pinnedMemUsage": 0,
            "kvCacheStats": self.cache(options),
            "staticBatchingStats": null,
            "inflightBatchingStats": self.batching(),
            "specDecodingStats": null,
        });
        match entries {
            Value::Object(entries) => entries,
            _ => Map::new(),
        }
    }

    /// The cache has one block per sequence.
    fn cache(&self, options: &Options) -> Value {
        json!({
            "maxNumBlocks": options.max_batch,
            "freeNumBlocks": options.max_batch - self.used_slots,
            "usedNumBlocks": self.used_slots,
            "tokensPerBlock": options.input_len + options.output_len,
            "allocTotalBlocks": self.taken_slots,
            "allocNewBlocks": self.taken_slots,
            "reusedBlocks": 0,
            "missedBlocks": self.taken_slots,
            "cacheHitRate": 0.0,
        })
    }

    fn batching(&self) -> Value {
        let (context, context_tokens, generation) = self.batch;
        json!({
            "numScheduledRequests": context + generation,
            "numContextRequests": context,
            "numGenRequests": generation,
            "numPausedRequests": 0,
            "numCtxTokens": context_tokens,
            "microBatchId": 0,
            "avgNumDecodedTokensPerIter": 0.0,
        })
    }

    /// The fields of eras e2 and e3. There is no GPU, so its forward time is missing.
    fn add_late(&self, entries: &mut Map<String, Value>, owner: StatsOwner<'_>) {
        let late = json!({
            "attentionDpRank": owner.rank,
            "hostStepTimeMS": ms(self.host_ns),
            "prevDeviceStepTimeMS": self.device_ns.map(ms),
            "gpuForwardTimeMS": null,
            "schedulerMode": "non_overlap",
            "kvCacheIterationStats": {
                (owner.options.input_len + owner.options.output_len).to_string(): {
                    "primaryUsedNumBlocks": self.used_slots,
                    "iterReusedBlocks": 0,
                    "iterOnboardBytes": 0,
                },
            },
        });
        if let Value::Object(late) = late {
            entries.extend(late);
        }
        if owner.all_ranks {
            entries.insert("rank".to_owned(), json!(owner.rank));
        }
        if let Some(Value::Object(batching)) = entries.get_mut("inflightBatchingStats") {
            let counters = [
                ("numCtxKvTokens", self.cached.0),
                ("numGenKvTokens", self.cached.1),
                ("numQueuedContextRequests", self.queued),
                ("numQueuedCtxTokens", self.queued * owner.options.input_len),
                ("numQueuedGenRequests", 0),
                ("numQueuedGenKvTokens", 0),
                ("numPausedKvTokens", 0),
            ];
            batching.extend(counters.map(|(name, count)| (name.to_owned(), json!(count))));
        }
    }
}

fn request_row(request: RequestState, input_len: usize) -> Value {
    let stage = match request {
        RequestState { scheduled: false, .. } => "QUEUED",
        RequestState { prefilled, .. } if prefilled < input_len => "CONTEXT_IN_PROGRESS",
        _ => "GENERATION_IN_PROGRESS",
    };
    let blocks = usize::from(request.scheduled);
    json!({
        "id": request.id,
        "stage": stage,
        "contextPrefillPosition": request.prefilled,
        "numGeneratedTokens": request.generated,
        "avgNumDecodedTokensPerIter": f64::from(u8::from(request.generated > 0)),
        "scheduled": request.scheduled,
        "paused": false,
        "disServingStats": null,
        "allocTotalBlocksPerRequest": blocks,
        "allocNewBlocksPerRequest": blocks,
        "reusedBlocksPerRequest": 0,
        "missedBlocksPerRequest": blocks,
        "kvCacheHitRatePerRequest": 0.0,
    })
}

/// `MM-DD-YYYY HH:MM:SS.ffffff`, in UTC.
fn timestamp(epoch_ns: u64) -> String {
    let at = utc(epoch_ns);
    let (day, clock) = (at.date(), at.time());
    format!(
        "{:02}-{:02}-{:04} {:02}:{:02}:{:02}.{:06}",
        u8::from(day.month()),
        day.day(),
        day.year(),
        clock.hour(),
        clock.minute(),
        clock.second(),
        clock.microsecond()
    )
}

#[allow(clippy::cast_precision_loss)]
fn ms(ns: u64) -> f64 {
    ns as f64 / 1e6
}
