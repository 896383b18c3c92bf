"""What the progress is about: the search, or the confirmation of its finalists."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from rich.table import Table

from sweep.report.forecast import Forecast
from sweep.search.study import ArmStudy


class Watched(Protocol):
    """Work that goes on, counted in trainings."""

    def done(self) -> tuple[int, int]:
        """Trainings in a final state, and how many there will be."""

    def expected(self) -> tuple[float, float] | None:
        """Seconds of the sweep's time spent and to come, all later phases among it; None while nothing is known."""

    def to_come(self) -> str:
        """What is to come, in words; empty where nothing is."""

    def table(self, metric: str) -> Table:
        """Who has reached what."""


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


@dataclass(frozen=True, slots=True)
class Searched:
    """The search: one study an arm."""

    forecast: Forecast

    @property
    def studies(self) -> Mapping[str, ArmStudy]:
        """One for each arm."""
        return self.forecast.studies

    def done(self) -> tuple[int, int]:
        """Trials in a final state, and the whole budget."""
        return done(self.studies), sum(study.budget for study in self.studies.values())

    def expected(self) -> tuple[float, float] | None:
        """By what trials have taken; the confirmation is counted as if nobody dropped out."""
        left = self.forecast.left_s()
        return None if left is None else (self.forecast.spent_s(), left)

    def to_come(self) -> str:
        """Trials, and at most how many members."""
        trials, members = self.forecast.trainings()
        minutes = self.forecast.minutes
        until = (
            ""
            if minutes is None
            else f"until search.minutes={minutes:g} leaves time for the confirmation only"
        )
        if trials is None:
            told = f"trials {until}"
        elif trials:
            told = f"{_counted(trials, 'trial')}{f', or fewer, {until}' if until else ''}"
        else:
            return ""
        return (
            f"{told}; then at most {_counted(members, 'training')} of the confirmation"
            if members
            else told
        )

    def table(self, metric: str) -> Table:
        """One row an arm."""
        arms = titled("arm", "done", "failed", "pruned", f"best {metric}")
        for arm, study in self.studies.items():
            counts = study.counts()
            best = study.best()
            score = "" if best is None else f"{best.value:.4f}"
            row = (
                f"{finished(study)}/{study.budget}",
                str(counts["failed"]),
                str(counts["pruned"]),
                score,
            )
            arms.add_row(arm, *row)
        return arms


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The confirmation: one row a finalist."""

    done: Callable[[], tuple[int, int]]
    """Members trained, and how many there will be if nobody else drops out."""
    rows: Callable[[], Sequence[tuple[str, int, float | None, str]]]
    """Of each finalist its name, folds done, mean score so far, and why it dropped out."""

    expected: Callable[[], tuple[float, float] | None]
    """Seconds of the sweep's time that members have taken, and those to come will."""

    def to_come(self) -> str:
        """Members to come if nobody else drops out."""
        ended, there = self.done()
        return (
            f"at most {_counted(there - ended, 'training')} of the confirmation"
            if there > ended
            else ""
        )

    def table(self, metric: str) -> Table:
        """One row a finalist."""
        finalists = titled("finalist", "folds", f"mean {metric}", "")
        for name, folds, mean, why in self.rows():
            finalists.add_row(name, str(folds), "" if mean is None else f"{mean:.4f}", why)
        return finalists


def titled(*names: str) -> Table:
    """Make a plain table; the first column is left-justified, the others right."""
    table = Table(box=None, pad_edge=False)
    for place, name in enumerate(names):
        table.add_column(name, justify="right" if place else "left")
    return table


def finished(study: ArmStudy) -> int:
    """Numbers of an arm's budget that need no more work."""
    counts = study.counts()
    return counts["complete"] + counts["pruned"] + counts["failed"]


def done(studies: Mapping[str, ArmStudy]) -> int:
    """Count the trials of all arms that are in a final state."""
    return sum(finished(study) for study in studies.values())
