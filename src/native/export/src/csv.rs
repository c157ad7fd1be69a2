// SPDX-License-Identifier: Apache-2.0
//! Slices as a table, one row each.

use std::path::Path;

use iterscope_analysis::Subject;
use iterscope_ingest::Cancel;
use iterscope_model::{Kind, NO_ID, Result};

use crate::chrome::Written;
use crate::file::Partial;
use crate::part::Part;

const HEAD: &str = "row,start_ns,dur_ns,kind,category,name,process,thread,device,stream,lane,correlation\n";
/// Rows between two looks at the cancel token.
const CHECK_EVERY: usize = 4096;

/// Writes slices of a part, by track, lane and start; times are nanoseconds from the trace's origin.
///
/// # Errors
/// `query.out-of-range` for iterations that the trace does not have, `ingest.cancelled`, `export.unwritable` for the target.
pub fn write_slices_csv(
    subject: &Subject<'_>,
    part: Part,
    target: &Path,
    on_progress: &mut dyn FnMut(f64),
    cancel: &Cancel,
) -> Result<Written> {
    let store = subject.store;
    let rows = part.rows(subject)?;
    let mut file = Partial::create(target)?;
    file.put(HEAD.as_bytes())?;
    for (done, (row, track)) in rows.iter().enumerate() {
        if done.is_multiple_of(CHECK_EVERY) {
            cancel.check(target)?;
            #[expect(clippy::cast_precision_loss)] // A share.
            on_progress(done as f64 / rows.len() as f64);
        }
        let at = *row as usize;
        let track = &store.meta().tracks[*track as usize];
        let optional = |value: Option<u32>| value.map_or_else(String::new, |value| value.to_string());
        let correlation = Some(store.correlations()[at]).filter(|id| *id != NO_ID);
        let cells = [
            row.to_string(),
            store.starts()[at].to_string(),
            store.dur_ns(*row).to_string(),
            cell(Kind::from_number(store.kinds()[at]).label()),
            cell(&store.meta().categories[usize::from(store.categories()[at])]),
            cell(store.text(store.name_ids()[at]).unwrap_or_default()),
            cell(&track.pid),
            cell(&track.tid),
            optional(track.device_id),
            optional(track.stream),
            store.place_of(*row)?.1.to_string(),
            optional(correlation),
        ];
        file.put(cells.join(",").as_bytes())?;
        file.put(b"\n")?;
    }
    let slices = rows.len() as u64;
    Ok(Written { slices, bytes: file.finish()?, ..Written::default() })
}

/// A cell as RFC 4180 has it. What a spreadsheet would run as a formula gets an apostrophe before it: names come from
/// files of strangers.
pub(crate) fn cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']) && text.parse::<f64>().is_err();
    let text = if formula { format!("'{text}") } else { text.to_owned() };
    if text.contains(['"', ',', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::cell;

    #[test]
    fn cells_are_quoted_and_never_formulas() {
        let shown = ["plain", "a,b", "say \"x\"", "=1+1", "-12", "-x"].map(cell);
        assert_eq!(shown, ["plain", "\"a,b\"", "\"say \"\"x\"\"\"", "'=1+1", "-12", "'-x"]);
    }
}
