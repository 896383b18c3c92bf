"""What a trial costs the coordinator when thousands lie in storage: ask, report, tell, track.

    python experiments/benchmark/growth.py --trials 100 1000 10000

A worker that does nothing answers at once, so that all the time is the coordinator's. The storage is
filled with trials drawn at random; then the default sampler and pruner run `--measured` more trials of
`--epochs` epochs each, and their time is shared out by part. Also prints the time to open the study,
as a resumed sweep does, and the coordinator's memory before and after the measured trials.
"""

import argparse
import math
import random
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import wraps
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import psutil
import record

from sweep.compose.compose import compose
from sweep.compose.flags import read_flags
from sweep.config import Config, SamplerName
from sweep.coordinator.search_loop import SearchLoop
from sweep.records import EpochReport, Status, Stopped, TrialJob, TrialKey, TrialResult
from sweep.search.ledger import open_storage
from sweep.search.space import Space
from sweep.search.study import ArmStudy
from sweep.tracking.tracker import Tracker
from sweep.workspace import SweepFolder, Workspace

SEARCH = ["+search=lstm_vs_gru", "search.compare=null"]


class Idle:
    """An executor whose one worker has every answer ready."""

    slots = 1

    def __init__(self, epochs: int) -> None:
        self.epochs = epochs
        self.told: list[EpochReport | TrialResult] = []

    def start(self, *more: str) -> None:
        """Nothing is loaded."""

    def submit(self, job: TrialJob) -> None:
        """Make up the trial's reports and its result."""
        draw = random.Random(job.seed)
        rate = job.config.optimizer.learning_rate
        top = 0.95 - 0.02 * abs(math.log10(rate) + 2.5) + 0.02 * draw.random()
        scores = [top * (1 - 0.3 ** (epoch + 1)) for epoch in range(self.epochs)]
        metrics = {f"metric_{i}": draw.random() for i in range(20)}
        self.told = [
            EpochReport(
                key=job.key, epoch=epoch, best=score, error=0.0, learned=epoch + 1, metrics=metrics
            )
            for epoch, score in enumerate(scores)
        ]
        self.told.append(
            TrialResult(
                key=job.key, status=Status.COMPLETE, stopped=Stopped.max_epochs, value=scores[-1],
                epoch=self.epochs - 1, epochs=self.epochs, seconds=0.0, threshold=0.5, metrics=metrics,
            )
        )  # fmt: skip

    def wait(self, seconds: float) -> list[EpochReport | TrialResult]:
        """The next report or the result."""
        return [self.told.pop(0)]

    def answer(self, key: TrialKey, prune: bool) -> None:
        """A trial that is pruned ends at once."""
        if prune:
            ended = replace(self.told[-1], status=Status.PRUNED, stopped=Stopped.pruned)
            self.told = [ended]

    def compute(self, calls: list[tuple[Any, ...]]) -> list[Any]:
        """Never asked."""
        raise NotImplementedError

    def close(self) -> None:
        """Nothing runs."""


class Silent:
    """Shows nothing."""

    def started(self, key: TrialKey) -> None: ...
    def epoch(self, report: EpochReport) -> None: ...
    def ended(self, result: TrialResult, again: bool) -> None: ...
    def tick(self) -> None: ...


def study(config: Config, folder: Path, trials: int, sampler: SamplerName) -> ArmStudy:
    """Open the one study."""
    config.sampler.name = sampler
    config.search.trials = trials
    storage = open_storage(Workspace(folder).optuna)
    return ArmStudy(storage, config, Space.of(config), "all")


def search(config: Config, opened: ArmStudy, folder: Path, epochs: int) -> dict[str, float]:
    """Run a study to its budget.

    Returns:
        Seconds by part.
    """
    spent: dict[str, float] = defaultdict(float)

    def timed(owner: object, name: str, part: str) -> None:
        function: Callable[..., Any] = getattr(owner, name)

        @wraps(function)
        def watched(*args: Any, **kwargs: Any) -> Any:
            start = time.perf_counter()
            try:
                return function(*args, **kwargs)
            finally:
                spent[part] += time.perf_counter() - start

        setattr(owner, name, watched)

    tracker = Tracker(folder, uri="sqlite:///unused.db", experiment="growth", artifacts=folder)
    tracker.sweep_started({}, {})
    for name, part in (("next", "ask"), ("report", "report"), ("tell", "tell")):
        timed(opened, name, part)
    for name in ("trial_started", "epoch", "trial_ended"):
        timed(tracker, name, "track")
    loop = SearchLoop(
        config,
        studies={"all": opened},
        executor=Idle(epochs),
        tracker=tracker,
        observer=Silent(),
        corpus=folder,
        folder=SweepFolder(folder),
        tags={"sweep": "growth"},
    )
    start = time.perf_counter()
    loop.search()
    spent["all"] = time.perf_counter() - start
    tracker.close()
    return spent


def fill(folder: Path, trials: int, epochs: int) -> None:
    """Fill a storage with trials drawn at random."""
    config = compose(read_flags(SEARCH))
    search(config, study(config, folder, trials, SamplerName.random), folder, epochs)


def measure(trials: int, measured: int, epochs: int) -> dict[str, float]:
    """Fill a storage, then time the trials after that.

    Returns:
        Milliseconds a trial by part, seconds to open the study, MiB before and after.
    """
    config = compose(read_flags(SEARCH))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # In a process of its own, as the commands before a resumed one were: what it leaves in memory,
        # and the collections that walk through that, are not this coordinator's.
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as before_us:
            before_us.submit(fill, folder, trials, epochs).result()
        start = time.perf_counter()
        opened = study(config, folder, trials + measured, SamplerName.tpe)
        opening = time.perf_counter() - start
        memory = psutil.Process().memory_info
        before = memory().rss
        spent = search(config, opened, folder, epochs)
        after = memory().rss
    found = {f"{part}_ms": round(1000 * s / measured, 2) for part, s in spent.items()}
    sizes = {"before_mib": round(before / 2**20), "after_mib": round(after / 2**20)}
    return {"trials": trials, **found, "open_s": round(opening, 2), **sizes}


def main() -> None:
    """Measure each size and record it."""
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("--trials", type=int, nargs="+", default=[100, 1000, 10000])
    ask.add_argument("--measured", type=int, default=50, help="trials that are timed")
    ask.add_argument("--epochs", type=int, default=5, help="epochs a trial")
    ask.add_argument("--out", type=Path, default=record.RESULTS)
    given = ask.parse_args()
    rows = [measure(n, given.measured, given.epochs) for n in sorted(given.trials)]
    ratio = rows[-1]["all_ms"] / rows[0]["all_ms"]
    record.write(
        given.out, "growth", {"epochs": given.epochs, "sizes": rows, "ratio": round(ratio, 2)}
    )


if __name__ == "__main__":
    main()
