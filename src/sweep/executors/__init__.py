"""Where trials run: one interface, one file for each place."""

from pathlib import Path
from typing import Any, Protocol

from sweep.config import Config, ExecutorConfig, ExecutorKind
from sweep.executors.called import Called
from sweep.records import EpochReport, TrialJob, TrialKey, TrialResult

Event = EpochReport | TrialResult


class Executor(Protocol):
    """Runs jobs and says what becomes of them; whatever happens to a worker ends in a `TrialResult`."""

    @property
    def slots(self) -> int:
        """Trials that can run at the same time; on a cluster it changes with its nodes."""

    def start(self, *more: str) -> None:
        """Begin to load what workers need, and the modules named; returns at once."""

    def fit(self, accelerator: str) -> None:
        """See that trials have their device where they run, and how many can run there at once."""

    def submit(self, job: TrialJob) -> None:
        """Start a job in a free slot."""

    def wait(self, seconds: float) -> list[Event]:
        """Wait for news of any job, at most so many seconds; raises ClusterLostError where the place is gone."""

    def answer(self, key: TrialKey, prune: bool) -> None:
        """Answer an `EpochReport`: the worker waits until then."""

    def compute(self, calls: list[tuple[Any, ...]]) -> list[Any]:
        """Run plain functions in workers of their own, side by side; each call is ("module:function", *arguments)."""

    def begin(self, name: str, *arguments: Any) -> Called:
        """Begin one such function, and do not wait for it."""

    def close(self) -> None:
        """End every worker now."""

    def leave(self) -> None:
        """End every worker, and give back what `start` took."""


def make_executor(settings: ExecutorConfig, folder: Path) -> Executor:
    """Build the executor that the settings name.

    Args:
        settings: the group `executor`.
        folder: the sweep's own folder.

    Returns:
        The executor, not yet started.

    Raises:
        UserError: what it needs is not installed.
    """
    if settings.kind is ExecutorKind.ray:
        from sweep.executors.ray.executor import RayExecutor

        return RayExecutor(settings, folder)
    from sweep.executors.local import LocalExecutor

    return LocalExecutor(
        workers=None if settings.workers == "auto" else int(settings.workers),
        threads=settings.threads,
        timeout=settings.timeout,
        memory_gib=settings.memory_gib,
    )


def needed(config: Config) -> list[str]:
    """Name the modules that only some sweeps need, so that the server loads them once and not each worker.

    Args:
        config: all settings.

    Returns:
        imbalanced-learn where a trial may resample.
    """
    resamples = config.resampling.method != "none"
    return ["imblearn"] if resamples or "resampling" in config.search.space else []
