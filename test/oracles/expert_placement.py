# SPDX-License-Identifier: Apache-2.0
"""An independent implementation of expert placement, in plain Python without packages.

It shares no code with the native one and is written differently on purpose: whole lists are searched where the native
code keeps heaps. Run it to write test/fixtures/expert-plans.json anew:

    python3 test/oracles/expert_placement.py
"""

import json
import struct
from fractions import Fraction
from pathlib import Path

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"


def read_counts(folder):
    """{(iteration, layer): [tokens per expert]}, summed over ranks."""
    counts = {}
    for path in sorted(folder.glob("rank*.safetensors")):
        data = path.read_bytes()
        (length,) = struct.unpack("<Q", data[:8])
        for name, tensor in json.loads(data[8 : 8 + length]).items():
            if name == "__metadata__":
                continue
            begin, end = (8 + length + offset for offset in tensor["data_offsets"])
            vector = struct.unpack(f"<{(end - begin) // 8}q", data[begin:end])
            key = tuple(int(part) for part in name.split("_"))
            counts[key] = [a + b for a, b in zip(counts.get(key, [0] * len(vector)), vector)]
    return counts


def tensorrt_llm(loads, slots, ranks):
    """Greedy replication, then greedy placement; exact fractions, so that ties are ties."""
    experts = range(len(loads))
    replicas = [1 for _ in experts]
    for index in range(slots - len(loads)):
        if sum(loads) == 0:
            replicas[index % len(loads)] += 1
        else:
            replicas[max(experts, key=lambda e: (Fraction(loads[e], replicas[e]), e))] += 1
    pieces = [(Fraction(loads[e], replicas[e]), e) for e in experts for _ in range(replicas[e])]
    pieces.sort(key=lambda piece: (-piece[0], piece[1]))
    held = [[] for _ in range(ranks)]
    carried = [Fraction(0)] * ranks
    for load, expert in pieces:
        free = [rank for rank in range(ranks) if len(held[rank]) < slots // ranks]
        rank = min(free, key=lambda r: (carried[r], r))
        held[rank].append(expert)
        carried[rank] += load
    return [expert for rank in held for expert in rank]


def packed(weights, packs):
    """The items of each pack, in the order in which they were put there."""
    room = len(weights) // packs
    if room == 1:
        return [[item] for item in range(len(weights))]
    contents = [[] for _ in range(packs)]
    for item in sorted(range(len(weights)), key=lambda i: (-weights[i], i)):
        free = [pack for pack in range(packs) if len(contents[pack]) < room]
        contents[min(free, key=lambda p: (sum(weights[i] for i in contents[p]), p))].append(item)
    return contents


def deepseek(loads, slots, ranks, groups, nodes):
    """Groups to nodes, replicas within a node, replicas to the ranks of the node."""
    if groups % nodes:
        groups, nodes = 1, 1
    size = len(loads) // groups
    weights = [Fraction(sum(loads[g * size : (g + 1) * size])) for g in range(groups)]
    plan = []
    for node in packed(weights, nodes):
        experts = [group * size + member for group in node for member in range(size)]
        copies = list(experts)
        while len(copies) < slots // nodes:
            copies.append(max(experts, key=lambda e: (Fraction(loads[e], copies.count(e)), -experts.index(e))))
        shares = [Fraction(loads[e], copies.count(e)) for e in copies]
        for rank in packed(shares, ranks // nodes):
            plan.extend(copies[item] for item in rank)
    return plan


def imbalance(loads, plan, ranks):
    """max/mean - 1 over ranks, or None without tokens."""
    if sum(loads) == 0:
        return None
    per_rank = len(plan) // ranks
    of_rank = [
        sum(Fraction(loads[e], plan.count(e)) for e in plan[r * per_rank : (r + 1) * per_rank]) for r in range(ranks)
    ]
    return max(of_rank) * ranks / sum(of_rank) - 1


def mean(values):
    known = [value for value in values if value is not None]
    return float(sum(known) / len(known)) if known else None


def planned(counts, case):
    """Every layer's slots and imbalance before and after, made and judged on different iterations."""
    experts, ranks, slots = len(next(iter(counts.values()))), case["ranks"], case["slots"]
    rows = []
    for layer in sorted({layer for _, layer in counts}):
        made = [0] * experts
        for (iteration, other), vector in counts.items():
            if other == layer and case["madeFrom"] <= iteration < case["madeTo"]:
                made = [a + b for a, b in zip(made, vector)]
        if case["algorithm"] == "deepseek":
            plan = deepseek(made, slots, ranks, case["groups"], case["nodes"])
        else:
            plan = tensorrt_llm(made, slots, ranks)
        judged = [counts[key] for key in sorted(counts) if key[1] == layer and case["judgedFrom"] <= key[0] < case["judgedTo"]]
        blocks = list(range(experts))
        before = set(zip((e * ranks // experts for e in blocks), blocks))
        rows.append(
            {
                "layer": layer,
                "slots": plan,
                "before": mean(imbalance(vector, blocks, ranks) for vector in judged),
                "after": mean(imbalance(vector, plan, ranks) for vector in judged),
                "moves": sum((s * ranks // slots, e) not in before for s, e in enumerate(plan)),
            }
        )
    return rows


def case(folder, algorithm, ranks, slots, made, judged, groups=1, nodes=1):
    return {
        "folder": folder,
        "algorithm": algorithm,
        "ranks": ranks,
        "slots": slots,
        "groups": groups,
        "nodes": nodes,
        "madeFrom": made[0],
        "madeTo": made[1],
        "judgedFrom": judged[0],
        "judgedTo": judged[1],
    }


CASES = [
    case("expert-statistic", "tensorrt-llm", 8, 80, (0, 70), (70, 80)),
    case("expert-statistic", "deepseek", 8, 72, (0, 70), (70, 80), groups=8, nodes=2),
    case("expert-statistic-drift", "tensorrt-llm", 4, 32, (0, 20), (100, 110)),
    case("expert-statistic-drift", "deepseek", 8, 48, (0, 100), (100, 110), groups=4, nodes=4),
    case("expert-statistic-drift", "deepseek", 4, 40, (50, 60), (0, 10), groups=2, nodes=4),
]


def main():
    results = [{**entry, "layers": planned(read_counts(FIXTURES / entry["folder"]), entry)} for entry in CASES]
    text = ",\n".join(json.dumps(result, separators=(",", ":")) for result in results)
    (FIXTURES / "expert-plans.json").write_text(f"[\n{text}\n]\n")


if __name__ == "__main__":
    main()
