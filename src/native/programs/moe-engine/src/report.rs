// SPDX-License-Identifier: Apache-2.0
//! The figures of a run and the report at its end, with the labels of TensorRT-LLM's benchmark, plus
//! what the expert-parallel ranks did.

use std::fmt::Write;

use crate::options::Options;
use crate::rank_loop::RankOutcome;
use crate::scheduler::FinishedRequest;

/// Figures over the expert-parallel ranks.
#[derive(Debug, Clone, PartialEq)]
pub struct MoeSummary {
    /// Gain of throughput that perfectly even experts would bring, by the ranks' expert times: 0.25 is 25 %.
    pub predicted_gain: f64,
    /// Expert time of every rank.
    pub rank_compute_ms: Vec<f64>,
    /// Waiting of every rank for others, inside layers.
    pub rank_wait_ms: Vec<f64>,
    /// Wall time of all iterations.
    pub wall_ms: f64,
}

/// One figure of all done requests, sorted.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Samples(pub Vec<f64>);

impl Samples {
    /// The sorted samples of `values`.
    #[must_use]
    pub fn of(values: impl Iterator<Item = f64>) -> Self {
        let mut values: Vec<f64> = values.collect();
        values.sort_by(f64::total_cmp);
        Self(values)
    }

    /// The smallest value that at least `percent` of the requests do not exceed.
    #[must_use]
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    pub fn percentile(&self, percent: f64) -> Option<f64> {
        let rank = (percent / 100.0 * self.0.len() as f64).ceil() as usize;
        self.0.get(rank.saturating_sub(1)).copied()
    }

    /// Their mean.
    #[must_use]
    pub fn average(&self) -> Option<f64> {
        mean(&self.0)
    }
}

/// What a client that streams sees of all done requests.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct StreamingSummary {
    /// Time to the first token, in milliseconds.
    pub first_token_ms: Samples,
    /// Time per further token, in milliseconds; of requests with more than one.
    pub per_token_ms: Samples,
    /// Further tokens per second; of requests with more than one.
    pub tokens_per_second: Samples,
}

/// The figures of a run. Rates are `None` where nothing was done.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// Requests that are done.
    pub requests: usize,
    /// Iterations of the loop.
    pub iterations: u64,
    /// Requests in flight on average.
    pub concurrent_requests: Option<f64>,
    /// Requests that arrived per second.
    pub issue_rate: Option<f64>,
    /// From the first iteration's start to the last one's end.
    pub total_latency_ms: f64,
    /// Done requests per second.
    pub request_throughput: Option<f64>,
    /// Generated tokens per second.
    pub output_throughput: Option<f64>,
    /// Prompt and generated tokens per second.
    pub total_throughput: Option<f64>,
    /// Generated tokens per second and request, prefill included.
    pub output_throughput_per_user: Option<f64>,
    /// Generated tokens per second and rank.
    pub output_throughput_per_rank: Option<f64>,
    /// Latencies of done requests, in milliseconds.
    pub latencies: Samples,
    /// Times to and between tokens, where the options ask for them.
    pub streaming: Option<StreamingSummary>,
    /// What the ranks did.
    pub moe: MoeSummary,
}

impl Summary {
    /// The figures of a run on these ranks.
    #[must_use]
    #[allow(clippy::cast_precision_loss)]
    pub fn of(options: &Options, ranks: &[RankOutcome]) -> Self {
        let start_ns = ranks.iter().map(|rank| rank.start_ns).min().unwrap_or(0);
        let end_ns = ranks.iter().map(|rank| rank.end_ns).max().unwrap_or(0);
        let wall_ns = (end_ns - start_ns) as f64;
        let finished: Vec<&FinishedRequest> = ranks.iter().flat_map(|rank| &rank.finished).collect();
        let Samples(latencies) = Samples::of(finished.iter().map(|f| (f.end_ns - f.arrival_ns) as f64 / 1e6));
        let prompt_tokens: usize = ranks.iter().map(|rank| rank.tokens.0).sum();
        let output_tokens: usize = ranks.iter().map(|rank| rank.tokens.1).sum();
        let per_second = |count: usize| (wall_ns > 0.0).then(|| count as f64 * 1e9 / wall_ns);
        let user_rates: Vec<f64> = latencies.iter().map(|ms| options.output_len as f64 * 1e3 / ms).collect();
        let arrivals_ns = || finished.iter().map(|request| request.arrival_ns);
        let arrival_span_ns =
            arrivals_ns().max().zip(arrivals_ns().min()).map_or(0, |(last, first)| last - first);
        Self {
            requests: finished.len(),
            iterations: ranks.first().map_or(0, |rank| rank.iterations),
            concurrent_requests: (wall_ns > 0.0).then(|| latencies.iter().sum::<f64>() * 1e6 / wall_ns),
            issue_rate: (arrival_span_ns > 0).then(|| finished.len() as f64 * 1e9 / arrival_span_ns as f64),
            total_latency_ms: wall_ns / 1e6,
            request_throughput: per_second(finished.len()),
            output_throughput: per_second(output_tokens),
            total_throughput: per_second(prompt_tokens + output_tokens),
            output_throughput_per_user: mean(&user_rates),
            output_throughput_per_rank: per_second(output_tokens).map(|rate| rate / ranks.len() as f64),
            latencies: Samples(latencies),
            streaming: options.streaming.then(|| streaming_summary(&finished)),
            moe: moe_summary(ranks, wall_ns),
        }
    }
}

#[allow(clippy::cast_precision_loss)]
fn streaming_summary(finished: &[&FinishedRequest]) -> StreamingSummary {
    let generation_ms = |f: &&FinishedRequest| (f.end_ns - f.first_token_ns) as f64 / 1e6;
    let further = |f: &FinishedRequest| f.tokens.len() as f64 - 1.0;
    let longer = || finished.iter().filter(|f| f.tokens.len() > 1 && f.end_ns > f.first_token_ns);
    StreamingSummary {
        first_token_ms: Samples::of(finished.iter().map(|f| (f.first_token_ns - f.arrival_ns) as f64 / 1e6)),
        per_token_ms: Samples::of(longer().map(|f| generation_ms(f) / further(f))),
        tokens_per_second: Samples::of(longer().map(|f| further(f) * 1e3 / generation_ms(f))),
    }
}

#[allow(clippy::cast_precision_loss)]
fn moe_summary(ranks: &[RankOutcome], wall_ns: f64) -> MoeSummary {
    let times: Vec<&[u64]> = ranks.iter().map(|rank| rank.moe_ns.as_slice()).collect();
    MoeSummary {
        predicted_gain: gain_from_balance(&times, wall_ns),
        rank_compute_ms: ranks.iter().map(|rank| rank.moe_ns.iter().sum::<u64>() as f64 / 1e6).collect(),
        rank_wait_ms: ranks.iter().map(|rank| rank.wait_ns as f64 / 1e6).collect(),
        wall_ms: wall_ns / 1e6,
    }
}

/// T/(T - saved) - 1 with T = `wall_ns` and saved = the sum over layers and iterations of the longest
/// expert time minus the mean over ranks. `times` holds the times of each rank in the same order.
#[must_use]
#[allow(clippy::cast_precision_loss)]
pub fn gain_from_balance(times: &[&[u64]], wall_ns: f64) -> f64 {
    let count = times.iter().map(|rank| rank.len()).min().unwrap_or(0);
    let saved_of = |index: usize| {
        let of_ranks = || times.iter().map(|rank| rank[index]);
        let sum: u64 = of_ranks().sum();
        of_ranks().max().unwrap_or(0) as f64 - sum as f64 / times.len() as f64
    };
    let saved_ns: f64 = (0..count).map(saved_of).sum();
    if wall_ns > saved_ns { wall_ns / (wall_ns - saved_ns) - 1.0 } else { 0.0 }
}

#[allow(clippy::cast_precision_loss)]
fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

const RULE: &str = "===========================================================";

/// The report, in sections; a figure that does not exist is left out.
#[must_use]
pub fn report_text(options: &Options, summary: &Summary) -> String {
    let mut text = String::from("\n");
    section(&mut text, "EMBEDDED ENGINE");
    let shape = format!(
        "{} layers, hidden {}, {} experts, top-{}, ffn {}",
        options.layers, options.hidden, options.experts, options.top_k, options.ffn
    );
    row(&mut text, "Model:", &shape);
    row(&mut text, "Engine Version:", env!("CARGO_PKG_VERSION"));
    row(&mut text, "Dtype:", "float32");
    section(&mut text, "REQUEST DETAILS");
    row(&mut text, "Number of requests:", &summary.requests.to_string());
    figure(&mut text, "Number of concurrent requests:", summary.concurrent_requests);
    row(&mut text, "Average Input Length (tokens):", &format!("{:.4}", f64_of(options.input_len)));
    row(&mut text, "Average Output Length (tokens):", &format!("{:.4}", f64_of(options.output_len)));
    section(&mut text, "WORLD + RUNTIME INFORMATION");
    row(&mut text, "TP Size:", &options.ranks().to_string());
    row(&mut text, "PP Size:", "1");
    row(&mut text, "EP Size:", &options.ranks().to_string());
    row(&mut text, "Max Runtime Batch Size:", &options.max_batch.to_string());
    row(&mut text, "Max Runtime Tokens:", &options.max_tokens.to_string());
    row(&mut text, "Scheduling Policy:", "GUARANTEED_NO_EVICT");
    figure(&mut text, "Issue Rate (req/sec):", summary.issue_rate);
    section(&mut text, "PERFORMANCE OVERVIEW");
    figure(&mut text, "Request Throughput (req/sec):", summary.request_throughput);
    figure(&mut text, "Total Output Throughput (tokens/sec):", summary.output_throughput);
    figure(&mut text, "Total Token Throughput (tokens/sec):", summary.total_throughput);
    figure(&mut text, "Total Latency (ms):", Some(summary.total_latency_ms));
    figure(&mut text, "Average request latency (ms):", summary.latencies.average());
    figure(&mut text, "Per User Output Throughput [w/ ctx] (tps/user):", summary.output_throughput_per_user);
    figure(&mut text, "Per GPU Output Throughput (tps/gpu):", summary.output_throughput_per_rank);
    if let Some(streaming) = &summary.streaming {
        streaming_rows(&mut text, streaming);
    }
    breakdown(&mut text, "Request Latency Breakdown (ms)", "Latency", &summary.latencies);
    dataset_section(&mut text, options, summary);
    moe_section(&mut text, summary);
    text.push_str(RULE);
    text
}

fn streaming_rows(text: &mut String, streaming: &StreamingSummary) {
    let StreamingSummary { first_token_ms, per_token_ms, tokens_per_second } = streaming;
    figure(text, "Average time-to-first-token [TTFT] (ms):", first_token_ms.average());
    figure(text, "Average time-per-output-token [TPOT] (ms):", per_token_ms.average());
    figure(text, "Per User Output Speed (tps/user):", tokens_per_second.average());
    breakdown(text, "Time-per-Output-Token [TPOT] Breakdown (ms)", "TPOT", per_token_ms);
    breakdown(text, "Time-to-First-Token [TTFT] Breakdown (ms)", "TTFT", first_token_ms);
    breakdown(text, "Per-User Output Speed [GTPS] Breakdown (tps/user)", "GTPS", tokens_per_second);
}

fn breakdown(text: &mut String, title: &str, label: &str, samples: &Samples) {
    let _ = write!(text, "\n-- {title} {}\n\n", "-".repeat(54_usize.saturating_sub(title.len())));
    for percent in [50.0, 90.0, 95.0, 99.0] {
        figure(text, &format!("[{label}] P{percent}    :"), samples.percentile(percent));
    }
    figure(text, &format!("[{label}] MINIMUM:"), samples.0.first().copied());
    figure(text, &format!("[{label}] MAXIMUM:"), samples.0.last().copied());
    figure(text, &format!("[{label}] AVERAGE:"), samples.average());
}

fn dataset_section(text: &mut String, options: &Options, summary: &Summary) {
    section(text, "DATASET DETAILS");
    row(text, "Number of Sequences:", &summary.requests.to_string());
    row(text, "Input Length (tokens):", &options.input_len.to_string());
    row(text, "Output Length (tokens):", &options.output_len.to_string());
}

fn moe_section(text: &mut String, summary: &Summary) {
    section(text, "EXPERT-PARALLEL RANKS");
    row(text, "Iterations:", &summary.iterations.to_string());
    row(text, "Rank", "MoE compute (ms)   Waiting for ranks (ms)");
    let moe = &summary.moe;
    for (rank, (compute, wait)) in moe.rank_compute_ms.iter().zip(&moe.rank_wait_ms).enumerate() {
        row(text, &rank.to_string(), &format!("{compute:16.4}   {wait:22.4}"));
    }
    row(text, "Predicted gain from balance (%):", &format!("{:.4}", moe.predicted_gain * 100.0));
}

fn section(text: &mut String, title: &str) {
    let _ = write!(text, "\n{RULE}\n= {title}\n{RULE}\n");
}

fn row(text: &mut String, label: &str, value: &str) {
    let _ = writeln!(text, "{label:<50}{value}");
}

fn figure(text: &mut String, label: &str, value: Option<f64>) {
    if let Some(value) = value {
        row(text, label, &format!("{value:.4}"));
    }
}

#[allow(clippy::cast_precision_loss)]
fn f64_of(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gain_follows_its_definition() {
        // saved = (30 - 20) + (10 - 7.5) = 12.5 of 100: 100 / 87.5 - 1.
        let gain = gain_from_balance(&[&[30, 10], &[10, 5]], 100.0);
        assert!((gain - (100.0 / 87.5 - 1.0)).abs() < 1e-12);
        assert!(gain_from_balance(&[&[30, 10]], 100.0).abs() < 1e-12, "one rank has nothing to gain");
    }

    #[test]
    fn percentiles_are_observed_values() {
        let latencies = Samples::of((1..=10).rev().map(f64::from));
        assert_eq!(latencies.percentile(50.0), Some(5.0));
        assert_eq!(latencies.percentile(99.0), Some(10.0));
        assert_eq!(Samples::default().percentile(50.0), None);
    }
}
