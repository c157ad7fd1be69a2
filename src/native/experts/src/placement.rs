// SPDX-License-Identifier: Apache-2.0
//! What a placement of experts in slots does to the loads of ranks. Tokens of an expert are shared evenly by its
//! replicas, as the engine does.

/// The expert of every slot of one layer; slots lie in equal blocks on the ranks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayerPlacement {
    slots: Vec<u32>,
    ep_size: usize,
    replicas: Vec<u32>,
}

impl LayerPlacement {
    /// A placement; `slots` is a multiple of `ep_size` long and names experts below `experts`.
    #[must_use]
    pub fn new(slots: Vec<u32>, experts: usize, ep_size: usize) -> Self {
        let mut replicas = vec![0; experts];
        for &expert in &slots {
            replicas[expert as usize] += 1;
        }
        Self { slots, ep_size, replicas }
    }

    /// The expert of each slot.
    #[must_use]
    pub fn slots(&self) -> &[u32] {
        &self.slots
    }

    /// Replicas of each expert.
    #[must_use]
    pub fn replicas(&self) -> &[u32] {
        &self.replicas
    }

    /// The experts of each rank.
    fn ranks(&self) -> impl Iterator<Item = &[u32]> {
        self.slots.chunks(self.slots.len() / self.ep_size)
    }

    /// Tokens per rank for these tokens per expert.
    #[must_use]
    pub fn rank_loads(&self, expert_loads: &[u64]) -> Vec<f64> {
        let share = |expert: &u32| {
            let expert = *expert as usize;
            real(expert_loads[expert]) / f64::from(self.replicas[expert])
        };
        self.ranks().map(|experts| experts.iter().map(share).sum()).collect()
    }

    /// max/mean − 1 over ranks; `None` without tokens.
    #[must_use]
    pub fn rank_imbalance(&self, expert_loads: &[u64]) -> Option<f64> {
        let loads = self.rank_loads(expert_loads);
        let total: f64 = loads.iter().sum();
        let largest = loads.iter().copied().fold(0.0, f64::max);
        (total > 0.0).then(|| largest * real(self.ep_size as u64) / total - 1.0)
    }

    /// Slots whose expert the rank does not hold under `before`: weights that must be sent or loaded.
    #[must_use]
    pub fn moves_from(&self, before: &Self) -> usize {
        let moved =
            |(now, then): (&[u32], &[u32])| now.iter().filter(|expert| !then.contains(expert)).count();
        self.ranks().zip(before.ranks()).map(moved).sum()
    }
}

/// Token counts stay far below 2^53, where doubles are exact.
#[allow(clippy::cast_precision_loss)]
const fn real(value: u64) -> f64 {
    value as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replicas_share_the_load_of_their_expert() {
        let contiguous = LayerPlacement::new(vec![0, 1, 2, 3], 4, 2);
        let replicated = LayerPlacement::new(vec![0, 1, 2, 0, 3, 2], 4, 2);
        let loads = [60, 20, 10, 10];
        assert_eq!(contiguous.rank_loads(&loads), [80.0, 20.0]);
        assert_eq!(replicated.rank_loads(&loads), [55.0, 45.0]);
        assert_eq!(replicated.replicas(), [2, 1, 2, 1]);
        assert!((contiguous.rank_imbalance(&loads).unwrap() - 0.6).abs() < 1e-12);
        assert_eq!(contiguous.rank_imbalance(&[0; 4]), None);
    }

    #[test]
    fn a_move_is_an_expert_that_its_rank_did_not_hold() {
        let before = LayerPlacement::new(vec![0, 1, 2, 3], 4, 2);
        assert_eq!(before.moves_from(&before), 0);
        assert_eq!(LayerPlacement::new(vec![1, 0, 3, 2], 4, 2).moves_from(&before), 0, "order is free");
        assert_eq!(LayerPlacement::new(vec![0, 2, 1, 3], 4, 2).moves_from(&before), 2);
    }
}
