// SPDX-License-Identifier: Apache-2.0
//! `--request_json`, `--output_json` and `--iteration_log`: the files that tell about single requests and iterations.

use std::fs;
use std::path::Path;

use serde_json::ser::PrettyFormatter;
use serde_json::{Map, Serializer, Value, json};

use crate::error::EngineError;
use crate::iteration_stats::StatsOwner;
use crate::options::Options;
use crate::rank_loop::RankOutcome;
use crate::scheduler::FinishedRequest;

/// Writes the files that the options ask for.
///
/// # Errors
/// [`EngineError::Write`] that names the file.
pub fn write_request_files(options: &Options, ranks: &[RankOutcome]) -> Result<(), EngineError> {
    let mut finished: Vec<&FinishedRequest> = ranks.iter().flat_map(|rank| &rank.finished).collect();
    finished.sort_by_key(|request| request.id);
    if let Some(path) = &options.request_json {
        let rows: Value = finished.iter().map(|request| request_row(request, options.input_len)).collect();
        write_json("the requests", path, &rows)?;
    }
    if let Some(path) = &options.output_json {
        let texts: Map<String, Value> =
            finished.iter().map(|request| (request.id.to_string(), text_of(request).into())).collect();
        write_json("the output", path, &Value::Object(texts))?;
    }
    Ok(())
}

/// Writes the iteration log where the options ask for one: rank 0, or all ranks by turns.
///
/// # Errors
/// [`EngineError::Write`] that names the file.
pub fn write_iteration_log(
    options: &Options,
    all_ranks: bool,
    ranks: &[RankOutcome],
) -> Result<(), EngineError> {
    let Some(path) = &options.iteration_log else { return Ok(()) };
    let shown = if all_ranks { ranks } else { ranks.get(..1).unwrap_or_default() };
    let longest = shown.iter().map(|rank| rank.records.len()).max().unwrap_or(0);
    let mut text = String::new();
    for sequence in 0..longest {
        for (rank, outcome) in shown.iter().enumerate() {
            if let Some(record) = outcome.records.get(sequence) {
                text.push_str(&record.line(StatsOwner { options, rank, all_ranks }, sequence));
                text.push('\n');
            }
        }
    }
    write("the iteration log", path, text.as_bytes())
}

/// One request; times in nanoseconds of a steady clock, rates per second.
fn request_row(request: &FinishedRequest, input_len: usize) -> Value {
    let FinishedRequest { id, arrival_ns, first_token_ns, end_ns, tokens } = request;
    let output = tokens.len();
    let generation_ns = end_ns - first_token_ns;
    let latency_ns = end_ns - arrival_ns;
    let between = (output > 1).then(|| ratio(generation_ns, output as u64 - 1));
    let per_second = |count: usize, ns: u64| (ns > 0).then(|| ratio(count as u64 * 1_000_000_000, ns));
    json!({
        "id": id,
        "num_input_tokens": input_len,
        "error_tokens": 0,
        "start_timestamp": arrival_ns,
        "first_token_timestamp": first_token_ns,
        "end_timestamp": end_ns,
        "decode_iteration": output,
        "num_total_output_tokens": output,
        "num_generated_tokens": output - 1,
        "generation_time": generation_ns,
        "time_to_first_token": first_token_ns - arrival_ns,
        "intertoken_latency": between,
        "end_to_end_latency": latency_ns,
        "total_token_throughput": per_second(input_len + output, latency_ns),
        "output_token_throughput": per_second(output, latency_ns),
        "output": text_of(request),
        "output_tokens": output,
    })
}

/// There is no tokenizer: a token is written as its number.
fn text_of(request: &FinishedRequest) -> String {
    let tokens: Vec<String> = request.tokens.iter().map(|token| format!("<{token}>")).collect();
    tokens.concat()
}

#[allow(clippy::cast_precision_loss)]
fn ratio(a: u64, b: u64) -> f64 {
    a as f64 / b as f64
}

/// Writes `value` as TensorRT-LLM's benchmark does: indented by four spaces.
///
/// # Errors
/// [`EngineError::Write`] that names the file.
pub fn write_json(what: &'static str, path: &Path, value: &Value) -> Result<(), EngineError> {
    let mut bytes = Vec::new();
    let mut serializer = Serializer::with_formatter(&mut bytes, PrettyFormatter::with_indent(b"    "));
    let written = serde::Serialize::serialize(value, &mut serializer);
    written.map_err(|error| EngineError::Write { what, path: path.to_owned(), reason: error.to_string() })?;
    bytes.push(b'\n');
    write(what, path, &bytes)
}

fn write(what: &'static str, path: &Path, bytes: &[u8]) -> Result<(), EngineError> {
    let failed =
        |error: std::io::Error| EngineError::Write { what, path: path.to_owned(), reason: error.to_string() };
    fs::write(path, bytes).map_err(failed)
}
