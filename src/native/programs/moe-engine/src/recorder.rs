// SPDX-License-Identifier: Apache-2.0
//! Slices of one rank while a profile window is open. Recording is a push of a small struct into
//! memory that was set aside; names and JSON are made after the window.

/// What a slice stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Op {
    FetchNewRequests,
    BroadcastRequests,
    PadDummyRequest,
    Schedule,
    PrepareResources,
    SetupSamplerStep,
    ForwardStep,
    PrepareInputs,
    UpdateRequests,
    SampleAsync,
    ProcessRequests,
    WriteFinishReasons,
    UpdateRequestStates,
    HandleCanceledRequests,
    HandleResponses,
    EnqueueResponses,
    Layer,
    Embedding,
    AttentionNorm,
    QkvGemm,
    RotaryAndCache,
    AttentionCore,
    AttentionOutGemm,
    MoeNorm,
    Gate,
    TopK,
    Dispatch,
    Experts,
    ExpertGemm,
    Combine,
    WaitForRanks,
    FinalNorm,
    LmHead,
    Sampling,
}

impl Op {
    /// The name in a trace; steps and layers add their numbers.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::FetchNewRequests => "_fetch_new_requests",
            Self::BroadcastRequests => "broadcast_requests",
            Self::PadDummyRequest => "_pad_attention_dp_dummy_request",
            Self::Schedule => "_schedule",
            Self::PrepareResources => "prepare_resources",
            Self::SetupSamplerStep => "_setup_sampler_step",
            Self::ForwardStep => "[Executor] _forward_step",
            Self::PrepareInputs => "_prepare_inputs",
            Self::UpdateRequests => "_update_requests",
            Self::SampleAsync => "_sample_async",
            Self::ProcessRequests => "_process_requests",
            Self::WriteFinishReasons => "_write_finish_reasons",
            Self::UpdateRequestStates => "_update_request_states",
            Self::HandleCanceledRequests => "_handle_canceled_requests",
            Self::HandleResponses => "_handle_responses",
            Self::EnqueueResponses => "_enqueue_responses",
            Self::Layer => "layer",
            Self::Embedding => "embedding",
            Self::AttentionNorm => "attention.rms_norm",
            Self::QkvGemm => "attention.qkv_gemm",
            Self::RotaryAndCache => "attention.rope_kv_write",
            Self::AttentionCore => "attention.core",
            Self::AttentionOutGemm => "attention.out_gemm",
            Self::MoeNorm => "moe.rms_norm",
            Self::Gate => "moe.gate",
            Self::TopK => "moe.top_k",
            Self::Dispatch => "moe.dispatch_all_to_all",
            Self::Experts => "moe.experts",
            Self::ExpertGemm => "moe.expert_gemm",
            Self::Combine => "moe.combine_all_to_all",
            Self::WaitForRanks => "comm.wait_for_ranks",
            Self::FinalNorm => "final.rms_norm",
            Self::LmHead => "lm_head",
            Self::Sampling => "sampling",
        }
    }

    /// Whether the slice is an annotation of the executor (else an operator).
    #[must_use]
    pub const fn is_annotation(self) -> bool {
        matches!(
            self,
            Self::FetchNewRequests
                | Self::BroadcastRequests
                | Self::PadDummyRequest
                | Self::Schedule
                | Self::PrepareResources
                | Self::SetupSamplerStep
                | Self::ForwardStep
                | Self::PrepareInputs
                | Self::UpdateRequests
                | Self::SampleAsync
                | Self::ProcessRequests
                | Self::WriteFinishReasons
                | Self::UpdateRequestStates
                | Self::HandleCanceledRequests
                | Self::HandleResponses
                | Self::EnqueueResponses
                | Self::Layer
        )
    }

    /// Whether the range exists only under `TLLM_NVTX_DEBUG`.
    #[must_use]
    pub const fn is_debug(self) -> bool {
        matches!(self, Self::SetupSamplerStep | Self::ProcessRequests | Self::WriteFinishReasons)
    }
}

/// Numbers that a slice carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SliceArgs {
    /// None.
    None,
    /// Requests that a scheduler phase handled.
    Requests(u32),
    /// Layer number.
    Layer(u32),
    /// Tokens, outside of any layer.
    Tokens(u32),
    /// Layer and tokens.
    LayerTokens(u32, u32),
    /// Layer, expert and tokens.
    Expert(u32, u32, u32),
    /// Iteration, context requests, context tokens, generation requests.
    Step(u32, u32, u32, u32),
}

/// One closed slice; times in nanoseconds since the origin of the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slice {
    /// Start.
    pub start_ns: u64,
    /// End, not before the start.
    pub end_ns: u64,
    /// What it stands for.
    pub op: Op,
    /// Its numbers.
    pub args: SliceArgs,
}

/// The slices of the open window, if any.
#[derive(Debug, Default)]
pub struct Recorder {
    active: bool,
    keeps_debug: bool,
    slices: Vec<Slice>,
}

impl Recorder {
    /// Whether more is wanted than the steps and what they do.
    #[must_use]
    pub const fn keeps_debug(&self) -> bool {
        self.keeps_debug
    }

    /// A recorder without an open window; `keeps_debug` for the ranges of `TLLM_NVTX_DEBUG`, too.
    #[must_use]
    pub const fn new(keeps_debug: bool) -> Self {
        Self { active: false, keeps_debug, slices: Vec::new() }
    }

    /// Opens a window with room for `capacity` slices.
    pub fn start(&mut self, capacity: usize) {
        self.active = true;
        self.slices.clear();
        self.slices.reserve(capacity);
    }

    /// Keeps a slice when a window is open. Children are pushed before their parents.
    #[inline]
    pub fn push(&mut self, op: Op, start_ns: u64, end_ns: u64, args: SliceArgs) {
        if self.active && (self.keeps_debug || !op.is_debug()) {
            self.slices.push(Slice { start_ns, end_ns, op, args });
        }
    }

    /// Closes the window and hands out its slices, parents before children, by start.
    pub fn stop(&mut self) -> Vec<Slice> {
        self.active = false;
        let mut slices = std::mem::take(&mut self.slices);
        // Reversed, a parent precedes its children; the stable sort keeps that where times are equal.
        slices.reverse();
        slices.sort_by_key(|slice| (slice.start_ns, u64::MAX - slice.end_ns));
        slices
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_ranges_need_their_switch() {
        for (keeps_debug, expected) in [(false, 1), (true, 2)] {
            let mut recorder = Recorder::new(keeps_debug);
            recorder.start(4);
            recorder.push(Op::WriteFinishReasons, 1, 2, SliceArgs::None);
            recorder.push(Op::SampleAsync, 1, 3, SliceArgs::None);
            assert_eq!(recorder.stop().len(), expected);
        }
    }

    #[test]
    fn parents_precede_children_even_when_times_are_equal() {
        let mut recorder = Recorder::default();
        recorder.push(Op::Gate, 0, 1, SliceArgs::None);
        recorder.start(4);
        recorder.push(Op::WaitForRanks, 5, 9, SliceArgs::None);
        recorder.push(Op::Dispatch, 5, 9, SliceArgs::None);
        recorder.push(Op::Layer, 2, 9, SliceArgs::None);
        let ops: Vec<Op> = recorder.stop().iter().map(|slice| slice.op).collect();
        assert_eq!(ops, [Op::Layer, Op::Dispatch, Op::WaitForRanks]);
    }
}
