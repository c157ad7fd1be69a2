# SPDX-License-Identifier: Apache-2.0
"""The parts of the PyTorch workload that need no PyTorch: windows, flags, batches, files."""

import json
import sys
import tempfile
import unittest
from contextlib import redirect_stderr
from io import StringIO
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "assets" / "workloads"))

from torch_moe.errors import WorkloadError  # noqa: E402
from torch_moe.expert_statistic import ExpertStatistic  # noqa: E402
from torch_moe.flags import read_flags  # noqa: E402
from torch_moe.log import IterationLine  # noqa: E402
from torch_moe.options import PRESETS, check_gpus, parse_options  # noqa: E402
from torch_moe.perfect_router import Planner  # noqa: E402
from torch_moe.report import Machine, Outcome, Summary  # noqa: E402
from torch_moe.report_files import write_files  # noqa: E402
from torch_moe.rng import hash_of, unit  # noqa: E402
from torch_moe.safetensors_file import read_int64, write_int64  # noqa: E402
from torch_moe.scheduler import Scheduler, arrivals_of  # noqa: E402
from torch_moe.window import WindowMachine, parse_spans  # noqa: E402


def covered(era, text):
    """The iterations inside windows when the loop runs 0..40, or the code of what ended it."""
    machine, inside = WindowMachine(era, parse_spans("TLLM_PROFILE_START_STOP", text)), []
    try:
        for iteration in range(41):
            machine.enter(iteration)
            inside += [iteration] if machine.active else []
    except WorkloadError as error:
        return error.code
    return (inside[0], inside[-1], len(inside)) if inside else ()


class Windows(unittest.TestCase):
    def test_each_era_has_its_rule(self):
        table = {
            "10-20": [(10, 20, 11), (10, 19, 10), (10, 19, 10)],
            " 10 - 20 ": [(10, 20, 11), (10, 19, 10), (10, 19, 10)],
            "30-32,10-20": [(10, 32, 14), (10, 31, 12), (10, 31, 12)],
            "10-12,12-30": ["profiling.inconsistent", (10, 29, 20), (10, 29, 20)],
            "7": [(7, 7, 1), "profiling.inconsistent", (7, 40, 34)],
            "38-50": [(38, 40, 3)] * 3,
            "60-70": [()] * 3,
        }
        for text, expected in table.items():
            self.assertEqual([covered(era, text) for era in ("e1", "e2", "e3")], expected, text)

    def test_the_log_names_the_last_iteration_in_e1_and_the_next_one_later(self):
        for era, named in (("e1", 41), ("e2", 42)):
            machine = WindowMachine(era, parse_spans("", "40-60"))
            for iteration in range(42):
                machine.enter(iteration)
            self.assertEqual(machine.leave(42).iteration, named)

    def test_bad_text_is_named(self):
        for text in ("1,", "1-2-3", "-5", "a-b", "1.5", "1__0-20"):
            with self.assertRaisesRegex(WorkloadError, "Cannot parse span in environment variable V: '"):
                parse_spans("V", text)


class Flags(unittest.TestCase):
    def test_unset_empty_and_wrong_case_mean_off(self):
        off = read_flags("e2", {"TLLM_PROFILE_START_STOP": "", "ENABLE_PERFECT_ROUTER": "true"})
        self.assertEqual(off, read_flags("e2", {}))
        self.assertTrue(read_flags("e1", {"ENABLE_PERFECT_ROUTER": "1"}).perfect_router)
        self.assertTrue(read_flags("e1", {"TLLM_PROFILE_RECORD_GC": "0"}).record_gc)

    def test_era_e1_does_not_know_log_ranks(self):
        listed = {"TLLM_PROFILE_LOG_RANKS": "0, 2"}
        self.assertEqual([read_flags("e2", listed).logs(rank) for rank in range(3)], [True, False, True])
        self.assertFalse(read_flags("e1", listed).logs(2))
        self.assertTrue(read_flags("e3", {"TLLM_PROFILE_LOG_RANKS": "ALL"}).logs(7))

    def test_statistic_range_is_one_span(self):
        self.assertEqual(read_flags("e1", {"EXPERT_STATISTIC_ITER_RANGE": "3-9"}).statistic_range, (3, 9))
        for text in ("3", "3-9,11-12", "a-b"):
            with self.assertRaises(WorkloadError):
                read_flags("e1", {"EXPERT_STATISTIC_ITER_RANGE": text})


class Options(unittest.TestCase):
    def test_options_override_the_preset(self):
        options = parse_options(["--preset", "gpt-oss-20b", "--layers", "6"])
        self.assertEqual((options.shape.layers, options.shape.ffn), (6, PRESETS["gpt-oss-20b"].ffn))

    def test_conflicts_say_which_and_what_to_do(self):
        for arguments in (["--top-k", "65"], ["--ep-size", "5"], ["--max-tokens", "3"], ["--kv-heads", "3"]):
            with self.assertRaisesRegex(WorkloadError, f"{arguments[0]}.*Choose"):
                parse_options(arguments)
        with self.assertRaisesRegex(WorkloadError, "The folder /no/such of --report_json does not exist"):
            parse_options(["--report_json", "/no/such/report.json"])

    def test_ranks_without_a_gpu_each_are_refused_before_any_starts(self):
        options = parse_options(["--ep-size", "4"])
        check_gpus(options, 4)
        check_gpus(options, 0)
        with self.assertRaisesRegex(WorkloadError, "4 ranks need a GPU each, and there are 1. Choose"):
            check_gpus(options, 1)

    def test_unknown_options_are_usage_errors(self):
        with redirect_stderr(StringIO()), self.assertRaises(SystemExit) as left:
            parse_options(["--layres", "2"])
        self.assertEqual(left.exception.code, 2)


def run_batches(arguments, ranks=1):
    """Every batch of rank 0 as (context tokens, generation requests), tokens being known at once."""
    options = parse_options(arguments)
    scheduler = Scheduler(options, arrivals_of(options.arrival, options.requests, 1), 0, ranks)
    batches = []
    while scheduler.has_work():
        scheduler.fetch(len(batches), 0)
        batch = scheduler.schedule()
        scheduler.append_tokens(batch, [7] * len(batch.sampled), 0)
        scheduler.collect_finished(0)
        batches.append((batch.context_tokens, len(batch.generation)))
    return batches, scheduler


class Batches(unittest.TestCase):
    LOAD = ["--requests", "2", "--input-len", "5", "--output-len", "3", "--max-batch", "2", "--max-tokens", "4"]

    def test_prompts_go_in_chunks_beside_running_answers(self):
        batches, _ = run_batches([*self.LOAD, "--arrival", "all"])
        self.assertEqual(batches, [(4, 0), (4, 0), (2, 1), (0, 2), (0, 1)])

    def test_every_token_is_computed_once(self):
        for seed in range(20):
            size = ["--requests", str(5 + seed), "--input-len", "7", "--output-len", "4", "--max-batch", "3"]
            batches, scheduler = run_batches([*size, "--max-tokens", str(3 + seed), "--arrival", "poisson:2"])
            self.assertEqual(sum(tokens for tokens, _ in batches), 7 * (5 + seed))
            self.assertEqual(sum(rows for _, rows in batches), 3 * (5 + seed))
            self.assertTrue(all(tokens + rows <= 3 + seed and rows <= 3 for tokens, rows in batches))
            self.assertEqual(scheduler.token_totals(), (7 * (5 + seed), 4 * (5 + seed)))

    def test_a_batch_is_planned_while_the_one_before_still_runs(self):
        options = parse_options([*self.LOAD, "--requests", "1", "--arrival", "all", "--max-tokens", "8"])
        scheduler = Scheduler(options, [0], 0, 1)
        scheduler.fetch(0, 0)
        batches = [scheduler.schedule() for _ in range(4)]
        self.assertEqual([batch.tokens for batch in batches], [5, 1, 1, 0])
        self.assertEqual([segment.first for batch in batches for segment in batch.segments], [0, 5, 6])

    def test_step_markers_follow_the_era(self):
        options = parse_options([*self.LOAD, "--arrival", "all"])
        scheduler = Scheduler(options, [0, 0], 0, 1)
        scheduler.fetch(0, 0)
        batch = scheduler.schedule()
        self.assertEqual(batch.step_text("e1", 4), "[Executor] _forward_step 4: 1 ctx reqs, 0 gen reqs")
        self.assertEqual(batch.step_text("e2", 4), "[Executor] _forward_step 4: 1 ctx reqs, 4 ctx tokens, 0 gen reqs")

    def test_arrivals_are_seeded(self):
        self.assertEqual(arrivals_of("2", 5, 1), [0, 0, 1, 1, 2])
        self.assertEqual(arrivals_of("poisson:4", 50, 3), arrivals_of("poisson:4", 50, 3))
        self.assertNotEqual(arrivals_of("poisson:4", 50, 3), arrivals_of("poisson:4", 50, 4))
        with self.assertRaisesRegex(WorkloadError, "--arrival: 'never'"):
            arrivals_of("never", 1, 1)


class PerfectRouting(unittest.TestCase):
    def test_the_stream_starts_at_rank_0_in_e1_and_turns_later(self):
        slots = {era: Planner(era, 16, 4, 8, 5) for era in ("e1", "e2")}
        self.assertEqual([slots["e1"].expert_of_slot(i) for i in range(4)], [0, 2, 4, 6])
        self.assertEqual([slots["e2"].expert_of_slot(i) for i in range(4)], [10, 12, 14, 1])


class Files(unittest.TestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory())) if hasattr(self, "enterContext") else Path(tempfile.mkdtemp())

    def test_safetensors_read_back_and_begin_at_eight_bytes(self):
        path, vectors = self.folder / "x.safetensors", {"3_0": [1, -2, 1 << 40], "3_1": []}
        write_int64(path, vectors)
        self.assertEqual(read_int64(path), vectors)
        self.assertEqual(int.from_bytes(path.read_bytes()[:8], "little") % 8, 0)

    def test_statistics_are_written_in_the_iteration_after_the_last(self):
        statistic = ExpertStatistic((2, 4), str(self.folder / "s"), 0, 3, 2, False)
        self.assertEqual([i for i in range(6) if statistic.counts_in(i)], [2, 3])
        statistic.record(2, [[1, 2, 3], [4, 5, 6]], None)
        self.assertIsNone(statistic.write_if_due(3))
        self.assertEqual(statistic.write_if_due(4), "[ExpertStatistic] Rank=0, saving iter=4, start=2, stop=4")
        self.assertEqual(read_int64(self.folder / "s" / "rank0.safetensors"), {"2_0": [1, 2, 3], "2_1": [4, 5, 6]})
        self.assertEqual(json.loads((self.folder / "s" / "meta_info.json").read_text()), {"num_experts": 3, "num_experts_per_token": 2})

    def test_report_and_requests_hold_the_same_run(self):
        paths = ["--report_json", str(self.folder / "r.json"), "--request_json", str(self.folder / "q.json")]
        _, scheduler = run_batches([*Batches.LOAD, "--arrival", "all"])
        for request in scheduler.finished:
            request.arrival_ns, request.first_token_ns, request.end_ns = 0, 1_000_000, 3_000_000
        options = parse_options([*Batches.LOAD, *paths])
        outcome = Outcome(0, 0, 4_000_000, 5, scheduler.token_totals(), scheduler.finished)
        write_files(options, Summary(options, [outcome]), Machine("Pytorch", "CPU", None, "float32"))
        report = json.loads((self.folder / "r.json").read_text())
        self.assertEqual(report["performance"]["system_output_throughput_tok_s"], 1500)
        self.assertEqual(report["performance"]["request_latency_percentiles_ms"]["p99"], 3)
        self.assertEqual([row["intertoken_latency"] for row in json.loads((self.folder / "q.json").read_text())], [1e6, 1e6])


class Lines(unittest.TestCase):
    LINE = IterationLine(3, 0, (5, 10), 6.9, 2.0, 260, 4, 2048, 256, 0.25, 7, 2, 0)

    def test_the_line_of_each_era(self):
        e1, e2, e3 = (self.LINE.text(era) for era in ("e1", "e2", "e3"))
        start = "iter = 3, global_rank = 0, rank = 0, "
        self.assertRegex(e1, f"^{start}currank_total_requests = 5/10, host_step_time = 6.9ms, prev_device_step_time = 2.0ms, timestamp = [-0-9]+ [:0-9]+, num_scheduled_requests: 260, states = {{'num_ctx_requests': 4, 'num_ctx_tokens': 2048, 'num_generation_tokens': 256}}$")
        self.assertTrue(e2.startswith(f"{start}num_scheduled_requests = 260, adp_dummy_ctx_tokens = 0"), e2)
        self.assertTrue(e3.endswith("num_active = 7, num_fetched = 5, num_dummy = 0, num_unscheduled = 2"), e3)


class Randomness(unittest.TestCase):
    def test_keys_decide(self):
        self.assertNotEqual(hash_of(1, 2), hash_of(2, 1))
        self.assertTrue(all(0 <= unit(7, i) < 1 for i in range(100)))


if __name__ == "__main__":
    unittest.main()
