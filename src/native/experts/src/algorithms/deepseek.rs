// SPDX-License-Identifier: Apache-2.0
//! `DeepSeek`'s expert-parallel load balancer: groups of experts to nodes, replicas within each node, replicas to the node's
//! ranks. Where groups do not divide among the nodes, everything is one group on one node.

use super::{id, load_per_replica};

/// How experts and ranks belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hierarchy {
    /// Groups of experts that the router keeps together; a divisor of the experts.
    pub groups: usize,
    /// Nodes; a divisor of the ranks.
    pub nodes: usize,
}

/// Where an item went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    pack: usize,
    position: usize,
}

/// Puts items, heaviest first, into the lightest pack with room (of equals into the first); all packs get equally many.
fn pack(weights: &[f64], packs: usize) -> Vec<Place> {
    let capacity = weights.len() / packs;
    if capacity == 1 {
        return (0..weights.len()).map(|pack| Place { pack, position: 0 }).collect();
    }
    let mut heaviest_first: Vec<usize> = (0..weights.len()).collect();
    heaviest_first.sort_by(|&a, &b| weights[b].total_cmp(&weights[a]));
    let mut carried = vec![(0.0_f64, 0_usize); packs];
    let mut places = vec![Place { pack: 0, position: 0 }; weights.len()];
    for item in heaviest_first {
        let with_room = carried.iter().enumerate().filter(|(_, (_, count))| *count < capacity);
        let lightest = with_room.min_by(|(_, (a, _)), (_, (b, _))| a.total_cmp(b));
        let Some((pack, (_, position))) = lightest.map(|(pack, carried)| (pack, *carried)) else { break };
        places[item] = Place { pack, position };
        carried[pack] = (carried[pack].0 + weights[item], position + 1);
    }
    places
}

/// The expert of each of `slots` replicas: every expert once, then the largest load per replica (of equals the first).
fn replicate(loads: &[u64], slots: usize) -> (Vec<usize>, Vec<u32>) {
    let mut experts: Vec<usize> = (0..loads.len()).collect();
    let mut counts = vec![1; loads.len()];
    for _ in loads.len()..slots {
        let mut hottest = 0;
        for expert in 1..loads.len() {
            let per_replica = |e: usize| load_per_replica(loads[e], counts[e]);
            if per_replica(expert) > per_replica(hottest) {
                hottest = expert;
            }
        }
        counts[hottest] += 1;
        experts.push(hottest);
    }
    (experts, counts)
}

/// The expert of every slot. `num_slots` is a multiple of `ep_size`, which is one of the nodes; the experts are one of the
/// groups.
#[must_use]
pub fn rebalance(loads: &[u64], num_slots: usize, ep_size: usize, hierarchy: Hierarchy) -> Vec<u32> {
    let Hierarchy { groups, nodes } = hierarchy;
    let (groups, nodes) = if groups.is_multiple_of(nodes) { (groups, nodes) } else { (1, 1) };
    let by_node = experts_by_node(loads, groups, nodes);
    by_node
        .iter()
        .flat_map(|experts| place_on_node(loads, experts, num_slots / nodes, ep_size / nodes))
        .collect()
}

/// The experts of each node, in the order in which its groups were packed.
#[allow(clippy::cast_precision_loss)]
fn experts_by_node(loads: &[u64], groups: usize, nodes: usize) -> Vec<Vec<usize>> {
    let size = loads.len() / groups;
    let weights: Vec<f64> = loads.chunks(size).map(|group| group.iter().sum::<u64>() as f64).collect();
    let per_node = groups / nodes;
    let mut by_node = vec![vec![0; per_node * size]; nodes];
    for (group, place) in pack(&weights, nodes).into_iter().enumerate() {
        for member in 0..size {
            by_node[place.pack][place.position * size + member] = group * size + member;
        }
    }
    by_node
}

fn place_on_node(loads: &[u64], experts: &[usize], slots: usize, ranks: usize) -> Vec<u32> {
    let node_loads: Vec<u64> = experts.iter().map(|&expert| loads[expert]).collect();
    let (replicas, counts) = replicate(&node_loads, slots);
    let weights: Vec<f64> = replicas.iter().map(|&e| load_per_replica(node_loads[e], counts[e])).collect();
    let mut placed = vec![0; slots];
    for (replica, place) in pack(&weights, ranks).into_iter().enumerate() {
        placed[place.pack * (slots / ranks) + place.position] = id(experts[replicas[replica]]);
    }
    placed
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The published example: 12 experts, 16 slots, 4 groups, 2 nodes, 8 ranks.
    const HIERARCHY: Hierarchy = Hierarchy { groups: 4, nodes: 2 };

    #[test]
    fn the_published_example_comes_out() {
        let first = [90, 132, 40, 61, 104, 165, 39, 4, 73, 56, 183, 86];
        let second = [20, 107, 104, 64, 19, 197, 187, 157, 172, 86, 16, 27];
        assert_eq!(rebalance(&first, 16, 8, HIERARCHY), [5, 6, 5, 7, 8, 4, 3, 4, 10, 9, 10, 2, 0, 1, 11, 1]);
        assert_eq!(rebalance(&second, 16, 8, HIERARCHY), [7, 10, 6, 8, 6, 11, 8, 9, 2, 4, 5, 1, 5, 0, 3, 1]);
    }

    #[test]
    fn groups_that_do_not_divide_are_one_group_on_one_node() {
        let loads = [9, 1, 5, 3, 3, 3];
        let global = rebalance(&loads, 8, 4, Hierarchy { groups: 1, nodes: 1 });
        assert_eq!(rebalance(&loads, 8, 4, Hierarchy { groups: 3, nodes: 2 }), global);
    }
}
