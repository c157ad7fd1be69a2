// SPDX-License-Identifier: Apache-2.0
//! Places to tracks: names as people know them, and the order of display. Devices come first, the processes that
//! use them next, other processes last; within a process the thread with the step markers leads.

use iterscope_model::{TrackInfo, TrackType};
use rustc_hash::{FxHashMap, FxHashSet};

use super::place::{Place, Section, pid_of, process_of, tid_of};

const GIL_DOMAIN: &str = "GIL Trace";

/// What the tracks of a report are named after.
#[derive(Debug, Default)]
pub struct TrackNames {
    pub processes: FxHashMap<i64, String>,
    pub threads: FxHashMap<i64, String>,
    /// NVTX domains by process and number.
    pub domains: FxHashMap<(i64, i64), String>,
    /// Devices by process number and the ordinal that the process knows.
    pub ordinals: FxHashMap<(i64, i64), u32>,
    /// Categories by table, for the ranges of other libraries.
    pub libraries: FxHashMap<u16, String>,
    /// Threads that hold step markers.
    pub engine_threads: FxHashSet<i64>,
    /// Processes that use a device.
    pub device_users: FxHashSet<i64>,
}

impl TrackNames {
    /// Whether a place holds what a thread does with Python's global lock.
    pub fn is_gil(&self, place: Place) -> bool {
        match place {
            Place::Thread { thread, section: Section::Domain(domain) } => {
                self.domains.get(&(process_of(thread), domain)).is_some_and(|name| name == GIL_DOMAIN)
            }
            _ => false,
        }
    }

    /// Positions of places in the order of display.
    pub fn order(&self, places: &[Place]) -> Vec<usize> {
        let mut order: Vec<usize> = (0..places.len()).collect();
        order.sort_by_cached_key(|index| self.position(places[*index]));
        order
    }

    fn position(&self, place: Place) -> impl Ord + use<> {
        let (device, is_host, is_wait) = match place {
            Place::Stream { process, device, .. } => (self.device(process, device), false, false),
            Place::Waits { process, device, .. } => (self.device(process, device), false, true),
            Place::Thread { .. } => (0, true, false),
        };
        let process = place.process();
        let (thread, section) = match place {
            Place::Thread { thread, section } => (thread, Some(section)),
            _ => (0, None),
        };
        let is_gil = self.is_gil(place);
        let section = section.map(|section| match section {
            Section::Domain(domain) if is_gil => (1, domain),
            Section::Domain(domain) => (0, domain),
            Section::GarbageCollection => (2, 0),
            Section::Api => (3, 0),
            Section::Ranges(table) => (4, i64::from(table)),
            Section::OsRuntime => (5, 0),
            Section::Scheduling => (6, 0),
            Section::Overhead => (7, 0),
        });
        let is_idle_process = is_host && !self.device_users.contains(&process);
        let is_helper_thread = is_host && !self.engine_threads.contains(&thread);
        let is_child_thread = is_host && pid_of(thread) != tid_of(thread);
        (
            (is_host, is_idle_process, device, is_wait, process),
            (is_helper_thread, is_child_thread, thread, section),
            place,
        )
    }

    fn device(&self, process: i64, ordinal: i64) -> u32 {
        let known = self.ordinals.get(&(pid_of(process), ordinal)).copied();
        known.or(u32::try_from(ordinal).ok()).unwrap_or(u32::MAX)
    }

    /// The track of a place, still empty.
    pub fn track(&self, id: u32, place: Place) -> TrackInfo {
        let process = place.process();
        let process_name = self.processes.get(&process).map_or("", |name| file_name(name)).to_owned();
        let blank = TrackInfo {
            id,
            pid: pid_of(process).to_string(),
            tid: String::new(),
            process_name,
            name: String::new(),
            section: None,
            track_type: TrackType::GpuStream,
            device_id: None,
            stream: None,
            lanes: 0,
            slice_count: 0,
            instant_count: 0,
            covered_ns: 0,
        };
        let shared =
            if self.device_users.len() > 1 { format!(" · process {}", blank.pid) } else { String::new() };
        match place {
            Place::Stream { device, context, stream, .. } => TrackInfo {
                tid: format!("{context}/{stream}"),
                name: format!("stream {stream}{}{shared}", context_suffix(context)),
                device_id: Some(self.device(process, device)),
                stream: u32::try_from(stream).ok(),
                ..blank
            },
            Place::Waits { device, context, .. } => TrackInfo {
                tid: format!("{context}/waits"),
                name: format!("host waits{}{shared}", context_suffix(context)),
                device_id: Some(self.device(process, device)),
                ..blank
            },
            Place::Thread { thread, section } => TrackInfo {
                tid: tid_of(thread).to_string(),
                name: self.thread_name(thread),
                section: Some(self.section_name(process, section)),
                track_type: TrackType::Thread,
                ..blank
            },
        }
    }

    fn thread_name(&self, thread: i64) -> String {
        let tid = tid_of(thread);
        match self.threads.get(&thread).map(|name| name.trim()).filter(|name| !name.is_empty()) {
            Some(name) => format!("{name} {tid}"),
            None => format!("thread {tid}"),
        }
    }

    fn section_name(&self, process: i64, section: Section) -> String {
        let named = match section {
            Section::Domain(0) => "NVTX",
            Section::Domain(domain) => match self.domains.get(&(process, domain)).map(String::as_str) {
                Some(GIL_DOMAIN) => "GIL",
                Some(name) => return format!("NVTX {name}"),
                None => return format!("NVTX domain {domain}"),
            },
            Section::GarbageCollection => "GC",
            Section::Api => "CUDA API",
            Section::Ranges(table) => self.libraries.get(&table).map_or("ranges", String::as_str),
            Section::OsRuntime => "OS runtime",
            Section::Scheduling => "cores",
            Section::Overhead => "overhead",
        };
        named.to_owned()
    }
}

/// The first context of a process is the usual one and needs no mention.
fn context_suffix(context: i64) -> String {
    if context > 1 { format!(" · context {context}") } else { String::new() }
}

fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}
