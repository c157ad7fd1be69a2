// SPDX-License-Identifier: Apache-2.0
//! A collected trace in the order of a store: tracks as they are displayed, slices by track, lane and start,
//! arrows by their rows.

use std::path::Path;

use iterscope_model::rules::RULES_VERSION;
use iterscope_model::{
    CounterInfo, ErrorCode, Instant, Result, Sample, Slice, SourceStamp, TraceError, TraceMeta, TrackInfo,
    WarningCode,
};
use iterscope_store::TraceData;
use rayon::prelude::*;

use crate::collect::{Collector, TrackKey};
use crate::flows::join_flows;
use crate::kineto::{FileFacts, TrackHints};
use crate::labels::{Labels, WHOLE_TRACE};
use crate::lanes::{LaneStats, lay_out};
use crate::order::sort_by_time;
use crate::pairs::pair_events;
use crate::progress::Cancel;

/// The finished trace.
///
/// # Errors
/// `ingest.too-large` beyond four billion slices, `ingest.cancelled`.
pub fn assemble(
    mut trace: Collector,
    source: SourceStamp,
    facts: FileFacts,
    compressed: bool,
    cancel: &Cancel,
) -> Result<TraceData> {
    let path = Path::new(&source.path).to_path_buf();
    add_pairs(&mut trace);
    check_size(&trace, &source)?;
    let first_ns = first_moment(&trace);
    move_points(&mut trace, first_ns);
    move_global_instants(&mut trace);
    let mut tracks = order_tracks(&mut trace);
    lay_out_tracks(&mut trace, first_ns, &mut tracks, cancel);
    cancel.check(&path)?;
    let flows =
        join_flows(std::mem::take(&mut trace.flows), &trace.slices, &mut trace.tables.warnings, cancel);
    cancel.check(&path)?;
    let instants = sort_instants(&mut trace, &mut tracks);
    let counters = sort_samples(&mut trace);
    let last_instant = instants.par_iter().map(|instant| instant.time_ns).max().unwrap_or(0);
    let last_slice = trace.slices.par_iter().flatten_iter().map(Slice::end_ns).max().unwrap_or(0);
    let end_ns = last_slice.max(last_instant);
    let meta = TraceMeta {
        source,
        format: if facts.is_kineto { "kineto" } else { "chrome" }.to_owned(),
        compressed,
        origin_ns: facts.base_time_ns.saturating_add(first_ns),
        end_ns,
        rank: facts.rank,
        world_size: facts.world_size,
        rules_version: RULES_VERSION,
        devices: facts.devices,
        tracks,
        counters,
        categories: trace.tables.categories,
        counts: trace.counts,
        warnings: trace.tables.warnings.to_list(),
        diagnostics: Vec::new(),
    };
    let Collector { slices, samples, .. } = trace;
    Ok(TraceData {
        meta,
        slices,
        names: trace.tables.names,
        instants,
        samples,
        flows,
        checkpoints: Vec::new(),
    })
}

fn add_pairs(trace: &mut Collector) {
    let paired = pair_events(std::mem::take(&mut trace.pairs), &mut trace.tables.warnings);
    trace.counts.slices += paired.len() as u64;
    for slice in paired {
        trace.push(slice);
    }
}

fn check_size(trace: &Collector, source: &SourceStamp) -> Result<()> {
    if u32::try_from(trace.slice_count()).is_ok() {
        return Ok(());
    }
    let message =
        format!("{} holds more than 4,294,967,295 slices. Cut it into smaller windows first.", source.path);
    Err(TraceError::new(ErrorCode::IngestTooLarge, message))
}

/// The first slice, or the first moment of a trace without slices: where its times count from.
fn first_moment(trace: &Collector) -> i64 {
    let first_slice = trace.slices.par_iter().flatten_iter().map(|slice| slice.start_ns).min();
    let instants = trace.instants.iter().map(|raw| raw.instant.time_ns);
    let points = || instants.chain(trace.samples.iter().map(|sample| sample.time_ns));
    first_slice.or_else(|| points().min()).unwrap_or(0)
}

/// Makes the times of everything but slices offsets from the trace's first moment.
fn move_points(trace: &mut Collector, first_ns: i64) {
    trace.flows.par_iter_mut().for_each(|flow| flow.time_ns -= first_ns);
    for raw in &mut trace.instants {
        raw.instant.time_ns -= first_ns;
    }
    for sample in &mut trace.samples {
        sample.time_ns -= first_ns;
    }
}

/// Moments of the whole trace stand on a track of their own, unless their place holds slices too.
fn move_global_instants(trace: &mut Collector) {
    let holds_slices: Vec<bool> = trace.tables.tracks.iter().map(|(_, hints)| holds_slices(*hints)).collect();
    for raw in &mut trace.instants {
        if raw.is_global && !holds_slices[raw.instant.track as usize] {
            let key = TrackKey { pid: String::new(), tid: WHOLE_TRACE.to_owned() };
            raw.instant.track = trace.tables.track_of(key);
        }
    }
}

fn holds_slices(hints: TrackHints) -> bool {
    hints.has_device_rows || hints.has_host_rows
}

/// Numbers the tracks that hold anything in the order of display, and renumbers what lies on them.
fn order_tracks(trace: &mut Collector) -> Vec<TrackInfo> {
    let labels = Labels::of(&trace.facts);
    let known = &trace.tables.tracks;
    let mut is_used: Vec<bool> = known.iter().map(|(_, hints)| holds_slices(*hints)).collect();
    for raw in &trace.instants {
        is_used[raw.instant.track as usize] = true;
    }
    let mut used: Vec<usize> = (0..known.len()).filter(|id| is_used[*id]).collect();
    used.sort_by_cached_key(|id| labels.position(&known[*id].0));
    let mut renumbered = vec![u32::MAX; known.len()];
    let mut tracks = Vec::with_capacity(used.len());
    for (id, old) in (0..u32::MAX).zip(used.iter().copied()) {
        renumbered[old] = id;
        tracks.push(labels.track_info(id, &known[old].0, known[old].1));
    }
    let mut by_old_track = std::mem::take(&mut trace.slices);
    by_old_track.resize_with(known.len(), Vec::new);
    trace.slices = used.iter().map(|old| std::mem::take(&mut by_old_track[*old])).collect();
    trace.flows.par_iter_mut().for_each(|flow| flow.track = renumbered[flow.track as usize]);
    for raw in &mut trace.instants {
        raw.instant.track = renumbered[raw.instant.track as usize];
    }
    tracks
}

/// Gives the slices of every track their final times, order and lanes.
fn lay_out_tracks(trace: &mut Collector, first_ns: i64, tracks: &mut [TrackInfo], cancel: &Cancel) {
    let works: Vec<bool> = trace.tables.roles.iter().map(|role| role.is_device_work()).collect();
    let stats: Vec<LaneStats> = trace
        .slices
        .par_iter_mut()
        .zip(&*tracks)
        .map(|(slices, info)| {
            for slice in slices.iter_mut() {
                slice.start_ns -= first_ns;
                slice.track = info.id;
            }
            sort_by_time(slices, cancel);
            lay_out(slices, |slice| works[usize::from(slice.category)], cancel)
        })
        .collect();
    let is_async: rustc_hash::FxHashSet<(&str, &str)> = trace
        .tables
        .tracks
        .iter()
        .filter(|(_, hints)| hints.is_async)
        .map(|(key, _)| (key.pid.as_str(), key.tid.as_str()))
        .collect();
    for ((info, slices), stats) in tracks.iter_mut().zip(&trace.slices).zip(stats) {
        info.lanes = stats.lanes;
        info.slice_count = slices.len() as u64;
        info.covered_ns = stats.covered_ns;
        trace.tables.warnings.add_many(WarningCode::LanesClamped, stats.clamped);
        if !is_async.contains(&(info.pid.as_str(), info.tid.as_str())) {
            trace.tables.warnings.add_many(WarningCode::PartialOverlap, stats.partial_overlaps);
        }
    }
}

fn sort_instants(trace: &mut Collector, tracks: &mut [TrackInfo]) -> Vec<Instant> {
    let mut instants: Vec<Instant> = trace.instants.drain(..).map(|raw| raw.instant).collect();
    instants.par_sort_unstable_by_key(|instant| (instant.track, instant.time_ns, instant.source_offset));
    for instant in &instants {
        tracks[instant.track as usize].instant_count += 1;
    }
    instants
}

/// Counters in the order of process and name.
fn sort_samples(trace: &mut Collector) -> Vec<CounterInfo> {
    let labels = Labels::of(&trace.facts);
    let keys = &trace.tables.counters;
    let mut order: Vec<usize> = (0..keys.len()).collect();
    order.sort_by_cached_key(|id| labels.position(&keys[*id]));
    let mut renumbered = vec![u32::MAX; keys.len()];
    let mut counters = Vec::with_capacity(order.len());
    for (id, old) in (0..u32::MAX).zip(order) {
        renumbered[old] = id;
        counters.push(CounterInfo {
            id,
            pid: keys[old].pid.clone(),
            process_name: labels.process_name(&keys[old].pid),
            name: keys[old].tid.clone(),
            unit: String::new(),
            device_id: None,
            sample_count: 0,
            min: f64::INFINITY,
            max: f64::NEG_INFINITY,
        });
    }
    for sample in &mut trace.samples {
        sample.counter = renumbered[sample.counter as usize];
    }
    // Stable, so that values of one moment keep the file's order.
    trace.samples.par_sort_by_key(|sample| (sample.counter, sample.time_ns));
    for Sample { counter, value, .. } in &trace.samples {
        let info = &mut counters[*counter as usize];
        info.sample_count += 1;
        info.min = info.min.min(*value);
        info.max = info.max.max(*value);
    }
    counters
}
