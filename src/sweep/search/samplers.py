"""Samplers and pruners of Optuna, built from the configuration."""

import logging
import math
import warnings
from typing import Any

from optuna import Study
from optuna.exceptions import ExperimentalWarning
from optuna.pruners import (
    BasePruner,
    HyperbandPruner,
    MedianPruner,
    NopPruner,
    SuccessiveHalvingPruner,
)
from optuna.samplers import (
    BaseSampler,
    CmaEsSampler,
    GPSampler,
    QMCSampler,
    RandomSampler,
    TPESampler,
)
from optuna.trial import FrozenTrial

from sweep.config import PrunerConfig, PrunerName, SamplerConfig, SamplerName
from sweep.errors import UserError

BOUNDED = (SamplerName.tpe, SamplerName.gp)
"""Samplers that look at the best and the latest trials only."""


def build_sampler(config: SamplerConfig, *, seed: int, arm_seed: int) -> BaseSampler:
    """Build the sampler that proposes one trial.

    Args:
        config: its settings.
        seed: seed of this trial's draws.
        arm_seed: seed that all trials of an arm share; a quasi-random sequence is one only under
            a constant seed.

    Returns:
        A fresh sampler. A grid needs none; it gets one that draws at random.

    Raises:
        UserError: the settings contradict each other.
    """
    mistakes = [
        f"sampler.{name} must not be negative, but got {getattr(config, name)}."
        for name in ("startup_trials", "history")
        if getattr(config, name) < 0
    ]
    short = 0 < config.history // 4 < config.startup_trials or 0 < config.history < 4
    if config.name in BOUNDED and short:
        mistakes.append(
            "A quarter of sampler.history must hold sampler.startup_trials, or the sampler would never "
            f"learn, but got sampler.history={config.history} "
            f"sampler.startup_trials={config.startup_trials}; 0 looks at all trials."
        )
    if mistakes:
        raise UserError(*mistakes)
    if config.name is SamplerName.tpe and config.group and not config.multivariate:
        raise UserError(
            "sampler.group=true needs sampler.multivariate=true; set sampler.group=false too."
        )
    with warnings.catch_warnings():
        # TPE's `group`, QMC and GP are marked experimental; we use them on purpose and pin Optuna.
        warnings.simplefilter("ignore", ExperimentalWarning)
        return _built(config, seed, arm_seed)


def _built(config: SamplerConfig, seed: int, arm_seed: int) -> BaseSampler:
    random = RandomSampler(seed=seed)
    # A setting that a sampler cannot model is drawn at random; conf/sampler says so once.
    drawn: dict[str, Any] = {"independent_sampler": random, "warn_independent_sampling": False}
    match config.name:
        case SamplerName.tpe:
            return TPESampler(
                n_startup_trials=config.startup_trials,
                multivariate=config.multivariate,
                group=config.group,
                constant_liar=config.constant_liar,
                seed=seed,
            )
        case SamplerName.gp:
            # It would warn that it is slower without the package greenlet, which matters to few.
            logging.getLogger("optuna._gp.batched_lbfgsb").setLevel(logging.ERROR)
            return GPSampler(seed=seed, n_startup_trials=config.startup_trials, **drawn)
        case SamplerName.cmaes:
            return CmaEsSampler(seed=seed, n_startup_trials=config.startup_trials, **drawn)
        case SamplerName.qmc:
            return QMCSampler(scramble=True, seed=arm_seed, **drawn)
        case SamplerName.random | SamplerName.grid:
            return random


def looked_at(sampler: SamplerConfig, pruner: PrunerConfig) -> dict[str, int]:
    """Count the finished trials that the sampler looks at and that the pruner compares with.

    Args:
        sampler: its settings.
        pruner: its settings.

    Returns:
        `history` and `rivals` of `Mirror`; 0 means all, which those need that continue a sequence
        or fill rungs.
    """
    takes_median = pruner.name in (PrunerName.median, PrunerName.patient)
    return {
        "history": sampler.history if sampler.name in BOUNDED else 0,
        "rivals": pruner.history if takes_median else 0,
    }


def build_pruner(config: PrunerConfig, *, max_epochs: int) -> BasePruner:
    """Build the pruner of an arm.

    Args:
        config: its settings.
        max_epochs: epochs of a trial that runs to its end.

    Returns:
        The pruner. It counts epochs of learning, from 1.

    Raises:
        UserError: the settings cannot work.
    """
    _check(config, max_epochs)
    match config.name:
        case PrunerName.none:
            return NopPruner()
        case PrunerName.median:
            return _median(config)
        case PrunerName.patient:
            return _Patient(_median(config), config.patience)
        case PrunerName.successive_halving:
            return SuccessiveHalvingPruner(
                min_resource=config.min_epochs, reduction_factor=config.reduction_factor
            )
        case PrunerName.hyperband:
            return HyperbandPruner(
                min_resource=config.min_epochs,
                max_resource=max_epochs,
                reduction_factor=config.reduction_factor,
            )


def _median(config: PrunerConfig) -> MedianPruner:
    return MedianPruner(
        n_startup_trials=config.startup_trials, n_warmup_steps=config.warmup_epochs
    )


def _check(config: PrunerConfig, max_epochs: int) -> None:
    least = {
        "margin": 0,
        "startup_trials": 0,
        "history": 0,
        "warmup_epochs": 0,
        "reduction_factor": 2,
        "min_epochs": 1,
        "patience": 0,
    }
    mistakes = [
        f"pruner.{name} must be at least {low}, but got {getattr(config, name)}."
        for name, low in least.items()
        if getattr(config, name) < low
    ]
    if config.name is PrunerName.hyperband and config.min_epochs > max_epochs:
        mistakes.append(
            "pruner.min_epochs must not exceed trainer.max_epochs, "
            f"but got {config.min_epochs} and {max_epochs}."
        )
    if mistakes:
        raise UserError(*mistakes)


class _Patient(BasePruner):
    # Optuna's PatientPruner waits until the scores after the last improvement are *worse* than
    # those before; a best-so-far score never gets worse, so it would never prune here.

    def __init__(self, inner: BasePruner, patience: int) -> None:
        self._inner = inner
        self._patience = patience

    def prune(self, study: Study, trial: FrozenTrial) -> bool:
        steps = sorted(trial.intermediate_values)
        if len(steps) <= self._patience:
            return False
        last = trial.intermediate_values[steps[-1]]
        earlier = trial.intermediate_values[steps[-1 - self._patience]]
        if last != earlier and not math.isnan(last):
            return False
        return self._inner.prune(study, trial)
