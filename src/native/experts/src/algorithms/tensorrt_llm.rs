// SPDX-License-Identifier: Apache-2.0
//! TensorRT-LLM's load balancer of experts (`moeLoadBalancer.cpp`): replicate greedily, then place greedily. It knows no nodes,
//! and two replicas of one expert may land on one rank.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

use super::{id, load_per_replica};

/// A load with what has it, ordered by the load, then by the index.
#[derive(Debug, PartialEq)]
struct Keyed(f64, usize);

impl Eq for Keyed {}

impl PartialOrd for Keyed {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Keyed {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0).then(self.1.cmp(&other.1))
    }
}

/// Replicas of every expert: one each, then each spare slot to the largest load per replica (of equals to the larger id).
/// Without any load the spare slots go around.
#[must_use]
pub fn replicate(loads: &[u64], num_slots: usize) -> Vec<u32> {
    let mut replicas = vec![1; loads.len()];
    let spare = num_slots.saturating_sub(loads.len());
    if loads.iter().all(|load| *load == 0) {
        (0..spare).for_each(|index| replicas[index % loads.len()] += 1);
        return replicas;
    }
    let mut heap: BinaryHeap<Keyed> =
        loads.iter().enumerate().map(|(expert, load)| Keyed(load_per_replica(*load, 1), expert)).collect();
    for _ in 0..spare {
        if let Some(mut hottest) = heap.peek_mut() {
            let expert = hottest.1;
            replicas[expert] += 1;
            hottest.0 = load_per_replica(loads[expert], replicas[expert]);
        }
    }
    replicas
}

/// The expert of every slot: replicas by descending load (of equals the smaller expert first), each to the least loaded
/// rank that still has a free slot (of equals to the lower rank).
#[must_use]
pub fn place(loads: &[u64], replicas: &[u32], ep_size: usize) -> Vec<u32> {
    let mut pieces: Vec<Keyed> = Vec::new();
    for (expert, (&load, &count)) in loads.iter().zip(replicas).enumerate() {
        pieces.extend((0..count).map(|_| Keyed(load_per_replica(load, count), expert)));
    }
    pieces.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let per_rank = pieces.len() / ep_size;
    let mut ranks: Vec<Vec<u32>> = vec![Vec::with_capacity(per_rank); ep_size];
    let mut lightest: BinaryHeap<Reverse<Keyed>> =
        (0..ep_size).map(|rank| Reverse(Keyed(0.0, rank))).collect();
    for Keyed(load, expert) in pieces {
        let Some(Reverse(Keyed(carried, rank))) = lightest.pop() else { break };
        ranks[rank].push(id(expert));
        if ranks[rank].len() < per_rank {
            lightest.push(Reverse(Keyed(carried + load, rank)));
        }
    }
    ranks.concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spare_slots_go_to_the_largest_load_per_replica() {
        // 90/1 -> 45, then 60 -> 30, then 45 -> 30: 3 replicas of 90, 2 of 60.
        assert_eq!(replicate(&[90, 60, 10, 20], 7), [3, 2, 1, 1]);
        assert_eq!(replicate(&[5, 5, 5], 4), [1, 1, 2], "of equals the larger id");
        assert_eq!(replicate(&[0, 0, 0], 5), [2, 2, 1]);
        assert_eq!(replicate(&[9, 1], 2), [1, 1]);
    }

    #[test]
    fn replicas_go_to_the_least_loaded_rank_with_room() {
        assert_eq!(place(&[80, 60, 30, 10], &[1, 1, 1, 1], 2), [0, 3, 1, 2]);
        assert_eq!(place(&[80, 60, 30, 10], &[3, 1, 1, 1], 2), [1, 0, 3, 2, 0, 0]);
        assert_eq!(place(&[0, 0, 0, 0], &[1, 1, 1, 1], 2), [0, 1, 2, 3]);
    }
}
