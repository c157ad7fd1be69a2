// SPDX-License-Identifier: Apache-2.0
//! Counters, instants and coverage as JavaScript sees them.

use iterscope_model::{CounterInfo, ErrorCode, Instant, Kind, TraceError};
use iterscope_window::{
    CounterRequest, CoverageRequest, WindowRequest, query_counters, query_coverage, query_instants,
};
use napi::bindgen_prelude::{AsyncTask, Buffer};
use napi_derive::napi;

use super::TraceHandle;
use super::objects::{Arguments, real, whole};
use super::work::Work;

/// One counter: a row of values over time.
#[napi(object, use_nullable = true)]
pub struct Counter {
    /// Id, as counter windows ask for it.
    pub id: u32,
    /// Process as the trace names it.
    pub pid: String,
    /// Process name, empty when unknown.
    pub process_name: String,
    /// Name, with the series where a counter has several.
    pub name: String,
    /// Unit of the values, empty when unknown.
    pub unit: String,
    /// Device whose counter it is.
    pub device_id: Option<u32>,
    /// Number of samples.
    pub sample_count: u32,
    /// Smallest value.
    pub min: f64,
    /// Largest value.
    pub max: f64,
}

/// One moment.
#[napi(object, use_nullable = true)]
pub struct InstantDetails {
    /// Index, as windows of instants carry it.
    pub index: u32,
    /// Track.
    pub track_id: u32,
    /// Name.
    pub name: String,
    /// Category as the trace has it.
    pub category: String,
    /// What it stands for.
    pub kind: String,
    /// When.
    pub time_ns: f64,
    /// Arguments as JSON text.
    pub args_json: Option<String>,
    /// Why its arguments cannot be read, a sentence; null when they can, or when there are none.
    pub args_unreadable: Option<String>,
}

#[napi]
impl TraceHandle {
    /// All counters.
    #[napi(ts_return_type = "Promise<Array<Counter>>")]
    #[must_use]
    pub fn counters(&self) -> AsyncTask<Work<Vec<Counter>>> {
        self.ask(|store| Ok(store.meta().counters.iter().map(Counter::from).collect()))
    }

    /// Counters between two times, in `units` of horizontal resolution: packed bytes, `ISC1` version 1.
    #[napi(ts_return_type = "Promise<Buffer>")]
    #[must_use]
    pub fn counter_window(
        &self,
        start_ns: f64,
        end_ns: f64,
        units: u32,
        counter_ids: &[u32],
    ) -> AsyncTask<Work<Buffer>> {
        let counters = counter_ids.to_vec();
        self.ask(move |store| {
            let (start_ns, end_ns) = (whole(start_ns), whole(end_ns));
            let request = CounterRequest { start_ns, end_ns, units, counters: &counters };
            query_counters(store, &request).map(Buffer::from)
        })
    }

    /// How busy groups of tracks are between two times, by kind, in `units` of horizontal resolution: packed bytes,
    /// `ISU1` version 1.
    #[napi(ts_return_type = "Promise<Buffer>")]
    #[must_use]
    pub fn coverage(
        &self,
        start_ns: f64,
        end_ns: f64,
        units: u32,
        groups: Vec<Vec<u32>>,
    ) -> AsyncTask<Work<Buffer>> {
        self.ask(move |store| {
            let (start_ns, end_ns) = (whole(start_ns), whole(end_ns));
            let request = CoverageRequest { start_ns, end_ns, units, groups: &groups };
            query_coverage(store, &request).map(Buffer::from)
        })
    }

    /// Instants between two times: packed bytes in the layout of `window`, with the index of an instant as slice.
    #[napi(ts_return_type = "Promise<Buffer>")]
    #[must_use]
    pub fn instant_window(
        &self,
        start_ns: f64,
        end_ns: f64,
        units: u32,
        track_ids: &[u32],
    ) -> AsyncTask<Work<Buffer>> {
        let tracks = track_ids.to_vec();
        self.ask(move |store| {
            let (start_ns, end_ns) = (whole(start_ns), whole(end_ns));
            let request = WindowRequest { start_ns, end_ns, units, tracks: &tracks };
            query_instants(store, &request).map(Buffer::from)
        })
    }

    /// Everything about one instant.
    #[napi(ts_return_type = "Promise<InstantDetails>")]
    #[must_use]
    pub fn instant(&self, index: u32) -> AsyncTask<Work<InstantDetails>> {
        let source = self.source.clone();
        self.ask(move |store| {
            let instant = store.points().instant(index as usize).ok_or_else(|| {
                TraceError::new(ErrorCode::QueryOutOfRange, format!("The trace has no instant {index}."))
            })?;
            let args = Arguments::read(&source, store, instant.source_offset);
            let category = store.meta().categories.get(usize::from(instant.category));
            let name = store.text(instant.name).unwrap_or_default().to_owned();
            Ok(InstantDetails::of(index, &instant, name, category.cloned().unwrap_or_default(), args))
        })
    }
}

impl InstantDetails {
    fn of(index: u32, instant: &Instant, name: String, category: String, args: Arguments) -> Self {
        Self {
            index,
            track_id: instant.track,
            name,
            category,
            kind: Kind::from_number(instant.kind).label().to_owned(),
            time_ns: real(instant.time_ns),
            args_json: args.json,
            args_unreadable: args.unreadable,
        }
    }
}

impl From<&CounterInfo> for Counter {
    fn from(counter: &CounterInfo) -> Self {
        Self {
            id: counter.id,
            pid: counter.pid.clone(),
            process_name: counter.process_name.clone(),
            name: counter.name.clone(),
            unit: counter.unit.clone(),
            device_id: counter.device_id,
            sample_count: counter.sample_count,
            min: counter.min,
            max: counter.max,
        }
    }
}
