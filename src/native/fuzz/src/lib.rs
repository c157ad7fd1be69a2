// SPDX-License-Identifier: Apache-2.0
//! Hostile input for everything that reads files from elsewhere. A target takes any bytes and must neither panic,
//! hang nor take memory without bound; what it answers is not judged here, only that it answers.
//!
//! The same targets run in two ways: `tests/replay.rs` runs the kept corpus and seeded mutations of it with every
//! `cargo test`; `guided` runs them under libFuzzer, led by coverage (`node scripts/fuzz.mjs`).

mod examine;
mod mutate;
mod targets;

use std::path::Path;

pub use mutate::Mutator;

/// Something that reads bytes from elsewhere.
pub struct Target {
    /// Its name, and that of its folder in the corpus.
    pub name: &'static str,
    /// Longest input that makes sense, bytes.
    pub most_bytes: usize,
    /// Reads one input; the folder is its own, may hold what an earlier input left, and is best in memory.
    pub run: fn(&Path, &[u8]),
}

/// Every target.
pub const TARGETS: [Target; 6] = [
    Target { name: "kineto", most_bytes: 1 << 16, run: targets::kineto },
    Target { name: "nsys-file", most_bytes: 1 << 16, run: targets::nsys_file },
    Target { name: "nsys-rows", most_bytes: 1 << 13, run: targets::nsys_rows },
    Target { name: "store", most_bytes: 1 << 10, run: targets::store },
    Target { name: "expert-statistics", most_bytes: 1 << 14, run: targets::expert_statistics },
    Target { name: "load-balancer", most_bytes: 1 << 14, run: targets::load_balancer },
];

/// The target of a name.
#[must_use]
pub fn target(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.name == name)
}
