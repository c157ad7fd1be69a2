// SPDX-License-Identifier: Apache-2.0
//! Batches to one trace: numbers of the whole, kinds, tracks in the order of display, lanes.

use iterscope_model::rules::kind_of;
use iterscope_model::{
    CategoryRole, CounterInfo, Instant, Kind, NO_ID, NamePool, Sample, Slice, TraceCounts, TrackInfo,
    WarningCode, WarningCounts,
};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::batch::{Batch, MetricSample, Switch};
use super::counters::counters;
use super::labels::Label;
use super::lookup::Lookup;
use super::place::{Place, Section, process_of};
use super::scheduling::{Turn, turns};
use super::tracks::TrackNames;
use crate::lanes::{LaneStats, lay_out};
use crate::order::sort_by_time;
use crate::progress::Cancel;

/// A report's slices by track, sorted by lane and start, and what they point to. Times count from the first of them.
#[derive(Default)]
pub struct Assembled {
    /// The first time, from time zero of the recording.
    pub first_ns: i64,
    pub slices: Vec<Vec<Slice>>,
    pub instants: Vec<Instant>,
    pub samples: Vec<Sample>,
    pub tracks: Vec<TrackInfo>,
    pub counters: Vec<CounterInfo>,
    pub names: NamePool,
    pub counts: TraceCounts,
    pub warnings: WarningCounts,
}

/// A trace being put together; batches come in the order of the report's tables and rows.
pub struct Assembler<'a, 'b> {
    lookup: &'a mut Lookup<'b>,
    roles: Vec<CategoryRole>,
    names: NamePool,
    labels: FxHashMap<(Label, u8), (u32, u8)>,
    places: Vec<Place>,
    place_ids: FxHashMap<Place, usize>,
    /// Slices by place.
    slices: Vec<Vec<Slice>>,
    marks: Vec<(usize, Slice)>,
    samples: Vec<MetricSample>,
    open: Vec<(usize, Slice)>,
    switches: Vec<Switch>,
    domains: FxHashMap<(i64, i64), String>,
    counts: TraceCounts,
    warnings: WarningCounts,
}

impl<'a, 'b> Assembler<'a, 'b> {
    pub fn new(lookup: &'a mut Lookup<'b>, categories: &[String]) -> Self {
        Self {
            lookup,
            roles: categories.iter().map(|name| CategoryRole::of(name)).collect(),
            names: NamePool::default(),
            labels: FxHashMap::default(),
            places: Vec::new(),
            place_ids: FxHashMap::default(),
            slices: Vec::new(),
            marks: Vec::new(),
            samples: Vec::new(),
            open: Vec::new(),
            switches: Vec::new(),
            domains: FxHashMap::default(),
            counts: TraceCounts::default(),
            warnings: WarningCounts::default(),
        }
    }

    pub fn add(&mut self, batch: Batch) {
        let labels: Vec<(u32, u8)> =
            batch.labels.into_iter().map(|(label, category)| self.label(label, category)).collect();
        let places: Vec<usize> = batch.places.into_iter().map(|place| self.place(place)).collect();
        let named = |slice: Slice| {
            let (name, kind) = labels[slice.name as usize];
            (places[slice.track as usize], Slice { name, kind, ..slice })
        };
        for slice in batch.slices {
            let (place, slice) = named(slice);
            self.slices[place].push(slice);
        }
        self.open.extend(batch.open.into_iter().map(named));
        self.marks.extend(batch.marks.into_iter().map(named));
        self.samples.extend(batch.samples);
        for (process, domain, label) in batch.domains {
            let name = self.lookup.name(&label);
            self.domains.insert((process, domain), name);
        }
        self.switches.extend(batch.switches);
        self.warnings.merge(&batch.warnings);
        self.counts.events += batch.counts.events;
        self.counts.slices += batch.counts.slices;
        self.counts.metadata += batch.counts.metadata;
        self.counts.instants += batch.counts.instants;
        self.counts.counters += batch.counts.counters;
        self.counts.others += batch.counts.others;
    }

    /// The trace. `scheduling` is the category of turns on a core. Once cancelled, it is of no use.
    pub fn finish(mut self, scheduling: u8, libraries: FxHashMap<u16, String>, cancel: &Cancel) -> Assembled {
        let end_ns = self.slices.iter().flatten().map(Slice::end_ns).max().unwrap_or(0);
        self.close(end_ns);
        self.add_turns(end_ns, scheduling);
        self.separate_correlations();
        let names = self.track_names(libraries);
        for (place, slices) in self.places.iter().zip(&mut self.slices) {
            if names.is_gil(*place) {
                for slice in slices.iter_mut() {
                    slice.kind = Kind::Gil.number();
                }
            }
        }
        let (mut slices, tracks, mut instants) = self.lay_out(&names, cancel);
        let (counters, mut samples) = counters(std::mem::take(&mut self.samples), &self.lookup.metrics());
        self.warnings.add_many(WarningCode::MalformedEvents, self.lookup.missing_strings);
        let starts = slices.iter().flatten().map(|slice| slice.start_ns);
        let first_ns = starts.chain(instants.iter().map(|instant| instant.time_ns)).min().unwrap_or(0);
        for time_ns in (slices.iter_mut().flatten().map(|slice| &mut slice.start_ns))
            .chain(instants.iter_mut().map(|instant| &mut instant.time_ns))
            .chain(samples.iter_mut().map(|sample| &mut sample.time_ns))
        {
            *time_ns -= first_ns;
        }
        Assembled {
            first_ns,
            slices,
            instants,
            samples,
            tracks,
            counters,
            names: self.names,
            counts: self.counts,
            warnings: self.warnings,
        }
    }

    fn label(&mut self, label: Label, category: u8) -> (u32, u8) {
        if let Some(known) = self.labels.get(&(label.clone(), category)) {
            return *known;
        }
        let role = self.roles.get(usize::from(category)).copied().unwrap_or(CategoryRole::Other);
        let mut name = self.lookup.name(&label);
        if role == CategoryRole::HostApi {
            name.truncate(without_version(&name).len());
        }
        let found = (self.names.intern(&name), kind_of(role, &name).number());
        self.labels.insert((label, category), found);
        found
    }

    fn place(&mut self, place: Place) -> usize {
        *self.place_ids.entry(place).or_insert_with(|| {
            self.places.push(place);
            self.slices.push(Vec::new());
            self.places.len() - 1
        })
    }

    /// Ranges that had not ended when the recording did end with it.
    fn close(&mut self, end_ns: i64) {
        self.warnings.add_many(WarningCode::UnclosedBegin, self.open.len() as u64);
        for (place, slice) in std::mem::take(&mut self.open) {
            let dur_ns = (end_ns - slice.start_ns).max(0);
            self.slices[place].push(Slice { dur_ns, ..slice });
        }
    }

    fn add_turns(&mut self, end_ns: i64, category: u8) {
        for Turn { thread, core, slice } in turns(std::mem::take(&mut self.switches), end_ns, category) {
            let (name, kind) = self.label(Label::Core(core), category);
            let place = self.place(Place::Thread { thread, section: Section::Scheduling });
            self.slices[place].push(Slice { name, kind, ..slice });
            self.counts.slices += 1;
        }
    }

    /// Correlations count within a process: those of later processes are moved behind those of earlier ones.
    fn separate_correlations(&mut self) {
        let mut last: std::collections::BTreeMap<i64, u32> = std::collections::BTreeMap::new();
        for (place, slices) in self.places.iter().zip(&self.slices) {
            let largest = slices.iter().map(|slice| slice.correlation).max().unwrap_or(NO_ID);
            if largest != NO_ID {
                let known = last.entry(place.process()).or_default();
                *known = largest.max(*known);
            }
        }
        let mut next_base = 0_u64;
        let mut bases: FxHashMap<i64, u64> = FxHashMap::default();
        for (process, largest) in last {
            bases.insert(process, next_base);
            next_base += u64::from(largest);
        }
        for (place, slices) in self.places.iter().zip(&mut self.slices) {
            let Some(base) = bases.get(&place.process()).filter(|base| **base > 0) else { continue };
            for slice in slices.iter_mut().filter(|slice| slice.correlation != NO_ID) {
                slice.correlation = u32::try_from(base + u64::from(slice.correlation)).unwrap_or_else(|_| {
                    self.warnings.add(WarningCode::IdTooLarge);
                    NO_ID
                });
            }
        }
    }

    fn track_names(&mut self, libraries: FxHashMap<u16, String>) -> TrackNames {
        let mut names = TrackNames {
            processes: self.lookup.processes(),
            threads: self.lookup.threads(),
            domains: std::mem::take(&mut self.domains),
            ordinals: self.lookup.device_ordinals(),
            libraries,
            ..TrackNames::default()
        };
        let marker = Kind::StepMarker.number();
        for (place, slices) in self.places.iter().zip(&self.slices) {
            match place {
                Place::Stream { process, .. } => {
                    names.device_users.insert(*process);
                }
                Place::Thread { thread, section: Section::Domain(_) }
                    if slices.iter().any(|slice| slice.kind == marker) =>
                {
                    names.engine_threads.insert(*thread);
                    names.device_users.insert(process_of(*thread));
                }
                _ => {}
            }
        }
        names
    }

    fn lay_out(
        &mut self,
        names: &TrackNames,
        cancel: &Cancel,
    ) -> (Vec<Vec<Slice>>, Vec<TrackInfo>, Vec<Instant>) {
        let mut marks: Vec<Vec<Slice>> = vec![Vec::new(); self.places.len()];
        for (place, mark) in std::mem::take(&mut self.marks) {
            marks[place].push(mark);
        }
        let mut order = names.order(&self.places);
        order.retain(|place| !self.slices[*place].is_empty() || !marks[*place].is_empty());
        let mut by_track: Vec<Vec<Slice>> =
            order.iter().map(|place| std::mem::take(&mut self.slices[*place])).collect();
        let stats: Vec<LaneStats> = by_track
            .par_iter_mut()
            .enumerate()
            .map(|(track, slices)| {
                let track = u32::try_from(track).unwrap_or(u32::MAX);
                for slice in slices.iter_mut() {
                    slice.track = track;
                }
                sort_by_time(slices, cancel);
                lay_out(slices, |_| false, cancel)
            })
            .collect();
        let mut tracks = Vec::with_capacity(order.len());
        let mut instants = Vec::new();
        for (((track, place), stats), slices) in (0_u32..).zip(order).zip(stats).zip(&by_track) {
            marks[place].sort_by_key(|mark| (mark.start_ns, mark.source_offset));
            instants.extend(marks[place].iter().map(|mark| instant(mark, track)));
            self.warnings.add_many(WarningCode::PartialOverlap, stats.partial_overlaps);
            self.warnings.add_many(WarningCode::LanesClamped, stats.clamped);
            tracks.push(TrackInfo {
                lanes: stats.lanes,
                slice_count: slices.len() as u64,
                instant_count: marks[place].len() as u64,
                covered_ns: stats.covered_ns,
                ..names.track(track, self.places[place])
            });
        }
        (by_track, tracks, instants)
    }
}

fn instant(mark: &Slice, track: u32) -> Instant {
    Instant {
        time_ns: mark.start_ns,
        source_offset: mark.source_offset,
        name: mark.name,
        track,
        category: mark.category,
        kind: mark.kind,
    }
}

/// `cudaLaunchKernel_v7000` is the call that programs know as `cudaLaunchKernel`.
fn without_version(name: &str) -> &str {
    match name.rsplit_once("_v") {
        Some((call, version)) if !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit()) => {
            call
        }
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::without_version;

    #[test]
    fn calls_lose_the_version_that_the_profiler_adds() {
        assert_eq!(without_version("cudaLaunchKernel_v7000"), "cudaLaunchKernel");
        assert_eq!(without_version("cuMemcpy_v"), "cuMemcpy_v");
        assert_eq!(without_version("cuLaunchKernelEx"), "cuLaunchKernelEx");
    }
}
