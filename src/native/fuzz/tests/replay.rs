// SPDX-License-Identifier: Apache-2.0
//! The short form: the kept corpus, and seeded changes of it.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use iterscope_fuzz::{Mutator, TARGETS, Target};

/// Changed inputs a target. The guided form does millions.
const CHANGES: u64 = 1_000;

fn corpus_of(target: &Target) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target.name);
    let mut paths: Vec<PathBuf> = fs::read_dir(&folder)
        .expect("every target has a corpus")
        .map(|entry| entry.expect("the corpus can be read").path())
        .collect();
    paths.sort();
    paths.into_iter().map(|path| (path.clone(), fs::read(&path).expect("the corpus can be read"))).collect()
}

/// A folder in memory where there is one: what is written is read at once and thrown away.
fn scratch() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    let made = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    made.expect("a scratch folder can be made")
}

fn replay(target: &Target) {
    let folder = scratch();
    let corpus = corpus_of(target);
    assert!(!corpus.is_empty(), "{} has no corpus", target.name);
    let run = |bytes: &[u8], what: &str| {
        let outcome = catch_unwind(AssertUnwindSafe(|| (target.run)(folder.path(), bytes)));
        assert!(outcome.is_ok(), "{} panicked on {what}: {bytes:?}", target.name);
    };
    for (path, bytes) in &corpus {
        run(bytes, &path.display().to_string());
    }
    for seed in 0..CHANGES {
        let (path, bytes) = &corpus[usize::try_from(seed).unwrap_or(0) % corpus.len()];
        let changed = Mutator::new(seed).change(bytes, target.most_bytes);
        run(&changed, &format!("{} changed by seed {seed}", path.display()));
    }
}

#[test]
fn traces() {
    replay(&TARGETS[0]);
}

#[test]
fn databases() {
    replay(&TARGETS[1]);
}

#[test]
fn rows_of_databases() {
    replay(&TARGETS[2]);
}

#[test]
fn stores() {
    replay(&TARGETS[3]);
}

#[test]
fn files_about_experts() {
    replay(&TARGETS[4]);
    replay(&TARGETS[5]);
}
