"""The best score that a budget is expected to buy, from the trials that were run."""

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

Array = NDArray[np.float64]

LEVEL = 0.05
"""Chance that a band misses the curve anywhere."""
ORDERINGS = 1000
"""Orderings of the trials that a budget in seconds is averaged over."""
SIMULATIONS = 20_000
"""Simulated samples that the width of a band is set by."""


def expected_best(values: ArrayLike, *, maximize: bool = True) -> list[float]:
    """Expected best of k trials, for each k up to all of them, without bias.

    The mean of the best over every set of k of the n trials: with values in ascending order the j-th is the best
    in C(j - 1, k - 1) of C(n, k) sets. Beyond n nothing is told.

    Args:
        values: one a trial, (n,), n >= 1, drawn independently of one another.
        maximize: whether more is better.

    Returns:
        For k = 1 to n, (n,).

    Raises:
        ValueError: no value, or one that is not finite.

    References:
        Tang et al., "Showing your work doesn't always work", 2020, after Dodge et al., "Show your work", 2019.

    >>> expected_best([1.0, 2.0, 3.0])
    [2.0, 2.6666666666666665, 3.0]
    """
    ascending = np.sort(_ascending(values, maximize))
    n = len(ascending)
    weights = np.full(n, 1 / n)
    best = []
    ranks = np.arange(1, n + 1)
    for k in range(1, n + 1):
        best.append(float(weights @ ascending))
        # C(j - 1, k) / C(n, k + 1) from C(j - 1, k - 1) / C(n, k).
        weights = weights * (ranks - k) / k * (k + 1) / max(1, n - k)
        weights[:k] = 0
    return _signed(best, maximize)


def expected_best_by_seconds(
    values: ArrayLike,
    seconds: ArrayLike,
    budgets: Sequence[float],
    *,
    maximize: bool = True,
    orderings: int = ORDERINGS,
    seed: int = 0,
) -> list[float]:
    """Expected best of the trials that end within a number of seconds, one after the other in a random order.

    Args:
        values: one a trial, (n,), n >= 1.
        seconds: that each took, (n,), above 0.
        budgets: seconds, (b,); from the longest trial, so that one always ends, to all trials together.
        maximize: whether more is better.
        orderings: drawn at random; the mean over all of them is the unbiased estimate.
        seed: of the orderings.

    Returns:
        For each budget, (b,).

    Raises:
        ValueError: unequal shapes, values or seconds that are not finite, or a budget outside those bounds.
    """
    ascending = _ascending(values, maximize)
    spent = np.asarray(seconds, dtype=np.float64)
    if spent.shape != ascending.shape or not (np.isfinite(spent) & (spent > 0)).all():
        raise ValueError(
            f"Each of {len(ascending)} trials must have taken more than 0 seconds, got {spent.tolist()}."
        )
    least, most = float(spent.max()), float(spent.sum()) * (1 + 1e-9)
    wanted = np.asarray(budgets, dtype=np.float64)
    if ((wanted < least) | (wanted > most)).any():
        raise ValueError(
            f"Budgets must lie between the longest trial, {least:g} s, and all trials, {most:g} s, got {list(budgets)}."
        )
    rng = np.random.default_rng(seed)
    total = np.zeros(len(wanted))
    for _ in range(orderings):
        order = rng.permutation(len(ascending))
        ended = np.searchsorted(np.cumsum(spent[order]), wanted * (1 + 1e-9), side="right")
        total += np.maximum.accumulate(ascending[order])[np.minimum(ended, len(order)) - 1]
    return _signed((total / orderings).tolist(), maximize)


def band(
    values: ArrayLike,
    *,
    bounds: tuple[float, float],
    maximize: bool = True,
    level: float = LEVEL,
    seed: int = 0,
) -> tuple[list[float], list[float]]:
    """Bounds that the whole curve of the expected best lies within, whatever the distribution of scores.

    A band around the distribution function, by the exact (Beta) distribution of each ordered value and equally wide
    for all of them in probability, as wide as makes all hold together; carried over to the curve.

    Args:
        values: of trials drawn at random from the space, (n,), n >= 1, independently: no trial that a sampler
        proposed from
            others, none that was chosen.
        bounds: least and greatest value that the score can take.
        maximize: whether more is better.
        level: chance that the curve leaves the band anywhere.
        seed: of the simulation that sets the width.

    Returns:
        The lower and the upper bounds for k = 1 to n, (n,) each.

    Raises:
        ValueError: no value, or one outside the bounds.

    References:
        Lourie, Cho & He, "Show your work with confidence: confidence bands for tuning curves", 2024 (the package
        opda). The band: Aldor-Noiman et al., "The power to see: a new graphical test of normality", 2013.
    """
    ascending = np.sort(_ascending(values, maximize))
    least, most = bounds if maximize else (-bounds[1], -bounds[0])
    if ascending[0] < least or ascending[-1] > most:
        raise ValueError(f"Values must lie in {bounds}, but got {np.asarray(values).tolist()}.")
    n = len(ascending)
    ranks = np.arange(1, n + 1)
    tail = _tail(n, level, seed)
    low = np.append(0.0, special.betaincinv(ranks, n + 1 - ranks, tail))
    high = np.append(special.betaincinv(ranks, n + 1 - ranks, 1 - tail), 1.0)
    # Between the j-th value and the next the distribution function lies between low[j] and high[j].
    steps = np.diff(np.concatenate([[least], ascending, [most]]))
    trials = ranks[:, None]
    lower = most - _area(high, steps, trials)
    upper = most - _area(low, steps, trials)
    ends = _signed(lower.tolist(), maximize), _signed(upper.tolist(), maximize)
    return ends if maximize else ends[::-1]


@cache
def _tail(n: int, level: float, seed: int) -> float:
    # Chance on either side of each ordered value at which all n hold together.
    rng = np.random.default_rng(seed)
    ranks = np.arange(1, n + 1)
    ordered = np.sort(rng.random((SIMULATIONS, n)), axis=1)
    below = special.betainc(ranks, n + 1 - ranks, ordered)
    return float(np.quantile(np.minimum(below, 1 - below).min(axis=1), level))


def _area(distribution: Array, steps: Array, k: NDArray[np.int_]) -> Array:
    powers = distribution**k
    # No chance of being in a part without end counts nothing.
    area: Array = np.multiply(powers, steps, out=np.zeros_like(powers), where=powers > 0).sum(
        axis=1
    )
    return area


def _ascending(values: ArrayLike, maximize: bool) -> Array:
    numbers = np.asarray(values, dtype=np.float64)
    if numbers.ndim != 1 or not len(numbers) or not np.isfinite(numbers).all():
        raise ValueError(f"At least one trial, each with a finite value, but got {numbers}.")
    return numbers if maximize else -numbers


def _signed(values: list[float], maximize: bool) -> list[float]:
    return values if maximize else [-value for value in values]
