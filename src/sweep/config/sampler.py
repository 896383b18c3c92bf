"""Settings of how trials are proposed."""

from dataclasses import dataclass
from enum import StrEnum


class SamplerName(StrEnum):
    """How Optuna proposes the next configuration."""

    tpe = "tpe"
    random = "random"
    gp = "gp"
    qmc = "qmc"
    cmaes = "cmaes"
    grid = "grid"


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
