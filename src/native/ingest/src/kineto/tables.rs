// SPDX-License-Identifier: Apache-2.0
//! Names, categories, tracks and counters by number. A worker keeps its tables from chunk to chunk and hands on
//! what is new; the collector gives everything its number in the whole trace.

use rustc_hash::FxHashMap;

/// Text that a worker's tables may hold before they are begun anew.
const MOST_BYTES: usize = 16 << 20;
/// Categories of a worker beyond this begin its tables anew, so that no chunk depends on those before it.
const MANY_CATEGORIES: usize = 128;
/// Between the parts of a key; JSON text cannot hold it unescaped.
const SEPARATOR: u8 = 0;

/// Texts by number, in the order of their first appearance.
#[derive(Debug, Default)]
pub struct TextTable {
    ids: FxHashMap<Box<[u8]>, u32>,
    fresh: Vec<Box<[u8]>>,
    bytes: usize,
}

impl TextTable {
    /// The number of a text, new or known.
    pub fn id(&mut self, text: &[u8]) -> u32 {
        if let Some(id) = self.ids.get(text) {
            return *id;
        }
        let id = u32::try_from(self.ids.len()).unwrap_or(u32::MAX);
        let text: Box<[u8]> = text.into();
        self.bytes += text.len();
        self.fresh.push(text.clone());
        self.ids.insert(text, id);
        id
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    fn take_fresh(&mut self) -> Vec<Box<[u8]>> {
        std::mem::take(&mut self.fresh)
    }
}

/// The tables of one worker.
#[derive(Debug, Default)]
pub struct Tables {
    pub names: TextTable,
    pub categories: TextTable,
    tracks: TextTable,
    counters: TextTable,
    key: Vec<u8>,
    last_tracks: [LastTrack; 2],
}

/// Process, thread and number of a track that was asked for lately.
#[derive(Debug, Default)]
struct LastTrack {
    pid: Vec<u8>,
    tid: Vec<u8>,
    id: Option<u32>,
}

/// What a chunk adds to the tables of its worker.
#[derive(Debug, Default)]
pub struct FreshTexts {
    /// Whether all numbers given before no longer hold.
    pub is_new_table: bool,
    pub names: Vec<Box<[u8]>>,
    pub categories: Vec<Box<[u8]>>,
    pub tracks: Vec<Box<[u8]>>,
    pub counters: Vec<Box<[u8]>>,
}

impl Tables {
    /// The number of a track.
    pub fn track(&mut self, pid: &[u8], tid: &[u8]) -> u32 {
        let known = self.last_tracks.iter().position(|last| last.pid == pid && last.tid == tid);
        if let Some(id) = known.and_then(|index| self.last_tracks[index].id) {
            return id;
        }
        write_key(&mut self.key, pid, tid);
        let id = self.tracks.id(&self.key);
        self.last_tracks.swap(0, 1);
        let last = &mut self.last_tracks[0];
        last.pid.clear();
        last.pid.extend_from_slice(pid);
        last.tid.clear();
        last.tid.extend_from_slice(tid);
        last.id = Some(id);
        id
    }

    /// The number of a counter of a process.
    pub fn counter(&mut self, pid: &[u8], name: &[u8]) -> u32 {
        write_key(&mut self.key, pid, name);
        self.counters.id(&self.key)
    }

    /// Tables that do not grow without bound: begun anew before a chunk when they hold too much.
    pub fn begin_chunk(&mut self) -> bool {
        let bytes =
            [&self.names, &self.tracks, &self.counters].iter().map(|table| table.bytes).sum::<usize>();
        let is_full = bytes > MOST_BYTES || self.categories.len() > MANY_CATEGORIES;
        if is_full {
            *self = Self::default();
        }
        is_full
    }

    /// What was added since this was last asked.
    pub fn take_fresh(&mut self, is_new_table: bool) -> FreshTexts {
        FreshTexts {
            is_new_table,
            names: self.names.take_fresh(),
            categories: self.categories.take_fresh(),
            tracks: self.tracks.take_fresh(),
            counters: self.counters.take_fresh(),
        }
    }
}

fn write_key(key: &mut Vec<u8>, first: &[u8], second: &[u8]) {
    key.clear();
    key.extend_from_slice(first);
    key.push(SEPARATOR);
    key.extend_from_slice(second);
}

/// The two parts of a key of tracks or counters.
pub fn split_key(key: &[u8]) -> (&[u8], &[u8]) {
    let at = memchr::memchr(SEPARATOR, key).unwrap_or(key.len());
    (&key[..at], key.get(at + 1..).unwrap_or_default())
}
