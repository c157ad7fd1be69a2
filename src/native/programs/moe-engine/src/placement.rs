// SPDX-License-Identifier: Apache-2.0
//! Where experts live. Without a load balancer they lie in contiguous blocks, and a place is its expert. With one, every
//! layer has its own table of places (TensorRT-LLM calls them slots; here a slot is a token's choice of an expert). The
//! tokens of an expert go to its replicas in turn, and layers may be placed anew while the engine runs.

use std::sync::{Arc, Mutex, PoisonError, RwLock};

use iterscope_experts::LoadBalancerConfig;
use iterscope_experts::algorithms::tensorrt_llm::{place, replicate};

use crate::experts::as_u32;
use crate::model::ModelShape;

/// The places of one layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayerPlaces {
    expert_of_place: Vec<u32>,
    places_of_expert: Vec<Vec<u32>>,
}

impl LayerPlaces {
    fn new(expert_of_place: Vec<u32>, experts: usize) -> Self {
        let mut places_of_expert = vec![Vec::new(); experts];
        for (place, &expert) in expert_of_place.iter().enumerate() {
            places_of_expert[expert as usize].push(as_u32(place));
        }
        Self { expert_of_place, places_of_expert }
    }
}

/// The tables of a run with a load balancer.
#[derive(Debug)]
struct Balanced {
    layers: Vec<RwLock<Arc<LayerPlaces>>>,
    /// Tokens per expert and layer since the layer was placed; counted only when layers are placed anew.
    loads: Vec<Mutex<Vec<u64>>>,
    updates_per_iteration: usize,
    next_update: Mutex<usize>,
}

/// Where the experts of all layers live; shared by all ranks.
#[derive(Debug)]
pub struct Placement {
    ranks: usize,
    num_places: usize,
    balanced: Option<Balanced>,
}

impl Placement {
    /// Contiguous blocks; the experts are a multiple of the ranks.
    #[must_use]
    pub const fn contiguous(experts: usize, ranks: usize) -> Self {
        Self { ranks, num_places: experts, balanced: None }
    }

    /// What a checked configuration says.
    #[must_use]
    pub fn balanced(config: &LoadBalancerConfig, shape: ModelShape, ranks: usize) -> Self {
        let layer = |number: usize| {
            let slots = config.slots_of(as_u32(number), shape.experts, ranks);
            RwLock::new(Arc::new(LayerPlaces::new(slots, shape.experts)))
        };
        let balanced = Balanced {
            layers: (0..shape.layers).map(layer).collect(),
            loads: (0..shape.layers).map(|_| Mutex::new(vec![0; shape.experts])).collect(),
            updates_per_iteration: (config.layer_updates_per_iter as usize).min(shape.layers),
            next_update: Mutex::new(0),
        };
        Self { ranks, num_places: config.num_slots, balanced: Some(balanced) }
    }

    /// Places of every rank.
    #[must_use]
    pub const fn places_per_rank(&self) -> usize {
        self.num_places / self.ranks
    }

    /// The places of `layer`; `None` where a place is its expert.
    #[must_use]
    pub fn layer(&self, layer: usize) -> Option<Arc<LayerPlaces>> {
        let places = &self.balanced.as_ref()?.layers[layer];
        Some(Arc::clone(&places.read().unwrap_or_else(PoisonError::into_inner)))
    }

    /// Counts the tokens of a rank, where layers are placed anew.
    pub fn count(&self, layer: usize, experts: &[u32]) {
        let Some(balanced) = self.balanced.as_ref().filter(|b| b.updates_per_iteration > 0) else { return };
        let mut loads = balanced.loads[layer].lock().unwrap_or_else(PoisonError::into_inner);
        for &expert in experts {
            loads[expert as usize] += 1;
        }
    }

    /// Places the next layers anew by the tokens since they were placed. Called by one rank between two forwards; the
    /// ranks still combine by places they looked up before, and meet before they look up again.
    pub fn update(&self) {
        let Some(balanced) = &self.balanced else { return };
        let mut next = balanced.next_update.lock().unwrap_or_else(PoisonError::into_inner);
        for _ in 0..balanced.updates_per_iteration {
            let layer = *next;
            *next = (layer + 1) % balanced.layers.len();
            let mut loads = balanced.loads[layer].lock().unwrap_or_else(PoisonError::into_inner);
            let slots = place(&loads, &replicate(&loads, self.num_places), self.ranks);
            *balanced.layers[layer].write().unwrap_or_else(PoisonError::into_inner) =
                Arc::new(LayerPlaces::new(slots, loads.len()));
            loads.fill(0);
        }
    }
}

/// Finds places for the tokens of one rank.
#[derive(Debug, Default)]
pub struct PlaceFinder {
    /// Per expert the replica that the next token goes to.
    turns: Vec<u32>,
}

impl PlaceFinder {
    /// Writes the place of every entry of `experts` to `places`. The tokens of an expert take its replicas in turn, each
    /// rank starting with another one.
    pub fn find(&mut self, layer: Option<&LayerPlaces>, rank: usize, experts: &[u32], places: &mut Vec<u32>) {
        let Some(layer) = layer else {
            places.clear();
            places.extend_from_slice(experts);
            return;
        };
        self.turns.clear();
        self.turns.resize(layer.places_of_expert.len(), as_u32(rank));
        places.clear();
        places.extend(experts.iter().map(|&expert| {
            let replicas = &layer.places_of_expert[expert as usize];
            let turn = &mut self.turns[expert as usize];
            let place = replicas[*turn as usize % replicas.len()];
            *turn += 1;
            place
        }));
    }
}

/// The expert in `place`, where `layer` is that of [`Placement::layer`].
#[must_use]
pub fn expert_in(layer: Option<&LayerPlaces>, place: usize) -> usize {
    layer.map_or(place, |layer| layer.expert_of_place[place] as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHAPE: ModelShape = ModelShape {
        layers: 2,
        hidden: 4,
        heads: 1,
        kv_heads: 1,
        head_width: 4,
        experts: 4,
        top_k: 1,
        ffn: 4,
        vocab: 8,
    };

    fn placement(updates: u32) -> Placement {
        let config = LoadBalancerConfig {
            num_slots: 6,
            initial_global_assignments: Some([(1, vec![0, 0, 1, 2, 3, 0])].into()),
            layer_updates_per_iter: updates,
            ep_size: None,
        };
        Placement::balanced(&config, SHAPE, 2)
    }

    fn places_of(placement: &Placement, layer: usize, rank: usize, experts: &[u32]) -> Vec<u32> {
        let mut places = Vec::new();
        PlaceFinder::default().find(placement.layer(layer).as_deref(), rank, experts, &mut places);
        places
    }

    #[test]
    fn tokens_take_replicas_in_turn() {
        let placement = placement(0);
        assert_eq!(placement.places_per_rank(), 3);
        assert_eq!(places_of(&placement, 1, 0, &[0, 0, 3, 0, 0]), [0, 1, 4, 5, 0]);
        assert_eq!(places_of(&placement, 1, 1, &[0, 0]), [1, 5], "another rank starts elsewhere");
        assert_eq!(expert_in(placement.layer(1).as_deref(), 5), 0);
        assert_eq!(places_of(&placement, 0, 0, &[3]), [4], "a layer without assignment has the default one");
    }

    #[test]
    fn contiguous_places_are_their_experts() {
        let placement = Placement::contiguous(4, 2);
        assert_eq!(places_of(&placement, 1, 1, &[3, 0]), [3, 0]);
        assert_eq!(expert_in(None, 3), 3);
    }

    #[test]
    fn layers_are_placed_anew_in_turn_by_what_was_counted() {
        let placement = placement(1);
        placement.count(0, &[2, 2, 2, 2, 0, 1]);
        let before = placement.layer(1);
        placement.update();
        let layer = placement.layer(0).unwrap();
        assert_eq!(layer.places_of_expert[2].len(), 3, "the hot expert has the spare slots");
        assert_eq!(placement.layer(1), before, "one layer per iteration");
        placement.update();
        assert_ne!(placement.layer(1), before);
    }
}
