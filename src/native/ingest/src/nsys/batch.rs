// SPDX-License-Identifier: Apache-2.0
//! The records of one range of rows, with names and places numbered within it. Workers fill batches; the assembler
//! maps their numbers to those of the whole trace.

use iterscope_model::{NO_ID, Slice, TraceCounts, WarningCode, WarningCounts};
use rustc_hash::FxHashMap;

use super::labels::Label;
use super::place::Place;

/// Bits of a source offset that hold the row's number; the table's stands above.
pub const ROW_BITS: u32 = 48;
/// Times beyond ±146 years are damage; within, no difference of two overflows.
const LARGEST_TIME_NS: i64 = i64::MAX / 4;

/// When a thread got a core or lost it.
#[derive(Debug, Clone, Copy)]
pub struct Switch {
    pub thread: i64,
    pub at_ns: i64,
    pub gets_core: bool,
    pub core: i64,
    pub source_offset: u64,
}

/// The record that becomes a slice.
pub struct Record {
    pub start_ns: i64,
    /// None when it had not ended when the recording did.
    pub end_ns: Option<i64>,
    pub correlation: i64,
    pub place: Place,
    pub category: u8,
    pub source_offset: u64,
}

/// A value of a device's hardware counter.
#[derive(Debug, Clone, Copy)]
pub struct MetricSample {
    pub device: u32,
    pub metric: i64,
    pub at_ns: i64,
    pub value: f64,
}

/// What a range of rows holds.
#[derive(Debug, Default)]
pub struct Batch {
    /// `name` counts in `labels`, `track` in `places`.
    pub slices: Vec<Slice>,
    /// Slices without an end.
    pub open: Vec<Slice>,
    /// Moments, as slices of no length.
    pub marks: Vec<Slice>,
    pub samples: Vec<MetricSample>,
    pub labels: Vec<(Label, u8)>,
    pub places: Vec<Place>,
    /// Process, number and name of NVTX domains.
    pub domains: Vec<(i64, i64, Label)>,
    pub switches: Vec<Switch>,
    pub counts: TraceCounts,
    pub warnings: WarningCounts,
    label_ids: FxHashMap<(Label, u8), u32>,
    text_ids: FxHashMap<Box<str>, u32>,
    place_ids: FxHashMap<Place, u32>,
    last_place: Option<(Place, u32)>,
}

impl Batch {
    /// Adds a record; none when its times are impossible.
    pub fn add(&mut self, record: &Record, label: u32) -> Option<()> {
        let slice = self.slice(record, label)?;
        self.counts.slices += 1;
        let slices = if record.end_ns.is_some() { &mut self.slices } else { &mut self.open };
        slices.push(slice);
        Some(())
    }

    /// Adds a moment; none when its time is impossible.
    pub fn mark(&mut self, record: &Record, label: u32) -> Option<()> {
        let mark = self.slice(record, label)?;
        self.counts.instants += 1;
        self.marks.push(mark);
        Some(())
    }

    fn slice(&mut self, record: &Record, label: u32) -> Option<Slice> {
        let start_ns = possible(record.start_ns)?;
        let end_ns = match record.end_ns {
            Some(end_ns) => possible(end_ns)?,
            None => start_ns,
        };
        if end_ns < start_ns {
            self.warnings.add(WarningCode::NegativeDuration);
        }
        Some(Slice {
            start_ns,
            dur_ns: (end_ns - start_ns).max(0),
            source_offset: record.source_offset,
            name: label,
            track: self.place(record.place),
            correlation: self.correlation(record.correlation),
            external_id: NO_ID,
            lane: 0,
            category: record.category,
            kind: 0,
        })
    }

    /// The number of a label in this batch.
    pub fn label(&mut self, label: Label, category: u8) -> u32 {
        let labels = &mut self.labels;
        *self.label_ids.entry((label, category)).or_insert_with_key(|key| {
            labels.push(key.clone());
            index_of(labels.len() - 1)
        })
    }

    /// The number of a text that stands in the row itself; whether it had to be repaired.
    pub fn text_label(&mut self, text: &str, repaired: bool, category: u8) -> u32 {
        if let Some(id) = self.text_ids.get(text) {
            return *id;
        }
        self.warnings.add_many(WarningCode::InvalidText, u64::from(repaired));
        let id = index_of(self.labels.len());
        self.labels.push((Label::Text(text.into()), category));
        self.text_ids.insert(text.into(), id);
        id
    }

    fn place(&mut self, place: Place) -> u32 {
        if let Some((last, id)) = self.last_place
            && last == place
        {
            return id;
        }
        let places = &mut self.places;
        let id = *self.place_ids.entry(place).or_insert_with(|| {
            places.push(place);
            index_of(places.len() - 1)
        });
        self.last_place = Some((place, id));
        id
    }

    fn correlation(&mut self, correlation: i64) -> u32 {
        u32::try_from(correlation).unwrap_or_else(|_| {
            self.warnings.add(WarningCode::IdTooLarge);
            NO_ID
        })
    }
}

/// A time that no difference with another can overflow.
pub fn possible(time_ns: i64) -> Option<i64> {
    (-LARGEST_TIME_NS..=LARGEST_TIME_NS).contains(&time_ns).then_some(time_ns)
}

fn index_of(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}
