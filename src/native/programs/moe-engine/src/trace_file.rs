// SPDX-License-Identifier: Apache-2.0
//! Writes the slices of a window as a Kineto-compatible JSON file (Chrome trace events), gzipped when
//! the path ends in `.gz`.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::recorder::{Op, Slice, SliceArgs};
use crate::scheduler::Lifetime;
use crate::trace_links::{write_batches, write_requests};

/// The device that a trace of this engine names.
pub const DEVICE_NAME: &str = "CPU (embedded engine)";

/// Who recorded the slices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TraceOwner {
    /// Rank.
    pub rank: usize,
    /// Number of ranks.
    pub world_size: usize,
    /// Process id in the trace.
    pub pid: u32,
    /// Thread id in the trace.
    pub tid: u32,
    /// Nanoseconds between 1970 and the origin of the slices.
    pub base_ns: u64,
    /// Whether step markers carry context tokens (eras e2 and e3).
    pub marks_context_tokens: bool,
}

/// What a window holds; moments in nanoseconds since the origin of the run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WindowContent {
    /// Its slices, sorted, parents first.
    pub slices: Vec<Slice>,
    /// The requests of the rank that were there in it; none without the debug ranges, since hundreds of them would
    /// bury the steps.
    pub requests: Vec<Lifetime>,
    /// Its start.
    pub start_ns: u64,
    /// Its end.
    pub end_ns: u64,
}

/// The file of one rank: `{stem}-rank-{rank}{ext}`, where `ext` is the last suffix only; the path as
/// it is when there is one rank.
#[must_use]
pub fn rank_path(path: &Path, rank: usize, verbatim: bool) -> PathBuf {
    if verbatim {
        return path.to_owned();
    }
    let stem = path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
    let suffix = path.extension().map_or_else(String::new, |suffix| format!(".{}", suffix.to_string_lossy()));
    path.with_file_name(format!("{stem}-rank-{rank}{suffix}"))
}

/// Writes a window to `path`: its slices, arrows that follow every batch, and the life of every request.
///
/// # Errors
/// What the operating system says.
pub fn write_trace(path: &Path, owner: &TraceOwner, content: &WindowContent) -> io::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    if path.extension().is_some_and(|suffix| suffix == "gz") {
        let mut encoder = GzEncoder::new(&mut file, Compression::fast());
        write_json(&mut encoder, &name, owner, content)?;
        encoder.finish()?;
    } else {
        write_json(&mut file, &name, owner, content)?;
    }
    file.flush()
}

fn write_json(
    out: &mut impl Write,
    name: &str,
    owner: &TraceOwner,
    content: &WindowContent,
) -> io::Result<()> {
    let TraceOwner { rank, world_size, base_ns, .. } = *owner;
    writeln!(out, "{{\n  \"schemaVersion\": 1,\n  \"deviceProperties\": [],")?;
    writeln!(
        out,
        "  \"distributedInfo\": {{\"backend\": \"threads\", \"rank\": {rank}, \"world_size\": {world_size}}},"
    )?;
    writeln!(
        out,
        "  \"displayTimeUnit\": \"ms\",\n  \"baseTimeNanoseconds\": {base_ns},\n  \"traceEvents\": ["
    )?;
    write_metadata(out, owner)?;
    for slice in &content.slices {
        write_slice(out, owner, slice)?;
    }
    write_batches(out, owner, &content.slices)?;
    write_requests(out, owner, content)?;
    writeln!(out, "\n  ],\n  \"traceName\": {}\n}}", serde_json::Value::from(name))
}

fn write_metadata(out: &mut impl Write, owner: &TraceOwner) -> io::Result<()> {
    let TraceOwner { rank, pid, tid, .. } = *owner;
    let entries = [
        ("process_name", format!("\"name\": \"{DEVICE_NAME} rank {rank}\"")),
        ("process_labels", format!("\"labels\": \"rank {rank}\"")),
        ("process_sort_index", format!("\"sort_index\": {rank}")),
        ("thread_name", format!("\"name\": \"executor rank {rank}\"")),
        ("thread_sort_index", format!("\"sort_index\": {rank}")),
    ];
    for (index, (name, args)) in entries.iter().enumerate() {
        let comma = if index == 0 { "" } else { ",\n" };
        write!(
            out,
            "{comma}  {{\"ph\": \"M\", \"name\": \"{name}\", \"ts\": 0.000, \"pid\": {pid}, \"tid\": {tid}, \
             \"args\": {{{args}}}}}"
        )?;
    }
    Ok(())
}

fn write_slice(out: &mut impl Write, owner: &TraceOwner, slice: &Slice) -> io::Result<()> {
    let category = if slice.op.is_annotation() { "user_annotation" } else { "cpu_op" };
    write!(out, ",\n  {{\"ph\": \"X\", \"cat\": \"{category}\", \"name\": \"{}", slice.op.name())?;
    match slice.args {
        SliceArgs::Step(iteration, context, tokens, generation) if owner.marks_context_tokens => {
            write!(out, " {iteration}: {context} ctx reqs, {tokens} ctx tokens, {generation} gen reqs")?;
        }
        SliceArgs::Step(iteration, context, _, generation) => {
            write!(out, " {iteration}: {context} ctx reqs, {generation} gen reqs")?;
        }
        SliceArgs::Layer(layer) if slice.op == Op::Layer => write!(out, " {layer}")?,
        _ => {}
    }
    let duration_ns = slice.end_ns - slice.start_ns;
    write!(
        out,
        "\", \"pid\": {}, \"tid\": {}, \"ts\": {}.{:03}, \"dur\": {}.{:03}, \"args\": {{",
        owner.pid,
        owner.tid,
        slice.start_ns / 1000,
        slice.start_ns % 1000,
        duration_ns / 1000,
        duration_ns % 1000
    )?;
    write_args(out, slice.args)?;
    write!(out, "}}}}")
}

fn write_args(out: &mut impl Write, args: SliceArgs) -> io::Result<()> {
    match args {
        SliceArgs::None => Ok(()),
        SliceArgs::Requests(requests) => write!(out, "\"requests\": {requests}"),
        SliceArgs::Layer(layer) => write!(out, "\"layer\": {layer}"),
        SliceArgs::Tokens(tokens) => write!(out, "\"tokens\": {tokens}"),
        SliceArgs::LayerTokens(layer, tokens) => write!(out, "\"layer\": {layer}, \"tokens\": {tokens}"),
        SliceArgs::Expert(layer, expert, tokens) => {
            write!(out, "\"layer\": {layer}, \"expert\": {expert}, \"tokens\": {tokens}")
        }
        SliceArgs::Step(iteration, context, tokens, generation) => write!(
            out,
            "\"iteration\": {iteration}, \"context_requests\": {context}, \"context_tokens\": {tokens}, \
             \"generation_requests\": {generation}"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rank_names_keep_the_last_suffix_only() {
        let name = |path: &str| rank_path(Path::new(path), 3, false).to_string_lossy().into_owned();
        assert_eq!(name("/tmp/trace.json"), "/tmp/trace-rank-3.json");
        assert_eq!(name("trace.json.gz"), "trace.json-rank-3.gz");
        assert_eq!(name("trace"), "trace-rank-3");
        assert_eq!(rank_path(Path::new("a/t.json"), 0, true), PathBuf::from("a/t.json"));
    }
}
