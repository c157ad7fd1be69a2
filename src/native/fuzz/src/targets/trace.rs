// SPDX-License-Identifier: Apache-2.0
//! Traces as files: Chrome JSON, plain or compressed, by their bytes.

use std::fs;
use std::path::Path;

use iterscope_ingest::{Cancel, ingest_trace};
use iterscope_store::Store;

use crate::examine::examine;

/// Reads the bytes as a file, and looks at what came of them.
pub fn kineto(folder: &Path, bytes: &[u8]) {
    ingest_and_examine(folder, bytes);
}

/// Writes a source, reads it into a store and examines that.
pub fn ingest_and_examine(folder: &Path, bytes: &[u8]) {
    let source = folder.join("source");
    let store = folder.join("store");
    fs::write(&source, bytes).expect("the scratch folder can be written");
    if ingest_trace(&source, &store, &mut |_| {}, &Cancel::default()).is_err() {
        return;
    }
    let opened = Store::open(&store, Some(&source)).expect("a store that was just written opens");
    examine(&opened, Some(&source));
}
