"""Peak memory of the coordinator and its workers on a corpus of the size of the whole IMDB set.

    python experiments/benchmark/memory.py --rows 25000

Writes made-up reviews of the real ones' size and length (a mean of 230 words, a long tail, words by Zipf's law),
runs two trials of one epoch side by side, and looks at all processes ten times a second. `rss` counts
every page that a process has mapped, so pages that workers share are counted in each of them; `pss` shares them
out, so that its sum over all processes is what the machine has to find. The worst moment is that of the
coordinator and its workers together; `all` adds the workers' server, the shipper and Python's resource tracker.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

import numpy as np
import psutil
import record

GOAL = "coordinator_and_workers"
SETTINGS = ("trainer.max_epochs=1", "executor.workers=2", "search.trials=2", "text.max_length=400")


def write(path: Path, rows: int) -> int:
    """Write made-up reviews.

    Returns:
        Size of the file in bytes.
    """
    draw = np.random.default_rng(0)
    words = np.array(["w" + np.base_repr(i, 36).lower() for i in range(100_000)])
    share = 1 / np.arange(1, len(words) + 1)
    share /= share.sum()
    lengths = np.clip(draw.lognormal(5.2, 0.65, rows), 10, 2400).astype(int)
    with path.open("w", encoding="utf-8") as file:
        for row, length in enumerate(lengths):
            chosen = words[draw.choice(len(words), length, p=share)].tolist()
            # One word in fifty tells the class, so that there is something to learn.
            chosen[::50] = ["good" if row % 2 else "bad"] * len(chosen[::50])
            file.write(json.dumps({"text": " ".join(chosen), "label": row % 2}) + "\n")
    return path.stat().st_size


def part(process: psutil.Process, root: int) -> str:
    """What a process is in the program."""
    line = " ".join(process.cmdline())
    if process.pid == root:
        return "coordinator"
    if "sweep.tracking.shipper" in line:
        return "shipper"
    if "resource_tracker" in line:
        return "tracker"
    parent = process.parent()
    return "server" if parent is not None and parent.pid == root else "worker"


def watch(command: list[str]) -> dict[str, dict[str, float]]:
    """Run a command and look at its processes until it ends.

    Returns:
        By what is counted (`rss`, `pss`): MiB at the worst moment, whole and by part.
    """
    worst: dict[str, dict[str, float]] = {kind: {GOAL: 0.0} for kind in ("rss", "pss")}
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as running:
        root = psutil.Process(running.pid)
        while running.poll() is None:
            seen: dict[str, dict[str, float]] = {k: defaultdict(float) for k in worst}
            for process in [root, *root.children(recursive=True)]:
                try:
                    memory, name = process.memory_full_info(), part(process, running.pid)
                except (psutil.NoSuchProcess, psutil.ZombieProcess):
                    continue  # it ended while it was looked at
                for kind, sizes in seen.items():
                    sizes[name] += getattr(memory, kind) / 2**20
            for kind, sizes in seen.items():
                total = sizes["coordinator"] + sizes["worker"]
                if total > worst[kind][GOAL]:
                    worst[kind] = {GOAL: total, "all": sum(sizes.values()), **sizes}
            time.sleep(0.1)
    assert running.returncode == 0, "the sweep must end well to be measured"
    return {kind: {k: round(v) for k, v in sizes.items()} for kind, sizes in worst.items()}


def main() -> None:
    """Measure and record."""
    ask = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    ask.add_argument("--rows", type=int, default=25_000)
    ask.add_argument("--out", type=Path, default=record.RESULTS)
    given = ask.parse_args()
    with tempfile.TemporaryDirectory() as name:
        data = Path(name) / "reviews.jsonl"
        size = write(data, given.rows)
        words = [
            "+search=lstm_vs_gru",
            "search.compare=null",
            f"data.path={data}",
            f"workdir={name}",
        ]
        start = time.perf_counter()
        found = watch([sys.executable, "-m", "sweep", *words, *SETTINGS])
        wall = time.perf_counter() - start
        cached = sum(f.stat().st_size for f in Path(name).glob("cache/**/*") if f.is_file())
    about = {
        "rows": given.rows,
        "corpus_mib": round(size / 2**20),
        "cache_mib": round(cached / 2**20),
    }
    record.write(given.out, "memory", {**about, "wall_s": round(wall), **found})


if __name__ == "__main__":
    main()
