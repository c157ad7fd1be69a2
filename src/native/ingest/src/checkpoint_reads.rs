// SPDX-License-Identifier: Apache-2.0
//! What is read from a checkpoint must be what is read from the start: at every event, in files of one and of several
//! members, packed in every way, whole and cut.

use std::io::Write;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use iterscope_model::Checkpoint;

use crate::source::{BlockEnd, Source, read_source_at};

const SPACING_BYTES: u64 = 60_000;
const BLOCK_BYTES: usize = 160 << 10;
const LIMIT: usize = 700;

/// Events of different length, with the offset of each.
fn events(count: u64) -> (Vec<u8>, Vec<u64>) {
    let (mut text, mut offsets, mut seed) = (b"[\n".to_vec(), Vec::new(), 1_u64);
    for event in 0..count {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        offsets.push(text.len() as u64);
        let (name, ts) = (seed >> 40, seed >> 50);
        let pad = "[8, 512], ".repeat(usize::try_from(seed >> 61).unwrap_or(0));
        writeln!(text, "{{\"ph\": \"X\", \"name\": \"op{name:x}\", \"ts\": {event}.{ts}, \"args\": {{\"l\": [{pad}1]}}}},")
            .unwrap();
    }
    (text, offsets)
}

fn packed(parts: &[&[u8]], level: u32) -> Vec<u8> {
    let pack = |part: &&[u8]| {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::new(level));
        encoder.write_all(part).unwrap();
        encoder.finish().unwrap()
    };
    parts.iter().flat_map(pack).collect()
}

/// How many bytes a file inflates to, how it ends, and its checkpoints.
fn read_whole(path: &Path) -> (Vec<u8>, BlockEnd, Vec<Checkpoint>) {
    let mut source = Source::open_with_checkpoints(path, SPACING_BYTES).unwrap();
    let (mut text, mut block) = (Vec::new(), vec![0; BLOCK_BYTES]);
    loop {
        let (length, end) = source.read_block(&mut block).unwrap();
        text.extend_from_slice(&block[..length]);
        if end != BlockEnd::More {
            return (text, end, source.take_checkpoints());
        }
    }
}

fn before(checkpoints: &[Checkpoint], offset: u64) -> Option<&Checkpoint> {
    let index = checkpoints.partition_point(|checkpoint| checkpoint.inflated_offset <= offset);
    checkpoints[..index].last()
}

/// Reads these events from the checkpoint before them; returns the checkpoints.
fn check(folder: &Path, bytes: &[u8], offsets: &[u64], expected: (&[u8], BlockEnd)) -> Vec<Checkpoint> {
    let path = folder.join("trace.gz");
    std::fs::write(&path, bytes).unwrap();
    let (text, end, checkpoints) = read_whole(&path);
    assert!(text == expected.0 && end == expected.1, "{} bytes, {end:?}", text.len());
    for offset in offsets.iter().filter(|offset| **offset < text.len() as u64) {
        let begin = usize::try_from(*offset).unwrap();
        let wanted = &text[begin..text.len().min(begin + LIMIT)];
        let found = read_source_at(&path, *offset, LIMIT, before(&checkpoints, *offset)).unwrap();
        assert!(found == wanted, "event at {offset}");
    }
    checkpoints
}

#[test]
fn every_event_reads_the_same_from_its_checkpoint() {
    let folder = tempfile::tempdir().unwrap();
    let (text, offsets) = events(9_000);
    let mut bits = [0; 8];
    for (level, every) in [(1, 9), (6, 1), (9, 9)] {
        let offsets: Vec<u64> = offsets.iter().step_by(every).copied().collect();
        let checkpoints = check(folder.path(), &packed(&[&text], level), &offsets, (&text, BlockEnd::End));
        // The fastest packing makes one block of it all, which has no borders.
        assert!(level == 1 || checkpoints.len() >= 3, "level {level}: {}", checkpoints.len());
        for checkpoint in checkpoints {
            bits[usize::from(checkpoint.used_bits)] += 1;
        }
    }
    assert!(bits.iter().filter(|count| **count > 0).count() > 3, "{bits:?}");
}

#[test]
fn members_may_follow_each_other_and_hold_plain_blocks() {
    let folder = tempfile::tempdir().unwrap();
    let (text, offsets) = events(12_000);
    let (first, rest) = text.split_at(text.len() / 3 * 2);
    let (second, third) = rest.split_at(50);
    let offsets: Vec<u64> = offsets.into_iter().step_by(9).collect();
    for level in [0, 6] {
        let members = packed(&[first, second, b"", third], level);
        let checkpoints = check(folder.path(), &members, &offsets, (&text, BlockEnd::End));
        assert!(checkpoints.iter().any(|checkpoint| checkpoint.inflated_offset < first.len() as u64));
        assert!(checkpoints.iter().any(|checkpoint| checkpoint.inflated_offset > first.len() as u64 + 50));
    }
}

#[test]
fn a_file_that_is_cut_reads_the_same_up_to_the_cut() {
    let folder = tempfile::tempdir().unwrap();
    let (text, offsets) = events(3_000);
    let bytes = packed(&[&text[..300_000], &text[300_000..]], 6);
    for part in [0.3, 0.7, 0.95] {
        #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let cut = &bytes[..(bytes.len() as f64 * part) as usize];
        let path = folder.path().join("cut.gz");
        std::fs::write(&path, cut).unwrap();
        let (readable, end, _) = read_whole(&path);
        assert!(end == BlockEnd::Broken && text.starts_with(&readable) && readable.len() > 10_000);
        check(folder.path(), cut, &offsets, (&readable, BlockEnd::Broken));
    }
    let garbage = [&bytes[..], b"garbage after the last member"].concat();
    check(folder.path(), &garbage, &offsets, (&text, BlockEnd::Broken));
}

#[test]
fn a_damaged_window_costs_time_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let (text, offsets) = events(12_000);
    let path = folder.path().join("trace.gz");
    std::fs::write(&path, packed(&[&text], 6)).unwrap();
    let (_, _, checkpoints) = read_whole(&path);
    let last = checkpoints.last().unwrap();
    let offset = *offsets.last().unwrap();
    let begin = usize::try_from(offset).unwrap();
    for damaged in [
        Checkpoint { window: Vec::new(), ..last.clone() },
        Checkpoint { window: vec![0xff; 40], ..last.clone() },
        Checkpoint { used_bits: 200, ..last.clone() },
    ] {
        assert_eq!(read_source_at(&path, offset, LIMIT, Some(&damaged)).unwrap(), text[begin..]);
    }
}
