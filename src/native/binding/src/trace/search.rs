// SPDX-License-Identifier: Apache-2.0
//! Searches as JavaScript sees them.

use iterscope_analysis::{
    AnswerSize, Found, FoundName, FoundOnTrack, Pattern, PatternForm, Place, Scope, Wanted, Way,
    name_statistics, nearest, neighbours, search,
};
use iterscope_ingest::{ArgsSearch, FoundArgs, search_args};
use iterscope_model::{Result, Row};
use iterscope_store::Store;
use napi::Status;
use napi::bindgen_prelude::{AsyncTask, Float64Array, Uint8Array, Uint32Array};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi_derive::napi;

use super::figures::Distribution;
use super::objects::{count, real, whole};
use super::work::Work;
use super::{CancelToken, TraceHandle};

/// What to look for, and where. Without times and tracks it is the whole trace.
#[napi(object)]
pub struct TracePattern {
    /// Plain text, or a regular expression.
    pub text: String,
    /// Whether it is a regular expression.
    pub is_expression: bool,
    /// Whether upper and lower case differ.
    pub match_case: bool,
    /// Begin of a range of time; slices that overlap it count.
    pub start_ns: Option<f64>,
    /// Its end.
    pub end_ns: Option<f64>,
    /// Tracks; all by default.
    pub tracks: Option<Vec<u32>>,
}

/// How large an answer may be.
#[napi(object)]
#[derive(Clone, Copy)]
pub struct SearchSize {
    /// Equal parts of the range, or of the trace, in which hits are counted.
    pub bins: u32,
    /// First hits of each track.
    pub rows_per_track: u32,
    /// Names.
    pub names: u32,
}

/// What a search found.
#[napi(object)]
pub struct SearchResult {
    /// Slices.
    pub count: f64,
    /// Sum of their durations.
    pub total_ns: f64,
    /// Distinct names and kinds among them.
    pub name_count: f64,
    /// Names by falling time.
    pub names: Vec<SearchName>,
    /// Begin of what the bins divide.
    pub start_ns: f64,
    /// Its end.
    pub end_ns: f64,
    /// Hits that begin in each part.
    pub bins: Uint32Array,
    /// Tracks with hits, in the order of display.
    pub tracks: Vec<SearchTrack>,
}

/// Hits of one name and kind.
#[napi(object)]
pub struct SearchName {
    /// Name as the trace has it.
    pub name: String,
    /// What they do.
    pub kind: String,
    /// How many.
    pub count: f64,
    /// Sum of durations.
    pub total_ns: f64,
}

/// Hits on one track.
#[napi(object)]
pub struct SearchTrack {
    /// Track.
    pub track_id: u32,
    /// How many.
    pub count: f64,
    /// The first ones by start.
    pub rows: Uint32Array,
}

/// A slice that something was found at.
#[napi(object)]
pub struct FoundSlice {
    /// Row.
    pub row: u32,
    /// Track.
    pub track_id: u32,
    /// Lane within the track.
    pub lane: u32,
    /// Start.
    pub start_ns: f64,
    /// Duration.
    pub dur_ns: f64,
}

/// The slices of the same name beside a slice.
#[napi(object, use_nullable = true)]
pub struct SliceNeighbours {
    /// The one before.
    pub previous: Option<FoundSlice>,
    /// The one after.
    pub next: Option<FoundSlice>,
}

/// How long the slices of one name are.
#[napi(object)]
pub struct NameStatistics {
    /// Their summary.
    pub durations: Distribution,
    /// Slices of each bin of the histogram.
    pub counts: Vec<u32>,
    /// One more edge than bins, in equal ratios.
    pub edges_ns: Vec<f64>,
}

/// How far a search through arguments is.
#[napi(object)]
pub struct ArgumentsProgress {
    /// What was read, in bytes of the source or slices of a report.
    pub done: f64,
    /// All of it.
    pub total: f64,
    /// Slices found so far.
    pub count: f64,
    /// Rows found since the last time.
    pub rows: Vec<u32>,
}

/// What a search through arguments found.
#[napi(object)]
pub struct ArgumentsResult {
    /// Slices.
    pub count: f64,
    /// Sum of their durations.
    pub total_ns: f64,
    /// Rows of the first ones in the order of the source; the columns beside tell of the same slices.
    pub rows: Uint32Array,
    /// Starts.
    pub starts_ns: Float64Array,
    /// Durations.
    pub durs_ns: Float64Array,
    /// Ids of names.
    pub names: Uint32Array,
    /// Kinds by their number.
    pub kinds: Uint8Array,
}

type ArgumentsListener = ThreadsafeFunction<ArgumentsProgress, (), ArgumentsProgress, Status, false>;

fn scope_of(start_ns: Option<f64>, end_ns: Option<f64>, tracks: Option<Vec<u32>>) -> Scope {
    let range = start_ns.zip(end_ns).map(|(start_ns, end_ns)| (whole(start_ns), whole(end_ns)));
    Scope { range, tracks }
}

impl TracePattern {
    fn read(self) -> Result<(Pattern, Scope)> {
        let form = if self.is_expression { PatternForm::Expression } else { PatternForm::Text };
        let pattern = Pattern::new(&self.text, form, self.match_case)?;
        Ok((pattern, scope_of(self.start_ns, self.end_ns, self.tracks)))
    }
}

#[napi]
impl TraceHandle {
    /// Slices whose name or kind matches.
    #[napi(ts_return_type = "Promise<SearchResult>")]
    #[must_use]
    pub fn search(&self, pattern: TracePattern, size: SearchSize) -> AsyncTask<Work<SearchResult>> {
        self.ask(move |store| {
            let (pattern, scope) = pattern.read()?;
            let size = AnswerSize {
                bins: size.bins as usize,
                rows_per_track: size.rows_per_track as usize,
                names: size.names as usize,
            };
            Ok(search(store, &Wanted::matching(store, &pattern), &scope, size).into())
        })
    }

    /// The nearest match after (or before) a moment, or a slice when its row is given.
    #[napi(ts_return_type = "Promise<FoundSlice | null>")]
    #[must_use]
    pub fn nearest_match(
        &self,
        pattern: TracePattern,
        from_ns: f64,
        from_row: Option<u32>,
        forward: bool,
    ) -> AsyncTask<Work<Option<FoundSlice>>> {
        self.ask(move |store| {
            let (pattern, scope) = pattern.read()?;
            let wanted = Wanted::matching(store, &pattern);
            let place = from_row.map_or(Place::Time(whole(from_ns)), Place::Slice);
            let way = if forward { Way::Next } else { Way::Previous };
            let found = nearest(store, &wanted, &scope, place, way)?;
            found.map(|row| FoundSlice::of(store, row)).transpose()
        })
    }

    /// The slices of the same name next to a slice: on its own track, or on all.
    #[napi(ts_return_type = "Promise<SliceNeighbours>")]
    #[must_use]
    pub fn neighbours(&self, row: u32, own_track: bool) -> AsyncTask<Work<SliceNeighbours>> {
        self.ask(move |store| {
            let found = neighbours(store, row, own_track)?;
            let slice = |row: Option<Row>| row.map(|row| FoundSlice::of(store, row)).transpose();
            Ok(SliceNeighbours { previous: slice(found.previous)?, next: slice(found.next)? })
        })
    }

    /// How long all slices of exactly this name are; null when there are none.
    #[napi(ts_return_type = "Promise<NameStatistics | null>")]
    #[must_use]
    pub fn name_statistics(
        &self,
        name: String,
        start_ns: Option<f64>,
        end_ns: Option<f64>,
        tracks: Option<Vec<u32>>,
    ) -> AsyncTask<Work<Option<NameStatistics>>> {
        self.ask(move |store| {
            let found = name_statistics(store, &name, &scope_of(start_ns, end_ns, tracks));
            Ok(found.map(NameStatistics::from))
        })
    }

    /// Slices whose arguments match, read anew from the source; at most `mostRows` rows are kept, all are counted.
    /// `onProgress` is called 20 times a second at most.
    #[napi(
        ts_args_type = "pattern: TracePattern, mostRows: number, onProgress: (progress: ArgumentsProgress) => void, cancel: CancelToken",
        ts_return_type = "Promise<ArgumentsResult>"
    )]
    pub fn search_arguments(
        &self,
        pattern: TracePattern,
        most_rows: u32,
        on_progress: ArgumentsListener,
        cancel: &CancelToken,
    ) -> AsyncTask<Work<ArgumentsResult>> {
        let (source, cancel) = (self.source.clone(), cancel.cancel.clone());
        self.ask(move |store| {
            let (pattern, scope) = pattern.read()?;
            let mut tell = |progress: iterscope_ingest::SearchProgress| {
                on_progress.call(progress.into(), ThreadsafeFunctionCallMode::NonBlocking);
            };
            let search = ArgsSearch {
                matches: &|args| pattern.is_in_bytes(args),
                most_rows: most_rows as usize,
                on_progress: &mut tell,
                cancel: &cancel,
            };
            let found = search_args(&source, store, scope.rows(store).collect(), search)?;
            Ok(ArgumentsResult::of(store, found))
        })
    }
}

impl FoundSlice {
    fn of(store: &Store, row: Row) -> Result<Self> {
        let (track_id, lane) = store.place_of(row)?;
        let (start_ns, dur_ns) = (real(store.starts()[row as usize]), real(store.dur_ns(row)));
        Ok(Self { row, track_id, lane, start_ns, dur_ns })
    }
}

impl From<Found> for SearchResult {
    fn from(found: Found) -> Self {
        Self {
            count: count(found.count),
            total_ns: real(found.total_ns),
            name_count: count(found.name_count),
            names: found.names.into_iter().map(SearchName::from).collect(),
            start_ns: real(found.span.0),
            end_ns: real(found.span.1),
            bins: found.bins.into(),
            tracks: found.tracks.into_iter().map(SearchTrack::from).collect(),
        }
    }
}

impl From<FoundName> for SearchName {
    fn from(found: FoundName) -> Self {
        Self {
            name: found.name,
            kind: found.kind.label().to_owned(),
            count: count(found.count),
            total_ns: real(found.total_ns),
        }
    }
}

impl From<FoundOnTrack> for SearchTrack {
    fn from(found: FoundOnTrack) -> Self {
        Self { track_id: found.track, count: count(found.count), rows: found.rows.into() }
    }
}

impl From<iterscope_analysis::NameStatistics> for NameStatistics {
    fn from(found: iterscope_analysis::NameStatistics) -> Self {
        Self { durations: found.durations.into(), counts: found.counts, edges_ns: found.edges_ns }
    }
}

impl From<iterscope_ingest::SearchProgress> for ArgumentsProgress {
    fn from(progress: iterscope_ingest::SearchProgress) -> Self {
        Self {
            done: count(progress.done),
            total: count(progress.total),
            count: count(progress.count),
            rows: progress.rows,
        }
    }
}

impl ArgumentsResult {
    fn of(store: &Store, found: FoundArgs) -> Self {
        let rows = &found.rows;
        let starts: Vec<f64> = rows.iter().map(|row| real(store.starts()[*row as usize])).collect();
        let durs: Vec<f64> = rows.iter().map(|row| real(store.dur_ns(*row))).collect();
        let names: Vec<u32> = rows.iter().map(|row| store.name_ids()[*row as usize]).collect();
        let kinds: Vec<u8> = rows.iter().map(|row| store.kinds()[*row as usize]).collect();
        Self {
            count: count(found.count),
            total_ns: real(found.total_ns),
            starts_ns: starts.into(),
            durs_ns: durs.into(),
            names: names.into(),
            kinds: kinds.into(),
            rows: found.rows.into(),
        }
    }
}
