// SPDX-License-Identifier: Apache-2.0
//! One fuzzer for every target: `ITERSCOPE_FUZZ_TARGET` names it.
#![no_main]

use std::path::Path;
use std::sync::OnceLock;

use iterscope_fuzz::{Target, target};
use libfuzzer_sys::fuzz_target;

struct Chosen {
    target: &'static Target,
    folder: tempfile::TempDir,
}

fn chosen() -> &'static Chosen {
    static CHOSEN: OnceLock<Chosen> = OnceLock::new();
    CHOSEN.get_or_init(|| {
        let name = std::env::var("ITERSCOPE_FUZZ_TARGET").expect("ITERSCOPE_FUZZ_TARGET names the target");
        let target = target(&name).expect("ITERSCOPE_FUZZ_TARGET names a target");
        let memory = Path::new("/dev/shm");
        let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
        Chosen { target, folder: folder.expect("a scratch folder can be made") }
    })
}

fuzz_target!(|bytes: &[u8]| {
    let chosen = chosen();
    if bytes.len() <= chosen.target.most_bytes {
        (chosen.target.run)(chosen.folder.path(), bytes);
    }
});
