# SPDX-License-Identifier: Apache-2.0
"""Proves Iterscope on a machine with an NVIDIA GPU: the PyTorch workload by hand and through the command line.

Standard library only. Every section prints one line and adds to results.json; what a run left that is worth keeping is copied to
the output folder. Usage, from the repository's root with dist built and PyTorch in python3:
  python3 test/perf/gpu_proof.py OUTPUT_FOLDER [SECTION ...]
"""

import gzip
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CLI = ["node", str(ROOT / "dist" / "cli" / "index.js")]
WORKLOAD = [sys.executable, str(ROOT / "assets" / "workloads" / "torch_moe")]
HOME = Path(tempfile.mkdtemp(prefix="iterscope-proof-"))
OUT = Path(sys.argv[1])
STEADY = {"preset": "small", "device": "cuda", "requests": 1500, "iterations": 1000000}
SMALL = STEADY | {"requests": 300, "layers": 6}
LARGE = STEADY | {"preset": "gpt-oss-20b", "layers": 8, "requests": 1000, "cuda-graphs": "true"}
RESULTS = {}


def environment(**more):
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(("TLLM_", "EXPERT_"))}
    return inherited | {"ITERSCOPE_HOME": str(HOME)} | more


def options(load):
    """Options of the workload itself; a switch is given bare."""
    return [part for key, value in load.items() for part in ([f"--{key}"] if value == "true" else [f"--{key}", str(value)])]


def by_hand(load, folder, timeout=200, **variables):
    folder.mkdir(parents=True, exist_ok=True)
    command = [*WORKLOAD, *options(load), "--report_json", "report.json"]
    done = subprocess.run(command, cwd=folder, env=environment(**variables), capture_output=True, text=True, timeout=timeout, check=False)
    (folder / "log.txt").write_text(done.stdout + done.stderr)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    return json.loads((folder / "report.json").read_text())["performance"]["system_output_throughput_tok_s"]


def cli_run(load, *flags, **variables):
    """A run through Iterscope, still going; its parameters as --set."""
    sets = [part for key, value in load.items() for part in ("--set", f"{key}={value}")]
    command = [*CLI, "run", "--recipe", "torch-moe", "--json", *sets, *flags]
    return subprocess.Popen(command, env=environment(**variables), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def ended(process, timeout=200):
    """The manifest of a run at its end, with what the command line said on its error output."""
    try:
        output, errors = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=60)
    try:
        return json.loads(output) | {"exitStatus": process.returncode}
    except ValueError:
        return {"state": "none", "exitStatus": process.returncode, "said": errors[-1500:], "output": output[-500:]}


def outcome(run):
    keys = ("state", "exitStatus", "exit", "failure", "captureCheck", "said")
    return {key: run[key] for key in keys if key in run}


def throughput(run):
    """Tokens a second of the report that a run left."""
    report = Path(run["folder"]) / "artifacts" / "report.json"
    return json.loads(report.read_text())["performance"]["system_output_throughput_tok_s"]


def keep(run, name, patterns):
    """Copies artifacts of a run, logs and its manifest to the output folder."""
    target = OUT / name
    target.mkdir(parents=True, exist_ok=True)
    folder = Path(run["folder"])
    for file in [folder / "manifest.json", *folder.glob("*.log"), *folder.glob("telemetry.jsonl")]:
        if file.exists():
            shutil.copy(file, target)
    for pattern in patterns:
        for file in (folder / "artifacts").glob(pattern):
            if file.is_dir():
                shutil.copytree(file, target / file.name, dirs_exist_ok=True)
            elif file.suffix == ".json" and file.stat().st_size > 1 << 20:
                with file.open("rb") as source, gzip.open(target / f"{file.name}.gz", "wb", 9) as packed:
                    shutil.copyfileobj(source, packed)
            else:
                shutil.copy(file, target)


def gpu_processes():
    query = ["nvidia-smi", "--query-compute-apps=pid,used_memory", "--format=csv,noheader"]
    listed = subprocess.run(query, capture_output=True, text=True, check=False).stdout.split("\n")
    return [line for line in listed if line.strip()]


def workload_pids():
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                text = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue
            if "torch_moe" in text and "cli/index.js" not in text and "gpu_proof" not in text:
                found.append((int(entry.name), text))
    return found


def wait_for(condition, seconds):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return False


def runs():
    folder = HOME / "data" / "runs"
    return set(folder.iterdir()) if folder.is_dir() else set()


def said(text, before, seconds=60):
    """Waits until the log of a run that was not there `before` holds `text`."""
    logs = lambda: (run / "stdout.log" for run in runs() - before)
    return wait_for(lambda: any(log.exists() and text in log.read_text(errors="replace") for log in logs()), seconds)


def versions():
    say = lambda *command: subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    torch = say(sys.executable, "-c", "import torch; print(torch.__version__, torch.version.cuda, torch.cuda.nccl.version())")
    query = "name,driver_version,memory.total,clocks.sm,clocks.max.sm,power.limit"
    gpu = say("nvidia-smi", f"--query-gpu={query}", "--format=csv,noheader")
    return {"gpu": gpu, "torch": torch, "python": sys.version.split()[0], "node": say("node", "--version"), "nsys": say("nsys", "--version"), "kernel": os.uname().release, "cpus": os.cpu_count()}


def timing():
    """Timing passes by hand and through Iterscope, by turns."""
    hand, through = [], []
    for turn in range(2):
        hand.append(by_hand(LARGE, HOME / f"hand{turn}"))
        run = ended(cli_run(LARGE))
        through.append(throughput(run))
    mean = lambda values: sum(values) / len(values)
    keep(run, "timing", ["report.json", "iteration_log.txt"])
    return {"handTokS": hand, "throughIterscopeTokS": through, "differenceRatio": mean(through) / mean(hand) - 1}


def trace():
    run = ended(cli_run(SMALL, "--trace", "--window", "20+6", "--telemetry-hz", "10"))
    keep(run, "trace-eager", ["trace*.json"])
    graphs = ended(cli_run(SMALL | {"cuda-graphs": "true"}, "--trace", "--window", "20+12"))
    keep(graphs, "trace-graphs", ["trace*.json"])
    plain = ended(cli_run(SMALL | {"cuda-graphs": "true", "trace-markers": "false"}, "--trace", "--window", "20+12"))
    return {"eager": outcome(run), "graphs": outcome(graphs), "withoutMarkers": outcome(plain)}


def statistics():
    """Counts in the files of the program against the experts of every slot that it wrote beside."""
    sys.path.insert(0, str(WORKLOAD[1] + "/.."))
    from torch_moe.safetensors_file import read_int64

    run = ended(cli_run(SMALL | {"raw-experts": "true"}, "--expert-statistics", "--window", "10+20"))
    folder = Path(run["folder"]) / "artifacts" / "expert_statistic"
    counts, raw = read_int64(folder / "rank0.safetensors"), read_int64(folder / "rank0_raw.safetensors")
    same = all(row == [Counter(raw[key])[expert] for expert in range(len(row))] for key, row in counts.items())
    (folder / "rank0_raw.safetensors").unlink()
    keep(run, "statistics", ["expert_statistic"])
    shown = subprocess.run([*CLI, "experts", str(folder), "--json"], env=environment(), capture_output=True, text=True, check=False)
    (OUT / "statistics" / "experts.json").write_text(shown.stdout)
    (OUT / "statistics" / "slots.json").write_text(json.dumps({key: len(ids) for key, ids in raw.items()}))
    return outcome(run) | {"vectors": len(counts), "equal": same, "tokens": sum(map(sum, counts.values()))}


def inspected(file):
    done = subprocess.run([*CLI, "inspect", "--json", str(file)], env=environment(), capture_output=True, text=True, check=False)
    return json.loads(done.stdout) if done.returncode == 0 else {"said": done.stderr[-800:]}


def kernels_of(trace):
    """Kernels of each iteration by its number, and what the file says about its own completeness."""
    counts = {step["index"]: step["kernelCount"] for step in trace.get("iterations", [])}
    return {"kernels": counts, "capture": trace.get("capture"), "warnings": trace.get("warnings"), "said": trace.get("said")}


def nsight():
    """The same window by Nsight Systems and by PyTorch's profiler: kernels of each iteration have to agree."""
    found = {}
    for name, extra, window in (("eager", {}, "20+6"), ("graphs", {"cuda-graphs": "true"}, "20+12")):
        started = time.monotonic()
        run = ended(cli_run(SMALL | extra, "--nsight", "--window", window))
        keep(run, f"nsight-{name}", ["report*"])
        traced = ended(cli_run(SMALL | extra, "--trace", "--window", window))
        keep(traced, f"nsight-{name}-torch", ["trace*.json"])
        reports = sorted((Path(run["folder"]) / "artifacts").glob("report*.nsys-rep"))
        traces = sorted((Path(traced["folder"]) / "artifacts").glob("trace*.json"))
        by_nsight = kernels_of(inspected(reports[0])) if reports else {}
        by_torch = kernels_of(inspected(traces[0])) if traces else {}
        (OUT / f"nsight-{name}" / "kernels.json").write_text(json.dumps({"nsight": by_nsight, "torch": by_torch}))
        if reports:
            subprocess.run(["nsys", "export", "--type", "sqlite", "-f", "true", "-o", str(OUT / f"nsight-{name}" / "report.sqlite"), str(reports[0])], capture_output=True, check=False)
        same = bool(by_nsight.get("kernels")) and by_nsight["kernels"] == by_torch.get("kernels")
        found[name] = outcome(run) | {"wallS": time.monotonic() - started, "kernelsAgree": same}
        found[name] |= {"nsight": by_nsight.get("kernels"), "torch": by_torch.get("kernels")}
    return found


def cancel():
    """Ctrl-C at several moments, then who is still there."""
    found = {}
    load = STEADY | {"requests": 200000}
    for name, flags, ready in (
        ("atOnce", (), lambda: True),
        ("whileItLoads", (), lambda: bool(workload_pids())),
        ("whileItRuns", (), lambda: said("iter = 50,", before)),
        ("inTheWindow", ("--trace", "--window", "50+100000"), lambda: said("iter = 80,", before)),
        ("underNsight", ("--nsight", "--window", "50+100000"), lambda: said("iter = 80,", before)),
    ):
        before = runs()
        process = cli_run(load, *flags)
        time.sleep(0.3)
        reached = wait_for(ready, 60)
        asked = time.monotonic()
        process.send_signal(signal.SIGINT)
        run = ended(process, 90)
        found[name] = {"reached": reached, "state": run["state"], "exit": run.get("exit"), "seconds": time.monotonic() - asked}
        found[name] |= {"onTheGpu": gpu_processes(), "alive": workload_pids()}
    return found


def failures():
    found = {"outOfMemory": outcome(ended(cli_run(STEADY | {"preset": "gpt-oss-20b", "layers": 96})))}
    before = runs()
    process = cli_run(STEADY | {"requests": 200000})
    said("iter = 50,", before)
    for pid, _ in workload_pids():
        if Path(f"/proc/{pid}/comm").read_text().startswith("python"):
            os.kill(pid, signal.SIGKILL)
    found["killed"] = outcome(ended(process))
    found["noGpu"] = outcome(ended(cli_run(STEADY, "--env", "CUDA_VISIBLE_DEVICES=")))
    found["twoRanksOneGpu"] = outcome(ended(cli_run(STEADY | {"ep-size": 2})))
    found["wrongFlag"] = outcome(ended(cli_run(STEADY, "--env", "TLLM_PROFILE_LOG_RANKS=ten", "--set", "era=e2")))
    found["wrongOption"] = outcome(ended(cli_run(STEADY | {"experts": 30, "top-k": 31})))
    hanging = HOME / "hanging"
    hanging.mkdir()
    (hanging / "sitecustomize.py").write_text("import atexit, time\natexit.register(time.sleep, 600)\n")
    before = runs()
    process = cli_run(SMALL, "--env", f"PYTHONPATH={hanging}")
    reached = said("= PERFORMANCE OVERVIEW", before)
    time.sleep(2)
    asked = time.monotonic()
    process.send_signal(signal.SIGINT)
    found["hungAtExit"] = outcome(ended(process)) | {"reached": reached, "seconds": time.monotonic() - asked}
    return found | {"onTheGpu": gpu_processes(), "alive": workload_pids()}


def cpu_seconds(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def children(pid):
    return [int(child) for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()]


def telemetry():
    """CPU seconds of Iterscope's process and of its supervisor while a run is sampled; once it is going, 10 s of it."""
    found = {}
    for hz in (1, 10):
        before = runs()
        process = cli_run(STEADY | {"requests": 200000}, "--trace", "--window", "5+2", "--telemetry-hz", str(hz))
        said("iter = 200,", before)
        time.sleep(1)
        watched = {"iterscope": process.pid} | {Path(f"/proc/{pid}/comm").read_text().strip(): pid for pid in children(process.pid)}
        spent, started = {name: cpu_seconds(pid) for name, pid in watched.items()}, time.monotonic()
        time.sleep(10)
        seconds = time.monotonic() - started
        found[f"{hz}Hz"] = {name: (cpu_seconds(pid) - spent[name]) / seconds for name, pid in watched.items()}
        process.send_signal(signal.SIGINT)
        run = ended(process, 60)
        samples = Path(run["folder"]) / "telemetry.jsonl"
        found[f"{hz}Hz"]["lines"] = len(samples.read_text().split("\n")) if samples.exists() else 0
        keep(run, f"telemetry-{hz}", [])
    return found


def compare():
    found = {}
    for name, load in (("large", LARGE),):
        sets = [part for key, value in load.items() for part in ("--set", f"{key}={value}")]
        command = [*CLI, "compare", "--recipe", "torch-moe", *sets, "--perfect-router", "--blocks", "3", "--json"]
        started = time.monotonic()
        done = subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=400, check=False)
        (OUT / f"compare-{name}.json").write_text(done.stdout or done.stderr)
        found[name] = {"exitStatus": done.returncode, "wallS": time.monotonic() - started, "said": done.stdout[:200] + done.stderr[-300:]}
    return found


def resident(pid):
    """Largest and sum of the peaks of a process and those below it, in bytes."""
    pids, peaks = [pid], []
    while pids:
        current = pids.pop()
        try:
            pids += children(current)
            text = Path(f"/proc/{current}/status").read_text()
            peaks += [int(line.split()[1]) * 1024 for line in text.split("\n") if line.startswith("VmHWM")]
        except OSError:
            continue
    return peaks


def large_trace():
    folder = HOME / "large"
    load = STEADY | {"layers": 24, "iterations": 265}
    started = time.monotonic()
    by_hand(load, folder, 420, TLLM_PROFILE_START_STOP="20-250", TLLM_TORCH_PROFILE_TRACE="trace.json", TLLM_NVTX_DEBUG="1")
    found = {"madeInS": time.monotonic() - started, "bytes": (folder / "trace.json").stat().st_size}
    for turn in ("cold", "again"):
        started, peaks = time.monotonic(), [0]
        with (OUT / "large-inspect.json").open("w") as output:
            process = subprocess.Popen([*CLI, "inspect", "--json", str(folder / "trace.json")], env=environment(), stdout=output)
            while process.poll() is None:
                peaks = max(peaks, resident(process.pid) or [0], key=sum)
                time.sleep(0.1)
        found[turn] = {"wallS": time.monotonic() - started, "peakBytes": peaks, "exitStatus": process.returncode}
    return found


def middle_trace():
    """A trace of about 200 MB to be opened elsewhere in the application."""
    folder = HOME / "middle"
    load = STEADY | {"layers": 24, "iterations": 60}
    by_hand(load, folder, 200, TLLM_PROFILE_START_STOP="20-53", TLLM_TORCH_PROFILE_TRACE="trace.json", TLLM_NVTX_DEBUG="1")
    trace = folder / "trace.json"
    with (OUT / "middle-trace.json.xz").open("wb") as packed:
        subprocess.run(["xz", "-T0", "-3", "-c", str(trace)], stdout=packed, check=True)
    return {"bytes": trace.stat().st_size}


SECTIONS = {section.__name__: section for section in (versions, timing, trace, statistics, nsight, cancel, failures, telemetry, compare, middle_trace, large_trace)}


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    for name in sys.argv[2:] or SECTIONS:
        started = time.monotonic()
        try:
            RESULTS[name] = SECTIONS[name]()
        except Exception:  # noqa: BLE001  (one section's failure must not cost the others)
            RESULTS[name] = {"error": traceback.format_exc()}
        print(f"{name} ({time.monotonic() - started:.1f} s): {json.dumps(RESULTS[name])}", flush=True)
        (OUT / "results.json").write_text(json.dumps(RESULTS, indent=1))


if __name__ == "__main__":
    main()
