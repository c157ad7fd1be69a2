// SPDX-License-Identifier: Apache-2.0
//! Step markers: which slices begin an iteration, and what their names say about its batch.

use iterscope_model::{NameId, Row, TrackId, TrackType};
use iterscope_store::Store;
use rustc_hash::FxHashMap;

use crate::devices::rows_of;

/// What a marker's name says. Absent numbers are not zero.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MarkerText {
    pub index: Option<i64>,
    pub context_requests: Option<u32>,
    pub context_tokens: Option<u32>,
    pub generation_requests: Option<u32>,
}

/// Producers' markers, the most telling first: a trace that holds several kinds is read by the first one.
const RULES: [fn(&str) -> Option<MarkerText>; 4] = [forward_step, execute_context, step_label, profiler_step];

/// Markers of one thread in time order.
pub type Markers = Vec<(Row, MarkerText)>;

/// The step markers of a trace, from the thread that holds most of them; none when it has none.
pub fn find_markers(store: &Store) -> Option<Markers> {
    RULES.iter().find_map(|rule| {
        let names = matching_names(store, *rule);
        if names.is_empty() {
            return None;
        }
        let tracks = store.meta().tracks.iter().filter(|track| track.track_type != TrackType::GpuStream);
        let found = tracks.map(|track| rows_named(store, track.id, &names));
        // Of equals the first track wins: `max_by_key` would give the last one.
        found
            .filter(|rows| !rows.is_empty())
            .reduce(|best, next| if next.len() > best.len() { next } else { best })
    })
}

fn matching_names(store: &Store, rule: fn(&str) -> Option<MarkerText>) -> FxHashMap<NameId, MarkerText> {
    let ids = 0..NameId::try_from(store.name_count()).unwrap_or(NameId::MAX);
    ids.filter_map(|id| Some((id, rule(store.text(id)?)?))).collect()
}

fn rows_named(store: &Store, track: TrackId, names: &FxHashMap<NameId, MarkerText>) -> Markers {
    let marked = |row: Row| Some((row, *names.get(&store.name_ids()[row as usize])?));
    let mut rows: Markers = store.lanes_of(track).iter().flat_map(rows_of).filter_map(marked).collect();
    rows.sort_unstable_by_key(|(row, _)| store.starts()[*row as usize]);
    rows
}

/// TensorRT-LLM: `[Executor] _forward_step 20: 4 ctx reqs, 2048 ctx tokens, 256 gen reqs`; older versions
/// leave the tokens out.
fn forward_step(name: &str) -> Option<MarkerText> {
    let (index, batch) = name.strip_prefix("[Executor] _forward_step ")?.split_once(':')?;
    let mut text = MarkerText { index: Some(index.trim().parse().ok()?), ..MarkerText::default() };
    for part in batch.split(',') {
        let (count, what) = part.trim().split_once(' ')?;
        let count = Some(count.parse().ok()?);
        match what {
            "ctx reqs" => text.context_requests = count,
            "ctx tokens" => text.context_tokens = count,
            "gen reqs" => text.generation_requests = count,
            _ => {}
        }
    }
    Some(text)
}

/// vLLM: `execute_context_1(512)_generation_3(3)`, requests and tokens of each phase.
fn execute_context(name: &str) -> Option<MarkerText> {
    let (context, generation) = name.strip_prefix("execute_context_")?.split_once("_generation_")?;
    let counts = |text: &str| -> Option<(u32, u32)> {
        let (requests, tokens) = text.strip_suffix(')')?.split_once('(')?;
        Some((requests.parse().ok()?, tokens.parse().ok()?))
    };
    let (context_requests, context_tokens) = counts(context)?;
    let (generation_requests, _) = counts(generation)?;
    Some(MarkerText {
        index: None,
        context_requests: Some(context_requests),
        context_tokens: Some(context_tokens),
        generation_requests: Some(generation_requests),
    })
}

/// `SGLang`: `step[decode bs=8]`, `step[prefill bs=2 …]`.
fn step_label(name: &str) -> Option<MarkerText> {
    let label = name.strip_prefix("step[")?.strip_suffix(']')?;
    let batch = label.split_whitespace().find_map(|word| word.strip_prefix("bs=")?.parse().ok());
    match label.split_whitespace().next()? {
        "decode" => Some(MarkerText { generation_requests: batch, ..MarkerText::default() }),
        "prefill" => Some(MarkerText { context_requests: batch, ..MarkerText::default() }),
        _ => None,
    }
}

/// `PyTorch`: `ProfilerStep#12`.
fn profiler_step(name: &str) -> Option<MarkerText> {
    let index = name.strip_prefix("ProfilerStep#")?.parse().ok()?;
    Some(MarkerText { index: Some(index), ..MarkerText::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(index: i64, context: Option<u32>, tokens: Option<u32>, generation: Option<u32>) -> MarkerText {
        MarkerText {
            index: (index >= 0).then_some(index),
            context_requests: context,
            context_tokens: tokens,
            generation_requests: generation,
        }
    }

    #[test]
    fn both_forms_of_the_forward_step_are_read() {
        assert_eq!(
            forward_step("[Executor] _forward_step 20: 4 ctx reqs, 2048 ctx tokens, 256 gen reqs"),
            Some(text(20, Some(4), Some(2048), Some(256)))
        );
        assert_eq!(
            forward_step("[Executor] _forward_step 7: 0 ctx reqs, 512 gen reqs"),
            Some(text(7, Some(0), None, Some(512)))
        );
        assert_eq!(forward_step("[Executor] _forward_step x: 0 ctx reqs"), None);
    }

    #[test]
    fn markers_of_other_engines_are_read() {
        assert_eq!(
            execute_context("execute_context_1(512)_generation_3(3)"),
            Some(text(-1, Some(1), Some(512), Some(3)))
        );
        assert_eq!(step_label("step[decode bs=8]"), Some(text(-1, None, None, Some(8))));
        assert_eq!(profiler_step("ProfilerStep#12"), Some(text(12, None, None, None)));
        assert_eq!(profiler_step("ProfilerStep"), None);
    }
}
