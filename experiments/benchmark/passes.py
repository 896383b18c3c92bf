"""How many tokens one pass through the network should take on a CPU: time and memory of an epoch.

    python experiments/benchmark/passes.py

Trains each cell for one epoch on made-up texts, short (at most 100 tokens, as in messages) and long (at most 400,
as in reviews), with batches cut into micro-batches of so many tokens; 0 never cuts. Each in a process of its own
with the environment that workers get, in turn, `--rounds` times; medians. Three networks are trained one after the
other; the memory is the peak of them all, above the peak of loading the libraries.
"""

import argparse
import itertools
import json
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import record
import torch
from overhead import like_a_worker

from sweep.network.batches import TrainingBatches
from sweep.records import EncodedTexts
from sweep.training.learner import Learner

TOKENS = (0, 16384, 4096, 2048)
TEXTS = {"short": (2.8, 100), "long": (5.2, 400)}  # mean logarithm of the length, and the cut
NETWORKS = ((1, 128, 32), (2, 64, 64), (1, 256, 64))  # layers, hidden, batch size


def batches(texts: str, size: int, rows: int) -> TrainingBatches:
    """Made-up texts in this program's batches."""
    draw = np.random.default_rng(0)
    mean, cut = TEXTS[texts]
    lengths = np.clip(draw.lognormal(mean, 0.65, rows), 3, cut).astype(np.int64)
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    part = EncodedTexts(draw.integers(2, 10_000, offsets[-1]), offsets, draw.integers(0, 2, rows))
    order = np.arange(rows)
    return TrainingBatches(
        part, rows=order, partners=order, weights=np.zeros(rows), batch_size=size,
        bucketing=True, balanced=False, seed=0,
    )  # fmt: skip


def epoch(cell: str, texts: str, tokens: int, rows: int) -> dict[str, float]:
    """Seconds and MiB of one epoch of each network, in this process."""
    torch.set_num_threads(1)
    before, seconds = peak(), 0.0
    for layers, hidden, size in NETWORKS:
        network = {"vocabulary_size": 10_000, "cell": cell, "embedding": 128, "hidden": hidden}
        network |= {"layers": layers, "bidirectional": True, "read_out": "max"}
        loss = {"name": "bce", "positive_weight": 1.0, "focal_gamma": 0.0, "label_smoothing": 0.0}
        learner = Learner(
            network=network, optimizer={}, loss=loss, steps=1, epochs=1, micro_batch_tokens=tokens or None
        )  # fmt: skip
        optimizer = torch.optim.Adam(learner.parameters(), fused=True)
        made = batches(texts, size, rows)
        start = time.perf_counter()
        for batch in made:
            optimizer.zero_grad()
            learner.add_gradients(batch)
            optimizer.step()
        seconds += time.perf_counter() - start
    return {"seconds": seconds, "mib": peak() - before}


def peak() -> float:
    """Peak resident memory of this process so far, MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Measure and record."""
    like_a_worker()
    ask = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    ask.add_argument("--rounds", type=int, default=3)
    ask.add_argument("--rows", type=int, default=1500)
    ask.add_argument(
        "--one", nargs=3, metavar=("CELL", "TEXTS", "TOKENS"), help="only this, in here"
    )
    ask.add_argument("--out", type=Path, default=record.RESULTS)
    given = ask.parse_args()
    if given.one:
        cell, texts, tokens = given.one
        print(json.dumps(epoch(cell, texts, int(tokens), given.rows)))
        return
    cases = [*itertools.product(("lstm", "gru"), TEXTS, TOKENS)]
    runs: dict[tuple[str, str, int], list[dict[str, float]]] = {case: [] for case in cases}
    for _, case in itertools.product(range(given.rounds), cases):
        words = [__file__, "--rows", str(given.rows), "--one", *map(str, case)]
        done = subprocess.run([sys.executable, *words], capture_output=True, text=True, check=True)
        runs[case].append(json.loads(done.stdout))
    table: list[dict[str, Any]] = [
        {"cell": cell, "texts": texts, "tokens": tokens}
        | {k: round(statistics.median(run[k] for run in own), 1) for k in ("seconds", "mib")}
        for (cell, texts, tokens), own in runs.items()
    ]
    record.write(given.out, "passes", {"rounds": given.rounds, "rows": given.rows, "table": table})


if __name__ == "__main__":
    main()
