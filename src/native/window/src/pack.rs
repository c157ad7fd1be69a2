// SPDX-License-Identifier: Apache-2.0
//! The reply's bytes, little endian: eight u32 of header, four u32 per track, then one column after another,
//! each padded to four bytes: x0 u16, x1 u16, lane u16, kind u8, flags u8, name u32, count u32, slice u32.

use iterscope_model::TrackId;
use iterscope_store::Store;

use crate::fold::Mark;

/// First word of a reply: `ISW1`.
pub const MAGIC: u32 = 0x3157_5349;
/// Version of this layout.
pub const VERSION: u32 = 1;
/// Bytes before the track table.
pub const HEADER_BYTES: usize = 32;
/// Bytes of one row of the track table.
pub const TRACK_BYTES: usize = 16;
/// The mark stands for more than one slice.
pub const FLAG_FOLDED: u8 = 1;
/// The mark is an instant; its slice column holds the index of the instant.
pub const FLAG_INSTANT: u8 = 2;

/// The marks of one track.
#[derive(Debug)]
pub struct TrackMarks {
    pub track: TrackId,
    pub lane_count: u32,
    /// Lane and mark.
    pub marks: Vec<(u16, Mark)>,
}

/// Where the columns of a mark come from.
pub struct MarkColumns<'a> {
    pub kind: &'a dyn Fn(&Mark) -> u8,
    pub name: &'a dyn Fn(&Mark) -> u32,
    /// Set on every mark.
    pub flag: u8,
}

/// The reply for slices of these tracks.
pub fn pack(store: &Store, units: u32, tracks: &[TrackMarks]) -> Vec<u8> {
    let columns = MarkColumns {
        kind: &|mark| store.kinds()[mark.row as usize],
        name: &|mark| store.name_ids()[mark.row as usize],
        flag: 0,
    };
    pack_marks(units, tracks, &columns)
}

/// The reply for marks of any sort.
pub fn pack_marks(units: u32, tracks: &[TrackMarks], columns: &MarkColumns<'_>) -> Vec<u8> {
    let total: usize = tracks.iter().map(|track| track.marks.len()).sum();
    let mut bytes = Vec::with_capacity(HEADER_BYTES + tracks.len() * TRACK_BYTES + total * 20 + 16);
    let mut word = |value: u32| bytes.extend_from_slice(&value.to_le_bytes());
    for value in [MAGIC, VERSION, units, count_of(tracks.len()), count_of(total), 0, 0, 0] {
        word(value);
    }
    let mut first = 0;
    for track in tracks {
        for value in [track.track, count_of(first), count_of(track.marks.len()), track.lane_count] {
            word(value);
        }
        first += track.marks.len();
    }
    let marks = || tracks.iter().flat_map(|track| &track.marks);
    let flags = |mark: &Mark| columns.flag | if mark.count > 1 { FLAG_FOLDED } else { 0 };
    column(&mut bytes, marks().map(|(_, mark)| mark.x0.to_le_bytes()));
    column(&mut bytes, marks().map(|(_, mark)| mark.x1.to_le_bytes()));
    column(&mut bytes, marks().map(|(lane, _)| lane.to_le_bytes()));
    column(&mut bytes, marks().map(|(_, mark)| [(columns.kind)(mark)]));
    column(&mut bytes, marks().map(|(_, mark)| [flags(mark)]));
    column(&mut bytes, marks().map(|(_, mark)| (columns.name)(mark).to_le_bytes()));
    column(&mut bytes, marks().map(|(_, mark)| mark.count.to_le_bytes()));
    column(&mut bytes, marks().map(|(_, mark)| mark.row.to_le_bytes()));
    bytes
}

fn column<const N: usize>(bytes: &mut Vec<u8>, values: impl Iterator<Item = [u8; N]>) {
    for value in values {
        bytes.extend_from_slice(&value);
    }
    bytes.resize(bytes.len().next_multiple_of(4), 0);
}

fn count_of(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
