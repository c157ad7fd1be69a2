// SPDX-License-Identifier: Apache-2.0
//! The rule table that decides what a slice does, by category and name. First match wins.
//!
//! Names are matched in lower case. A change of any rule raises [`RULES_VERSION`], so that stores made with
//! older rules are made anew.

use crate::{CategoryRole, Kind};

/// Version of this table.
pub const RULES_VERSION: u32 = 2;

/// How a pattern is compared with a name.
#[derive(Debug, Clone, Copy)]
enum Match {
    Contains(&'static str),
    Prefix(&'static str),
    Suffix(&'static str),
}

use Match::{Contains, Prefix, Suffix};

impl Match {
    fn accepts(self, lowercase_name: &str) -> bool {
        match self {
            Contains(part) => lowercase_name.contains(part),
            Prefix(start) => lowercase_name.starts_with(start),
            Suffix(end) => lowercase_name.ends_with(end),
        }
    }
}

type Rule = (Kind, &'static [Match]);

/// Device kernels of GPU libraries, frameworks and serving engines.
const KERNEL_RULES: &[Rule] = &[
    (
        Kind::Communication,
        &[
            Contains("nccl"),
            Contains("rccl"),
            Contains("nvshmem"),
            Contains("all_reduce"),
            Contains("allreduce"),
            Contains("all_gather"),
            Contains("allgather"),
            Contains("reduce_scatter"),
            Contains("reducescatter"),
            Contains("all_to_all"),
            Contains("alltoall"),
            Contains("deep_ep"),
            Contains("moe_a2a"),
        ],
    ),
    (Kind::MemoryCopy, &[Prefix("memcpy")]),
    (Kind::MemorySet, &[Prefix("memset")]),
    (
        Kind::Attention,
        &[
            Contains("flash"),
            Contains("fmha"),
            Contains("sdpa"),
            Contains("attention"),
            Contains("attn"),
            Contains("xqa"),
            Contains("mmha"),
            Contains("paged_kv"),
            Contains("flashmla"),
        ],
    ),
    (
        Kind::Moe,
        &[
            Contains("moe"),
            Contains("expert"),
            Contains("grouped_gemm"),
            Contains("groupedgemm"),
            Contains("groupproblemshape"),
            Contains("routing"),
        ],
    ),
    (Kind::Norm, &[Contains("layer_norm"), Contains("layernorm"), Contains("rms_norm"), Contains("rmsnorm")]),
    (Kind::Sampling, &[Contains("sampling"), Contains("argmax"), Contains("multinomial"), Contains("top_p")]),
    (
        Kind::Gemm,
        &[
            Contains("gemm"),
            Contains("nvjet"),
            Contains("cutlass"),
            Contains("cublas"),
            Contains("gemv"),
            Contains("matmul"),
            Contains("splitk"),
            Contains("cijk_"),
            Contains("wgmma"),
        ],
    ),
    (
        Kind::Indexing,
        &[
            Contains("topk"),
            Contains("sort"),
            Contains("scan"),
            Contains("scatter"),
            Contains("gather"),
            Contains("index_elementwise"),
            Contains("indexfunc"),
            Contains("gpu_index_kernel"),
            Contains("index_select"),
            Contains("indices"),
            Contains("histogram"),
            Contains("embedding"),
        ],
    ),
    (
        Kind::Reduction,
        &[Contains("softmax"), Contains("reduce_kernel"), Contains("reduction"), Prefix("reduce")],
    ),
    (
        Kind::Elementwise,
        &[
            Contains("elementwise"),
            Contains("vectorized"),
            Contains("silu"),
            Contains("gelu"),
            Contains("act_and_mul"),
            Contains("fillfunctor"),
            Contains("copy"),
            Contains("cast"),
            Contains("quant"),
            Contains("rotary"),
            Contains("rope"),
            Prefix("triton_poi"),
        ],
    ),
    (Kind::Reduction, &[Prefix("triton_red"), Prefix("triton_per"), Contains("reduce")]),
];

/// Operators that an engine names on its own threads; they are work, not mere ranges.
const ENGINE_OPERATOR_RULES: &[Rule] = &[
    (
        Kind::Communication,
        &[Prefix("comm."), Prefix("moe.dispatch_all_to_all"), Prefix("moe.combine_all_to_all")],
    ),
    (Kind::Norm, &[Suffix(".rms_norm"), Suffix(".layer_norm")]),
    (Kind::Moe, &[Prefix("moe.")]),
    (Kind::Gemm, &[Prefix("attention.qkv_gemm"), Prefix("attention.out_gemm")]),
    (Kind::Indexing, &[Prefix("embedding")]),
    (Kind::Attention, &[Prefix("attention.")]),
    (Kind::Norm, &[Prefix("norm.")]),
    (Kind::Gemm, &[Prefix("lm_head")]),
    (Kind::Sampling, &[Prefix("sampling")]),
];

/// Ranges with a meaning of their own.
const HOST_RANGE_RULES: &[Rule] = &[
    (
        Kind::StepMarker,
        &[
            Prefix("[executor] _forward_step "),
            Prefix("profilerstep#"),
            Prefix("execute_context_"),
            Prefix("step[decode"),
            Prefix("step[prefill"),
        ],
    ),
    (Kind::GarbageCollection, &[Prefix("python gc")]),
    (Kind::Gil, &[Prefix("holding gil"), Prefix("waiting for gil")]),
];

/// Calls into a GPU runtime or driver.
const HOST_API_RULES: &[Rule] = &[
    (Kind::GraphLaunch, &[Contains("graphlaunch")]),
    (Kind::Synchronization, &[Suffix("synchronize"), Contains("streamwaitevent"), Contains("eventquery")]),
];

fn first_match(rules: &[Rule], lowercase_name: &str) -> Option<Kind> {
    rules
        .iter()
        .find(|(_, patterns)| patterns.iter().any(|pattern| pattern.accepts(lowercase_name)))
        .map(|(kind, _)| *kind)
}

/// What a slice of this category and name does.
#[must_use]
pub fn kind_of(role: CategoryRole, name: &str) -> Kind {
    let lower = name.to_ascii_lowercase();
    match role {
        CategoryRole::Kernel => first_match(KERNEL_RULES, &lower).unwrap_or(Kind::OtherCompute),
        CategoryRole::DeviceCopy => Kind::MemoryCopy,
        CategoryRole::DeviceSet => Kind::MemorySet,
        CategoryRole::DeviceGraph => Kind::OtherCompute,
        CategoryRole::DeviceRange => Kind::Annotation,
        CategoryRole::DeviceSync => Kind::Synchronization,
        CategoryRole::HostApi => first_match(HOST_API_RULES, &lower).unwrap_or(Kind::RuntimeApi),
        CategoryRole::Operator => first_match(ENGINE_OPERATOR_RULES, &lower).unwrap_or(Kind::Operator),
        CategoryRole::HostRange => first_match(HOST_RANGE_RULES, &lower)
            .or_else(|| first_match(ENGINE_OPERATOR_RULES, &lower))
            .unwrap_or(Kind::Annotation),
        CategoryRole::Python => Kind::Python,
        CategoryRole::Overhead => Kind::Overhead,
        CategoryRole::Other => first_match(HOST_RANGE_RULES, &lower).unwrap_or(Kind::Other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kernels_of_the_recordings_are_told_apart() {
        let cases = [
            ("nvjet_sm90_tst_64x8_64x16_4x1_v_bz_NNT", Kind::Gemm),
            ("void pytorch_flash::flash_fwd_kernel<Flash_fwd_kernel_traits<96, 128>>", Kind::Attention),
            ("cudnn_generated_fort_native_sdpa_sm90_flash_fprop_wgmma_f16_knob_7", Kind::Attention),
            ("void at::cuda::detail::prepare_grouped_gemm_data<cutlass::bfloat16_t>", Kind::Moe),
            (
                "void at::native::(anonymous namespace)::vectorized_layer_norm_kernel<c10::BFloat16>",
                Kind::Norm,
            ),
            (
                "void at::native::vectorized_elementwise_kernel<8, at::native::CUDAFunctor_add<float>>",
                Kind::Elementwise,
            ),
            (
                "void at::native::index_elementwise_kernel<128, 4, at::native::gpu_index_kernel<X>>",
                Kind::Indexing,
            ),
            ("void at::native::sbtopk::gatherTopK<c10::BFloat16, unsigned int, 2, false>", Kind::Indexing),
            ("void (anonymous namespace)::softmax_warp_forward<c10::BFloat16>", Kind::Reduction),
            (
                "void at::native::reduce_kernel<512, 1, at::native::ReduceOp<float, at::native::ArgMaxOps<f>>>",
                Kind::Sampling,
            ),
            ("void at::native::reduce_kernel<512, 1, at::native::ReduceOp<long>>", Kind::Reduction),
            ("ncclDevKernel_AllReduce_Sum_bf16_RING_LL", Kind::Communication),
            ("memcpy32_post", Kind::MemoryCopy),
            ("my_custom_thing", Kind::OtherCompute),
        ];
        for (name, kind) in cases {
            assert_eq!(kind_of(CategoryRole::Kernel, name), kind, "{name}");
        }
    }

    #[test]
    fn engine_operators_are_work_and_ranges_are_not() {
        let cases = [
            ("moe.expert_gemm", Kind::Moe),
            ("moe.gate", Kind::Moe),
            ("moe.dispatch_all_to_all", Kind::Communication),
            ("comm.wait_for_ranks", Kind::Communication),
            ("attention.core", Kind::Attention),
            ("attention.qkv_gemm", Kind::Gemm),
            ("moe.rms_norm", Kind::Norm),
            ("norm.rms", Kind::Norm),
            ("embedding", Kind::Indexing),
            ("lm_head", Kind::Gemm),
            ("sampling", Kind::Sampling),
            ("layer_0.attn", Kind::Annotation),
            ("[Executor] _forward_step 20: 0 ctx reqs, 512 gen reqs", Kind::StepMarker),
            ("Python GC gen2", Kind::GarbageCollection),
        ];
        for (name, kind) in cases {
            assert_eq!(kind_of(CategoryRole::HostRange, name), kind, "{name}");
        }
        assert_eq!(kind_of(CategoryRole::Operator, "aten::mm"), Kind::Operator);
    }

    #[test]
    fn api_calls_that_wait_or_launch_graphs_stand_out() {
        assert_eq!(kind_of(CategoryRole::HostApi, "cudaStreamSynchronize"), Kind::Synchronization);
        assert_eq!(kind_of(CategoryRole::HostApi, "cudaGraphLaunch"), Kind::GraphLaunch);
        assert_eq!(kind_of(CategoryRole::HostApi, "cuLaunchKernelEx"), Kind::RuntimeApi);
    }
}
