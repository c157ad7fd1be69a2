// SPDX-License-Identifier: Apache-2.0
//! What connects slices of a trace. An arrow follows every batch from `_schedule` through its forward step to
//! `_update_requests`; an asynchronous event spans every request from its arrival to its last token.

use std::io::{self, Write};

use crate::recorder::{Op, Slice, SliceArgs};
use crate::trace_file::{TraceOwner, WindowContent};

/// Category of the arrows.
const BATCH: &str = "batch";
/// Category of the requests.
const REQUEST: &str = "request";

/// Writes an arrow per batch; its id is the iteration.
///
/// # Errors
/// What the operating system says.
pub fn write_batches(out: &mut impl Write, owner: &TraceOwner, slices: &[Slice]) -> io::Result<()> {
    let mut scheduled_ns = None;
    let mut batch = None;
    for slice in slices {
        match (slice.op, slice.args) {
            (Op::Schedule, _) => scheduled_ns = Some(slice.start_ns),
            (Op::ForwardStep, SliceArgs::Step(iteration, ..)) => {
                if let Some(start_ns) = scheduled_ns.take() {
                    write_arrow(out, owner, 's', iteration, start_ns)?;
                    write_arrow(out, owner, 't', iteration, slice.start_ns)?;
                    batch = Some(iteration);
                }
            }
            (Op::UpdateRequests, _) => {
                if let Some(iteration) = batch.take() {
                    write_arrow(out, owner, 'f', iteration, slice.start_ns)?;
                }
            }
            _ => {}
        }
    }
    Ok(())
}

fn write_arrow(
    out: &mut impl Write,
    owner: &TraceOwner,
    phase: char,
    iteration: u32,
    at_ns: u64,
) -> io::Result<()> {
    let binding = if phase == 'f' { ", \"bp\": \"e\"" } else { "" };
    write!(
        out,
        ",\n  {{\"ph\": \"{phase}\", \"cat\": \"{BATCH}\", \"name\": \"batch\", \"id\": {iteration}{binding}, {}}}",
        place(owner, at_ns)
    )
}

/// Writes the requests of a window. One that arrived before it begins with it, one that is not done ends with it; its
/// arguments say so.
///
/// # Errors
/// What the operating system says.
pub fn write_requests(out: &mut impl Write, owner: &TraceOwner, content: &WindowContent) -> io::Result<()> {
    let WindowContent { start_ns, end_ns, .. } = *content;
    let inside = |moment: &u64| (start_ns..=end_ns).contains(moment);
    for request in &content.requests {
        let is_older = request.arrival_ns < start_ns;
        let is_done = request.end_ns.is_some();
        let mut event = |phase: char, name: &str, at_ns: u64, args: &str| {
            write!(
                out,
                ",\n  {{\"ph\": \"{phase}\", \"cat\": \"{REQUEST}\", \"name\": \"{name}\", \"id\": {}, {}, \
                 \"args\": {{{args}}}}}",
                request.id,
                place(owner, at_ns)
            )
        };
        let name = format!("request {}", request.id);
        let begins_ns = request.arrival_ns.max(start_ns);
        event('b', &name, begins_ns, &format!("\"arrived_before_window\": {is_older}"))?;
        if let Some(first_ns) = request.first_token_ns.filter(inside) {
            event('n', "first token", first_ns, "")?;
        }
        event('e', &name, request.end_ns.unwrap_or(end_ns), &format!("\"done\": {is_done}"))?;
    }
    Ok(())
}

/// Process, thread and time of an event.
fn place(owner: &TraceOwner, at_ns: u64) -> String {
    let TraceOwner { pid, tid, .. } = owner;
    format!("\"pid\": {pid}, \"tid\": {tid}, \"ts\": {}.{:03}", at_ns / 1000, at_ns % 1000)
}
