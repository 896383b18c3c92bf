"""A coordinator with everything real but the training: studies in SQLite, processes, an outbox."""

import sys
from pathlib import Path
from typing import Any

from support import ill_workers
from sweep.config import Config, SamplerName, SearchConfig
from sweep.coordinator.retries import close_leftovers
from sweep.coordinator.search_loop import SearchLoop
from sweep.executors import Executor
from sweep.executors.local import LocalExecutor
from sweep.executors.worker import Work
from sweep.records import Ending, EpochReport, TrialKey, TrialResult
from sweep.search.space import Space
from sweep.search.studies import open_studies
from sweep.search.study import ArmStudy
from sweep.tracking.tracker import Tracker
from sweep.workspace import SweepFolder

SPACE: dict[str, Any] = {
    "model": {
        "cell": {"type": "categorical", "choices": ["lstm", "gru"]},
        "hidden": {"type": "int", "low": 8, "high": 512, "log": True},
    },
    "optimizer": {"learning_rate": {"type": "float", "low": 1e-4, "high": 1e-1, "log": True}},
}


class Watch:
    """An observer that keeps what it sees, and may stop the search."""

    def __init__(self) -> None:
        self.results: list[tuple[TrialResult, bool]] = []
        self.stop_after: int | None = None
        self.loop: SearchLoop | None = None

    def started(self, key: TrialKey) -> None:
        if self.stop_after is not None and len(self.results) >= self.stop_after:
            assert self.loop is not None
            self.loop.stop()

    def epoch(self, report: EpochReport) -> None:
        pass

    def ended(self, result: TrialResult, again: bool) -> None:
        self.results.append((result, again))

    def tick(self) -> None:
        pass


def make_config(trials: int = 4, **changes: Any) -> Config:
    search = SearchConfig(name="tried", compare="model.cell", trials=trials, space=SPACE)
    config = Config(search=search)
    config.trainer.max_epochs = 3
    config.sampler.name = SamplerName.tpe
    config.sampler.startup_trials = 2
    for name, value in changes.items():
        setattr(config.executor, name, value)
    return config


def make_studies(folder: Path, config: Config) -> dict[str, ArmStudy]:
    config.workdir = str(folder)
    return open_studies(config, Space.of(config))


def search(
    folder: Path,
    work: Work,
    *,
    workers: int = 2,
    stop_after: int | None = None,
    config: Config | None = None,
    timeout: float | None = None,
    executor: Executor | None = None,
    watch: Watch | None = None,
) -> tuple[Ending, dict[str, ArmStudy], Watch, SearchLoop]:
    """Run one command's worth of search; on processes of this machine, where no executor is given."""
    config = config or make_config()
    studies = make_studies(folder, config)
    files = SweepFolder(folder / "tried")
    tracker = Tracker(
        files.root, uri="sqlite:///never.db", experiment="tried", artifacts=folder / "art"
    )
    files.root.mkdir(exist_ok=True)
    close_leftovers(studies, tracker, files)
    tracker.sweep_started({}, {})
    watch = watch or Watch()
    watch.stop_after = stop_after
    loop = SearchLoop(
        config,
        studies=studies,
        executor=executor or LocalExecutor(workers=workers, work=work, timeout=timeout),
        tracker=tracker,
        observer=watch,
        corpus=folder,
        folder=files,
        tags={},
    )
    watch.loop = loop
    return loop.search(), studies, watch, loop


if __name__ == "__main__":
    print(search(Path(sys.argv[1]), ill_workers.slow)[0], flush=True)
