// SPDX-License-Identifier: Apache-2.0
//! Plans: what always holds, what recorded statistics give, what is refused.
// Helpers outside of test functions are test code, too; counts here are exact in any number type.
#![allow(clippy::unwrap_used, clippy::cast_precision_loss)]

use std::fs;
use std::path::{Path, PathBuf};

use iterscope_experts::algorithms::deepseek::{Hierarchy, rebalance};
use iterscope_experts::algorithms::tensorrt_llm::{place, replicate};
use iterscope_experts::{
    Algorithm, Baseline, ExpertStatistics, ExpertTopology, LayerPlacement, LoadBalancerConfig, PlanRequest,
    Verdict, curve_slots, judge_config, make_plan, read_folder, slot_curve,
};
use proptest::prelude::*;
use safetensors::tensor::TensorView;
use safetensors::{Dtype, serialize};

fn fixture(name: &str) -> ExpertStatistics {
    read_folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../test/fixtures").join(name))
        .expect("readable")
}

fn request(statistics: &ExpertStatistics, algorithm: Algorithm, ranks: usize, slots: usize) -> PlanRequest {
    PlanRequest::halves(statistics, &(0..1000), algorithm, (ranks, slots)).expect("two halves")
}

const DEEPSEEK: Algorithm = Algorithm::DeepSeek(Hierarchy { groups: 8, nodes: 2 });

/// Loads with many ties and zeros, and a shape: loads, ranks, slots, groups, nodes.
fn shapes() -> impl Strategy<Value = (Vec<u64>, usize, usize, usize, usize)> {
    (1usize..5, 1usize..4, 1usize..4, 1usize..5, 0usize..4).prop_flat_map(
        |(ranks_per_node, nodes, groups, per_group, extra)| {
            let (ranks, experts) = (ranks_per_node * nodes, groups * per_group);
            let slots = experts.next_multiple_of(ranks) + extra * ranks;
            (
                proptest::collection::vec(0u64..20, experts),
                Just(ranks),
                Just(slots),
                Just(groups),
                Just(nodes),
            )
        },
    )
}

proptest! {
    #[test]
    fn every_expert_is_placed_and_ranks_get_equally_many_slots((loads, ranks, slots, groups, nodes) in shapes()) {
        let replicas = replicate(&loads, slots);
        prop_assert_eq!(replicas.iter().sum::<u32>() as usize, slots);
        let plans = [
            place(&loads, &replicas, ranks),
            rebalance(&loads, slots, ranks, Hierarchy { groups, nodes }),
        ];
        for plan in plans {
            prop_assert_eq!(plan.len(), slots);
            let placement = LayerPlacement::new(plan, loads.len(), ranks);
            prop_assert!(placement.replicas().iter().all(|count| *count > 0));
            let total: f64 = placement.rank_loads(&loads).iter().sum();
            prop_assert!((total - loads.iter().sum::<u64>() as f64).abs() < 1e-6);
        }
        prop_assert_eq!(replicate(&loads, slots), replicas, "the same again");
    }

    #[test]
    fn no_other_replication_leaves_a_smaller_largest_share(
        loads in proptest::collection::vec(1u64..1000, 1..40), spare in 0usize..40,
    ) {
        let slots = loads.len() + spare;
        let replicas = replicate(&loads, slots);
        let share = |(load, count): (&u64, &u32)| *load as f64 / f64::from(*count);
        let largest = loads.iter().zip(&replicas).map(share).fold(0.0, f64::max);
        let smaller = largest * (1.0 - 1e-9);
        let needed: f64 = loads.iter().map(|load| (*load as f64 / smaller).ceil()).sum();
        prop_assert!(needed > slots as f64, "shares below {} would fit", largest);
    }

    #[test]
    fn hierarchical_plans_keep_groups_on_their_node((loads, ranks, slots, groups, nodes) in shapes()) {
        prop_assume!(groups % nodes == 0);
        let plan = rebalance(&loads, slots, ranks, Hierarchy { groups, nodes });
        let size = loads.len() / groups;
        let mut node_of_group = vec![None; groups];
        for (slot, expert) in plan.iter().enumerate() {
            let node = slot / (slots / nodes);
            let known = node_of_group[*expert as usize / size].get_or_insert(node);
            prop_assert_eq!(*known, node);
        }
    }
}

#[test]
fn a_stable_skew_is_balanced_and_judged_on_other_iterations() {
    let statistics = fixture("expert-statistic");
    for algorithm in [Algorithm::TensorRtLlm, DEEPSEEK] {
        let request = request(&statistics, algorithm, 8, 80);
        assert_eq!((request.made_on.clone(), request.judged_on.clone()), (0..70, 70..1000));
        let plan = make_plan(&statistics, &request).unwrap();
        assert_eq!(
            (plan.layers.len(), plan.baseline, plan.verdict),
            (16, Baseline::Contiguous, Verdict::Better)
        );
        assert_eq!(plan.extra_slots_per_rank, 2);
        let (before, after) = (plan.before_mean.unwrap(), plan.after_mean.unwrap());
        assert!(after < 0.5 * before, "{algorithm:?}: {before} to {after}");
        let layer = &plan.layers[0];
        assert!(layer.after.mean >= layer.after.of_sums, "the mean over iterations is the larger one");
        assert!(layer.moves > 0 && layer.moves <= 80);
        assert!(layer.placement.replicas().iter().any(|count| *count > 1));
        assert_eq!(make_plan(&statistics, &request).unwrap(), plan, "the same again");
    }
}

/// Statistics of one layer, one vector per iteration.
fn recorded(vectors: &[[i64; 4]]) -> ExpertStatistics {
    let folder = tempfile::tempdir().unwrap();
    let bytes: Vec<(String, Vec<u8>)> = (0..)
        .zip(vectors)
        .map(|(iteration, counts): (u32, _)| {
            (format!("{iteration}_0"), counts.iter().flat_map(|count| count.to_le_bytes()).collect())
        })
        .collect();
    let tensors =
        bytes.iter().map(|(name, data)| (name, TensorView::new(Dtype::I64, vec![4], data).unwrap()));
    fs::write(folder.path().join("rank0.safetensors"), serialize(tensors, None).unwrap()).unwrap();
    read_folder(folder.path()).unwrap()
}

#[test]
fn a_plan_that_its_iterations_mislead_is_called_worse() {
    // The plan parts experts 0 and 1; then 3 is hot instead of 1, and shares the rank of 0.
    let statistics = recorded(&[[9, 7, 1, 1], [9, 1, 1, 9]]);
    let plan = make_plan(&statistics, &request(&statistics, Algorithm::TensorRtLlm, 2, 4)).unwrap();
    assert_eq!(plan.layers[0].placement.slots(), [0, 3, 1, 2]);
    assert_eq!((plan.before_mean, plan.verdict), (Some(0.0), Verdict::Worse));
    assert!((plan.after_mean.unwrap() - 0.8).abs() < 1e-12);
    let even = recorded(&[[5, 5, 5, 5], [5, 5, 5, 5]]);
    let plan = make_plan(&even, &request(&even, Algorithm::TensorRtLlm, 2, 4)).unwrap();
    assert_eq!(plan.verdict, Verdict::Same);
}

#[test]
fn a_plan_passes_every_check_of_the_engine_and_comes_back_the_same() {
    let statistics = fixture("expert-statistic");
    let plan = make_plan(&statistics, &request(&statistics, DEEPSEEK, 16, 96)).unwrap();
    let yaml = plan.config.to_yaml();
    let read = LoadBalancerConfig::parse(&yaml, &PathBuf::from("eplb.yaml")).unwrap();
    assert_eq!(read, plan.config);
    let topology = ExpertTopology { experts: 64, ep_size: 16, attention_dp: true };
    assert_eq!(read.check(topology), Ok(()));
    assert_eq!(read.initial_global_assignments.as_ref().unwrap().len(), 16);
    let judged = judge_config(&statistics, read, 16, &(70..1000)).unwrap();
    assert_eq!(judged, plan);
}

#[test]
fn more_slots_leave_less_imbalance() {
    let statistics = fixture("expert-statistic");
    let request = request(&statistics, Algorithm::TensorRtLlm, 8, 64);
    let slots = curve_slots(64, 8, 4);
    assert_eq!(slots, [64, 72, 80, 88, 96]);
    let curve = slot_curve(&statistics, &request, &slots).unwrap();
    assert_eq!(curve.iter().map(|(slots, _)| *slots).collect::<Vec<_>>(), slots);
    assert!(curve[4].1.unwrap() < curve[0].1.unwrap(), "{curve:?}");
    assert_eq!(curve_slots(10, 4, 1), [12, 16], "the fewest that hold all experts");
}

#[test]
fn ranks_that_do_not_divide_the_experts_are_compared_with_the_default_slots() {
    let statistics = fixture("expert-statistic");
    let plan = make_plan(&statistics, &request(&statistics, Algorithm::TensorRtLlm, 6, 72)).unwrap();
    assert_eq!((plan.baseline, plan.extra_slots_per_rank), (Baseline::DefaultSlots, 1));
    assert!(plan.before_mean.is_some());
}

#[test]
fn a_plan_without_tokens_to_judge_it_cannot_tell() {
    let statistics = fixture("expert-statistic");
    let config = make_plan(&statistics, &request(&statistics, Algorithm::TensorRtLlm, 8, 64)).unwrap().config;
    let judged = judge_config(&statistics, config, 8, &(5000..6000)).unwrap();
    assert_eq!((judged.verdict, judged.before_mean, judged.after_mean), (Verdict::CannotTell, None, None));
}

#[test]
fn what_cannot_be_planned_is_said() {
    let statistics = fixture("expert-statistic");
    let refused = |change: &dyn Fn(&mut PlanRequest)| {
        let mut request = request(&statistics, DEEPSEEK, 8, 64);
        change(&mut request);
        let error = make_plan(&statistics, &request).unwrap_err();
        assert_eq!((error.code(), error.path()), ("experts.bad-plan", None));
        error.to_string()
    };
    let hierarchy = |groups, nodes| Algorithm::DeepSeek(Hierarchy { groups, nodes });
    assert!(refused(&|r| r.ep_size = 1).contains("more than one expert-parallel rank"));
    assert!(refused(&|r| r.num_slots = 65).contains("choose a multiple of 8"));
    assert!(refused(&|r| r.num_slots = 56).contains("choose at least 64"));
    assert!(refused(&|r| r.algorithm = hierarchy(8, 3)).contains("8 ranks do not split evenly over 3 nodes"));
    assert!(
        refused(&|r| r.algorithm = hierarchy(5, 2)).contains("64 experts do not split evenly into 5 groups")
    );
    assert!(refused(&|r| r.algorithm = hierarchy(0, 0)).contains("over 0 nodes"));
    assert!(refused(&|r| r.judged_on = 60..100).contains("do not overlap"));
    assert!(refused(&|r| r.judged_on = 900..1000).contains("from 900 up to 1000, excluded, to judge"));
    let one = PlanRequest::halves(&statistics, &(3..4), DEEPSEEK, (8, 64)).unwrap_err();
    assert!(one.to_string().contains("at least two recorded iterations"));
}
