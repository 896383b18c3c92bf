"""Settings of the search, of the confirmation of what it finds, of the doctor, and of what is exported."""

import math
from dataclasses import dataclass, field
from typing import Any

from omegaconf import MISSING

from sweep.errors import UserError


@dataclass(kw_only=True, slots=True)
class SearchConfig:
    """The question, the search space and the budget."""

    name: str = MISSING
    """Name of the search."""
    question: str = ""
    """What the search answers, in one sentence."""
    compare: str | None = None
    """Setting whose choices are the arms: each gets its own study and the same budget."""
    trials: int | None = 12
    """Trials an arm; null where `search.minutes` alone ends the search."""
    minutes: float | None = None
    """Minutes that search and confirmation may take together; with `search.trials`, whichever ends first."""
    random_share: float = 0.25
    """tpe, gp, cmaes: least share of an arm's trials that are drawn at random, `sampler.startup_trials` among them."""
    vary: bool = True
    """Whether trials vary the settings of `space`; false leaves the arms, each at the configuration's own values."""
    fix: list[str] = field(default_factory=list)
    """Settings taken out of `space`: every trial has the configuration's own value of them."""
    space: dict[str, Any] = field(default_factory=dict)
    """The searched settings, as a tree like the configuration's; each leaf has a `type` and its bounds or choices."""

    def __post_init__(self) -> None:
        mistakes = []
        if self.trials is not None and self.trials < 1:
            mistakes.append(f"search.trials must be at least 1, but got {self.trials}.")
        if self.minutes is not None and not 0 < self.minutes < math.inf:
            mistakes.append(f"search.minutes must be above 0, but got {self.minutes:g}.")
        if self.trials is None and self.minutes is None:
            mistakes.append(
                "search.trials=null needs search.minutes, or the search would have no end; give search.minutes=30, or "
                "search.trials=12."
            )
        if not 0 <= self.random_share <= 1:
            mistakes.append(
                f"search.random_share must lie between 0 and 1, but got {self.random_share:g}."
            )
        if mistakes:
            raise UserError(*mistakes)
        if not self.vary:
            self.space = _only(self.space, self.compare.split(".") if self.compare else [])


@dataclass(kw_only=True, slots=True)
class ConfirmConfig:
    """How the best trials are trained again, on every fold of the rows that are no test rows."""

    top: int = 2
    """Best trials an arm that are confirmed, besides its first one; 0 leaves the confirmation out."""
    folds: int = 5
    """Parts that the rows are divided into; each is held out from one member of a bag."""
    repeats: int = 1
    """How many times the rows are divided anew; a bag has `folds` times so many members."""
    keep_validation: bool = False
    """Whether an official validation part stays out of the folds; otherwise its rows join the training rows."""

    def __post_init__(self) -> None:
        least = {"top": 0, "folds": 2, "repeats": 1}
        mistakes = [
            f"confirm.{name} must be at least {low}, but got {getattr(self, name)}."
            for name, low in least.items()
            if getattr(self, name) < low
        ]
        if mistakes:
            raise UserError(*mistakes)


@dataclass(kw_only=True, slots=True)
class DoctorConfig:
    """What is examined besides the trials."""

    audit: bool = True
    """Whether a sweep audits its corpus, beside its first trials; `python -m sweep doctor` always does."""
    preflight: bool = True
    """Whether the first trial of each arm is tried for seconds, beside a sweep's first trials and by the command
    `doctor`."""
    strict: bool = False
    """Whether a sweep waits for audit and pre-flight, and is refused where they find an error; the command `doctor`
    counts warnings as errors."""
    experiments: int = 2
    """Remedies of errors that a sweep tries at its end, at most, where its trials hold no other proof: each trains
    one trial again with what is advised, all else equal, beyond `search.minutes`; 0 tries none."""
    output: str | None = None
    """File that the command `doctor` writes all it found to, as JSON."""

    def __post_init__(self) -> None:
        if self.experiments < 0:
            raise UserError(
                f"doctor.experiments must not be negative, but got {self.experiments}."
            )


@dataclass(kw_only=True, slots=True)
class ExportConfig:
    """What an exported model holds."""

    members: int | None = None
    """Networks of the winner's bag: all of them by default; 1 takes the one whose answers are nearest the bag's."""

    measure: bool = True
    """Whether texts a second and memory are measured for the model card: some ten seconds."""
    examples: int = 0
    """Texts on the model card that the model is most wrong about, of those held out; none by default, because texts can
    be private."""

    def __post_init__(self) -> None:
        mistakes = []
        if self.members not in (None, 1):
            mistakes.append(
                f"export.members must be 1, or null for the whole bag, but got {self.members}."
            )
        if self.examples < 0:
            mistakes.append(f"export.examples must not be negative, but got {self.examples}.")
        if mistakes:
            raise UserError(*mistakes)


def _only(tree: dict[str, Any], path: list[str]) -> dict[str, Any]:
    if not path or path[0] not in tree:
        return {}
    inner = tree[path[0]]
    return {path[0]: inner if len(path) == 1 else _only(inner, path[1:])}
