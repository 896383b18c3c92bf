"""What the program adds to bare PyTorch, and what share of the machine's arithmetic reaches real tokens.

    python experiments/benchmark/overhead.py --data SMSSpamCollection --epochs 4 --times 2

Runs the list of trials as `same_work.py` does, the list `--times` over, and beside it the bare steps: the same
batches, network, loss and optimizer, and the forward passes over the validation part, in a plain loop of one
process and one thread, with the environment that workers get; no Lightning, scores, files, reports or processes.
Half of the list is timed before the sweep and half after it, because machines drift.

* overhead: the wall time of `same_work.py`, from the start of its process to the end, divided by the bare steps' time
  over the number of workers.
* useful rate: floating-point operations of the matrix products on tokens that are no padding (forward 2, backward 4
  for each weight and token), divided by the sweep's wall time, the number of workers, and the rate of `a @ a` on one
  thread. `--cell` keeps the trials of one cell.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import record
import same_work
import torch

from sweep.compose.compose import compose
from sweep.compose.flags import read_flags
from sweep.config import Config
from sweep.executors.cores import physical_cores
from sweep.executors.environment import KEEP_KERNELS, KEEP_MEMORY, worker_environment
from sweep.records import TrialJob, TrialKey
from sweep.search.space import apply
from sweep.text.cache import store_corpus
from sweep.training.trial import Trial, logits_of

GATES = {"lstm": 4, "gru": 3}


def peak(size: int = 1024, seconds: float = 2.0) -> float:
    """FLOP/s of `a @ a` on one thread: the best of the products that fit into the time."""
    a, best, end = torch.randn(size, size), float("inf"), time.perf_counter() + seconds
    while (start := time.perf_counter()) < end:
        a @ a
        best = min(best, time.perf_counter() - start)
    return 2 * size**3 / best


def useful(config: Config, trained: int, watched: int) -> float:
    """Floating-point operations of one trial's matrix products.

    Args:
        config: its settings.
        trained: real tokens of an epoch's training batches.
        watched: real tokens of the validation part.

    Returns:
        Of all its epochs, and of the pass that scores its best weights.
    """
    model, epochs = config.model, config.trainer.max_epochs
    sides = 2 if model.bidirectional else 1
    weights, inputs = 0, model.embedding
    for _ in range(model.layers):
        weights += sides * GATES[str(model.cell)] * model.hidden * (inputs + model.hidden)
        inputs = sides * model.hidden
    return float(weights) * (6 * trained * epochs + 2 * watched * (epochs + 1))


def bare(jobs: list[TrialJob]) -> tuple[float, float]:
    """Train each trial in a plain loop.

    Returns:
        Seconds, and the useful operations of the matrix products.
    """
    seconds, operations = 0.0, 0.0
    for job in jobs:
        trial = Trial(job, lambda _: False)
        optimizer = trial.learner.configure_optimizers()
        start = time.perf_counter()
        for _ in range(job.config.trainer.max_epochs):
            trial.learner.train()
            for batch in trial.batches:
                optimizer.zero_grad()
                trial.learner.add_gradients(batch)
                optimizer.step()
            logits_of(trial.learner, trial.watched)
        seconds += time.perf_counter() - start
        watched = sum(int(batch.lengths.sum()) for batch in trial.watched)
        operations += useful(job.config, int(trial.batches.lengths.sum()), watched)
    return seconds, operations


def jobs_of(words: list[str], trials: list[dict[str, Any]], folder: Path) -> list[TrialJob]:
    """The trials as `sweep.training.trial` takes them."""
    from sweep.data.load import load_split

    config = compose(read_flags(words))
    corpus = store_corpus(folder / "cache", load_split(config))
    return [
        TrialJob(
            key=TrialKey(arm="bare", number=number, attempt=1),
            config=apply(config, {same_work.PATHS[name]: value for name, value in trial.items()}),
            seed=number,
            corpus=corpus,
            folder=folder / f"bare-{number}",
        )
        for number, trial in enumerate(trials)
    ]


def swept(given: argparse.Namespace, trials: list[dict[str, Any]], folder: Path) -> float:
    """Seconds of the whole program, in a process of its own."""
    (folder / "trials.json").write_text(json.dumps(trials), encoding="utf-8")
    words = [
        str(Path(same_work.__file__)),
        "--data",
        str(given.data),
        "--epochs",
        str(given.epochs),
    ]
    words += ["--trials", str(folder / "trials.json"), "--workers", given.workers]
    words += ["--set", *given.set] if given.set else []
    start = time.perf_counter()
    subprocess.run([sys.executable, *words], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def like_a_worker() -> None:
    """Start this program anew with the environment that workers get, which libraries read as they load."""
    if not os.environ.keys() >= {*KEEP_MEMORY, *KEEP_KERNELS}:
        with worker_environment(threads=1):
            os.execv(sys.executable, [sys.executable, *sys.argv])


def main() -> None:
    """Measure and record."""
    like_a_worker()
    ask = same_work.arguments_of(__doc__)
    ask.add_argument("--times", type=int, default=1, help="how often the list is gone through")
    ask.add_argument("--cell", choices=sorted(GATES), help="only this cell's trials")
    ask.add_argument("--name", default="overhead")
    ask.add_argument("--out", type=Path, default=record.RESULTS)
    given = ask.parse_args()
    torch.set_num_threads(1)
    listed = json.loads(given.trials.read_text(encoding="utf-8"))
    trials = [t for t in listed if given.cell in (None, t["cell"])][: given.first] * given.times
    workers = physical_cores() if given.workers == "auto" else int(given.workers)
    with tempfile.TemporaryDirectory() as name:
        jobs = jobs_of(same_work.command(given, trials, Path(name)), trials, Path(name))
        half = len(jobs) // 2
        before, some = bare(jobs[:half])
        rate = peak()
        wall = swept(given, trials, Path(name))
        rate = max(rate, peak())
        after, more = bare(jobs[half:])
    found = {
        "trials": len(trials), "epochs": given.epochs, "workers": workers, "cell": given.cell,
        "wall_s": round(wall, 1), "bare_s": round(before + after, 1),
        "overhead": round(wall / ((before + after) / workers), 3),
        "peak_gflops": round(rate / 1e9, 1),
        "useful_rate": round((some + more) / wall / workers / rate, 3),
        "useful_rate_bare": round((some + more) / (before + after) / rate, 3),
    }  # fmt: skip
    record.write(given.out, given.name, found)


if __name__ == "__main__":
    main()
