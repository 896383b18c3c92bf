"""What the user sees while a sweep runs: a live table in a terminal, plain lines elsewhere."""

import time
from types import TracebackType

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from sweep.records import EpochReport, Status, TrialKey, TrialResult
from sweep.report.forecast import written
from sweep.report.watched import Watched

REFRESH_PER_S = 4
CORRECTED = 0.25
"""Share by which the time of the whole must have moved since it was last told to be told again."""


class Progress:
    """Watches the coordinator; a context manager around the search or the confirmation.

    Args:
        console: where to write.
        watched: what goes on.
        metric: name of the objective.
    """

    def __init__(self, console: Console, watched: Watched, metric: str) -> None:
        self.console = console
        self.watched = watched
        self.metric = metric
        self.running: dict[TrialKey, EpochReport | None] = {}
        # Seconds of the whole phase and what follows, as they were last told.
        self.told_s: float | None = None
        # Where trials have raised: each place is shown once.
        self.raised: set[str] = set()
        self.began = time.monotonic()
        self.live = Live(
            console=console,
            refresh_per_second=REFRESH_PER_S,
            transient=True,
            get_renderable=self.table,
        )

    def __enter__(self) -> "Progress":
        if self.console.is_terminal:
            self.live.start()
        self._say()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.live.stop()

    def started(self, key: TrialKey) -> None:
        """A worker has begun a trial."""
        self.running[key] = None

    def epoch(self, report: EpochReport) -> None:
        """A trial has finished an epoch."""
        self.running[report.key] = report

    def ended(self, result: TrialResult, again: bool) -> None:
        """Say in one line how an attempt ended."""
        self.running.pop(result.key, None)
        ended, budget = self.watched.done()
        line = f"[{ended}/{budget}] {result.key.name:<10} {outcome(result, self.metric, again)}"
        # One attempt is one line: in a log, rich would cut it at 80 characters.
        self.console.print(Text(line), soft_wrap=True)
        if result.where is not None and result.where not in self.raised:
            self.raised.add(result.where)
            for own in result.message.splitlines()[1:]:
                self.console.print(Text(own), soft_wrap=True)
        self._correct()

    def tick(self) -> None:
        """The live table refreshes itself; a plain log has nothing to say."""

    def time_left(self) -> str:
        """What the trainings so far let one expect, the confirmation counted in every phase."""
        expected = self.watched.expected()
        if expected is None:
            return "time left: unknown until the first trial ends"
        return f"about {written(expected[1])} left"

    def _say(self) -> None:
        if not (to_come := self.watched.to_come()):
            return
        expected = self.watched.expected()
        self.told_s = expected and sum(expected)
        line = Text(f"{self.time_left()} ({to_come})", style="dim")
        self.console.print(line, soft_wrap=True)

    def _correct(self) -> None:
        # In a log a line after each trial would say the same again and again.
        expected = self.watched.expected()
        if expected is None:
            return
        whole = sum(expected)
        if self.told_s is None or abs(whole - self.told_s) > CORRECTED * self.told_s:
            self._say()

    def table(self) -> Group:
        """The live table: what is known above, what runs below."""
        trials = Table(box=None, pad_edge=False, show_header=False)
        for key, told in self.running.items():
            state = "starting" if told is None else f"epoch {told.epoch + 1}, best {told.best:.4f}"
            trials.add_row("  running", key.name, state)
        passed = time.monotonic() - self.began
        below = Text(f"{passed:.0f} s so far, {self.time_left()}")
        return Group(self.watched.table(self.metric), trials, below)


def outcome(result: TrialResult, metric: str, again: bool) -> str:
    """How an attempt ended, in one line.

    Args:
        result: of the attempt.
        metric: name of the objective.
        again: whether the trial is tried once more.

    Returns:
        Plain text.
    """
    if result.status is Status.FAILED:
        first = result.message.splitlines()[0] if result.message else ""
        return f"FAILED ({result.reason}) {first}" + ("; trying again" if again else "")
    assert result.epoch is not None, "a trial that did not fail has a best epoch"
    how = f"epoch {result.epoch + 1} of {result.epochs}, {result.stopped}, {result.seconds:.1f} s"
    return f"{result.status} {metric} {result.value:.4f} ({how})"
