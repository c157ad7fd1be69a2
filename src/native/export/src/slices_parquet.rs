// SPDX-License-Identifier: Apache-2.0
//! Slices as a Parquet file, one row each; the columns are those of the CSV.

use std::path::Path;

use bytes::Bytes;
use iterscope_analysis::Subject;
use iterscope_ingest::Cancel;
use iterscope_model::{Kind, NO_ID, Result, Row, TrackId, TrackInfo};
use iterscope_store::Store;
use rustc_hash::FxHashMap;

use crate::chrome::Written;
use crate::parquet_file::{Cell, Cells, Head, ParquetFile};
use crate::part::Part;

/// Of one group: what is held at once, and what lies between two looks at the cancel token.
const GROUP_ROWS: usize = 1 << 17;

/// How the cells of a column come out of the store.
enum Value {
    Whole(fn(&Store, Row) -> i64),
    Id(fn(&Store, Row, &TrackInfo) -> Result<Option<u32>>),
    Text(for<'a> fn(&'a Store, Row, &'a TrackInfo) -> &'a str),
}

const COLUMNS: [(&str, Cell, Value); 12] = [
    ("row", Cell::Rising, Value::Whole(|_, row| i64::from(row))),
    ("start_ns", Cell::Rising, Value::Whole(|store, row| store.starts()[row as usize])),
    ("dur_ns", Cell::Whole, Value::Whole(Store::dur_ns)),
    ("kind", Cell::Text, Value::Text(|store, row, _| Kind::from_number(store.kinds()[row as usize]).label())),
    ("category", Cell::Text, Value::Text(category_of)),
    ("name", Cell::Text, Value::Text(name_of)),
    ("process", Cell::Text, Value::Text(|_, _, track| &track.pid)),
    ("thread", Cell::Text, Value::Text(|_, _, track| &track.tid)),
    ("device", Cell::Id, Value::Id(|_, _, track| Ok(track.device_id))),
    ("stream", Cell::Id, Value::Id(|_, _, track| Ok(track.stream))),
    ("lane", Cell::Id, Value::Id(|store, row, _| Ok(Some(store.place_of(row)?.1)))),
    ("correlation", Cell::Id, Value::Id(|store, row, _| Ok(correlation_of(store, row)))),
];

fn category_of<'a>(store: &'a Store, row: Row, _: &'a TrackInfo) -> &'a str {
    &store.meta().categories[usize::from(store.categories()[row as usize])]
}

fn name_of<'a>(store: &'a Store, row: Row, _: &'a TrackInfo) -> &'a str {
    store.text(store.name_ids()[row as usize]).unwrap_or_default()
}

fn correlation_of(store: &Store, row: Row) -> Option<u32> {
    Some(store.correlations()[row as usize]).filter(|id| *id != NO_ID)
}

/// Writes slices of a part, by track, lane and start; times are nanoseconds from the trace's origin, which the file
/// holds as `origin_ns`.
///
/// # Errors
/// `query.out-of-range` for iterations that the trace does not have, `ingest.cancelled`, `export.unwritable`.
pub fn write_slices_parquet(
    subject: &Subject<'_>,
    part: Part,
    target: &Path,
    on_progress: &mut dyn FnMut(f64),
    cancel: &Cancel,
) -> Result<Written> {
    let rows = part.rows(subject)?;
    let heads = COLUMNS.map(|(name, cell, _)| Head { name: name.to_owned(), cell });
    let about = [("origin_ns", subject.store.meta().origin_ns.to_string())];
    let mut file = ParquetFile::create(target, &heads, &about)?;
    let mut texts = Texts::default();
    for (at, group) in rows.chunks(GROUP_ROWS).enumerate() {
        #[expect(clippy::cast_precision_loss)] // A share.
        on_progress((at * GROUP_ROWS) as f64 / rows.len() as f64);
        file.write_group(|column| {
            cancel.check(target)?;
            cells(subject.store, group, &COLUMNS[column].2, &mut texts)
        })?;
    }
    let slices = rows.len() as u64;
    Ok(Written { slices, bytes: file.finish()?, ..Written::default() })
}

/// Texts that were asked for already: most slices share theirs with others.
#[derive(Default)]
struct Texts(FxHashMap<String, Bytes>);

impl Texts {
    fn of(&mut self, text: &str) -> Bytes {
        if let Some(known) = self.0.get(text) {
            return known.clone();
        }
        let bytes = Bytes::copy_from_slice(text.as_bytes());
        self.0.insert(text.to_owned(), bytes.clone());
        bytes
    }
}

fn cells(store: &Store, rows: &[(Row, TrackId)], value: &Value, texts: &mut Texts) -> Result<Cells> {
    let placed = rows.iter().map(|(row, track)| (*row, &store.meta().tracks[*track as usize]));
    Ok(match value {
        Value::Whole(of) => Cells::Whole(rows.iter().map(|(row, _)| Some(of(store, *row))).collect()),
        Value::Id(of) => Cells::Id(placed.map(|(row, track)| of(store, row, track)).collect::<Result<_>>()?),
        Value::Text(of) => {
            Cells::Text(placed.map(|(row, track)| Some(texts.of(of(store, row, track)))).collect())
        }
    })
}
