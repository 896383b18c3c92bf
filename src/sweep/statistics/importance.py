"""Which searched settings decided whether a trial came out among the best."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from sweep.statistics.paired import holm_levels

Array = NDArray[np.float64]
Cells = NDArray[np.int_]
Flags = NDArray[np.bool_]

TARGET = 0.25
"""Share of the trials that count as the best."""
LEAST_TARGET = 5
"""The best trials are at least this many, where there are twice as many."""
LEVEL = 0.05
"""Chance that any setting without effect is said to matter."""
DRAWS = 200
"""Resamples of the trials."""
SHUFFLES = 1000
"""Shuffles of which trials are the best, at most."""
ENOUGH = 20
"""Shuffles as important as the setting that settle its chance (Besag & Clifford, 1991)."""
CELLS = 50
"""Cells of the grid that a number is laid on."""
SMALLEST = 1e-12
"""Added to every density, so that none is 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One searched setting over n trials."""

    name: str
    values: Array
    """A number's place between its bounds, in [0, 1], after the logarithm where it is searched so; the index of a
    choice; NaN where a condition left the setting out of the trial; (n,)."""
    choices: int = 0
    """Choices of a categorical setting; 0 for a number."""
    steps: int = CELLS
    """Distinct values of a number, where they are few."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Importance:
    """How much a setting decided."""

    name: str
    share: float
    """Of the sum over all settings; 0 for all where nothing varies."""
    interval: tuple[float, float]
    """Of the share, over resampled trials."""
    p: float
    """Chance of an importance as large for a setting without effect."""
    told: bool
    """Whether it matters, as far as these trials can tell; false is no evidence, not the absence of an effect."""


def importance(
    columns: Sequence[Column],
    values: ArrayLike,
    *,
    maximize: bool = True,
    level: float = LEVEL,
    draws: int = DRAWS,
    shuffles: int = SHUFFLES,
    seed: int = 0,
) -> list[Importance]:
    """Measure how much each setting decided whether a trial came out among the best quarter.

    PED-ANOVA: the Pearson divergence between the densities of a setting over the best trials and over all. A setting
    that a condition leaves out of some trials is judged among those that have it. A divergence is above 0 by chance
    alone, so each is held against what it is when the best are shuffled among the trials that have the setting, and
    Holm's procedure says which ones matter.

    Args:
        columns: the settings, over the same n trials.
        values: score of each trial, (n,).
        maximize: whether more is better.
        level: chance that any setting without effect is said to matter, where trials were drawn at random.
        draws: resamples for the intervals.
        shuffles: for the chances.
        seed: of both.

    Returns:
        One a setting, the largest share first, equals in the order given.

    Raises:
        ValueError: a column or values of another length, or a value that is not finite.

    References:
        Watanabe, Bansal & Hutter, "PED-ANOVA: efficiently quantifying hyperparameter importance in arbitrary
        subspaces", 2023. Conditions: "Conditional PED-ANOVA", 2026, as in Optuna 5.
    """
    scores = np.asarray(values, dtype=np.float64) * (1 if maximize else -1)
    if not np.isfinite(scores).all() or any(c.values.shape != scores.shape for c in columns):
        raise ValueError(
            f"Every setting needs a value for each of {len(scores)} trials with a finite score, but got "
            f"{[len(c.values) for c in columns]} values and {np.asarray(values).tolist()}."
        )
    cells = [_cells(column) for column in columns]
    best, rng = _best(scores), np.random.default_rng(seed)
    found = _shares(_divergences(columns, cells, scores)[None])[0]
    drawn = np.array([_resampled(columns, cells, scores, rng) for _ in range(draws)])
    low, high = np.quantile(_shares(drawn), [level / 2, 1 - level / 2], axis=0)
    chances = [_chance(*pair, best, shuffles, rng) for pair in zip(columns, cells, strict=True)]
    levels = holm_levels(chances, level)
    told = [
        Importance(
            name=column.name,
            share=float(found[i]),
            interval=(float(low[i]), float(high[i])),
            p=chances[i],
            told=chances[i] <= levels[i],
        )
        for i, column in enumerate(columns)
    ]
    return sorted(told, key=lambda one: -one.share)


def _best(scores: Array) -> Flags:
    n = len(scores)
    wanted = max(math.ceil(TARGET * n), min(LEAST_TARGET, n // 2))
    if not wanted:
        return np.zeros(n, dtype=bool)
    best: Flags = scores >= np.sort(scores)[-wanted]
    return best


def _cells(column: Column) -> Cells:
    """Cell of the grid, -1 where the setting is left out; a midpoint goes to the lower cell."""
    there = np.isfinite(column.values)
    whole = np.where(there, column.values, 0.0)
    if not column.choices:
        last = min(column.steps, CELLS) - 1
        whole = np.clip(np.ceil(whole * last - 0.5), 0, last)
    return np.where(there, whole, -1).astype(np.int_)


def _divergences(columns: Sequence[Column], cells: Sequence[Cells], scores: Array) -> Array:
    best = _best(scores)
    return np.array(
        [_divergence(column, cell, best) for column, cell in zip(columns, cells, strict=True)]
    )


def _divergence(column: Column, cells: Cells, best: Flags) -> float:
    there = cells >= 0
    if not (there & best).any() or (cells[there] == cells[there][0]).all():
        return 0.0
    top, every = (_density(column, cells[rows]) for rows in (there & best, there))
    weight = (there & best).sum() / best.sum()
    return float(weight**2 / there.mean() * every @ (top / every - 1) ** 2)


def _resampled(
    columns: Sequence[Column],
    cells: Sequence[Cells],
    scores: Array,
    rng: np.random.Generator,
) -> Array:
    rows = rng.integers(len(scores), size=len(scores))
    return _divergences(columns, [cell[rows] for cell in cells], scores[rows])


def _chance(
    column: Column,
    cells: Cells,
    best: Flags,
    shuffles: int,
    rng: np.random.Generator,
) -> float:
    there = cells[cells >= 0]
    among = best[cells >= 0]
    if not among.any() or among.all() or (there == there[0]).all():
        return 1.0
    found = _divergence(column, there, among) * (1 - 1e-9)
    as_large = 0
    for shuffle in range(1, shuffles + 1):
        as_large += _divergence(column, there, rng.permutation(among)) >= found
        if as_large == ENOUGH:
            return as_large / shuffle
    return (as_large + 1) / (shuffles + 1)


def _shares(divergences: Array) -> Array:
    total = divergences.sum(axis=1, keepdims=True)
    shares: Array = np.divide(divergences, total, out=np.zeros_like(divergences), where=total > 0)
    return shares


def _density(column: Column, cells: Cells) -> Array:
    # Parzen's estimate on the grid: a kernel at every cell seen, weighted by how often, and a flat one worth one trial.
    size = column.choices or min(column.steps, CELLS)
    counts = np.bincount(cells, minlength=size)
    seen = np.flatnonzero(counts)
    weights = np.append(counts[seen], 1.0)
    if column.choices:
        kernels = np.full((len(seen) + 1, size), 1.0 / (len(seen) + 1))
        kernels[np.arange(len(seen)), seen] += 1
    else:
        widths = np.append(np.full(len(seen), _width(seen, counts[seen])), float(size))
        centres = np.append(seen, (size - 1) / 2)
        edges = (np.arange(size + 1) - 0.5 - centres[:, None]) / widths[:, None]
        kernels = np.diff(special.ndtr(edges), axis=1)
    kernels /= kernels.sum(axis=1, keepdims=True)
    density: Array = weights @ kernels / weights.sum() + SMALLEST
    return density


def _width(seen: Cells, counts: Cells) -> float:
    # Scott's rule (1992), but not below what holds nine tenths of a kernel in its cell.
    n = int(counts.sum())
    mean = seen @ counts / n
    deviation = math.sqrt((seen - mean) ** 2 @ counts / max(1, n - 1))
    up_to = np.cumsum(counts)
    first, third = np.searchsorted(up_to, n // 4), np.searchsorted(up_to, n * 3 // 4, side="right")
    reach = float(seen[min(int(third), len(seen) - 1)] - seen[int(first)])
    scott = 1.059 * min(reach / 1.34, deviation) * float(n) ** -0.2
    return max(float(scott), 0.5 / 1.64)
