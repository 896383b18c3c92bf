"""Where trials run: one interface, one file for each place."""

from typing import Any, Protocol

from sweep.config import ExecutorConfig
from sweep.executors.called import Called
from sweep.records import EpochReport, TrialJob, TrialKey, TrialResult

Event = EpochReport | TrialResult


class Executor(Protocol):
    """Runs jobs and says what becomes of them; whatever happens to a worker ends in a `TrialResult`."""

    slots: int
    """Trials that can run at the same time."""

    def start(self, *more: str) -> None:
        """Begin to load what workers need, and the modules named; returns at once."""

    def fit(self, accelerator: str) -> None:
        """See that trials have their device where they run, and how many can run there at once."""

    def submit(self, job: TrialJob) -> None:
        """Start a job in a free slot."""

    def wait(self, seconds: float) -> list[Event]:
        """Wait for news of any job, at most so many seconds."""

    def answer(self, key: TrialKey, prune: bool) -> None:
        """Answer an `EpochReport`: the worker waits until then."""

    def compute(self, calls: list[tuple[Any, ...]]) -> list[Any]:
        """Run plain functions in workers of their own, side by side; each call is ("module:function", *arguments)."""

    def begin(self, name: str, *arguments: Any) -> Called:
        """Begin one such function, and do not wait for it."""

    def close(self) -> None:
        """End every worker now."""


def make_executor(settings: ExecutorConfig) -> Executor:
    """Build the executor that the settings name.

    Args:
        settings: the group `executor`.

    Returns:
        The executor, not yet started.
    """
    from sweep.executors.local import LocalExecutor

    return LocalExecutor(
        workers=None if settings.workers == "auto" else int(settings.workers),
        threads=settings.threads,
        timeout=settings.timeout,
        memory_gib=settings.memory_gib,
    )
