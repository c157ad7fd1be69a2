// SPDX-License-Identifier: Apache-2.0
//! Ranges and operators that name a layer of the model (`layer 3`, `layers.3.mlp`, `DecoderLayer_3`) or its experts
//! (`layer_3.moe`, `fused_moe`), by thread: what tells of a launch for which layer it was.

use iterscope_model::{NameId, Row};
use iterscope_store::Store;
use rustc_hash::FxHashMap;

use crate::devices::{roles, rows_of};

/// What a name says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Named {
    /// Number of the layer.
    pub layer: Option<u32>,
    /// Whether it is about experts.
    pub is_moe: bool,
}

#[derive(Clone, Copy)]
struct Range {
    start_ns: i64,
    end_ns: i64,
    /// The latest end up to here: where it lies before a time, no earlier range holds that time.
    reach_ns: i64,
    named: Named,
}

/// Of all threads.
pub struct LayerRanges<'a> {
    store: &'a Store,
    by_thread: FxHashMap<(&'a str, &'a str), Vec<Range>>,
}

impl<'a> LayerRanges<'a> {
    pub fn of(store: &'a Store) -> Self {
        let roles = roles(store);
        let mut known: FxHashMap<NameId, Option<Named>> = FxHashMap::default();
        let mut by_thread: FxHashMap<(&str, &str), Vec<Range>> = FxHashMap::default();
        for track in &store.meta().tracks {
            for row in store.lanes_of(track.id).iter().flat_map(rows_of) {
                if roles[usize::from(store.categories()[row as usize])].is_on_device() {
                    continue;
                }
                let id = store.name_ids()[row as usize];
                let said = known.entry(id).or_insert_with(|| meaning_of(store.text(id).unwrap_or_default()));
                if let Some(named) = *said {
                    let (start_ns, end_ns) = (store.starts()[row as usize], store.end_ns(row));
                    let range = Range { start_ns, end_ns, reach_ns: end_ns, named };
                    by_thread.entry((&track.pid, &track.tid)).or_default().push(range);
                }
            }
        }
        for ranges in by_thread.values_mut() {
            ranges.sort_by_key(|range| (range.start_ns, std::cmp::Reverse(range.end_ns)));
            let mut reach_ns = i64::MIN;
            for range in ranges {
                reach_ns = reach_ns.max(range.end_ns);
                range.reach_ns = reach_ns;
            }
        }
        Self { store, by_thread }
    }

    /// What the ranges around the start of a slice say: the layer of the innermost that names one, and whether any is
    /// about experts.
    pub fn around(&self, row: Row) -> Named {
        let mut found = Named { layer: None, is_moe: false };
        let Ok((track, _)) = self.store.place_of(row) else { return found };
        let Some(track) = self.store.meta().tracks.get(track as usize) else { return found };
        let Some(ranges) = self.by_thread.get(&(track.pid.as_str(), track.tid.as_str())) else {
            return found;
        };
        let time_ns = self.store.starts()[row as usize];
        let begun = ranges.partition_point(|range| range.start_ns <= time_ns);
        for range in ranges[..begun].iter().rev().take_while(|range| range.reach_ns > time_ns) {
            if range.end_ns > time_ns {
                found.layer = found.layer.or(range.named.layer);
                found.is_moe |= range.named.is_moe;
            }
        }
        found
    }
}

/// `None` for names that say neither.
fn meaning_of(name: &str) -> Option<Named> {
    let lower = name.to_ascii_lowercase();
    let found = Named { layer: layer_of(name, &lower), is_moe: is_about_experts(&lower) };
    (found.layer.is_some() || found.is_moe).then_some(found)
}

fn is_about_experts(lower: &str) -> bool {
    // The exchange around the experts is not their computing.
    !lower.contains("all_to_all")
        && lower
            .split(|c: char| !c.is_ascii_alphanumeric())
            .any(|word| word.ends_with("moe") || word == "experts" || word.starts_with("moe"))
}

/// The number after a word `layer` or `layers`, with one or two signs between them.
fn layer_of(name: &str, lower: &str) -> Option<u32> {
    let bytes = name.as_bytes();
    lower.match_indices("layer").find_map(|(at, word)| {
        // `player 3` is none; `DecoderLayer_3` is.
        let joined = at.checked_sub(1).is_some_and(|before| bytes[before].is_ascii_alphabetic());
        if joined && bytes[at].is_ascii_lowercase() {
            return None;
        }
        let rest = &lower[at + word.len()..];
        let rest = rest.strip_prefix('s').unwrap_or(rest);
        let number = rest.trim_start_matches([' ', '.', '_', ':', '-', '[', '=', '#']);
        let length = number.find(|c: char| !c.is_ascii_digit()).unwrap_or(number.len());
        let is_end = !number[length..].starts_with(|c: char| c.is_ascii_alphabetic());
        let is_near = rest.len() - number.len() <= 2;
        if is_near && is_end { number[..length].parse().ok() } else { None }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layers_are_told_by_their_names() {
        for (name, layer) in [
            ("layer 3", Some(3)),
            ("model.layers.12.mlp.experts", Some(12)),
            ("nn.Module: GptOssDecoderLayer_7", Some(7)),
            ("layer_0.moe", Some(0)),
            ("[layer=5]", Some(5)),
            ("LayerNorm_2", None),
            ("vectorized_layer_norm", None),
            ("player 3", None),
            ("layer 3d", None),
            ("layers", None),
            ("layer 99999999999", None),
        ] {
            assert_eq!(layer_of(name, &name.to_ascii_lowercase()), layer, "{name}");
        }
    }

    #[test]
    fn experts_are_told_by_their_names() {
        for name in ["layer_0.moe", "trtllm::fused_moe", "moe.experts", "experts", "nn.Module: FusedMoE_3"] {
            assert!(meaning_of(name).is_some_and(|found| found.is_moe), "{name}");
        }
        for name in ["all_to_all experts", "memory", "expertise", "moe.dispatch_all_to_all"] {
            assert_eq!(meaning_of(name), None, "{name}");
        }
    }
}
