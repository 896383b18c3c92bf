"""What a sweep's trials say a setting is worth: those that had a value against the others, all else equal."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sweep.statistics.importance import Column
from sweep.statistics.paired import holm_levels

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

LEVEL = 0.05
LEAST = 3
"""Trials on either side of a contrast."""
LEAST_TRIALS = 10
"""Trials below which nothing is compared, as for the importance of settings."""
DRAWS = 200
SHUFFLES = 2000
PENALTIES = (0.1, 1.0, 3.0, 10.0, 30.0, 100.0, 1000.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrast:
    """The trials with a value of a setting against the others."""

    name: str
    """Of the setting."""
    choice: int | None
    """Index of the choice; None for a number, where the upper half stands against the lower."""
    difference: float
    """Score of the trials with it less that of those without, adjusted for the other settings."""
    interval: tuple[float, float]
    """Of the difference, over resampled trials, 95 times in 100."""
    trials: tuple[int, int]
    """How many have it, and how many have not."""
    cut: float
    """Of a number: place between its bounds above which a trial counts as with it; NaN for a choice."""
    p: float
    """Chance of a difference as large where the setting has no effect."""
    told: bool = False
    """Whether it holds up beside all others that were looked at."""


def contrasts(
    columns: Sequence[Column],
    values: ArrayLike,
    *,
    skip: Sequence[str] = (),
    level: float = LEVEL,
    draws: int = DRAWS,
    shuffles: int = SHUFFLES,
    seed: int = 0,
) -> list[Contrast]:
    """Compare trials with and without each value of each setting.

    The surrogate is a ridge regression of the score on all settings, numbers with their squares and choices as
    indicators, whose penalty is chosen by generalised cross-validation; the contrast itself is not shrunk. A
    contrast is told where Holm's procedure over all contrasts rejects by permuted residuals.

    Args:
        columns: the settings over the same n trials, `Column.values` between 0 and 1 or the index of a choice.
        values: score of each trial, (n,), finite.
        skip: settings that are adjusted for, but not compared.
        level: chance that any contrast without effect is told.
        draws: resamples for the intervals.
        shuffles: permutations for the chances.
        seed: of both.

    Returns:
        The contrasts with at least three trials on either side, the largest difference first; none below ten trials.

    References:
        Golub, Heath & Wahba, 1979 (generalised cross-validation); Freedman & Lane, "A nonstochastic interpretation
        of reported significance levels", 1983; Holm, 1979.
    """
    scores = np.asarray(values, dtype=np.float64)
    if len(scores) < LEAST_TRIALS or np.ptp(scores) == 0:
        return []
    rng = np.random.default_rng(seed)
    features = {column.name: _features(column) for column in columns}
    found = [
        _contrast(column, pick, _others(features, column.name, len(scores)), scores, rng, draws, shuffles)
        for column in columns
        if column.name not in skip
        for pick in _picks(column)
    ]  # fmt: skip
    levels = holm_levels([one.p for one in found], level)
    told = [replace(one, told=one.p <= at) for one, at in zip(found, levels, strict=True)]
    return sorted(told, key=lambda one: -abs(one.difference))


def _picks(column: Column) -> Iterator[tuple[int | None, float, Flags, Flags]]:
    there = np.isfinite(column.values)
    inside = column.values[there]
    if not len(inside):
        return
    sides: list[tuple[int | None, float, Flags]]
    if column.choices:
        kinds = range(column.choices if column.choices > 2 else 1)
        sides = [(kind, math.nan, column.values == kind) for kind in kinds]
    else:
        cut = float(np.median(inside))
        if (inside > cut).sum() < LEAST:
            cut = float(np.nextafter(cut, -1.0))
        sides = [(None, cut, column.values > cut)]
    for kind, cut, flags in sides:
        if min((flags & there).sum(), (~flags & there).sum()) >= LEAST:
            yield kind, cut, flags & there, there


def _contrast(
    column: Column,
    pick: tuple[int | None, float, Flags, Flags],
    others: Array,
    scores: Array,
    rng: np.random.Generator,
    draws: int,
    shuffles: int,
) -> Contrast:
    kind, cut, flags, there = pick
    side, design, y = flags[there].astype(np.float64), others[there], scores[there]
    penalty = _penalty(design, y)
    difference = _difference(side, design, y, penalty)
    n = len(y)
    rows = rng.integers(n, size=(draws, n))
    drawn = [
        _difference(side[row], design[row], y[row], penalty)
        for row in rows
        if 0 < side[row].sum() < n
    ]
    # A surrogate follows the noise of few trials, so that what it leaves is too small: made up for by its freedom.
    fitted, freedom = _fitted(design, y, penalty)
    wider = math.sqrt(n / max(1.0, n - freedom - 1))
    low, high = difference + wider * (np.quantile(drawn, [LEVEL / 2, 1 - LEVEL / 2]) - difference)
    weights = _weights(side, design, penalty)
    rest = rng.permuted(np.tile(wider * (y - fitted), (shuffles, 1)), axis=1)
    as_large = np.abs((fitted + rest) @ weights) >= abs(difference) * (1 - 1e-9)
    return Contrast(
        name=column.name,
        choice=kind,
        difference=difference,
        interval=(float(low), float(high)),
        trials=(int(side.sum()), int(n - side.sum())),
        cut=cut,
        p=float((as_large.sum() + 1) / (shuffles + 1)),
    )


def _features(column: Column) -> Array:
    there = np.isfinite(column.values)
    whole = np.where(there, column.values, 0.0)
    if column.choices:
        told = [np.where(there, whole == kind, 0.0) for kind in range(1, column.choices)]
    else:
        middle = np.where(there, whole - whole[there].mean() if there.any() else 0.0, 0.0)
        told = [middle, np.where(there, middle**2, 0.0)]
    columns = np.array([*told, ~there], dtype=np.float64).T
    spread = columns.std(axis=0)
    kept: Array = (columns[:, spread > 0] - columns.mean(axis=0)[spread > 0]) / spread[spread > 0]
    return kept


def _others(features: dict[str, Array], name: str, n: int) -> Array:
    return np.concatenate(
        [np.empty((n, 0)), *(f for key, f in features.items() if key != name)], axis=1
    )


def _solver(design: Array, free: Array, penalty: float) -> tuple[Array, Array]:
    """The whole design, its first columns unpenalised, and what turns scores into coefficients."""
    whole = np.concatenate([free, design], axis=1)
    ridge = np.diag([1e-9] * free.shape[1] + [penalty] * design.shape[1])
    return whole, np.linalg.solve(whole.T @ whole + ridge, whole.T)


def _weights(side: Array, design: Array, penalty: float) -> Array:
    free = np.stack([np.ones(len(side)), side], axis=1)
    weights: Array = _solver(design, free, penalty)[1][1]
    return weights


def _difference(side: Array, design: Array, y: Array, penalty: float) -> float:
    return float(_weights(side, design, penalty) @ y)


def _fitted(design: Array, y: Array, penalty: float) -> tuple[Array, float]:
    """What the surrogate without the contrast answers, and how many trials' worth of freedom it has."""
    whole, solver = _solver(design, np.ones((len(y), 1)), penalty)
    return whole @ (solver @ y), float(np.trace(whole @ solver))


def _penalty(design: Array, y: Array) -> float:
    def loss(penalty: float) -> float:
        whole, solver = _solver(design, np.ones((len(y), 1)), penalty)
        hat = whole @ solver
        left = 1 - float(np.trace(hat)) / len(y)
        if left <= 1e-6:
            return math.inf
        error = float(np.mean((y - hat @ y) ** 2))
        return error / (left * left)

    return min(PENALTIES, key=loss)
