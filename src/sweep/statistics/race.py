"""The race of finalists over the folds: who is so far behind that the folds left cannot make it up."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

LEVEL = 0.05
"""Chance that a finalist drops out, at any fold, that would have overtaken its arm's best by the last."""


def race(
    scores: ArrayLike,
    arms: Sequence[str],
    *,
    running: Sequence[bool] | None = None,
    maximize: bool = True,
    level: float = LEVEL,
) -> list[bool]:
    """Tell which finalists go on to the next fold.

    A finalist drops out where the prediction interval of its final mean difference to its arm's best ends below 0:
    after m of n folds, with mean difference d and standard deviation s, where

        d + (n - m) / n * t(m - 1) * s * sqrt(1 / m + 1 / (n - m)) < 0

    and t is the upper quantile at `level` / (n - 2), because there are n - 2 looks at which one may drop out. The
    shared training rows change nothing here: what all folds have in common is in d already, and the final mean has
    it too. Each arm's best goes on, whatever the other arms reach; so does everyone until two folds are done.

    Args:
        scores: finalists x folds, (f, n), n the folds of all repetitions; NaN where one is missing.
        arms: the arm of each finalist, (f,).
        running: who has not dropped out before, (f,); without it everyone.
        maximize: whether more is better.
        level: chance of dropping one that would have overtaken its arm's best.

    Returns:
        Who goes on, (f,); who had dropped out stays out. An arm's best is the one with the best mean over the folds
        that all its running finalists have a score on, among equals the first.

    Raises:
        ValueError: shapes that do not fit.

    References:
        The race: Maron & Moore, "Hoeffding races", 1994; Lopez-Ibanez et al., "The irace package", 2016. Ending
        what can no longer
        change: stochastic curtailment, Lan, Simon & Halperin, 1982. The interval of a future mean: Hahn, "Factors
        for calculating two-sided prediction intervals for samples from a normal distribution", 1969.
    """
    table = np.asarray(scores, dtype=np.float64) * (1 if maximize else -1)
    on = np.ones(len(table), dtype=bool) if running is None else np.array(running, dtype=bool)
    if table.ndim != 2 or len(arms) != len(table) or on.shape != (len(table),):
        raise ValueError(
            f"Scores must be finalists x folds, with an arm and a place for each, but got {table.shape}, "
            f"{len(arms)} arms and {len(on)} places."
        )
    for arm in dict.fromkeys(arms):
        members = [i for i, name in enumerate(arms) if name == arm and on[i]]
        shared = np.isfinite(table[members]).all(axis=0)
        if not shared.any():
            continue
        best = members[int(np.argmax(table[members][:, shared].mean(axis=1)))]
        for rival in members:
            if rival != best and _out_of_reach(table[rival] - table[best], level):
                on[rival] = False
    return [bool(goes) for goes in on]


def _out_of_reach(differences: np.ndarray, level: float) -> bool:
    n = len(differences)
    done = differences[np.isfinite(differences)]
    m = len(done)
    if m < 2 or m == n:
        return False
    quantile = float(special.stdtrit(m - 1, 1 - level / (n - 2)))
    reach = quantile * float(done.std(ddof=1)) * math.sqrt(1 / m + 1 / (n - m))
    return float(done.mean()) + (n - m) / n * reach < 0
