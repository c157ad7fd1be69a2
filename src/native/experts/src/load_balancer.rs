// SPDX-License-Identifier: Apache-2.0
//! `moe_load_balancer` files of TensorRT-LLM: which expert sits in which slot of which layer.
//!
//! Slot s belongs to rank s / (`num_slots` / `ep_size`). A layer without an assignment starts with the default one.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use serde::Deserialize;

use crate::error::ExpertsError;
use crate::regular;

/// The content of such a file.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoadBalancerConfig {
    /// Slots of a layer, over all ranks.
    pub num_slots: usize,
    /// Per layer the expert of each slot.
    #[serde(default)]
    pub initial_global_assignments: Option<BTreeMap<u32, Vec<u32>>>,
    /// Layers that are placed anew in every iteration while the engine runs; 0 keeps the placement.
    #[serde(default)]
    pub layer_updates_per_iter: u32,
    /// Ranks, where a tool wrote them; the engine takes its own number.
    #[serde(default)]
    pub ep_size: Option<usize>,
}

/// What a placement is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExpertTopology {
    /// Experts of a layer.
    pub experts: usize,
    /// Expert-parallel ranks.
    pub ep_size: usize,
    /// Whether every rank has its own requests.
    pub attention_dp: bool,
}

/// Slots of a layer at most.
const MOST_SLOTS: usize = 1 << 17;

/// A rule of the load balancer that a file breaks. `Display` is a sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BalancerProblem {
    /// Ranks share their tokens, so there is nothing to balance between them.
    #[error("The MoE load balancer needs attention data parallelism: switch enable_attention_dp on.")]
    NoAttentionDp,
    /// One rank.
    #[error("The MoE load balancer needs more than one expert-parallel rank, not {ep_size}.")]
    OneRank {
        /// Ranks.
        ep_size: usize,
    },
    /// Slots that cannot be split over the ranks.
    #[error(
        "num_slots is {num_slots}, which does not split evenly over {ep_size} ranks: choose a multiple of {ep_size}."
    )]
    UnevenSlots {
        /// Slots.
        num_slots: usize,
        /// Ranks.
        ep_size: usize,
    },
    /// Fewer slots than experts.
    #[error("num_slots is {num_slots}, but {experts} experts need a slot each: choose at least {experts}.")]
    TooFewSlots {
        /// Slots.
        num_slots: usize,
        /// Experts.
        experts: usize,
    },
    /// More slots than any layer has: a file that names a number cannot make tables of that size.
    #[error("num_slots is {num_slots}, but no layer has more than {MOST_SLOTS} slots: choose fewer.")]
    TooManySlots {
        /// Slots.
        num_slots: usize,
    },
    /// An assignment of another length.
    #[error(
        "The assignment of layer {layer} has {length} entries, but num_slots is {num_slots}: name one expert per slot."
    )]
    WrongLength {
        /// The layer.
        layer: u32,
        /// Entries.
        length: usize,
        /// Slots.
        num_slots: usize,
    },
    /// An expert that the model has not.
    #[error("The assignment of layer {layer} names expert {expert}, but the model has experts 0 to {last}.")]
    UnknownExpert {
        /// The layer.
        layer: u32,
        /// The id.
        expert: u32,
        /// The last expert.
        last: usize,
    },
    /// An expert without a slot.
    #[error("The assignment of layer {layer} has no slot for expert {expert}: every expert needs one.")]
    MissingExpert {
        /// The layer.
        layer: u32,
        /// The expert.
        expert: usize,
    },
}

impl LoadBalancerConfig {
    /// Reads the text of a file; `path` names it in errors.
    ///
    /// # Errors
    /// [`ExpertsError::BadBalancer`] for text that is not such a file.
    pub fn parse(text: &str, path: &Path) -> Result<Self, ExpertsError> {
        serde_saphyr::from_str(text).map_err(|error| ExpertsError::BadBalancer {
            path: path.to_owned(),
            reason: format!(
                "It is not a moe_load_balancer file ({}). Choose the YAML that moe_config.load_balancer \
                 names.",
                first_line(&error.to_string())
            ),
        })
    }

    /// Reads a file.
    ///
    /// # Errors
    /// [`ExpertsError::Unreadable`], or [`ExpertsError::BadBalancer`] for text that is not such a file.
    pub fn read(path: &Path) -> Result<Self, ExpertsError> {
        let unreadable = |source| ExpertsError::Unreadable { path: path.to_owned(), source };
        Self::parse(&regular::read_text(path).map_err(unreadable)?, path)
    }

    /// Checks every rule of the engine.
    ///
    /// # Errors
    /// The first [`BalancerProblem`].
    pub fn check(&self, topology: ExpertTopology) -> Result<(), BalancerProblem> {
        let ExpertTopology { experts, ep_size, attention_dp } = topology;
        let num_slots = self.num_slots;
        if !attention_dp {
            return Err(BalancerProblem::NoAttentionDp);
        }
        if ep_size < 2 {
            return Err(BalancerProblem::OneRank { ep_size });
        }
        if !num_slots.is_multiple_of(ep_size) {
            return Err(BalancerProblem::UnevenSlots { num_slots, ep_size });
        }
        if num_slots > MOST_SLOTS {
            return Err(BalancerProblem::TooManySlots { num_slots });
        }
        if num_slots < experts {
            return Err(BalancerProblem::TooFewSlots { num_slots, experts });
        }
        let mut assignments = self.initial_global_assignments.iter().flatten();
        assignments.try_for_each(|(layer, slots)| check_layer(*layer, slots, num_slots, experts))
    }

    /// The expert of every slot of `layer`: as assigned, else the default.
    #[must_use]
    pub fn slots_of(&self, layer: u32, experts: usize, ep_size: usize) -> Vec<u32> {
        let assigned = self.initial_global_assignments.as_ref().and_then(|layers| layers.get(&layer));
        assigned.cloned().unwrap_or_else(|| default_assignment(experts, self.num_slots, ep_size))
    }

    /// The text of the file, as the engine reads it.
    #[must_use]
    pub fn to_yaml(&self) -> String {
        let mut yaml = format!("num_slots: {}\n", self.num_slots);
        if let Some(assignments) = &self.initial_global_assignments {
            yaml.push_str("initial_global_assignments:\n");
            for (layer, slots) in assignments {
                let slots: Vec<String> = slots.iter().map(ToString::to_string).collect();
                let _ = writeln!(yaml, "  {layer}: [{}]", slots.join(", "));
            }
        }
        let _ = writeln!(yaml, "layer_updates_per_iter: {}", self.layer_updates_per_iter);
        yaml
    }
}

/// The assignment of a layer that has none: slot j of rank r holds expert (⌊r·E/`ep_size`⌋ + j) mod E. With as many slots
/// as experts, and ranks that divide them, these are contiguous blocks.
#[must_use]
pub fn default_assignment(experts: usize, num_slots: usize, ep_size: usize) -> Vec<u32> {
    let per_rank = num_slots / ep_size;
    let expert = |slot: usize| (slot / per_rank * experts / ep_size + slot % per_rank) % experts;
    (0..num_slots).map(|slot| u32::try_from(expert(slot)).unwrap_or(u32::MAX)).collect()
}

fn check_layer(layer: u32, slots: &[u32], num_slots: usize, experts: usize) -> Result<(), BalancerProblem> {
    if slots.len() != num_slots {
        return Err(BalancerProblem::WrongLength { layer, length: slots.len(), num_slots });
    }
    let mut is_placed = vec![false; experts];
    for &expert in slots {
        let unknown = BalancerProblem::UnknownExpert { layer, expert, last: experts - 1 };
        *is_placed.get_mut(expert as usize).ok_or(unknown)? = true;
    }
    let missing = is_placed.iter().position(|placed| !placed);
    missing.map_or(Ok(()), |expert| Err(BalancerProblem::MissingExpert { layer, expert }))
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOPOLOGY: ExpertTopology = ExpertTopology { experts: 4, ep_size: 2, attention_dp: true };

    fn parse(text: &str) -> Result<LoadBalancerConfig, ExpertsError> {
        LoadBalancerConfig::parse(text, Path::new("eplb.yaml"))
    }

    fn problem(text: &str, topology: ExpertTopology) -> BalancerProblem {
        parse(text).unwrap().check(topology).unwrap_err()
    }

    #[test]
    fn a_file_is_read_and_written_without_loss() {
        let text = "num_slots: 6\ninitial_global_assignments:\n  0: [0, 1, 2, 3, 0, 1]\n  3: [3, 2, 1, 0, 0, 0]\n\
                    layer_updates_per_iter: 2\n";
        let config = parse(text).unwrap();
        assert_eq!(config.check(TOPOLOGY), Ok(()));
        assert_eq!(config.to_yaml(), text);
        assert_eq!(config.slots_of(3, 4, 2), [3, 2, 1, 0, 0, 0]);
        assert_eq!(config.slots_of(1, 4, 2), [0, 1, 2, 2, 3, 0], "the default of a layer without one");
        assert_eq!(parse("num_slots: 4").unwrap().layer_updates_per_iter, 0);
    }

    #[test]
    fn every_rule_is_checked() {
        use BalancerProblem as Problem;
        let off = ExpertTopology { attention_dp: false, ..TOPOLOGY };
        assert_eq!(problem("num_slots: 4", off), Problem::NoAttentionDp);
        let one = ExpertTopology { ep_size: 1, ..TOPOLOGY };
        assert_eq!(problem("num_slots: 4", one), Problem::OneRank { ep_size: 1 });
        assert_eq!(problem("num_slots: 5", TOPOLOGY), Problem::UnevenSlots { num_slots: 5, ep_size: 2 });
        assert_eq!(problem("num_slots: 2", TOPOLOGY), Problem::TooFewSlots { num_slots: 2, experts: 4 });
        let huge = format!("num_slots: {}", 1_u64 << 40);
        assert_eq!(problem(&huge, TOPOLOGY), Problem::TooManySlots { num_slots: 1 << 40 });
        let with = |slots: &str| format!("num_slots: 4\ninitial_global_assignments: {{7: {slots}}}");
        assert_eq!(
            problem(&with("[0, 1, 2]"), TOPOLOGY),
            Problem::WrongLength { layer: 7, length: 3, num_slots: 4 }
        );
        assert_eq!(
            problem(&with("[0, 1, 2, 4]"), TOPOLOGY),
            Problem::UnknownExpert { layer: 7, expert: 4, last: 3 }
        );
        assert_eq!(problem(&with("[0, 1, 1, 3]"), TOPOLOGY), Problem::MissingExpert { layer: 7, expert: 2 });
    }

    #[test]
    fn other_text_is_refused_with_a_sentence() {
        for text in
            ["", "num_slots: many", "slots: 4", "[1, 2]", "num_slots: 4\nnum_slots: 5", "num_slots: {"]
        {
            let error = parse(text).unwrap_err();
            assert_eq!(error.code(), "experts.bad-balancer", "{text}");
            let message = error.to_string();
            assert!(message.contains("eplb.yaml") && message.ends_with('.'), "{message}");
        }
    }

    #[test]
    fn the_default_is_contiguous_blocks_where_slots_equal_experts() {
        assert_eq!(default_assignment(6, 6, 3), [0, 1, 2, 3, 4, 5]);
        assert_eq!(default_assignment(5, 6, 3), [0, 1, 1, 2, 3, 4]);
    }
}
