"""Sweeps whose trainings take as long as they are told to, by a clock that only they move."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from support import scripted_search
from sweep.config import Config
from sweep.coordinator.retries import close_leftovers
from sweep.coordinator.search_loop import SearchLoop
from sweep.executors import Event
from sweep.files import sha256
from sweep.records import Ending, Status, Stopped, TrialJob, TrialKey, TrialResult
from sweep.report.forecast import Forecast
from sweep.search.study import ArmStudy
from sweep.tracking.tracker import Tracker
from sweep.workspace import SweepFolder, TrialFolder

Takes = Callable[[TrialKey], float]


class Clockwork:
    """An executor in which nothing runs: the next training to end moves the clock to its end.

    Args:
        slots: trainings at the same time.
        takes: seconds that each takes.
        value: what each reaches.
    """

    def __init__(
        self, slots: int, takes: Takes, value: Callable[[TrialKey], float] = lambda key: 0.5
    ) -> None:
        self.slots = slots
        self.now = 0.0
        self.begun: list[TrialKey] = []
        self.most = 0
        self._takes = takes
        self._value = value
        self._ends: dict[TrialKey, tuple[float, TrialJob]] = {}

    def clock(self) -> float:
        return self.now

    def submit(self, job: TrialJob) -> None:
        assert len(self._ends) < self.slots
        self.begun.append(job.key)
        self._ends[job.key] = (self.now + self._takes(job.key), job)

    def wait(self, seconds: float) -> list[Event]:
        key = min(self._ends, key=lambda key: self._ends[key][0])
        self.now, job = self._ends.pop(key)
        place = TrialFolder(job.folder)
        place.root.mkdir(parents=True, exist_ok=True)
        for file in (place.checkpoint, place.decision, place.validation):
            file.write_text(str(key))
        return [
            TrialResult(
                key=key, status=Status.COMPLETE, stopped=Stopped.max_epochs, epoch=0, epochs=1,
                value=self._value(key), checkpoint=place.checkpoint.name,
                sha256=sha256(place.checkpoint), decision_sha256=sha256(place.decision),
            )
        ]  # fmt: skip

    def close(self) -> None:
        self._ends.clear()

    def start(self, *more: str) -> None: ...
    def fit(self, accelerator: str) -> None: ...
    def answer(self, key: TrialKey, prune: bool) -> None: ...
    def compute(self, calls: list[tuple[Any, ...]]) -> list[Any]:
        raise NotImplementedError


def search(
    folder: Path,
    config: Config,
    takes: Takes,
    *,
    workers: int = 1,
    stop_after: int | None = None,
    **forecast: Any,
) -> tuple[Ending, dict[str, ArmStudy], Clockwork]:
    """Run one command's worth of search by the clockwork; `forecast` says what its confirmation will take."""
    studies = scripted_search.make_studies(folder, config)
    executor = Clockwork(workers, takes)
    files = SweepFolder(folder / "tried")
    files.root.mkdir(exist_ok=True)
    tracker = Tracker(files.root, uri="sqlite:///never.db", experiment="tried", artifacts=folder)
    close_leftovers(studies, tracker, files)
    tracker.sweep_started({}, {})
    watch = scripted_search.Watch()
    watch.stop_after = stop_after
    loop = SearchLoop(
        config,
        studies=studies,
        executor=executor,
        tracker=tracker,
        observer=watch,
        corpus=folder,
        folder=files,
        tags={},
        clock=executor.clock,
        forecast=Forecast(
            studies=studies, slots=workers, minutes=config.search.minutes, **forecast
        ),
    )
    watch.loop = loop
    return loop.search(), studies, executor
