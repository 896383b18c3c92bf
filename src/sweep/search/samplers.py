"""Samplers of Optuna, built from the configuration."""

import io
import logging
import pickle
import warnings
from collections.abc import Sequence
from typing import Any

from optuna.exceptions import ExperimentalWarning
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

LEARNING = (SamplerName.tpe, SamplerName.gp, SamplerName.cmaes)
"""Samplers that learn from earlier trials."""
BOUNDED = (SamplerName.tpe, SamplerName.gp)
"""Samplers that look at the best and the latest trials only."""

_STATE = {
    ("cmaes._cma", "CMA"), ("cmaes._cmawm", "CMAwM"), ("cmaes._sepcma", "SepCMA"), ("numpy", "dtype"),
    ("numpy", "ndarray"), ("numpy._core.multiarray", "scalar"), ("numpy.core.multiarray", "scalar"),
    ("numpy._core.multiarray", "_reconstruct"), ("numpy.core.multiarray", "_reconstruct"),
}  # fmt: skip
"""What the state of CMA-ES is made of."""


class _StateReader(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _STATE:
            raise UserError(
                f"Optuna's storage must hold numbers as the state of CMA-ES, but it names `{module}.{name}`, which "
                "would be run; another program has changed it. Give this sweep another `name`."
            )
        return super().find_class(module, name)


class OwnStateCmaEs(CmaEsSampler):
    """Optuna's CMA-ES, which keeps its state as a pickle in the storage; here it can hold numbers only."""

    def _restore_optimizer(self, completed_trials: Sequence[FrozenTrial]) -> Any:
        for trial in reversed(completed_trials):
            mine = self._attr_key_optimizer
            attrs = {k: v for k, v in trial.system_attrs.items() if k.startswith(mine)}
            if attrs:
                state = bytes.fromhex(self._concat_optimizer_attrs(attrs))
                return _StateReader(io.BytesIO(state)).load()
        return None


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
            return OwnStateCmaEs(seed=seed, n_startup_trials=config.startup_trials, **drawn)
        case SamplerName.qmc:
            return QMCSampler(scramble=True, seed=arm_seed, **drawn)
        case SamplerName.random | SamplerName.grid:
            return random


def drawn_at_random(config: SamplerConfig, share: float, numbers: int, first: int = 1) -> set[int]:
    """Tell which numbers of an arm are drawn at random, whatever the trials before them reached.

    Those come first that a sampler needs before it can learn. Later it gives one up whenever fewer than `share` of
    the numbers so far were drawn; so the rule needs no budget, and a budget that grows changes nothing.

    Args:
        config: settings of the sampler.
        share: least share of an arm's trials.
        numbers: how many numbers are looked at, from 0.
        first: the first number that somebody draws; those before it were given.

    Returns:
        The numbers. A sampler that never learns draws all of them at random, or none: a grid and a quasi-random
        sequence are no sample.
    """
    if config.name is SamplerName.random:
        return set(range(first, numbers))
    found: set[int] = set()
    for number in range(first, numbers if config.name in LEARNING else 0):
        if number < config.startup_trials or len(found) < share * number:
            found.add(number)
    return found


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
