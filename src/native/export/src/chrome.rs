// SPDX-License-Identifier: Apache-2.0
//! A part of a trace as a smaller trace in Chrome's format, as `PyTorch`'s profiler writes it.
//!
//! Times stay where they are: the clock's base is the origin of the whole trace. Arguments are copied from the
//! source as it has them, in one pass from its beginning to its end.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use iterscope_analysis::Subject;
use iterscope_ingest::{Cancel, each_args};
use iterscope_model::{CategoryRole, NO_ID, Result, Row, TrackId, TrackInfo};

use crate::file::Partial;
use crate::json::{field, id, microseconds, quoted};
use crate::part::Part;

/// What a file holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Written {
    /// Slices.
    pub slices: u64,
    /// Instants.
    pub instants: u64,
    /// Counter samples.
    pub samples: u64,
    /// Arrows whose both ends are in it.
    pub flows: u64,
    /// Its size.
    pub bytes: u64,
}

/// Writes a part of a trace. `on_progress` is told the share that is done, 0 to 1.
///
/// # Errors
/// `query.out-of-range` for iterations that the trace does not have, `store.stale` when the source changed since,
/// `ingest.cancelled`, `trace.*` for the source and `export.unwritable` for the target.
pub fn write_chrome(
    subject: &Subject<'_>,
    source: &Path,
    part: Part,
    target: &Path,
    on_progress: &mut dyn FnMut(f64),
    cancel: &Cancel,
) -> Result<Written> {
    let rows = part.rows(subject)?;
    let span = part.span(subject)?;
    let mut writer =
        Writer { subject, file: Partial::create(target)?, first: true, written: Written::default() };
    writer.head(&rows, span)?;
    writer.slices(&rows, source, on_progress, cancel)?;
    writer.points(span)?;
    writer.flows(&rows)?;
    writer.file.put(b"\n]}\n")?;
    let Writer { file, written, .. } = writer;
    Ok(Written { bytes: file.finish()?, ..written })
}

struct Writer<'a> {
    subject: &'a Subject<'a>,
    file: Partial<'a>,
    first: bool,
    written: Written,
}

impl Writer<'_> {
    fn event(&mut self, event: &str) -> Result<()> {
        self.file.put(if self.first { b"\n" } else { b",\n" })?;
        self.first = false;
        self.file.put(event.as_bytes())
    }

    /// Everything before the events, and the names of what they lie on.
    fn head(&mut self, rows: &[(Row, TrackId)], span: (i64, i64)) -> Result<()> {
        let meta = self.subject.store.meta();
        let mut head = format!("{{\"schemaVersion\":1,\"baseTimeNanoseconds\":{}", meta.origin_ns);
        let devices = meta
            .devices
            .iter()
            .map(|device| format!("{{\"id\":{},\"name\":{}}}", device.id, quoted(&device.name)));
        field(&mut head, "deviceProperties", &format!("[{}]", devices.collect::<Vec<_>>().join(",")));
        if let (Some(rank), Some(size)) = (meta.rank, meta.world_size) {
            field(&mut head, "distributedInfo", &format!("{{\"rank\":{rank},\"world_size\":{size}}}"));
        }
        field(&mut head, "traceEvents", "[");
        self.file.put(head.as_bytes())?;
        let mut used: BTreeSet<TrackId> = rows.iter().map(|(_, track)| *track).collect();
        let has_points = |track: &&TrackInfo| !instants_of(self.subject, track.id, span).is_empty();
        used.extend(meta.tracks.iter().filter(has_points).map(|track| track.id));
        self.names(&used)
    }

    fn names(&mut self, used: &BTreeSet<TrackId>) -> Result<()> {
        let meta = self.subject.store.meta();
        let mut processes: BTreeMap<&str, &str> = BTreeMap::new();
        for (order, track) in meta.tracks.iter().filter(|track| used.contains(&track.id)).enumerate() {
            processes.entry(&track.pid).or_insert(&track.process_name);
            let (pid, tid) = (id(&track.pid), tid_of(track));
            let name = quoted(&track.name);
            self.event(&format!(
                r#"{{"ph":"M","name":"thread_name","pid":{pid},"tid":{tid},"args":{{"name":{name}}}}}"#
            ))?;
            self.event(&format!(
                r#"{{"ph":"M","name":"thread_sort_index","pid":{pid},"tid":{tid},"args":{{"sort_index":{order}}}}}"#
            ))?;
        }
        for (pid, name) in processes.into_iter().filter(|(_, name)| !name.is_empty()) {
            let (pid, name) = (id(pid), quoted(name));
            self.event(&format!(
                r#"{{"ph":"M","name":"process_name","pid":{pid},"args":{{"name":{name}}}}}"#
            ))?;
        }
        Ok(())
    }

    fn slices(
        &mut self,
        rows: &[(Row, TrackId)],
        source: &Path,
        on_progress: &mut dyn FnMut(f64),
        cancel: &Cancel,
    ) -> Result<()> {
        let store = self.subject.store;
        let count = rows.len() as u64;
        each_args(source, store, rows.iter().map(|(row, _)| *row).collect(), cancel, &mut |row, args| {
            let track = track_of(rows, row).and_then(|track| store.meta().tracks.get(track as usize));
            let Some(track) = track else { return Ok(()) };
            let event = self.slice(row, track, args);
            self.event(&event)?;
            self.written.slices += 1;
            if self.written.slices.is_multiple_of(4096) {
                #[expect(clippy::cast_precision_loss)] // A share.
                on_progress(self.written.slices as f64 / count as f64);
            }
            Ok(())
        })
    }

    fn slice(&self, row: Row, track: &TrackInfo, args: &[u8]) -> String {
        let store = self.subject.store;
        let at = row as usize;
        let category = &store.meta().categories[usize::from(store.categories()[at])];
        let name = store.text(store.name_ids()[at]).unwrap_or_default();
        let mut event = format!(r#"{{"ph":"X","cat":{},"name":{}"#, quoted(category), quoted(name));
        field(&mut event, "pid", &id(&track.pid));
        field(&mut event, "tid", &tid_of(track));
        field(&mut event, "ts", &microseconds(store.starts()[at]));
        field(&mut event, "dur", &microseconds(store.dur_ns(row)));
        let args = self.args(row, track, category, args);
        if args != "{}" {
            field(&mut event, "args", &args);
        }
        event.push('}');
        event
    }

    /// The source's arguments where they are those of a trace; of a report's slice what joins it to others, and its row.
    fn args(&self, row: Row, track: &TrackInfo, category: &str, args: &[u8]) -> String {
        let store = self.subject.store;
        let text = String::from_utf8_lossy(args);
        if store.meta().format != "nsys" {
            return if text.is_empty() { "{}".to_owned() } else { text.into_owned() };
        }
        let mut own = serde_json::Map::new();
        if let Ok(serde_json::Value::Object(said)) = serde_json::from_str(&text) {
            own.extend(said);
        }
        let correlation = store.correlations()[row as usize];
        if correlation != NO_ID {
            own.insert("correlation".to_owned(), correlation.into());
        }
        if CategoryRole::of(category).is_on_device() {
            own.extend(track.device_id.map(|device| ("device".to_owned(), device.into())));
            own.extend(track.stream.map(|stream| ("stream".to_owned(), stream.into())));
        }
        serde_json::Value::Object(own).to_string()
    }

    fn points(&mut self, span: (i64, i64)) -> Result<()> {
        let store = self.subject.store;
        for track in &store.meta().tracks {
            for index in instants_of(self.subject, track.id, span) {
                let Some(instant) = store.points().instant(index) else { continue };
                let category = &store.meta().categories[usize::from(instant.category)];
                let name = store.text(instant.name).unwrap_or_default();
                let mut event =
                    format!(r#"{{"ph":"i","s":"t","cat":{},"name":{}"#, quoted(category), quoted(name));
                field(&mut event, "pid", &id(&track.pid));
                field(&mut event, "tid", &tid_of(track));
                field(&mut event, "ts", &microseconds(instant.time_ns));
                event.push('}');
                self.event(&event)?;
                self.written.instants += 1;
            }
        }
        for counter in &store.meta().counters {
            let (times, values) = store.points().samples_of(counter.id);
            let inside = times.iter().zip(values).filter(|(time, _)| (span.0..span.1).contains(*time));
            for (time, value) in inside {
                let mut event = format!(r#"{{"ph":"C","name":{}"#, quoted(&counter.name));
                field(&mut event, "pid", &id(&counter.pid));
                field(&mut event, "ts", &microseconds(*time));
                field(&mut event, "args", &format!("{{\"value\":{value}}}"));
                event.push('}');
                self.event(&event)?;
                self.written.samples += 1;
            }
        }
        Ok(())
    }

    fn flows(&mut self, rows: &[(Row, TrackId)]) -> Result<()> {
        let store = self.subject.store;
        for (from, from_track) in rows {
            for flow in store.points().flows_from(*from) {
                let Some(to_track) = track_of(rows, flow.to) else { continue };
                let category = quoted(&store.meta().categories[usize::from(flow.category)]);
                self.written.flows += 1;
                let number = self.written.flows;
                for (phase, row, track) in [("s", *from, *from_track), ("f", flow.to, to_track)] {
                    let Some(track) = store.meta().tracks.get(track as usize) else { continue };
                    let (pid, tid) = (id(&track.pid), tid_of(track));
                    let ts = microseconds(store.starts()[row as usize]);
                    self.event(&format!(
                        r#"{{"ph":"{phase}","id":{number},"cat":{category},"name":{category},"pid":{pid},"tid":{tid},"ts":{ts},"bp":"e"}}"#
                    ))?;
                }
            }
        }
        Ok(())
    }
}

/// The track of a row among the chosen ones, which are in order.
fn track_of(rows: &[(Row, TrackId)], row: Row) -> Option<TrackId> {
    rows.binary_search_by_key(&row, |chosen| chosen.0).ok().map(|at| rows[at].1)
}

/// Instants of a track in a range, as indices.
fn instants_of(subject: &Subject<'_>, track: TrackId, span: (i64, i64)) -> std::ops::Range<usize> {
    let points = subject.store.points();
    let all = points.instants_of(track);
    let times = &points.instant_times()[all.clone()];
    let first = times.partition_point(|time| *time < span.0);
    let end = times.partition_point(|time| *time < span.1);
    all.start + first..all.start + end.max(first)
}

/// Tracks of one thread that are told apart stay apart.
fn tid_of(track: &TrackInfo) -> String {
    match &track.section {
        Some(section) => quoted(&format!("{} {section}", track.tid)),
        None => id(&track.tid),
    }
}
