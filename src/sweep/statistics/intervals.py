"""Bootstrap intervals over rows: of a score, of a difference of scores, and of a threshold chosen on the rows."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from sweep.statistics.fold_means import LEVEL
from sweep.statistics.resampled_scores import Scores, resampled_scores

DRAWS = 2000
"""Resamples: the ends of a 95 % interval are then the 50 lowest and highest."""
THRESHOLD_DRAWS = 200
"""Resamples of a threshold, which is chosen anew in each."""
MOST_COUNTS = 200_000_000
"""Counts of rows drawn for the scores of one part: ten seconds. A part of more than 100,000 rows gets fewer resamples,
and needs fewer."""
FEWEST_DRAWS = 200
AT_ONCE = 2_000_000
"""Counts of rows held at a time: 16 MB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A number with its bootstrap interval."""

    value: float
    error: float
    """Standard deviation over resamples."""
    interval: tuple[float, float]


def score_interval(
    metric: str,
    labels: ArrayLike,
    probabilities: ArrayLike,
    *,
    threshold: float = 0.5,
    groups: ArrayLike | None = None,
    level: float = LEVEL,
    draws: int = DRAWS,
    seed: int = 0,
) -> Estimate:
    """Score answers, with the interval over other rows of the same kind.

    Args:
        metric: a name of `sweep.config.Metric`.
        labels: 0 or 1, (n,).
        probabilities: of the label 1, (n,).
        threshold: of the decision, for metrics of decisions.
        groups: which rows belong together, (n,): whole groups are then drawn in place of rows.
        level: chance that the interval misses.
        draws: resamples.
        seed: of the resamples.

    Returns:
        The score of the rows and its percentile interval. It says what other rows would change, not what other training
        rows or another seed would.

    Raises:
        ValueError: unequal shapes or an unknown metric.

    References:
        Efron & Tibshirani, "An introduction to the bootstrap", 1993, chapter 13. Each class keeps its number of rows.
    """
    truth = np.asarray(labels)
    scores = resampled_scores(metric, truth, probabilities, threshold)
    return estimate(scores, truth, groups=groups, level=level, draws=draws, seed=seed)


def score_intervals(
    metrics: Sequence[str],
    labels: ArrayLike,
    probabilities: ArrayLike,
    *,
    threshold: float = 0.5,
    level: float = LEVEL,
    seed: int = 0,
) -> dict[str, tuple[float, float]]:
    """Interval of each of several scores of the same answers, from the same resamples.

    Args:
        metrics: names that `score_interval` takes.
        labels: 0 or 1, (n,).
        probabilities: of the label 1, (n,).
        threshold: of the decision, for metrics of decisions.
        level: chance that an interval misses.
        seed: of the resamples.

    Returns:
        What `score_interval` gives for each, by name.

    Raises:
        ValueError: unequal shapes or an unknown metric.
    """
    truth = np.asarray(labels)
    of = [resampled_scores(metric, truth, probabilities, threshold) for metric in metrics]
    draws = max(FEWEST_DRAWS, min(DRAWS, MOST_COUNTS // len(truth)))
    drawn = np.concatenate(
        [np.stack([score(counts) for score in of]) for counts in resamples(truth, draws, seed)],
        axis=1,
    )
    ends = np.quantile(drawn, [level / 2, 1 - level / 2], axis=1)
    return {name: (float(a), float(b)) for name, a, b in zip(metrics, *ends, strict=True)}


def estimate(
    statistic: Scores,
    labels: ArrayLike,
    *,
    groups: ArrayLike | None = None,
    level: float = LEVEL,
    draws: int = DRAWS,
    seed: int = 0,
) -> Estimate:
    """Bootstrap a statistic of rows.

    Args:
        statistic: of counts of rows, (draws, n), to numbers, (draws,).
        labels: 0 or 1, (n,): each class keeps its number of rows.
        groups: which rows belong together, (n,): whole groups are then drawn, and classes keep theirs on average.
        level: chance that the interval misses.
        draws: resamples.
        seed: of the resamples.

    Returns:
        The statistic of the rows themselves, and its percentile interval.
    """
    truth = np.asarray(labels)
    drawn = np.concatenate([statistic(counts) for counts in resamples(truth, draws, seed, groups)])
    low, high = np.quantile(drawn, [level / 2, 1 - level / 2])
    return Estimate(
        value=float(statistic(np.ones((1, len(truth))))[0]),
        error=float(drawn.std(ddof=1)),
        interval=(float(low), float(high)),
    )


def threshold_interval(
    choose: Callable[[np.ndarray, np.ndarray], float],
    labels: ArrayLike,
    probabilities: ArrayLike,
    *,
    level: float = LEVEL,
    draws: int = THRESHOLD_DRAWS,
    seed: int = 0,
) -> Estimate:
    """How far a threshold moves when it is chosen on other rows of the same kind.

    Args:
        choose: the rule: labels and probabilities of any rows, (m,) each, to a threshold.
        labels: 0 or 1, (n,).
        probabilities: of the label 1, (n,).
        level: chance that the interval misses.
        draws: resamples.
        seed: of the resamples.

    Returns:
        The threshold of the rows themselves, and its percentile interval.
    """
    truth, p = np.asarray(labels), np.asarray(probabilities, dtype=np.float64)

    def chosen(counts: np.ndarray) -> np.ndarray:
        rows = (np.repeat(np.arange(len(truth)), row.astype(np.intp)) for row in counts)
        return np.array([choose(truth[taken], p[taken]) for taken in rows])

    return estimate(chosen, truth, level=level, draws=draws, seed=seed)


def resamples(
    labels: np.ndarray, draws: int, seed: int, groups: ArrayLike | None = None
) -> Iterator[np.ndarray]:
    """Draw rows with replacement, as many as there are.

    Args:
        labels: 0 or 1, (n,): each class keeps its number of rows.
        draws: resamples.
        seed: of the draws.
        groups: which rows belong together, (n,): whole groups are then drawn, as many as there are.

    Yields:
        How often each row was drawn, (some of the draws, n).
    """
    rng = np.random.default_rng(seed)
    if groups is None:
        strata = [np.flatnonzero(labels == label) for label in (0, 1)]
        units = np.arange(len(labels))
    else:
        _, units = np.unique(np.asarray(groups), return_inverse=True)
        strata = [np.arange(units.max() + 1)]
    size = max(1, AT_ONCE // len(labels))
    for start in range(0, draws, size):
        some = min(size, draws - start)
        counts = np.zeros((some, int(units.max()) + 1))
        for stratum in strata:
            picked = (
                rng.integers(len(stratum), size=(some, len(stratum))) if len(stratum) else None
            )
            if picked is not None:
                cells = picked + np.arange(some)[:, None] * len(stratum)
                found = np.bincount(cells.ravel(), minlength=some * len(stratum))
                counts[:, stratum] = found.reshape(some, len(stratum))
        yield counts[:, units] if groups is not None else counts
