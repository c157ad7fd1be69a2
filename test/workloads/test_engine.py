# SPDX-License-Identifier: Apache-2.0
"""The PyTorch workload on the CPU, as its users start it. Skipped where this Python has no PyTorch."""

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import unittest
from collections import Counter
from pathlib import Path

WORKLOAD = Path(__file__).resolve().parents[2] / "assets" / "workloads" / "torch_moe"
sys.path.insert(0, str(WORKLOAD.parent))

from torch_moe.safetensors_file import read_int64  # noqa: E402

HAS_TORCH = importlib.util.find_spec("torch") is not None
LOAD = (
    "--preset tiny --device cpu --requests 12 --input-len 20 --output-len 6 --max-batch 4 --max-tokens 32 "
    "--arrival 2 --router-drift 0 --output_json answers.json"
).split()


def start(folder, *arguments, **variables):
    """A run in `folder`; its status and both outputs as one text."""
    environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"} | variables
    command = [sys.executable, str(WORKLOAD), *LOAD, *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False)
    return done.returncode, done.stdout + done.stderr


def answers(folder):
    return json.loads((Path(folder) / "answers.json").read_text())


@unittest.skipUnless(HAS_TORCH, "PyTorch is not installed for this Python")
class Engine(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        status, cls.log = start(cls.folder.name, "--no-overlap")
        assert status == 0, cls.log
        cls.expected = answers(cls.folder.name)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def run_here(self, *arguments, **variables):
        status, log = start(self.folder.name, *arguments, **variables)
        self.assertEqual(status, 0, log)
        return log

    def test_scheduling_and_ranks_do_not_change_an_answer(self):
        self.assertEqual({len(set(text)) > 3 for text in self.expected.values()}, {True})
        for variant in ([], ["--moe-backend", "loop"], ["--ep-size", "2"], ["--ep-size", "4", "--era", "e3"]):
            self.run_here(*variant)
            self.assertEqual(answers(self.folder.name), self.expected, variant)

    def test_a_window_traces_its_steps(self):
        window = {"TLLM_PROFILE_START_STOP": "3-5", "TLLM_TORCH_PROFILE_TRACE": "trace.json", "TLLM_NVTX_DEBUG": "1"}
        log = self.run_here(**window)
        self.assertIn("Profiling started at iteration 3.", log)
        self.assertIn("Profiling stopped at iteration 5, trace saved to trace.json", log)
        events = json.loads((Path(self.folder.name) / "trace.json").read_text())["traceEvents"]
        names = [event["name"] for event in events if event.get("cat") == "user_annotation"]
        steps = [name.split(":")[0] for name in names if name.startswith("[Executor] _forward_step")]
        self.assertEqual(steps, [f"[Executor] _forward_step {number}" for number in (3, 4, 5)])
        self.assertEqual(Counter(names)["layer 1"], 3)
        self.assertTrue({"_schedule", "_update_requests", "_sample_async", "_handle_responses"} <= set(names))

    def test_statistics_are_the_counts_of_the_experts_chosen(self):
        self.run_here("--raw-experts", EXPERT_STATISTIC_ITER_RANGE="2-6", EXPERT_STATISTIC_PATH="counts")
        counts = read_int64(Path(self.folder.name) / "counts" / "rank0.safetensors")
        chosen = read_int64(Path(self.folder.name) / "counts" / "rank0_raw.safetensors")
        self.assertEqual(sorted(counts), sorted(f"{i}_{layer}" for i in range(2, 6) for layer in range(2)))
        for key, row in counts.items():
            self.assertEqual(row, [Counter(chosen[key])[expert] for expert in range(8)], key)

    def test_the_perfect_router_balances_ranks_and_says_so(self):
        log = self.run_here("--ep-size", "2", ENABLE_PERFECT_ROUTER="1", EXPERT_STATISTIC_ITER_RANGE="2-6", EXPERT_STATISTIC_PATH="even")
        self.assertIn("Precomputing perfect router logits for 22 common batch sizes...", log)
        self.assertRegex(log, "Perfect router cache initialized: 22 entries, [0-9.]+ MB memory usage")
        for rank in range(2):
            for row in read_int64(Path(self.folder.name) / "even" / f"rank{rank}.safetensors").values():
                self.assertLessEqual(max(row) - min(row), 1)

    def test_what_cannot_be_done_is_refused_in_a_sentence(self):
        for arguments, variables, expected in (
            (["--device", "cuda"], {"CUDA_VISIBLE_DEVICES": ""}, (2, "finds no CUDA device")),
            (["--cuda-graphs"], {}, (2, "there are no CUDA graphs on the CPU")),
            (["--era", "e2"], {"TLLM_PROFILE_START_STOP": "3"}, (1, "AssertionError: Inconsistent CUDA profiling state at iteration 3")),
        ):
            status, log = start(self.folder.name, *arguments, **variables)
            self.assertEqual(status, expected[0], log)
            self.assertIn(expected[1], log)


class WithoutTorch(unittest.TestCase):
    def test_a_python_without_pytorch_is_told_what_to_do(self):
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "torch.py").write_text("raise ImportError('as if it were not installed')")
            status, log = start(folder, PYTHONPATH=folder)
        self.assertEqual(status, 2)
        self.assertRegex(log, r"torch_moe: PyTorch cannot be loaded by .*: as if .* Install it .*\[setup.no_torch\]")


if __name__ == "__main__":
    unittest.main()
