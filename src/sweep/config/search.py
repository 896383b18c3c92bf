"""Settings of the search: question, space, budget, sampler and pruner."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from omegaconf import MISSING

from sweep.errors import UserError


class SamplerName(StrEnum):
    """How Optuna proposes the next configuration."""

    tpe = "tpe"
    random = "random"
    gp = "gp"
    qmc = "qmc"
    cmaes = "cmaes"
    grid = "grid"


class PrunerName(StrEnum):
    """When a trial that falls behind is stopped."""

    none = "none"
    median = "median"
    successive_halving = "successive_halving"
    hyperband = "hyperband"
    patient = "patient"


@dataclass(kw_only=True, slots=True)
class SearchConfig:
    """The question, the search space and the budget."""

    name: str = MISSING
    """Name of the search."""
    question: str = ""
    """What the search answers, in one sentence."""
    compare: str | None = None
    """Setting whose choices are the arms: each gets its own study and the same budget."""
    trials: int = 12
    """Trials an arm."""
    space: dict[str, Any] = field(default_factory=dict)
    """The searched settings, as a tree like the configuration's; each leaf has a `type` and its bounds or choices."""

    def __post_init__(self) -> None:
        if self.trials < 1:
            raise UserError(f"search.trials must be at least 1, but got {self.trials}.")


@dataclass(kw_only=True, slots=True)
class SamplerConfig:
    """How Optuna proposes the next configuration."""

    name: SamplerName = SamplerName.tpe
    """tpe, random, gp, qmc, cmaes, or grid (every combination, in a seeded order)."""
    startup_trials: int = 5
    """Trials drawn at random before tpe, gp or cmaes learn from them."""
    multivariate: bool = True
    """tpe: model the parameters of one trial together."""
    group: bool = True
    """tpe: model each set of conditional parameters on its own."""
    constant_liar: bool = True
    """tpe: keep parallel trials apart."""
    history: int = 200
    """tpe, gp: trials looked at, a quarter the best, the others the latest, so that proposing stays quick; 0: all."""


@dataclass(kw_only=True, slots=True)
class PrunerConfig:
    """When a trial that falls behind is stopped; it is judged by its best score so far."""

    name: PrunerName = PrunerName.median
    """none, median, successive_halving, hyperband, or patient (median, after `patience` epochs without progress)."""
    startup_trials: int = 4
    """median, patient: trials of the arm that finish unpruned first."""
    warmup_epochs: int = 5
    """median, patient: epochs that every trial gets."""
    history: int = 1000
    """median, patient: latest complete trials compared with; 0: all."""
    reduction_factor: int = 3
    """successive_halving, hyperband: of so many trials one goes on."""
    min_epochs: int = 1
    """successive_halving, hyperband: epochs of the first rung."""
    patience: int = 2
    """patient: epochs without progress before the trial may be pruned."""
