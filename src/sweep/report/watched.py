"""What the progress is about: the search, or the confirmation of its finalists."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from rich.table import Table

from sweep.search.study import ArmStudy


class Watched(Protocol):
    """Work that goes on, counted in trainings."""

    def done(self) -> tuple[int, int]:
        """Trainings in a final state, and how many there will be."""

    def later(self) -> int:
        """Trainings at most that come after this work, each to its own end."""

    def table(self, metric: str) -> Table:
        """Who has reached what."""


@dataclass(frozen=True, slots=True)
class Searched:
    """The search: one study an arm."""

    studies: Mapping[str, ArmStudy]
    members: int = 0
    """Most members an arm that the confirmation will train."""

    def done(self) -> tuple[int, int]:
        """Trials in a final state, and the whole budget."""
        return done(self.studies), sum(study.budget for study in self.studies.values())

    def later(self) -> int:
        """Members that the confirmation trains at most."""
        return self.members * len(self.studies)

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

    def later(self) -> int:
        """Nothing is trained afterwards."""
        return 0

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
