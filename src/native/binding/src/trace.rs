// SPDX-License-Identifier: Apache-2.0
//! Traces: reading a source into a store, and questions about an opened store. Everything that touches a disk or
//! walks a trace runs off the calling thread. Errors carry `trace.*`, `store.*`, `ingest.*` and `query.*` codes.

mod export;
mod figures;
mod hta;
mod objects;
mod points;
mod questions;
mod search;
mod table;
mod work;

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use iterscope_analysis::{
    IterationTable, MarkerRules, Shared, iterations_of, slice_details, summary_of, top_kernels_of,
};
use iterscope_ingest::{Cancel, ingest_process, rank_processes as processes_of};
use iterscope_model::{Kind, Result};
use iterscope_store::Store;
use iterscope_window::{WindowRequest, query_window};
use napi::Status;
use napi::bindgen_prelude::{AsyncTask, Buffer};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi_derive::napi;

use crate::guard::guarded;

use objects::{
    Arguments, IngestProgress, Iteration, KernelStat, RankProcess, SliceDetails, TraceSummary, Track,
};
use work::{Work, run};

/// Stops work that was asked for.
#[napi]
#[derive(Default)]
pub struct CancelToken {
    pub(crate) cancel: Cancel,
}

#[napi]
impl CancelToken {
    /// A token that nobody has used yet.
    #[napi(constructor)]
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks the work to stop; an ingest rejects with `ingest.cancelled` within 100 ms.
    #[napi]
    pub fn cancel(&self) {
        self.cancel.cancel();
    }
}

type ProgressListener = ThreadsafeFunction<IngestProgress, (), IngestProgress, Status, false>;

/// Reads a trace into a store folder, replacing one that is there; of a report with several processes only the one
/// with number `pid`, when it is given. `onProgress` is called 20 times a second at most.
#[napi(
    js_name = "ingestTrace",
    ts_args_type = "sourcePath: string, storePath: string, onProgress: (progress: IngestProgress) => void, cancel: CancelToken, pid?: number",
    ts_return_type = "Promise<void>"
)]
pub fn ingest_trace_file(
    source_path: String,
    store_path: String,
    on_progress: ProgressListener,
    cancel: &CancelToken,
    pid: Option<u32>,
) -> AsyncTask<Work<()>> {
    let cancel = cancel.cancel.clone();
    run(move || {
        let mut tell = |progress: iterscope_ingest::Progress| {
            on_progress.call(progress.into(), ThreadsafeFunctionCallMode::NonBlocking);
        };
        ingest_process(&PathBuf::from(source_path), pid, &PathBuf::from(store_path), &mut tell, &cancel)
    })
}

/// The processes of an Nsight Systems report that launched kernels, the ranks of a job, by device; empty for traces
/// of other formats.
#[napi(ts_return_type = "Promise<Array<RankProcess>>")]
#[must_use]
pub fn rank_processes(source_path: String, cancel: &CancelToken) -> AsyncTask<Work<Vec<RankProcess>>> {
    let cancel = cancel.cancel.clone();
    run(move || {
        let found = processes_of(&PathBuf::from(source_path), &cancel)?;
        Ok(found.into_iter().map(RankProcess::from).collect())
    })
}

/// Opens a store. With a source, rejects with `store.stale` unless the store was made from that file as it is now.
/// `stepMarkers` are rules of the user's own as JSON text; when they cannot be used, the summary says why.
#[napi(ts_return_type = "Promise<TraceHandle>")]
#[must_use]
pub fn open_trace(
    store_path: String,
    source_path: Option<String>,
    step_markers: Option<String>,
) -> AsyncTask<Work<TraceHandle>> {
    run(move || {
        let source = source_path.map(PathBuf::from);
        let store = Store::open(&PathBuf::from(store_path), source.as_deref())?;
        let source = source.unwrap_or_else(|| PathBuf::from(&store.meta().source.path));
        let own_rules = step_markers.map(|json| MarkerRules::extended(&json)).transpose();
        let (rules, rules_refused) = match own_rules {
            Ok(rules) => (rules, None),
            Err(reason) => (None, Some(reason)),
        };
        let rules = Arc::new(rules.unwrap_or_else(|| MarkerRules::built_in().clone()));
        Ok(TraceHandle {
            store: Arc::new(store),
            source,
            rules,
            rules_refused,
            steps: Arc::default(),
            shared: Arc::default(),
        })
    })
}

/// Names of all kinds, at the index that is their number in windows.
#[must_use]
#[napi]
pub fn trace_kinds() -> Vec<String> {
    Kind::all().iter().map(|kind| kind.label().to_owned()).collect()
}

/// An opened trace.
#[napi]
pub struct TraceHandle {
    store: Arc<Store>,
    source: PathBuf,
    rules: Arc<MarkerRules>,
    /// Why the user's own rules are not used.
    rules_refused: Option<String>,
    /// Iterations numbered from 0: the summary and the table both need them.
    steps: Arc<OnceLock<IterationTable>>,
    /// What its analyses have in common.
    shared: Arc<Shared>,
}

#[napi]
impl TraceHandle {
    /// Totals.
    #[napi(ts_return_type = "Promise<TraceSummary>")]
    #[must_use]
    pub fn summary(&self) -> AsyncTask<Work<TraceSummary>> {
        let (refused, steps) = (self.rules_refused.clone(), Arc::clone(&self.steps));
        self.ask_about(0, move |subject| {
            let table = steps.get_or_init(|| iterations_of(subject));
            let totals = summary_of(subject);
            let capture = table.capture.as_ref();
            Ok(TraceSummary::of(subject.store.meta(), totals, capture).with_refused_rules(refused))
        })
    }

    /// All tracks, in the order of display.
    #[napi(ts_return_type = "Promise<Array<Track>>")]
    #[must_use]
    pub fn tracks(&self) -> AsyncTask<Work<Vec<Track>>> {
        self.ask(|store| Ok(store.meta().tracks.iter().map(Track::from).collect()))
    }

    /// What is visible between two times, in `units` of horizontal resolution: packed bytes, `ISW1` version 1.
    #[napi(ts_return_type = "Promise<Buffer>")]
    #[must_use]
    pub fn window(
        &self,
        start_ns: f64,
        end_ns: f64,
        units: u32,
        track_ids: &[u32],
    ) -> AsyncTask<Work<Buffer>> {
        let tracks = track_ids.to_vec();
        self.ask(move |store| {
            let (start_ns, end_ns) = (objects::whole(start_ns), objects::whole(end_ns));
            let request = WindowRequest { start_ns, end_ns, units, tracks: &tracks };
            query_window(store, &request).map(Buffer::from)
        })
    }

    /// Strings by id; empty for ids that do not exist.
    #[napi]
    pub fn names(&self, ids: &[u32]) -> napi::Result<Vec<String>> {
        let text = |id: &u32| self.store.text(*id).unwrap_or_default().to_owned();
        guarded(|| Ok(ids.iter().map(text).collect()))
    }

    /// Everything about one slice.
    #[napi(ts_return_type = "Promise<SliceDetails>")]
    #[must_use]
    pub fn slice(&self, row: u32) -> AsyncTask<Work<SliceDetails>> {
        let source = self.source.clone();
        self.ask(move |store| {
            let details = slice_details(store, row)?;
            Ok(SliceDetails::of(details, Arguments::read(&source, store, store.source_offset(row))))
        })
    }

    /// Iterations in time order. Those without a number in their marker count from `firstIndex` (0 by default).
    #[napi(ts_return_type = "Promise<Array<Iteration>>")]
    #[must_use]
    pub fn iterations(&self, first_index: Option<u32>) -> AsyncTask<Work<Vec<Iteration>>> {
        let first_index = i64::from(first_index.unwrap_or(0));
        let steps = Arc::clone(&self.steps);
        self.ask_about(first_index, move |subject| {
            let table = if first_index == 0 {
                steps.get_or_init(|| iterations_of(subject)).clone()
            } else {
                iterations_of(subject)
            };
            Ok(table.iterations.into_iter().map(Iteration::from).collect())
        })
    }

    /// Kernels by name, the most time first.
    #[napi(ts_return_type = "Promise<Array<KernelStat>>")]
    #[must_use]
    pub fn top_kernels(&self, limit: u32) -> AsyncTask<Work<Vec<KernelStat>>> {
        self.ask_about(0, move |subject| {
            Ok(top_kernels_of(subject, limit as usize).into_iter().map(KernelStat::from).collect())
        })
    }

    fn rules(&self) -> Arc<MarkerRules> {
        Arc::clone(&self.rules)
    }

    fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Store) -> Result<T> + Send + 'static,
    ) -> AsyncTask<Work<T>>
    where
        Work<T>: napi::Task,
    {
        let store = Arc::clone(&self.store);
        run(move || question(&store))
    }
}
