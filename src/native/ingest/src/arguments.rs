// SPDX-License-Identifier: Apache-2.0
//! Arguments of a slice: most of a trace's bytes, read from the source when someone looks.

use std::path::Path;

use iterscope_model::Result;
use iterscope_store::Store;

use crate::ingest::is_report;
use crate::kineto::args_of_event;
use crate::nsys::report_args;
use crate::source::read_source_at;

/// Enough for nearly every event.
const USUAL_BYTES: usize = 64 * 1024;
/// Arguments of events beyond this stay unread.
const MOST_BYTES: usize = 16 << 20;

/// The arguments of the event that begins at an offset of the (inflated) source, as JSON text; none when the
/// event has none.
///
/// # Errors
/// `trace.not-found` or `trace.unreadable`.
pub fn read_args(source: &Path, store: &Store, offset: u64) -> Result<Option<String>> {
    if is_report(source)? {
        return report_args(source, offset);
    }
    let checkpoint = store.checkpoint_before(offset);
    for limit in [USUAL_BYTES, MOST_BYTES] {
        let text = read_source_at(source, offset, limit, checkpoint.as_ref())?;
        if let Some(args) = args_of_event(&text) {
            return Ok((!args.is_empty()).then(|| String::from_utf8_lossy(args).into_owned()));
        }
        if text.len() < limit {
            break;
        }
    }
    Ok(None)
}
