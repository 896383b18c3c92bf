"""Pruners of Optuna, built from the configuration."""

import math

from optuna import Study
from optuna.pruners import (
    BasePruner,
    HyperbandPruner,
    MedianPruner,
    NopPruner,
    SuccessiveHalvingPruner,
)
from optuna.trial import FrozenTrial

from sweep.config import PrunerConfig, PrunerName
from sweep.errors import UserError


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
