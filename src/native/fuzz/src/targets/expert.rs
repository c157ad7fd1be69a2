// SPDX-License-Identifier: Apache-2.0
//! Files about experts: statistics of ranks, and load-balancer configurations.

use std::fs;
use std::path::Path;

use iterscope_experts::{ExpertTopology, LoadBalancerConfig, layer_metrics, read_folder};

/// Length of `meta_info.json` in two bytes, that file, then the file of rank 0.
pub fn expert_statistics(folder: &Path, bytes: &[u8]) {
    let (length, rest) = bytes.split_at(bytes.len().min(2));
    let length = length.iter().rev().fold(0, |sum, byte| (sum << 8) | usize::from(*byte));
    let (meta, rank) = rest.split_at(length.min(rest.len()));
    let place = folder.join("statistics");
    fs::create_dir_all(&place).expect("the scratch folder can be written");
    fs::write(place.join("meta_info.json"), meta).expect("the scratch folder can be written");
    fs::write(place.join("rank0.safetensors"), rank).expect("the scratch folder can be written");
    let Ok(statistics) = read_folder(&place) else { return };
    let (first, last) = (statistics.iterations.first().copied(), statistics.iterations.last().copied());
    let (Some(first), Some(last)) = (first, last) else { return };
    let window = first..last.saturating_add(1);
    for layer in statistics.layers.clone() {
        for ranks in [1, 2, 7] {
            let _ = layer_metrics(&statistics, layer, &window, ranks);
        }
    }
}

/// The text of a `moe_load_balancer` file.
pub fn load_balancer(_: &Path, bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let Ok(config) = LoadBalancerConfig::parse(&text, Path::new("balancer.yaml")) else { return };
    for (experts, ep_size) in [(8, 2), (64, 8), (3, 2)] {
        let topology = ExpertTopology { experts, ep_size, attention_dp: true };
        if config.check(topology).is_ok() {
            let _ = config.slots_of(0, experts, ep_size);
            let _ = config.to_yaml();
        }
    }
}
